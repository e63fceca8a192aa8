#include "proof_placed.hpp"

#include <algorithm>

namespace madang::rules {
namespace {

// A column that asks for just what the world has assumed a value for.
const value* fixed(const studied_table& t, const world& w, const studied_axis& a) {
  const auto& names = t.desk.site().names;
  for (std::size_t n = 0; n < w.given.size(); ++n)
    if (names[n].name == a.name && w.given[n].is(a.kind)) return &w.given[n];
  for (std::size_t s = 0; s < t.symbols.size(); ++s)
    if (t.symbols[s].text == a.name && w.ends[s].is(a.kind)) return &w.ends[s];
  return nullptr;
}

axis axis_in(const studied_table& t, const world& w, std::size_t number) {
  const studied_axis& a = t.axes[number];
  auto points = a.literals;
  for (std::size_t s = 0; s < t.symbols.size(); ++s)
    if (std::ranges::find(t.symbols[s].axes, static_cast<int>(number)) !=
            t.symbols[s].axes.end() &&
        w.ends[s].is(a.kind))
      points.push_back(w.ends[s]);
  if (const value* v = fixed(t, w, a)) points.push_back(*v);
  return {a.kind, a.ordered, std::move(points)};
}

}  // namespace

placed_table::placed_table(const studied_table& table, const world& where) : t(table), w(where) {
  for (std::size_t k = 0; k < t.axes.size(); ++k) {
    axes.push_back(axis_in(t, w, k));
    const axis& a = axes.back();
    ordered.push_back(a.ordered());
    bits allowed = a.there();
    for (const auto c : t.axes[k].columns)
      for (const auto& one : t.columns[c].allowed)
        if (one.is != cell::form::opaque) allowed &= a.of(one, w.ends);
    const value* only = fixed(t, w, t.axes[k]);
    if (only) {
      bits point(a.atoms());
      point.set(a.atom_of(*only));
      allowed &= point;
    }
    whole.push_back(allowed);
    if (!only) allowed.set(a.null_atom());
    with_null.push_back(std::move(allowed));
  }
  for (const auto& c : t.columns) {
    const axis& a = axes[c.axis];
    cells_.emplace_back();
    for (std::size_t i = 0; i < c.cells.size(); ++i) {
      cells_.back().push_back(a.of(c.cells[i], w.ends));
      if (c.holds_for_null[i]) cells_.back().back().set(a.null_atom());
    }
  }
  for (std::size_t r = 0; r < t.rules.size(); ++r) {
    rules.emplace_back();
    for (std::size_t k = 0; k < axes.size(); ++k) rules.back().push_back(of_rule(r, k, true));
  }
  sure = rules;
  for (std::size_t r = 0; r < t.rules.size(); ++r)
    for (std::size_t k = 0; k < axes.size() && t.rules[r].opaque; ++k)
      sure[r][k] = of_rule(r, k, false);
}

bits placed_table::of_rule(std::size_t rule, std::size_t k, bool opaque_holds) const {
  bits out = with_null[k];
  for (const auto c : t.axes[k].columns) {
    const cell& one = t.at(rule, c);
    if (one.is == cell::form::any) continue;
    if (one.is == cell::form::opaque) {
      if (!opaque_holds) return bits(out.size());
      continue;
    }
    out &= cells_[c][t.rules[rule].cells[c]];
  }
  return out;
}

std::set<std::string> placed_table::labels(std::size_t k, std::size_t atom) const {
  std::set<std::string> out;
  const value point = axes[k].example(atom);
  for (const auto& v : t.axes[k].literals)
    if (compare(v, point) == 0) out.insert(v.literal());
  for (std::size_t s = 0; s < t.symbols.size(); ++s)
    if (w.ends[s].is(point.kind()) && equal(w.ends[s], point).value_or(false))
      out.insert(t.symbols[s].text);
  if (out.empty()) out.insert(point.literal());
  return out;
}

// Whole numbers before others, short before long, points that stand in the table before others.
std::size_t placed_table::simplest(std::size_t k, const bits& atoms) const {
  std::size_t best = atoms.size();
  std::tuple<bool, bool, std::size_t, bool> least;
  for (std::size_t atom = 0; atom < atoms.size(); ++atom) {
    if (!atoms.test(atom)) continue;
    const value v = axes[k].example(atom);
    const std::tuple now(atom == axes[k].null_atom(), v.is(kind::number) && !v.number().whole(),
                         v.literal().size(), !axes[k].is_point(atom));
    if (best < atoms.size() && !(now < least)) continue;
    best = atom;
    least = now;
  }
  return best;
}

std::vector<std::size_t> placed_table::axes_that_matter(const box& b) const {
  std::vector<std::size_t> out;
  for (std::size_t k = 0; k < axes.size(); ++k)
    if (!whole[k].within(b[k])) out.push_back(k);
  return out;
}

entries placed_table::example(const box& b) const {
  entries out;
  for (std::size_t k = 0; k < axes.size(); ++k)
    if (axes[k].kind() != kind::null)
      out.emplace_back(t.axes[k].name, axes[k].example(simplest(k, b[k])));
  const auto add = [&](const std::string& name, const value& v) {
    if (!v.is_null() && std::ranges::find(out, name, &entries::value_type::first) == out.end())
      out.emplace_back(name, v);
  };
  for (std::size_t n = 0; n < w.given.size(); ++n) add(t.desk.site().names[n].name, w.given[n]);
  for (std::size_t s = 0; s < t.symbols.size(); ++s)
    if (t.symbols[s].compiled.uses.empty() || !w.real) add(t.symbols[s].text, w.ends[s]);
  return out;
}

std::vector<std::string> placed_table::matters(const box& b) const {
  std::vector<std::string> out;
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(out, name) == out.end()) out.push_back(name);
  };
  const auto those = axes_that_matter(b);
  for (const auto k : those) add(t.axes[k].name);
  for (std::size_t s = 0; s < t.symbols.size(); ++s) {
    const bool stands = std::ranges::any_of(t.symbols[s].axes, [&](int a) {
      return std::ranges::find(those, static_cast<std::size_t>(a)) != those.end();
    });
    if (!stands) continue;
    if (!w.real || t.symbols[s].compiled.uses.empty()) add(t.symbols[s].text);
    else
      for (const auto n : t.symbols[s].compiled.uses) add(t.desk.site().names[n].name);
  }
  return out;
}

