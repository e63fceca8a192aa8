#include "guessing.hpp"

#include <algorithm>

#include "madang/trust/bytes.hpp"
#include "madang/trust/password.hpp"
#include "session_row.hpp"

namespace madang::identity {
namespace {

struct failure_row {
  std::int64_t failures = 0;
  instant last;
};
BOOST_DESCRIBE_STRUCT(failure_row, (), (failures, last))

// Doubles with each further miss. An hour at most: whoever knows a login could else keep its owner
// out for long.
int delay_after(const options& o, std::int64_t failures) {
  const auto more = std::min<std::int64_t>(failures - o.failures_before_delay, 10);
  return std::min(o.delay_minutes << more, std::max(60, o.delay_minutes));
}

}  // namespace

outcome may_guess(store::database& db, const options& o, const std::string& login_hash) {
  const auto failed = db.reading([&](store::read& r) {
    return r.one<failure_row>("select failures, last from sign_in_failure where login = ?1",
                              login_hash);
  });
  if (!failed || failed->failures < o.failures_before_delay) return nothing{};
  const int wait = delay_after(o, failed->failures);
  if (now() >= failed->last.plus(std::chrono::minutes(wait))) return nothing{};
  return refuse(kind::too_many, "sign_in.wait", "password",
                {{"minutes", std::to_string(wait)}, {"seconds", std::to_string(wait * 60)}});
}

void missed(store::database& db, const std::string& login_hash) {
  db.writing([&](store::write& tx) {
    tx.run(
        "insert into sign_in_failure (login, failures, last) values (?1, 1, ?2) "
        "on conflict (login) do update set failures = sign_in_failure.failures + 1, "
        "last = excluded.last",
        login_hash, now());
    tx.run("delete from sign_in_failure where last < ?1", now().plus(-std::chrono::hours(24)));
  });
}

void forgive(store::database& db, const std::string& login_hash) {
  db.writing([&](store::write& tx) {
    tx.run("delete from sign_in_failure where login = ?1", login_hash);
  });
}

bool is_password_of(const std::optional<account>& a, std::string_view typed) {
  static const std::string nobody = trust::hash_password(random_token());
  const bool there = a && !a->password.empty();
  return trust::password_matches(there ? a->password : nobody, typed) && there;
}

}  // namespace madang::identity
