// The cover of a table: goes through the worlds and gathers what is so in all of them or in some.
#include "proof_cover.hpp"

#include <algorithm>

#include "madang/base/text.hpp"

namespace madang::rules {

bool seen_in::add(const world& w, std::size_t number, int all_groups) {
  const bool first = groups.size() == 0 || (!groups.any() && !real);
  if (groups.size() == 0) groups = bits(static_cast<std::size_t>(all_groups));
  if (w.group >= 0) groups.set(static_cast<std::size_t>(w.group));
  const bool better = w.real != real ? w.real : w.length < length;
  if (!first && !better) return false;
  real = w.real;
  length = w.length;
  shown = number;
  return true;
}

cover_check::cover_check(findings_of_table& f, all_worlds worlds)
    : f_(f), t_(f.t), worlds_(std::move(worlds)), left_{f.limits.steps},
      with_gap_(static_cast<std::size_t>(worlds_.groups)), hidden_(f.t.rules.size()),
      repeated_(f.t.rules.size(), std::vector<bool>(f.t.rules.size(), true)),
      empty_(f.t.rules.size(), true) {
  for (const auto& c : t_.columns) {
    cell_never_.emplace_back(c.cells.size(), true);
    cell_outside_.emplace_back(c.cells.size(), true);
  }
}

void cover_check::look(const placed_table& p, std::size_t number) {
  find_empty(p);
  find_repeated(p);
  find_gaps(p, number);
  find_meetings(p, number);
  if (p.w.group >= 0) find_hidden(p, number);
}

void cover_check::run() {
  std::size_t looked = 0;
  for (std::size_t n = 0; n < worlds_.each.size() && !left_.spent(); ++n, ++looked)
    look(placed_table(t_, worlds_.each[n]), n);
  const bool complete = worlds_.complete && looked == worlds_.each.size() && looked > 0;
  too_much_ = !complete || left_.spent();
  report_gaps();
  report_meetings();
  if (!too_much_) {
    report_repeated();
    report_hidden();
    report_empty();
  }
  using what = finding::what;
  using weight = finding::weight;
  if (too_much_)
    f_.add(what::not_proven, weight::warning, "proof.not_proven_limit");
  std::string cells;
  for (std::size_t i = 0; i < t_.rules.size(); ++i)
    if (t_.rules[i].opaque) cells += (cells.empty() ? "" : ", ") + std::to_string(i + 1);
  if (gap_unsure_ || meeting_unsure_)
    f_.add(what::not_proven, weight::information, "proof.not_proven_opaque", {{"rules", cells}});
  if (unreal_) {
    std::string ends;
    for (const auto& s : t_.symbols)
      if (!s.plain && !s.axes.empty()) ends += (ends.empty() ? "" : ", ") + s.text;
    f_.add(what::not_proven, weight::information, "proof.not_proven_ends", {{"ends", ends}});
  }
}

const placed_table& cover_check::shown(std::size_t number) {
  auto& kept = shown_[number];
  if (!kept) kept = std::make_unique<placed_table>(t_, worlds_.each[number]);
  return *kept;
}

// In every order of ends: as heavy as it is. In some: a warning, and only when there are values
// that bring it about.
bool cover_check::weigh(seen_in& s, bool always, finding::weight& how) {
  const bool all = (always || s.always()) && !too_much_;
  if (!s.real && (!all || worlds_.entangled)) {
    unreal_ = true;
    return false;
  }
  if (all) return true;
  how = std::min(how, finding::weight::warning);
  s.condition = condition(s);
  return true;
}

namespace {

struct place_of_symbol {
  value is;
  bool so;                                   // it is so in the worlds of this value
};

// "0 <= limit < 5": the run of places around the one of the example.
std::string run_of(const std::string& name, const std::vector<value>& literals,
                   const std::vector<place_of_symbol>& places, const value& example) {
  std::size_t at = 0;
  while (at < places.size() && !equal(places[at].is, example).value_or(false)) ++at;
  std::size_t low = at, high = at;
  while (low > 0 && places[low - 1].so) --low;
  while (high + 1 < places.size() && places[high + 1].so) ++high;
  const auto is_literal = [&](const value& v) {
    return std::ranges::any_of(literals, [&](const value& l) { return compare(l, v) == 0; });
  };
  if (low == high && is_literal(places[low].is)) return name + " = " + places[low].is.literal();
  std::string out = name;
  if (low > 0) {
    const bool closed = is_literal(places[low].is);
    const value& end = closed ? places[low].is : places[low - 1].is;
    out = end.literal() + (closed ? " <= " : " < ") + out;
  }
  if (high + 1 < places.size()) {
    const bool closed = is_literal(places[high].is);
    out += (closed ? " <= " : " < ") + (closed ? places[high].is : places[high + 1].is).literal();
  }
  return out;
}

}  // namespace

std::string cover_check::condition(const seen_in& s) const {
  const world& shown = worlds_.each[s.shown];
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < t_.symbols.size(); ++i)
    if (!t_.symbols[i].axes.empty() &&
        std::ranges::find(t_.axes, t_.symbols[i].text, &studied_axis::name) == t_.axes.end())
      free.push_back(i);
  const auto literals_of = [&](std::size_t i) {
    std::vector<value> out;
    for (const int a : t_.symbols[i].axes)
      for (const auto& v : t_.axes[std::size_t(a)].literals) out.push_back(v);
    return out;
  };
  if (free.size() == 1 && is_ordered(t_.symbols[free[0]].kind) && t_.symbols[free[0]].plain) {
    std::vector<place_of_symbol> places;
    for (const auto& w : worlds_.each)
      if (w.group >= 0 && std::ranges::none_of(places, [&](const auto& one) {
            return equal(one.is, w.ends[free[0]]).value_or(false);
          }))
        places.push_back({w.ends[free[0]], s.groups.test(static_cast<std::size_t>(w.group))});
    std::ranges::sort(places, [](const auto& a, const auto& b) {
      return compare(a.is, b.is).value_or(0) < 0;
    });
    return run_of(t_.symbols[free[0]].text, literals_of(free[0]), places, shown.ends[free[0]]);
  }
  // Several: between which neighbours each stands.
  std::vector<std::string> parts;
  for (const auto i : free) {
    std::pair<value, std::string> below, above;
    std::string same;
    const auto neighbour = [&](const value& v, const std::string& name) {
      const auto c = compare(v, shown.ends[i]);
      if (c == 0) same = name;
      if (c == -1 && (below.second.empty() || compare(v, below.first) == 1)) below = {v, name};
      if (c == 1 && (above.second.empty() || compare(v, above.first) == -1)) above = {v, name};
    };
    for (const auto& v : literals_of(i)) neighbour(v, v.literal());
    for (const auto o : free)
      if (o < i && t_.symbols[o].kind == t_.symbols[i].kind)
        neighbour(shown.ends[o], t_.symbols[o].text);
    std::string said = t_.symbols[i].text;
    if (!same.empty()) said += " = " + same;
    else if (!below.second.empty()) said = below.second + " < " + said;
    if (same.empty() && !above.second.empty()) said += " < " + above.second;
    if (said != t_.symbols[i].text) parts.push_back(std::move(said));
  }
  return text::join(parts, ", ");
}

void check_cover(findings_of_table& f) {
  cover_check(f, worlds_of(f.t, f.limits)).run();
}

}  // namespace madang::rules