std::vector<value> placed_table::given(const box& b) const {
  auto out = w.given;
  const auto& names = t.desk.site().names;
  for (std::size_t k = 0; k < axes.size(); ++k)
    for (std::size_t n = 0; n < names.size(); ++n)
      if (names[n].name == t.axes[k].name && out[n].is_null())
        out[n] = axes[k].example(simplest(k, b[k]));
  return out;
}

std::optional<bool> placed_table::run(const compiled_text& c, const box& b, std::size_t k) const {
  if (!c.node || !c.unknown.empty() || axes[k].kind() == kind::null || !w.real) return {};
  const auto values = given(b);
  for (const auto n : c.uses) {
    const named& name = t.desk.site().names[n];
    const bool function = name.lies == named::where::global &&
                          !t.desk.in().functions[std::size_t(name.index)].is_null();
    if (values[n].is_null() && !function) return {};
  }
  evaluation e(date_time{{2026, 1, 1}, {0, zone::utc()}});
  const value v = t.desk.run(c, e, values, axes[k].example(simplest(k, b[k])));
  return v.is_true();
}

std::optional<bool> placed_table::holds(std::size_t rule, const box& b) const {
  bool unknown = false;
  for (std::size_t c = 0; c < t.columns.size(); ++c) {
    const cell& one = t.at(rule, c);
    const std::size_t k = t.columns[c].axis;
    if (one.is != cell::form::opaque) {
      if (!rules[rule][k].test(simplest(k, b[k]))) return false;
      continue;
    }
    const auto held = run(one.compiled, b, k);
    if (held && !*held) return false;
    unknown = unknown || !held;
  }
  return unknown ? std::nullopt : std::optional(true);
}

std::optional<bool> placed_table::allowed(const box& b) const {
  for (std::size_t c = 0; c < t.columns.size(); ++c)
    for (const auto& one : t.columns[c].allowed) {
      if (one.is != cell::form::opaque) continue;
      const auto held = run(one.compiled, b, t.columns[c].axis);
      if (!held || !*held) return held;
    }
  return true;
}

}  // namespace madang::rules
