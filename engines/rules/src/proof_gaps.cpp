// Inputs that no rule covers.
#include <algorithm>

#include "madang/base/text.hpp"
#include "proof_cover.hpp"

namespace madang::rules {
namespace {

using edge_set = std::set<std::string>;

void put(edge_set& to, const char* before, const edge_set& labels) {
  for (const auto& l : labels) to.insert(before + l);
}

// Where a box begins and ends on each axis, in the words of the table: by them it is known again
// where the ends have other values.
std::vector<edge_set> edges_of(const placed_table& p, const box& b) {
  std::vector<edge_set> out;
  for (std::size_t k = 0; k < b.size(); ++k) {
    edge_set low, high;
    std::size_t first = 0, last = b[k].size() - 1;
    while (!b[k].test(first)) ++first;
    while (!b[k].test(last)) --last;
    if (!p.ordered[k]) {
      for (std::size_t a = 0; a < b[k].size(); ++a)
        if (b[k].test(a) && p.axes[k].is_point(a)) put(low, "=", p.labels(k, a));
      if (p.whole[k].within(b[k]) || low.empty()) low.insert("rest");
      out.push_back(low);
      out.push_back({"rest"});
      continue;
    }
    const auto more = [&](std::size_t from, std::size_t to) {
      for (std::size_t a = from; a < to; ++a)
        if (p.whole[k].test(a)) return true;
      return false;
    };
    if (!more(0, first)) low.insert("first");
    else if (p.axes[k].is_point(first)) put(low, "[", p.labels(k, first));
    else put(low, "(", p.labels(k, first - 1));
    if (!more(last + 1, b[k].size())) high.insert("last");
    else if (p.axes[k].is_point(last)) put(high, "]", p.labels(k, last));
    else put(high, ")", p.labels(k, last + 1));
    out.push_back(std::move(low));
    out.push_back(std::move(high));
  }
  return out;
}

bool share(const std::vector<edge_set>& a, const std::vector<edge_set>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::ranges::none_of(a[i], [&](const auto& l) { return b[i].contains(l); })) return false;
  return true;
}

// 9.5 where all that stands in the columns is whole.
bool only_fractions(const studied_table& t, const entries& example,
                    const std::vector<std::size_t>& axes) {
  return std::ranges::any_of(axes, [&](std::size_t k) {
    const auto& a = t.axes[k];
    const auto v = std::ranges::find(example, a.name, &entries::value_type::first);
    return v != example.end() && v->second.is(kind::number) && !v->second.number().whole() &&
           std::ranges::all_of(a.literals, [](const value& l) { return l.number().whole(); });
  });
}

}  // namespace

bool cover_check::is_related(const std::vector<std::size_t>& axes) const {
  for (std::size_t i = 0; i < axes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      for (const int stem : t_.axes[axes[i]].stems_from)
        if (t_.axes[axes[j]].stems_from.contains(stem)) return true;
  return false;
}

// With a default output, or a policy that gives a list or a count, nothing is missing.
bool cover_check::gaps_are_meant() const {
  if (t_.policy == "COLLECT") return t_.aggregation.empty() || t_.aggregation == "COUNT";
  return t_.policy == "RULE ORDER" || t_.policy == "OUTPUT ORDER";
}

void cover_check::find_gaps(const placed_table& p, std::size_t number) {
  if (std::ranges::any_of(t_.outputs, [](const auto& o) { return o.has_default; })) return;
  const auto pointers = [](const std::vector<box>& all) {
    std::vector<const box*> out;
    for (const auto& b : all) out.push_back(&b);
    return out;
  };
  const std::size_t most = f_.limits.findings;
  const auto boxes_of = [&](const std::vector<const box*>& rules) {
    std::vector<box> wide;
    for (const auto& found : uncovered(p.whole, rules, left_, 4 * most))
      for (auto& b : pieces(found, p.whole, p.ordered, most)) {
        if (wide.size() >= most) return wide;
        if (std::ranges::any_of(wide, [&](const box& w) { return within(b, w); })) continue;
        widen(b, p.whole, rules, p.ordered);
        wide.push_back(std::move(b));
      }
    return wide;
  };
  auto found = boxes_of(pointers(p.rules));
  const std::size_t sure = found.size();
  if (std::ranges::any_of(t_.rules, &studied_rule::opaque))
    for (auto& b : boxes_of(pointers(p.sure)))
      if (std::ranges::none_of(found, [&](const box& w) { return meet(w, b); }))
        found.push_back(std::move(b));
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::optional<bool> free = p.allowed(found[i]);
    for (std::size_t r = 0; i >= sure && r < t_.rules.size() && free && *free; ++r)
      if (t_.rules[r].opaque) {
        const auto holds = p.holds(r, found[i]);
        free = holds ? std::optional(!*holds) : std::nullopt;
      }
    if (free && *free) keep_gap(p, number, found[i], i >= sure);
    else gap_unsure_ = true;
  }
}

// `tried`: it is none for all the box, but the example was run against what is opaque.
void cover_check::keep_gap(const placed_table& p, std::size_t number, const box& b, bool tried) {
  if (p.w.group >= 0) with_gap_.set(static_cast<std::size_t>(p.w.group));
  auto edges = edges_of(p, b);
  auto known = std::ranges::find_if(gaps_, [&](const auto& g) { return share(g.edges, edges); });
  if (known == gaps_.end()) {
    if (gaps_.size() >= 4 * f_.limits.findings) return;
    gaps_.push_back({});
    known = gaps_.end() - 1;
    known->edges = std::move(edges);
  }
  if (!known->where.add(p.w, number, worlds_.groups)) return;
  known->example = p.example(b);
  known->matters = p.matters(b);
  for (std::size_t r = 0; tried && r < t_.rules.size(); ++r)
    for (std::size_t c = 0; c < t_.columns.size(); ++c) {
      const auto& name = t_.axes[t_.columns[c].axis].name;
      if (t_.at(r, c).is == cell::form::opaque &&
          std::ranges::find(known->matters, name) == known->matters.end())
        known->matters.push_back(name);
    }
  const auto axes = p.axes_that_matter(b);
  known->fraction = only_fractions(t_, known->example, axes);
  known->related = is_related(axes);
}

void cover_check::report_gaps() {
  using weight = finding::weight;
  const bool somewhere_always = std::ranges::any_of(gaps_, [](const auto& g) {
    return g.where.always();
  });
  const bool everywhere = !somewhere_always && with_gap_.count() == with_gap_.size();
  const bool sums = t_.policy == "COLLECT";
  for (auto& g : gaps_) {
    weight how = gaps_are_meant() ? weight::information : sums ? weight::warning : weight::mistake;
    if (!weigh(g.where, everywhere, how)) continue;
    if (f_.full(finding::what::gap)) break;
    std::string code = "proof.gap";
    if (g.matters.empty()) code = "proof.gap_all";
    else if (gaps_are_meant()) code = "proof.gap_meant";
    else if (!g.where.condition.empty()) code = "proof.gap_if";
    else if (g.related) code = "proof.gap_related";
    else if (g.fraction) code = "proof.gap_fraction";
    if (g.related || g.fraction) how = std::min(how, weight::warning);
    finding& f = f_.add(finding::what::gap, how, code);
    f.example = std::move(g.example);
    f.matters = std::move(g.matters);
    f.why.facts["example"] = said_example(f);
    if (!g.where.condition.empty()) f.why.facts["condition"] = g.where.condition;
  }
}

}  // namespace madang::rules
