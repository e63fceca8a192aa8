#include "madang/platform/effort.hpp"

#include "madang/base/base.hpp"

namespace madang::platform {
namespace {

constexpr int kept_days = 7;

struct sums {
  std::int64_t looked = 0, refused = 0;
};
BOOST_DESCRIBE_STRUCT(sums, (), (looked, refused))

}  // namespace

effort::effort(store::database& db, std::string_view who, std::string system)
    : db_(db),
      system_(std::move(system)),
      sum_(fmt::format("select looked, refused from effort where {} = ?1 and day = ?2", who)),
      begin_(fmt::format("insert into effort ({0}, day, looked, refused) values (?1, ?2, 0, 0) "
                         "on conflict ({0}, day) do nothing", who)),
      look_(fmt::format("update effort set looked = looked + 1 "
                        "where {} = ?1 and day = ?2 and looked < ?3", who)),
      refuse_(fmt::format("update effort set refused = refused + 1 "
                          "where {} = ?1 and day = ?2", who)) {}

refusal effort::too_many() const { return refuse(kind::too_many, system_ + ".too_many"); }

outcome effort::may(std::string_view who, date day, const limits& most) const {
  const auto done =
      db_.reading([&](store::read& r) { return r.one<sums>(sum_, who, day); }).value_or(sums{});
  if (done.refused >= most.refused) return refuse(kind::too_many, system_ + ".locked");
  if (done.looked >= most.looked) return too_many();
  return nothing{};
}

outcome effort::looked(std::string_view who, date day, const limits& most) {
  const bool counted = db_.writing([&](store::write& tx) {
    tx.run("delete from effort where day < ?1", day.plus(-kept_days));
    tx.run(begin_, who, day);
    return tx.run(look_, who, day, most.looked) == 1;
  });
  if (!counted) return too_many();
  return nothing{};
}

std::int64_t effort::refused(std::string_view who, date day) {
  return db_.writing([&](store::write& tx) {
    tx.run(begin_, who, day);
    tx.run(refuse_, who, day);
    return tx.one<sums>(sum_, who, day).value_or(sums{}).refused;
  });
}

}  // namespace madang::platform
