#include "madang/registers/sweep.hpp"

#include <algorithm>
#include <limits>

#include "tables.hpp"

namespace madang::registers {
namespace {

constexpr int page = 20'000;       // records to a read
constexpr std::size_t keys_at_once = 256;

}  // namespace

result<sweep> sweep::begin(registry& r, const audit::access& why, std::string_view reg,
                           std::vector<std::string> items, date valid) {
  if (auto stated = why.stated(); !stated) return stated.why();
  const schema* s = r.find_schema(reg);
  if (!s) return refuse(kind::not_found, "register.unknown");
  std::string named;
  for (const auto& item : items) {
    if (!s->find(item)) return refuse(kind::invalid, "register.item_unknown", item);
    named += (named.empty() ? "" : ",") + item;
  }
  r.database().writing([&](store::write& tx) {
    audit::append(tx, why, audit::action::read, audit::everybody, reg, "*", named);
  });
  return sweep(r, *s, items, valid);
}

sweep::sweep(registry& r, const schema& s, const std::vector<std::string>& items, date valid)
    : db_(r.database()), table_(table_of(s)), columns_(1 + static_cast<int>(items.size())) {
  select_ = "select key";
  for (const auto& item : items) select_ += ", " + item;
  const std::string day = std::to_string(valid.days);
  holds_ = "recorded_to = " + std::to_string(forever.micros) + " and valid_from <= " + day +
           " and valid_to > " + day;
}

void sweep::all(std::string_view grouped_by, const look& f) {
  const std::string group(grouped_by);
  const std::string sql = select_ + ", " + group + ", version from " + table_ + " where (" + group +
                          ", version) > (?1, ?2) and " + holds_ + " order by " + group +
                          ", version limit " + std::to_string(page);
  std::int64_t last_group = std::numeric_limits<std::int64_t>::min(), last_version = last_group;
  for (int got = page; got == page;) {
    got = 0;
    const store::parameter from[] = {store::parameter(last_group), store::parameter(last_version)};
    db_.reading([&](store::read& r) {
      r.each_row(sql, from, [&](const store::row& row) {
        ++got;
        last_group = row.integer(columns_);
        last_version = row.integer(columns_ + 1);
        f(row);
      });
    });
  }
}

void sweep::of_keys(std::span<const id> keys, const look& f) {
  // One statement serves every read: what is missing of it is filled up with the last key.
  static const std::string list = [] {
    std::string out;
    for (std::size_t i = 1; i <= keys_at_once; ++i)
      out += (out.empty() ? "?" : ", ?") + std::to_string(i);
    return out;
  }();
  const std::string sql =
      select_ + " from " + table_ + " where key in (" + list + ") and " + holds_;
  for (std::size_t at = 0; at < keys.size(); at += keys_at_once) {
    std::vector<store::parameter> some;
    for (std::size_t i = 0; i < keys_at_once; ++i)
      some.emplace_back(keys[std::min(at + i, keys.size() - 1)]);
    db_.reading([&](store::read& r) { r.each_row(sql, some, f); });
  }
}

std::int64_t sweep::count() {
  return db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from " + table_ + " where " + holds_).value_or(0);
  });
}

}  // namespace madang::registers
