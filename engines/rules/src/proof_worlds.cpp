// The orders that symbols and literals can have. An order is stood for by values: each symbol is
// put on every literal and into every gap between them, and symbols that meet on an axis into one
// gap in every order among themselves. For numbers that is complete, as between two there is always
// another; for days it leaves out only orders in which a gap has no day, where nothing new can be
// found.
#include <algorithm>
#include <numeric>

#include "proof_table.hpp"

namespace madang::rules {
namespace {

struct candidate {
  value is;
  std::size_t gap = 0, place = 0;            // which of the values in which gap
  bool point = false;
};

struct enumeration {
  const studied_table& t;
  const limits_of_proof& limits;
  all_worlds& out;
  std::vector<std::size_t> family;           // of each symbol: those that share an axis
  std::vector<std::vector<candidate>> candidates;
  std::vector<bool> linked;                  // a column asks just that
  std::vector<std::size_t> chosen;
  std::map<std::vector<std::size_t>, int> groups;

  std::vector<int> axes_of(std::size_t s) const {
    std::vector<int> axes = t.symbols[s].axes;
    for (std::size_t a = 0; a < t.axes.size(); ++a)
      if (t.axes[a].name == t.symbols[s].text && t.axes[a].kind == t.symbols[s].kind)
        axes.push_back(static_cast<int>(a));
    return axes;
  }

  void find_families() {
    family.resize(t.symbols.size());
    std::iota(family.begin(), family.end(), std::size_t{0});
    for (std::size_t s = 0; s < family.size(); ++s)
      for (std::size_t o = 0; o < s; ++o) {
        const auto a = axes_of(s), b = axes_of(o);
        const bool share = std::ranges::any_of(a, [&](int x) {
          return std::ranges::find(b, x) != b.end();
        });
        if (share && family[s] != family[o])
          std::ranges::replace(family, family[s], family[o]);
      }
  }

  void find_candidates(std::size_t s) {
    const kind k = t.symbols[s].kind;
    std::vector<value> literals;
    for (std::size_t o = 0; o < family.size(); ++o)
      if (family[o] == family[s])
        for (const int a : axes_of(o))
          for (const auto& v : t.axes[std::size_t(a)].literals)
            if (v.is(k)) literals.push_back(v);
    std::vector<candidate> all;
    if (t.symbols[s].axes.empty()) {
      all = {{value(), 0, 0, true}};         // only what is opaque names it
    } else if (k == kind::boolean) {
      all = {{value(true), 0, 0, true}, {value(false), 0, 0, true}};
    } else if (comparable(literals)) {
      const axis points(k, true, literals);
      const auto& p = points.points();
      const auto wished = static_cast<std::size_t>(std::ranges::count(family, family[s]));
      for (std::size_t gap = p.size() + 1; gap-- > 0;) {
        const auto inside = apart(k, gap ? p[gap - 1] : value(),
                                  gap < p.size() ? p[gap] : value(), wished);
        for (std::size_t i = 0; i < inside.size(); ++i) all.push_back({inside[i], gap, i, false});
      }
      for (std::size_t i = p.size(); i-- > 0;) all.push_back({p[i], 0, 0, true});
    }
    candidates.push_back(std::move(all));
  }

  // Of the values in one gap the first ones are taken: other choices are the same orders again.
  bool plain_choice() const {
    std::map<std::pair<std::size_t, std::size_t>, std::set<std::size_t>> taken;
    for (std::size_t s = 0; s < chosen.size(); ++s) {
      const candidate& c = candidates[s][chosen[s]];
      if (!c.point) taken[{family[s], c.gap}].insert(c.place);
    }
    return std::ranges::all_of(taken, [](const auto& one) {
      return *one.second.rbegin() + 1 == one.second.size();
    });
  }

  void keep() {
    world w;
    w.given.resize(t.desk.site().names.size());
    std::vector<std::size_t> assumed;        // choices that no column makes
    for (std::size_t s = 0; s < chosen.size(); ++s) {
      const symbol& one = t.symbols[s];
      w.ends.push_back(candidates[s][chosen[s]].is);
      w.real = w.real && (one.plain || one.axes.empty());
      if (one.plain && one.compiled.uses.size() == 1)
        w.given[*one.compiled.uses.begin()] = w.ends.back();
      if (!linked[s]) assumed.push_back(chosen[s]);
    }
    w.group = groups.emplace(assumed, static_cast<int>(groups.size())).first->second;
    out.each.push_back(std::move(w));
  }

  void choose() {
    if (out.each.size() >= limits.orders) {
      out.complete = false;
      return;
    }
    const std::size_t s = chosen.size();
    if (s == t.symbols.size()) {
      if (plain_choice()) keep();
      return;
    }
    for (std::size_t i = 0; i < candidates[s].size() && out.complete; ++i) {
      chosen.push_back(i);
      choose();
      chosen.pop_back();
    }
  }

