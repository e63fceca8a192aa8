#include "madang/identity/sessions.hpp"

#include "madang/identity/accounts.hpp"
#include "madang/trust/bytes.hpp"
#include "session_row.hpp"

namespace madang::identity {
namespace {

constexpr std::chrono::minutes idle{30};
constexpr std::chrono::hours longest{12};
constexpr std::size_t longest_device = 200;

struct method_row {
  std::string token_hash, sid, amr, acr, device;
  instant authenticated;
};
BOOST_DESCRIBE_STRUCT(method_row, (), (token_hash, sid, amr, acr, device, authenticated))

method_row row_of(std::string_view token, const method& how, std::string_view device) {
  if (!text::is_utf8(device)) device = {};
  return {hashed(token), sid_of(token), how.amr, how.acr,
          std::string(text::head(device, longest_device)), now()};
}

open_session seen(store::read& r, const session_row& s) {
  auto how = r.one<method_row>("select " + store::columns<method_row>() +
                                   " from session_method where token_hash = ?1",
                               s.token_hash);
  open_session out{sid_of_hash(s.token_hash), s.person, s.created, s.used, "pwd",
                   std::string(acr_basic), {}, s.created};
  if (how) out.amr = how->amr, out.acr = how->acr, out.device = how->device;
  if (how && how->authenticated.micros) out.authenticated = how->authenticated;
  return out;
}

std::vector<session_row> rows_of(store::read& r, id person) {
  return r.all<session_row>("select " + store::columns<session_row>() +
                                " from session where person = ?1 and used > ?2 and created > ?3 "
                                "order by used desc",
                            person, now().plus(-idle), now().plus(-longest));
}

}  // namespace

std::string hashed(std::string_view token) {
  return text::hex(trust::sha256(text::bytes_of(token)));
}

std::string sid_of_hash(std::string_view token_hash) {
  return text::base64url(trust::sha256("sid " + std::string(token_hash))).substr(0, 22);
}

int level_of(std::string_view acr) {
  if (acr == acr_outside) return 0;
  if (acr == acr_basic) return 1;
  return acr == acr_strong ? 2 : -1;
}

std::string sid_of(std::string_view token) { return sid_of_hash(hashed(token)); }

// Every way in ends here, so a session of an account that is closed is never there.
void enter(store::write& tx, const session& s, const account& a, audit::access why) {
  if (is_closed(tx, a.person)) return;
  tx.insert("session", session_row{hashed(s.token), s.person, s.post, s.csrf, s.language,
                                   s.created, s.created});
  const auto old = now().plus(-std::chrono::hours(48));
  tx.run("delete from session_method where token_hash in "
         "(select token_hash from session where used < ?1)",
         old);
  tx.run("delete from session where used < ?1", old);
  why.who.person = a.person;
  why.who.name = a.name;
  audit::append(tx, why, audit::action::signed_in, a.person, "session", "");
}

void leave(store::write& tx, std::string_view token_hash) {
  tx.run("delete from session_method where token_hash = ?1", token_hash);
  if (tx.run("delete from session where token_hash = ?1", token_hash))
    tx.emit("session.ended", sid_of_hash(token_hash), json::object{});
}

session sessions::open(directory& people, const account& a, const method& how,
                       std::string_view device, std::string_view language,
                       const audit::access& why) {
  session s{random_token(32), a.person, {}, random_token(18), std::string(language), now(), {}};
  s.expires = s.created.plus(idle);
  if (auto held = people.posts_of(a.person); !held.empty()) s.post = held.front().code;
  db_.writing([&](store::write& tx) {
    enter(tx, s, a, why);
    tx.insert("session_method", row_of(s.token, how, device));
  });
  return s;
}

void sessions::note(std::string_view token, const method& how, std::string_view device) {
  db_.writing([&](store::write& tx) {
    tx.run("delete from session_method where token_hash = ?1", hashed(token));
    tx.insert("session_method", row_of(token, how, device));
  });
}

std::optional<open_session> sessions::of_token(std::string_view token) {
  return db_.reading([&](store::read& r) -> std::optional<open_session> {
    auto row = r.one<session_row>("select " + store::columns<session_row>() +
                                      " from session where token_hash = ?1",
                                  hashed(token));
    if (!row) return {};
    return seen(r, *row);
  });
}

std::vector<open_session> sessions::of_person(id person) {
  return db_.reading([&](store::read& r) {
    std::vector<open_session> out;
    for (const auto& row : rows_of(r, person)) out.push_back(seen(r, row));
    return out;
  });
}

outcome sessions::end(const audit::access& why, id person, std::string_view sid) {
  return db_.writing([&](store::write& tx) -> outcome {
    for (const auto& row : rows_of(tx, person)) {
      if (sid_of_hash(row.token_hash) != sid) continue;
      leave(tx, row.token_hash);
      audit::append(tx, why, audit::action::changed, person, "session", std::string(sid), "");
      return nothing{};
    }
    return refuse(kind::not_found, "session.unknown", "session");
  });
}

bool sessions::is_new_device(id person, std::string_view secret) {
  const std::string device = hashed(secret);
  return db_.writing([&](store::write& tx) {
    const bool others = tx.one<std::int64_t>(
        "select 1 from known_device where person = ?1 limit 1", person).has_value();
    const bool known = tx.run("update known_device set seen = ?1 where person = ?2 and device = ?3",
                              now(), person, device) > 0;
    if (!known)
      tx.run("insert into known_device (person, device, seen) values (?1, ?2, ?3)", person, device,
             now());
    return others && !known;
  });
}

void sessions::end_others(const audit::access& why, id person, std::string_view sid) {
  db_.writing([&](store::write& tx) {
    for (const auto& row : rows_of(tx, person))
      if (sid_of_hash(row.token_hash) != sid) leave(tx, row.token_hash);
    audit::append(tx, why, audit::action::changed, person, "session", "", "");
  });
}

}  // namespace madang::identity
