// Conversion (10.3.4.1), boolean (10.3.4.2), contexts (10.3.4.7).
#include <algorithm>

#include "arguments.hpp"

namespace madang::rules {
namespace {

value date_from(builtin_call& c) {
  const value& v = single(argument(c, 0));
  if (v.is(kind::date)) return v;
  if (v.is(kind::date_time)) return v.moment().date;
  if (v.is(kind::string))
    if (auto d = calendar_date::parse(v.text())) return *d;
  return c.fail();
}

value date_of_parts(builtin_call& c) {
  const auto y = whole_at(c, 0), m = whole_at(c, 1), d = whole_at(c, 2);
  if (!y || !m || !d) return c.fail();
  auto made = calendar_date::of(*y, *m, *d);
  return made ? value(*made) : c.fail();
}

value time_from(builtin_call& c) {
  const value& v = single(argument(c, 0));
  if (v.is(kind::time)) return v;
  if (v.is(kind::date_time)) return v.moment().time;
  if (v.is(kind::date)) return clock_time{0, zone::utc()};
  if (v.is(kind::string))
    if (auto t = clock_time::parse(v.text())) return *t;
  return c.fail();
}

// Seconds may have a fraction; none: out of bounds.
std::optional<clock_time> clock_of(const builtin_call& c, std::size_t first) {
  const auto h = whole_at(c, first), m = whole_at(c, first + 1);
  const decimal* s = number_at(c, first + 2);
  if (!h || !m || !s || *h < 0 || *h > 23 || *m < 0 || *m > 59) return {};
  if (*s < decimal(0) || *s >= decimal(60)) return {};
  const auto nanos = (*s * decimal(nanos_of_second)).rounded(0, decimal::rounding::down).to_int64();
  if (!nanos) return {};
  return clock_time{(*h * 60 + *m) * 60 * nanos_of_second + *nanos, {}};
}

std::optional<zone> zone_of(const value& v) {
  if (v.is(kind::duration)) {
    const int128 seconds = v.nanos() / nanos_of_second;
    if (v.nanos() % nanos_of_second != 0 || seconds > 18 * 3600 || seconds < -18 * 3600) return {};
    return zone{zone::how::offset, static_cast<std::int32_t>(seconds), nullptr};
  }
  if (v.is(kind::string))
    if (const auto* z = find_zone(v.text())) return zone{zone::how::named, 0, z};
  return {};
}

value time_of_parts(builtin_call& c) {
  auto t = clock_of(c, 0);
  if (!t) return c.fail();
  if (const value& offset = single(argument(c, 3)); !offset.is_null()) {
    auto z = offset.is(kind::duration) ? zone_of(offset) : std::nullopt;
    if (!z) return c.fail();
    t->where = *z;
  }
  return *t;
}

value moment_from(builtin_call& c) {
  const value& v = single(argument(c, 0));
  if (v.is(kind::date_time)) return v;
  if (v.is(kind::date)) return date_time{v.date(), {0, zone::utc()}};
  if (v.is(kind::string))
    if (auto t = date_time::parse(v.text())) return *t;
  return c.fail();
}

value moment_of_date(builtin_call& c) {
  const value &d = single(argument(c, 0)), &t = single(argument(c, 1));
  if (!t.is(kind::time)) return c.fail();
  if (d.is(kind::date)) return date_time{d.date(), t.time()};
  if (d.is(kind::date_time)) return date_time{d.moment().date, t.time()};
  return c.fail();
}

value moment_of_parts(builtin_call& c) {
  const value day = date_of_parts(c);
  auto t = clock_of(c, 3);
  if (!day.is(kind::date) || !t) return t ? value() : c.fail();
  if (const value& where = single(argument(c, 6)); !where.is_null()) {
    auto z = zone_of(where);
    if (!z) return c.fail();
    t->where = *z;
  }
  return date_time{day.date(), *t};
}

value number_from(builtin_call& c) {
  const value& v = single(argument(c, 0));
  const value &group = single(argument(c, 1)), &point = single(argument(c, 2));
  if (v.is(kind::number) && c.given == 1) return v;
  if (!v.is(kind::string)) return c.fail();
  std::string s = v.text();
  const auto is_one_of = [](const value& sign, std::string_view signs) {
    return sign.is_null() || (sign.is(kind::string) && sign.text().size() == 1 &&
                              signs.find(sign.text().front()) != std::string_view::npos);
  };
  if (!is_one_of(group, " ,.") || !is_one_of(point, ",.")) return c.fail();
  if (group.is(kind::string) && point.is(kind::string) && group.text() == point.text())
    return c.fail();
  if (group.is(kind::string)) std::erase(s, group.text().front());
  if (point.is(kind::string) && point.text() != ".") {
    if (s.find('.') != std::string::npos) return c.fail();
    std::ranges::replace(s, point.text().front(), '.');
  }
  auto n = decimal::parse(s);
  return n ? value(*n) : c.fail();
}

value string_from(builtin_call& c) {
  const value& v = argument(c, 0);
  return v.is_null() ? value() : value(v.str());
}

value duration_from(builtin_call& c) {
  const value& v = single(argument(c, 0));
  if (v.is(kind::months) || v.is(kind::duration)) return v;
  if (!v.is(kind::string)) return c.fail();
  if (auto n = parse_months(v.text())) return value::months(*n);
  if (auto n = parse_duration(v.text())) return value::duration(*n);
  return c.fail();
}

// Whole months from one day to the other, towards zero.
value months_between(builtin_call& c) {
  const auto day = [](const value& v) -> std::optional<calendar_date> {
    if (v.is(kind::date)) return v.date();
    if (v.is(kind::date_time)) return v.moment().date;
    return {};
  };
  auto from = day(single(argument(c, 0))), to = day(single(argument(c, 1)));
  if (!from || !to) return c.fail();
  std::int64_t n = (std::int64_t(to->year) - from->year) * 12 + to->month - from->month;
  if (n > 0 && to->day < from->day) --n;
  if (n < 0 && to->day > from->day) ++n;
  return value::months(n);
}

value not_of(builtin_call& c) {
  const value& v = single(argument(c, 0));
  if (v.is(kind::boolean)) return !v.flag();
  return v.is_null() ? value() : c.fail();
}

// ---- contexts ----

value get_value(builtin_call& c) {
  const value& m = single(argument(c, 0));
  const value& key = argument(c, 1);
  if (!m.is(kind::context)) return c.fail();
  if (single(key).is(kind::string)) {
    const value* found = m.member(single(key).text());
    return found ? *found : c.fail("feel.no_such_member");
  }
  if (!key.is(kind::list) || key.items().empty()) return c.fail();
  value here = m;
  for (const auto& step : key.items()) {
    if (!step.is(kind::string)) return c.fail();
    const value* found = here.is(kind::context) ? here.member(step.text()) : nullptr;
    if (!found) return c.fail("feel.no_such_member");
    here = value(*found);
  }
  return here;
}

value get_entries(builtin_call& c) {
  const value& m = single(argument(c, 0));
  if (!m.is(kind::context)) return c.fail();
  std::vector<value> out;
  for (const auto& [key, v] : m.members())
    out.push_back(value::context({{"key", key}, {"value", v}}));
  return value::list(std::move(out));
}

value context_of(builtin_call& c) {
  auto list = list_at(c, 0);
  if (!list) return c.fail();
  entries out;
  for (const auto& one : *list) {
    if (!one.is(kind::context)) return c.fail();
    const value *key = one.member("key"), *v = one.member("value");
    if (!key || !key->is(kind::string) || !v) return c.fail();
    if (std::ranges::any_of(out, [&](const auto& m) { return m.first == key->text(); }))
      return c.fail("feel.duplicate_key");
    out.emplace_back(key->text(), *v);
  }
  return value::context(std::move(out));
}

entries with_member(const entries& of, const std::string& key, const value& v) {
  entries out = of;
  auto found = std::ranges::find_if(out, [&](const auto& m) { return m.first == key; });
  if (found == out.end()) out.emplace_back(key, v);
  else found->second = v;
  return out;
}

value put_into(builtin_call& c, const value& m, std::span<const value> keys, const value& v) {
  if (!m.is(kind::context) || keys.empty() || !keys.front().is(kind::string)) return c.fail();
  const std::string& key = keys.front().text();
  if (keys.size() == 1) return value::context(with_member(m.members(), key, v));
  const value* below = m.member(key);
  value made = put_into(c, below ? *below : value::context({}), keys.subspan(1), v);
  return made.is_null() ? made : value::context(with_member(m.members(), key, made));
}

value context_put(builtin_call& c) {
  const value& m = single(argument(c, 0));
  const value& key = argument(c, 1);
  if (key.is(kind::list)) return put_into(c, m, key.items(), argument(c, 2));
  return put_into(c, m, std::span(&key, 1), argument(c, 2));
}

value context_put_one(builtin_call& c) {
  const value& key = single(argument(c, 1));
  return put_into(c, single(argument(c, 0)), std::span(&key, 1), argument(c, 2));
}

value context_merge(builtin_call& c) {
  auto list = list_at(c, 0);
  if (!list) return c.fail();
  entries out;
  for (const auto& one : *list) {
    if (!one.is(kind::context)) return c.fail();
    for (const auto& [key, v] : one.members()) out = with_member(out, key, v);
  }
  return value::context(std::move(out));
}

}  // namespace

void add_conversions(builtin_list& l) {
  l.push_back(make_builtin("date", {{{"from"}, 1, false, date_from},
                                    {{"year", "month", "day"}, 3, false, date_of_parts}}, "date"));
  l.push_back(make_builtin(
      "time", {{{"from"}, 1, false, time_from},
               {{"hour", "minute", "second", "offset"}, 3, false, time_of_parts}}, "time"));
  const std::vector<std::string> parts = {"year", "month", "day", "hour", "minute", "second"};
  auto with_offset = parts, with_zone = parts;
  with_offset.push_back("offset");
  with_zone.push_back("timezone");
  l.push_back(make_builtin("date and time",
                           {{{"from"}, 1, false, moment_from},
                            {{"date", "time"}, 2, false, moment_of_date},
                            {parts, 6, false, moment_of_parts},
                            {with_offset, 7, false, moment_of_parts},
                            {with_zone, 7, false, moment_of_parts}},
                           "date and time"));
  l.push_back(make_builtin(
      "number",
      {{{"from", "grouping separator", "decimal separator"}, 1, false, number_from}}, "number"));
  l.push_back(make_builtin("string", {{{"from"}, 1, false, string_from}}, "string"));
  l.push_back(make_builtin("duration", {{{"from"}, 1, false, duration_from}}));
  l.push_back(make_builtin("years and months duration",
                           {{{"from", "to"}, 2, false, months_between}},
                           "years and months duration"));
  l.push_back(make_builtin("not", {{{"negand"}, 1, false, not_of}}, "boolean"));
  for (auto& one : l)
    one->makes_literals = one->name == "date" || one->name == "time" ||
                          one->name == "date and time" || one->name == "duration";
}

void add_context_functions(builtin_list& l) {
  l.push_back(make_builtin("get value", {{{"m", "key"}, 2, false, get_value},
                                         {{"context", "keys"}, 2, false, get_value}}));
  l.push_back(make_builtin("get entries", {{{"m"}, 1, false, get_entries},
                                           {{"context"}, 1, false, get_entries}}));
  l.push_back(make_builtin("context", {{{"entries"}, 1, false, context_of}}));
  l.push_back(make_builtin("context put",
                           {{{"context", "keys", "value"}, 3, false, context_put},
                            {{"context", "key", "value"}, 3, false, context_put_one}}));
  l.push_back(make_builtin("context merge", {{{"contexts"}, 1, false, context_merge}}));
}

}  // namespace madang::rules
