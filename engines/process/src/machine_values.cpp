#include <algorithm>

#include "machine.hpp"

namespace madang::process {

const rules::value* sight::find(std::string_view name) const {
  for (const activity* a = instance_.find(at_); a;
       a = a->scope ? instance_.find(a->scope) : nullptr)
    for (const auto& [key, v] : a->variables)
      if (key == name) return &v;
  return nullptr;
}

const rules::date_time& machine::today_now() {
  if (!now_) {
    const rules::zone home{rules::zone::how::named, 0, rules::find_zone(home_zone())};
    now_ = rules::date_time::of_instant(int128(world_.now().micros) * 1000,
                                        home.name ? home : rules::zone::utc());
    check(now_.has_value(), "a clock within nine digits of years");
  }
  return *now_;
}

void machine::incident(activity& a, refusal why) {
  path(passage::what::failed, a.element, a.number);
  a.incident = std::move(why);
}

namespace {

// A function has no form in which it could be kept.
bool can_be_kept(const rules::value& v) {
  switch (v.kind()) {
    case rules::kind::function:
      return false;
    case rules::kind::list:
      return std::ranges::all_of(v.items(), can_be_kept);
    case rules::kind::context:
      return std::ranges::all_of(v.members(), [](const auto& m) { return can_be_kept(m.second); });
    default:
      return true;
  }
}

}  // namespace

// Null with a diagnostic is a mistake that somebody must see, not a value to go on with.
std::optional<rules::value> machine::value_of(activity& blamed, const formula& f, std::int64_t at) {
  rules::evaluation e(today_now());
  const sight sees(i_, at);
  rules::value v = f.run(e, sees);
  if (v.is_null() && !e.diagnostics.empty()) {
    std::map<std::string, std::string> facts = {{"expression", f.text()},
                                                {"code", e.diagnostics.front().code}};
    incident(blamed, refuse(kind::invalid, "process.expression_failed", "", std::move(facts)));
    return {};
  }
  if (!can_be_kept(v)) {
    incident(blamed, refuse(kind::invalid, "process.not_kept", "", {{"expression", f.text()}}));
    return {};
  }
  return v;
}

std::optional<bool> machine::truth_of(activity& blamed, const formula& f, std::int64_t at) {
  const auto v = value_of(blamed, f, at);
  if (!v) return {};
  if (v->is(rules::kind::boolean)) return v->flag();
  incident(blamed,
           refuse(kind::invalid, "process.not_a_condition", "",
                  {{"expression", f.text()}, {"found", std::string(rules::name_of(v->kind()))}}));
  return {};
}

bool machine::holds(const formula& f, std::int64_t at) {
  rules::evaluation e(today_now());
  const sight sees(i_, at);
  return f.run(e, sees).is_true();
}

// A list of texts, or one text that separates them by commas.
std::optional<std::vector<std::string>> machine::texts_of(activity& a, const formula& f) {
  std::vector<std::string> out;
  if (!f.there()) return out;
  const auto v = value_of(a, f, a.number);
  if (!v) return {};
  if (v->is(rules::kind::string)) {
    std::string_view rest = v->text();
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (const auto one = text::trim(rest.substr(0, comma)); !one.empty()) out.emplace_back(one);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return out;
  }
  const bool list = v->is(rules::kind::list) && std::ranges::all_of(v->items(), [](const auto& i) {
                      return i.is(rules::kind::string);
                    });
  if (!list && !v->is_null()) {
    incident(a, refuse(kind::invalid, "process.not_text", "", {{"expression", f.text()}}));
    return {};
  }
  if (list)
    for (const auto& i : v->items()) out.push_back(i.text());
  return out;
}

// "order.total" is the member of a context, made where it is not there.
void machine::set(rules::entries& in, std::string_view name, rules::value v) {
  const auto dot = name.find('.');
  const std::string_view first = name.substr(0, dot);
  auto at = std::ranges::find_if(in, [&](const auto& e) { return e.first == first; });
  if (at == in.end()) at = in.insert(in.end(), {std::string(first), rules::value()});
  if (dot == std::string_view::npos) {
    at->second = std::move(v);
    return;
  }
  rules::entries members =
      at->second.is(rules::kind::context) ? at->second.members() : rules::entries();
  set(members, name.substr(dot + 1), std::move(v));
  at->second = rules::value::context(std::move(members));
}

void machine::propagate(std::int64_t from, std::string_view name, rules::value v) {
  const std::string_view first = name.substr(0, name.find('.'));
  activity* at = i_.find(from);
  while (at && at->scope) {
    if (std::ranges::any_of(at->variables, [&](const auto& e) { return e.first == first; })) break;
    at = i_.find(at->scope);
  }
  if (at) set(at->variables, name, std::move(v));
}

bool machine::map_in(activity& a) {
  for (const mapping& m : of(a).inputs) {
    auto v = value_of(a, m.source, a.number);
    if (!v) return false;
    set(a.variables, m.target, std::move(*v));
  }
  return true;
}

// A moment, a date (its midnight at home), a duration from now, or a text that writes one of them.
std::optional<instant> machine::moment_of(const rules::value& v) {
  const auto of_moment = [](const rules::date_time& t) -> std::optional<instant> {
    if (t.offset()) return instant{static_cast<std::int64_t>(t.instant() / 1000)};
    const auto days = t.date.days();
    if (days < -700'000 || days > 2'900'000) return {};
    civil c;
    c.date = date{static_cast<std::int32_t>(days)};
    c.hour = t.time.hour();
    c.minute = t.time.minute();
    c.second = t.time.second();
    return from_civil(c);
  };
  const auto after_months = [&](std::int64_t months) -> std::optional<instant> {
    rules::date_time t = today_now();
    const auto moved = t.date.plus_months(months);
    if (!moved) return {};
    t.date = *moved;
    return of_moment(t);
  };
  const auto after_nanos = [&](int128 nanos) -> std::optional<instant> {
    const int128 at = int128(world_.now().micros) + nanos / 1000;
    if (at > int128(9'000'000'000'000'000'000) || at < 0) return {};
    return instant{static_cast<std::int64_t>(at)};
  };
  switch (v.kind()) {
    case rules::kind::date_time:
      return of_moment(v.moment());
    case rules::kind::date:
      return of_moment({v.date(), {}});
    case rules::kind::duration:
      return after_nanos(v.nanos());
    case rules::kind::months:
      return after_months(v.months_count());
    case rules::kind::string:
      break;
    default:
      return {};
  }
  const std::string& text = v.text();
  if (auto months = rules::parse_months(text)) return after_months(*months);
  if (auto nanos = rules::parse_duration(text)) return after_nanos(*nanos);
  if (auto moment = rules::date_time::parse(text)) return of_moment(*moment);
  return {};
}

}  // namespace madang::process
