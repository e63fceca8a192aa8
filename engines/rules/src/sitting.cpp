#include "madang/rules/sitting.hpp"

#include <algorithm>

namespace madang::rules {

namespace {

evaluation at_midnight(date day) {
  return evaluation(date_time{calendar_date::of_days(day.days).value_or(calendar_date{}),
                              {0, zone::utc()}});
}

}  // namespace

sitting::sitting(const provision& p, const provision::version& v, date as_of)
    : provision_(&p), as_of_(as_of), by_law_(*v.logic) {}

result<sitting> sitting::open(const statutes& law, const provision& p, date as_of,
                              std::span<const std::string> facts) {
  const auto* version = p.at(as_of);
  if (!version) return refuse(madang::kind::not_found, "rules.not_in_force", p.id);
  sitting out(p, *version, as_of);
  const auto& elements = version->logic->elements();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto& e = elements[i];
    if (e.kind != drg_element::what::input) continue;
    if (const auto* known = law.find_parameter(e.name)) {
      const auto* held = known->at(as_of);
      if (!held) return refuse(madang::kind::not_found, "rules.not_in_force", e.name);
      out.by_law_.set(static_cast<int>(i), held->is);
      evaluation e = at_midnight(as_of);
      out.by_law_.get(e, static_cast<int>(i));       // so that its type is looked at once
    } else if (auto found = std::ranges::find(facts, e.name); found != facts.end()) {
      out.facts_.push_back({static_cast<int>(i), static_cast<std::size_t>(found - facts.begin())});
    }
  }
  out.decision_ = version->logic->find("entitlement");
  return out;
}

bool sitting::reads(std::size_t fact) const {
  return std::ranges::any_of(facts_, [&](const bound& b) { return b.fact == fact; });
}

sitting::verdict sitting::decide(std::span<const value> facts) const {
  decision_run run(by_law_);
  for (const auto& b : facts_) run.set(b.element, facts[b.fact]);
  evaluation e = at_midnight(as_of_);
  const value decided = run.get(e, decision_);
  verdict out;
  if (!decided.is(kind::context)) return out;
  if (const value* v = decided.member("entitled"); v && v->is(kind::boolean)) {
    out.decided = true;
    out.entitled = v->flag();
  }
  if (const value* v = decided.member("amount"); v && v->is(kind::number)) out.amount = v->number();
  if (const value* v = decided.member("because"); v && v->is(kind::string)) out.because = v->text();
  return out;
}

namespace {

// The nearest whole number between `from` (exclusive) and `to` (inclusive) at which the decision is
// not what it is now, when it is not that at `to`.
class turning_point {
 public:
  turning_point(const sitting& s, std::vector<value>& facts, std::size_t fact, bool now)
      : s_(s), facts_(facts), fact_(fact), now_(now) {}

  std::optional<std::int64_t> towards(std::int64_t from, std::int64_t to) {
    if (from == to || !turns(to)) return {};
    while (std::abs(to - from) > 1) {
      const std::int64_t middle = from + (to - from) / 2;
      (turns(middle) ? to : from) = middle;
    }
    return to;
  }
  bool turns(value v) {
    facts_[fact_] = std::move(v);
    seen_ = s_.decide(facts_);
    return seen_.decided && seen_.entitled != now_;
  }
  // Of the last value that was tried.
  const sitting::verdict& seen() const { return seen_; }

 private:
  const sitting& s_;
  std::vector<value>& facts_;
  std::size_t fact_;
  bool now_;
  sitting::verdict seen_;
};

// Candidates for one fact, nearest first.
std::vector<value> nearest_turns(turning_point& t, const value& is, const domain& d) {
  std::vector<value> out;
  if (is.is(kind::boolean)) {
    out.emplace_back(!is.flag());
  } else if (!d.choices.empty()) {
    for (const auto& one : d.choices)
      if (!equal(one, is).value_or(false)) out.push_back(one);
  } else if (const auto at = is.is(kind::number) ? is.number().to_int64() : std::nullopt;
             at && d.least < d.most && *at >= d.least && *at <= d.most) {
    const auto below = t.towards(*at, d.least), above = t.towards(*at, d.most);
    if (below) out.emplace_back(*below);
    if (above) out.emplace_back(*above);
    if (below && above && *above - *at < *at - *below) std::swap(out[0], out[1]);
  }
  return out;
}

}  // namespace

std::vector<single_change> single_changes(const statutes& law, const provision& p,
                                          const entries& facts, date as_of,
                                          std::span<const domain> domains) {
  std::vector<std::string> names;
  std::vector<value> values;
  for (const auto& [name, v] : facts) {
    names.push_back(name);
    values.push_back(v);
  }
  const auto opened = sitting::open(law, p, as_of, names);
  std::vector<single_change> out;
  if (!opened) return out;
  const auto now = opened->decide(values);
  if (!now.decided) return out;
  for (const auto& d : domains) {
    const auto found = std::ranges::find(names, d.fact);
    const auto i = static_cast<std::size_t>(found - names.begin());
    if (found == names.end() || !opened->reads(i)) continue;
    const value is = values[i];
    turning_point t(*opened, values, i, now.entitled);
    for (const auto& would_be : nearest_turns(t, is, d))
      if (t.turns(would_be)) {
        out.push_back({d.fact, is, would_be, t.seen().entitled, t.seen().amount});
        break;
      }
    values[i] = is;
  }
  return out;
}

}  // namespace madang::rules
