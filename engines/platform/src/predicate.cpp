#include "madang/platform/predicate.hpp"

#include "madang/rules/feel.hpp"

namespace madang::platform {
namespace {

rules::value feel_of(const registers::item& i, const registers::record& r) {
  const auto* found = r.items.if_contains(i.id);
  if (!found || found->is_null()) return {};
  if (found->is_int64()) return rules::value(found->get_int64());
  if (i.type == registers::type::date) {
    const auto d = date::parse(r.text(i.id));
    const auto day = d ? rules::calendar_date::of_days(d->days) : std::nullopt;
    return day ? rules::value(*day) : rules::value();
  }
  return rules::value(std::string(r.text(i.id)));
}

}  // namespace

struct predicate::inside {
  rules::expression condition;
  std::vector<registers::item> items;
  std::vector<std::string> reads;
  bool no_without_record = false;

  std::optional<bool> of(const registers::record& r, rules::calendar_date day) const {
    std::vector<rules::value> values{rules::value(day)};
    for (const auto& i : items) values.push_back(feel_of(i, r));
    rules::evaluation e(rules::date_time{day, {0, rules::zone::utc()}});
    const rules::value v = condition.run(e, values);
    if (!v.is(rules::kind::boolean)) return {};
    return v.flag();
  }
};

std::optional<predicate> predicate::make(std::string_view condition, const registers::schema& s,
                                         bool no_without_record) {
  const std::string text(condition);
  std::vector<rules::variable> names{{"today", nullptr}};
  for (const auto& i : s.items) names.push_back({i.id, nullptr});
  auto compiled = rules::compile(text, names);
  const auto unknown = rules::unknown_names(text, names), known = rules::unknown_names(text, {});
  if (!compiled || !unknown || !unknown->empty() || !known) return {};
  std::vector<std::string> reads;
  for (const auto& name : *known)
    if (name != "today") reads.push_back(name);
  return predicate(std::make_shared<const inside>(
      inside{std::move(*compiled), s.items, std::move(reads), no_without_record}));
}

const std::vector<std::string>& predicate::reads() const { return in_->reads; }

std::optional<bool> predicate::of(const std::vector<registers::record>& found, date today) const {
  const auto day = rules::calendar_date::of_days(today.days).value_or(rules::calendar_date{});
  if (found.empty()) return in_->no_without_record ? std::optional(false) : std::nullopt;
  bool known = true;
  for (const auto& r : found) {
    const auto one = in_->of(r, day);
    if (one.value_or(false)) return true;
    known = known && one;
  }
  return known ? std::optional(false) : std::nullopt;
}

}  // namespace madang::platform
