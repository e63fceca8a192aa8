#include "madang/platform/effort.hpp"

#include "madang/base/base.hpp"

namespace madang::platform {
namespace {

constexpr int kept_days = 7;

struct sums {
  std::int64_t looked = 0, refused = 0;
};
BOOST_DESCRIBE_STRUCT(sums, (), (looked, refused))

sums sums_of(store::read& r, std::string_view who, date day) {
  return r
      .one<sums>("select looked, refused from daily_effort where who = ?1 and day = ?2", who, day)
      .value_or(sums{});
}

void begin(store::write& tx, std::string_view who, date day) {
  tx.run("insert into daily_effort (who, day, looked, refused) values (?1, ?2, 0, 0) "
         "on conflict (who, day) do nothing",
         who, day);
}

}  // namespace

std::span<const store::migration> migrations();

effort::effort(store::database& db, std::string system) : db_(db), system_(std::move(system)) {
  db_.migrate("effort", migrations());
}

refusal effort::too_many() const { return refuse(kind::too_many, system_ + ".too_many"); }

outcome effort::may(std::string_view who, date day, const limits& most) const {
  const auto done = db_.reading([&](store::read& r) { return sums_of(r, who, day); });
  if (done.refused >= most.refused) return refuse(kind::too_many, system_ + ".locked");
  if (done.looked >= most.looked) return too_many();
  return nothing{};
}

outcome effort::looked(std::string_view who, date day, const limits& most) {
  const bool counted = db_.writing([&](store::write& tx) {
    tx.run("delete from daily_effort where day < ?1", day.plus(-kept_days));
    begin(tx, who, day);
    return tx.run("update daily_effort set looked = looked + 1 "
                  "where who = ?1 and day = ?2 and looked < ?3",
                  who, day, most.looked) == 1;
  });
  if (!counted) return too_many();
  return nothing{};
}

std::int64_t effort::refused(std::string_view who, date day) {
  return db_.writing([&](store::write& tx) {
    begin(tx, who, day);
    tx.run("update daily_effort set refused = refused + 1 where who = ?1 and day = ?2", who, day);
    return sums_of(tx, who, day).refused;
  });
}

}  // namespace madang::platform