  void all() {
    find_families();
    for (std::size_t s = 0; s < t.symbols.size(); ++s) {
      find_candidates(s);
      linked.push_back(std::ranges::find(t.axes, t.symbols[s].text, &studied_axis::name) !=
                       t.axes.end());
    }
    choose();
    out.groups = static_cast<int>(groups.size());
  }
};

// ---- values that bring calculated ends about ----

struct realising {
  const studied_table& t;
  all_worlds& out;
  std::vector<std::size_t> names;            // that ends are made from
  std::vector<std::vector<value>> candidates;

  void find_names() {
    std::set<std::size_t> all;
    for (const auto& s : t.symbols)
      if (!s.axes.empty()) all.insert(s.compiled.uses.begin(), s.compiled.uses.end());
    names.assign(all.begin(), all.end());
  }

  void find_candidates(std::size_t name) {
    kind k = kind_of(t.desk.site().names[name].type);
    for (const auto& s : t.symbols)
      if (k == kind::null && s.plain && s.compiled.uses.contains(name)) k = s.kind;
    if (k == kind::null && t.desk.site().names[name].type->kind == type::how::any) k = kind::number;
    std::vector<value> all;
    if (k == kind::boolean) all = {value(true), value(false)};
    if (k == kind::number) all = {value(100), value(10), value(1), value(0), value(-1)};
    if (k == kind::string) all = {value("a"), value("b")};
    if (auto any = between(k, {}, {}); any && all.empty()) all.push_back(*any);
    int taken = 0;
    for (const auto& a : t.axes)
      for (const auto& v : a.literals) {
        if (!v.is(k) || ++taken > 4) continue;
        all.push_back(v);
        for (const auto& near : {between(k, v, {}), between(k, {}, v)})
          if (near) all.push_back(*near);
        if (k == kind::number) {
          all.push_back(v.number() * decimal(2));
          all.push_back(v.number() / decimal(2));
        }
      }
    candidates.push_back(std::move(all));
  }

  void attempt(const std::vector<std::size_t>& choice) {
    world w;
    w.given.resize(t.desk.site().names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (candidates[i].empty()) return;
      w.given[names[i]] = candidates[i][choice[i] % candidates[i].size()];
    }
    evaluation e(date_time{{2026, 1, 1}, {0, zone::utc()}});
    for (const auto& s : t.symbols) {
      w.ends.push_back(t.desk.run(s.compiled, e, w.given));
      if (!s.axes.empty() && !w.ends.back().is(s.kind)) return;
    }
    out.each.push_back(std::move(w));
  }

  void all() {
    find_names();
    for (const auto n : names) find_candidates(n);
    if (names.empty()) return;
    std::size_t combinations = 1;
    for (const auto& c : candidates) combinations = std::min<std::size_t>(
        combinations * std::max<std::size_t>(c.size(), 1), 1'000'000);
    constexpr std::size_t most = 300;
    // When there are too many, some from everywhere: a step that shares no factor with them.
    const std::size_t step = combinations <= most ? 1 : combinations / most | 1;
    for (std::size_t n = 0; n < std::min(combinations, most); ++n) {
      std::size_t rest = n * step;
      std::vector<std::size_t> choice;
      for (const auto& c : candidates) {
        const std::size_t size = std::max<std::size_t>(c.size(), 1);
        choice.push_back(rest % size);
        rest /= size;
      }
      attempt(choice);
    }
  }
};

bool hang_together(const studied_table& t) {
  const auto& names = t.desk.site().names;
  for (std::size_t s = 0; s < t.symbols.size(); ++s) {
    if (t.symbols[s].plain || t.symbols[s].axes.empty()) continue;
    const auto& uses = t.symbols[s].compiled.uses;
    if (uses.empty()) return true;           // made from the clock
    for (const auto n : uses) {
      if (std::ranges::find(t.axes, names[n].name, &studied_axis::name) != t.axes.end())
        return true;
      for (std::size_t o = 0; o < t.symbols.size(); ++o)
        if (o != s && t.symbols[o].compiled.uses.contains(n)) return true;
    }
  }
  return false;
}

}  // namespace

all_worlds worlds_of(const studied_table& t, const limits_of_proof& l) {
  all_worlds out;
  enumeration e{t, l, out, {}, {}, {}, {}, {}};
  e.all();
  const bool calculated = std::ranges::any_of(t.symbols, [](const auto& s) {
    return !s.plain && !s.axes.empty();
  });
  if (calculated) realising{t, out, {}, {}}.all();
  out.entangled = hang_together(t);
  for (auto& w : out.each)
    for (const auto* values : {&w.ends, &w.given})
      for (const auto& v : *values)
        if (!v.is_null()) w.length += v.literal().size();
  return out;
}

}  // namespace madang::rules
