// Rules that meet, that hide one another, that say the same twice, that never hold.
#include <algorithm>

#include "proof_cover.hpp"

namespace madang::rules {
namespace {

using what = finding::what;
using weight = finding::weight;

std::vector<int> from_one(std::initializer_list<std::size_t> rules) {
  std::vector<int> out;
  for (const auto r : rules) out.push_back(static_cast<int>(r) + 1);
  return out;
}

}  // namespace

std::optional<bool> same_outputs(const studied_table& t, std::size_t a, std::size_t b) {
  bool known = true;
  for (std::size_t o = 0; o < t.outputs.size(); ++o) {
    const auto &x = t.rules[a].outputs[o], &y = t.rules[b].outputs[o];
    if (x.text == y.text) continue;
    const value *v = x.compiled.constant(), *w = y.compiled.constant();
    if (!v || !w) known = false;
    else if (!same(*v, *w)) return false;
  }
  return known ? std::optional(true) : std::nullopt;
}

std::optional<std::vector<std::size_t>> rank_of(const studied_table& t, std::size_t rule) {
  std::vector<std::size_t> out;
  for (std::size_t o = 0; o < t.outputs.size(); ++o) {
    const auto& order = t.outputs[o].priorities;
    if (order.empty()) continue;
    const value* v = t.rules[rule].outputs[o].compiled.constant();
    if (!v) return {};
    const auto found = std::ranges::find_if(order, [&](const value& p) {
      return equal(p, *v).value_or(false);
    });
    out.push_back(static_cast<std::size_t>(found - order.begin()));
  }
  return out;
}

// ---- meeting ----

bool cover_check::meets(const placed_table& p, std::size_t a, std::size_t b) {
  left_.take(static_cast<std::int64_t>(p.axes.size()));
  if (!meet(p.rules[a], p.rules[b])) return false;
  if (!t_.rules[a].opaque && !t_.rules[b].opaque) return true;
  const box both = meeting(p.rules[a], p.rules[b]);
  const auto x = p.holds(a, both), y = p.holds(b, both);
  if (x && y && *x && *y) return true;
  meeting_unsure_ = true;
  return false;
}

void cover_check::find_meetings(const placed_table& p, std::size_t number) {
  if (!pairs_matter() && number > 0) return;
  for (std::size_t b = 1; b < t_.rules.size(); ++b)
    for (std::size_t a = 0; a < b && !left_.spent(); ++a) {
      if (t_.policy == "ANY" && same_outputs(t_, a, b).value_or(false)) continue;
      if (!meets(p, a, b)) continue;
      auto& m = meetings_[{a, b}];
      m.a = a;
      m.b = b;
      m.where.add(p.w, number, worlds_.groups);
    }
}

void cover_check::report_meetings() {
  if (!pairs_matter()) return report_meant_meetings();
  for (auto& [pair, m] : meetings_) {
    if (repeated_[m.a][m.b] && !too_much_) continue;       // said as a duplicate
    weight how = weight::mistake;
    std::string code = "proof.overlap";
    if (t_.policy == "ANY" && !same_outputs(t_, m.a, m.b)) {
      how = weight::warning;
      code = "proof.overlap_other";
    }
    if (!weigh(m.where, false, how)) continue;
    if (f_.full(what::overlap)) break;
    if (!m.where.condition.empty()) code = "proof.overlap_if";
    const placed_table& p = shown(m.where.shown);
    const box both = meeting(p.rules[m.a], p.rules[m.b]);
    if (is_related(p.axes_that_matter(both)) && how == weight::mistake) {
      how = weight::warning;
      code = "proof.overlap_related";
    }
    finding& f = f_.add(what::overlap, how, code);
    f.rules = from_one({m.a, m.b});
    f.example = p.example(both);
    f.matters = p.matters(both);
    f.why.facts = {{"rules", numbers(f.rules)}, {"example", said_example(f, f.matters.empty())}};
    if (!m.where.condition.empty()) f.why.facts["condition"] = m.where.condition;
  }
}

// By the other policies rules may meet: each rule with those before it, once.
void cover_check::report_meant_meetings() {
  for (std::size_t b = 1; b < t_.rules.size(); ++b) {
    std::vector<int> rules = {static_cast<int>(b) + 1};
    const meeting_found* first = nullptr;
    for (std::size_t a = 0; a < b; ++a) {
      const auto m = meetings_.find({a, b});
      if (m == meetings_.end()) continue;
      rules.push_back(static_cast<int>(a) + 1);
      if (!first) first = &m->second;
    }
    if (!first || f_.full(what::overlap)) continue;
    const placed_table& p = shown(first->where.shown);
    const box both = meeting(p.rules[first->a], p.rules[first->b]);
    finding& f = f_.add(what::overlap, weight::information, "proof.overlap_meant");
    f.example = p.example(both);
    f.matters = p.matters(both);
    f.why.facts = {{"rule", std::to_string(rules.front())},
                   {"others", numbers({rules.begin() + 1, rules.end()})},
                   {"example", said_example(f, f.matters.empty())}};
    f.rules = std::move(rules);
  }
}

// ---- hiding ----

std::vector<std::size_t> cover_check::before(std::size_t rule) const {
  std::vector<std::size_t> out;
  const auto own = t_.policy == "PRIORITY" ? rank_of(t_, rule) : std::nullopt;
  for (std::size_t r = 0; r < t_.rules.size(); ++r) {
    if (r == rule) continue;
    if (t_.policy == "FIRST" && r < rule) out.push_back(r);
    if (t_.policy != "PRIORITY" || !own || own->empty()) continue;
    const auto rank = rank_of(t_, r);
    if (rank && (*rank < *own || (*rank == *own && r < rule))) out.push_back(r);
  }
  return out;
}

void cover_check::find_hidden(const placed_table& p, std::size_t) {
  if (t_.policy != "FIRST" && t_.policy != "PRIORITY") {
    for (auto& h : hidden_) h.so = false;
    return;
  }
  for (std::size_t r = 0; r < t_.rules.size(); ++r) {
    hidden_rule& h = hidden_[r];
    if (!h.so || left_.spent()) continue;
    const auto earlier = before(r);
    std::vector<const box*> boxes;
    for (const auto e : earlier) boxes.push_back(&p.sure[e]);
    const box all = p.rules[r];
    const box there = meeting(all, p.whole);
    if (empty(there)) continue;              // said by others
    auto by = hiding(there, boxes, left_);
    if (by.empty()) {
      h.so = false;
      continue;
    }
    h.but_null = h.but_null || !uncovered(all, boxes, left_, 1).empty();
    if (h.by.empty())
      for (const auto i : by) h.by.push_back(earlier[i]);
  }
}

void cover_check::report_hidden() {
  for (std::size_t r = 0; r < t_.rules.size(); ++r) {
    const hidden_rule& h = hidden_[r];
    if (!h.so || h.by.empty() || f_.full(what::masked)) continue;
    if (h.by.size() == 1 && repeated_[std::min(r, h.by[0])][std::max(r, h.by[0])]) continue;
    std::vector<int> rules = {static_cast<int>(r) + 1};
    for (const auto by : h.by) rules.push_back(static_cast<int>(by) + 1);
    finding& f = f_.add(what::masked, h.but_null ? weight::information : weight::warning,
                        h.but_null ? "proof.masked_but_missing" : "proof.masked",
                        {{"rule", std::to_string(r + 1)},
                         {"others", numbers({rules.begin() + 1, rules.end()})}});
    f.rules = std::move(rules);
  }
}

// ---- repeating ----

void cover_check::find_repeated(const placed_table& p) {
  for (std::size_t a = 0; a < t_.rules.size(); ++a)
    for (std::size_t b = a + 1; b < t_.rules.size(); ++b) {
      if (!repeated_[a][b]) continue;
      bool so = p.rules[a] == p.rules[b] && !empty(p.rules[a]);
      for (std::size_t c = 0; so && c < t_.columns.size(); ++c)
        so = (t_.at(a, c).is != cell::form::opaque && t_.at(b, c).is != cell::form::opaque) ||
             squeezed(t_.at(a, c).text) == squeezed(t_.at(b, c).text);
      repeated_[a][b] = so;
    }
}

void cover_check::report_repeated() {
  std::vector<bool> said(t_.rules.size());
  for (std::size_t a = 0; a < t_.rules.size(); ++a) {
    if (said[a]) continue;
    std::vector<int> rules = {static_cast<int>(a) + 1};
    bool differ = false, unknown = false;
    for (std::size_t b = a + 1; b < t_.rules.size(); ++b) {
      if (!repeated_[a][b]) continue;
      said[b] = true;
      rules.push_back(static_cast<int>(b) + 1);
      const auto alike = same_outputs(t_, a, b);
      differ = differ || !alike.value_or(true);
      unknown = unknown || !alike;
    }
    if (rules.size() == 1 || f_.full(what::duplicate)) continue;
    const bool wrong = t_.policy == "UNIQUE" || (t_.policy == "ANY" && differ);
    finding& f = f_.add(what::duplicate, wrong ? weight::mistake : weight::warning,
                        differ || unknown ? "proof.duplicate_other" : "proof.duplicate",
                        {{"rules", numbers(rules)}});
    f.rules = std::move(rules);
  }
}

// ---- never holding ----

void cover_check::find_empty(const placed_table& p) {
  for (std::size_t r = 0; r < t_.rules.size(); ++r)
    empty_[r] = empty_[r] && empty(p.rules[r]);
  for (std::size_t c = 0; c < t_.columns.size(); ++c)
    for (std::size_t i = 0; i < t_.columns[c].cells.size(); ++i) {
      const cell& one = t_.columns[c].cells[i];
      const axis& a = p.axes[t_.columns[c].axis];
      const bool spoken_of = one.is == cell::form::positive || one.is == cell::form::negated;
      if (!spoken_of || t_.columns[c].holds_for_null[i]) {
        cell_never_[c][i] = cell_outside_[c][i] = false;
        continue;
      }
      const bits holds = a.of(one, p.w.ends);
      cell_never_[c][i] = cell_never_[c][i] && !holds.any();
      // A column that is fixed by the world allows less than it does by itself.
      bits allowed = a.there();
      for (const auto& limit : t_.columns[c].allowed)
        if (limit.is != cell::form::opaque) allowed &= a.of(limit, p.w.ends);
      cell_outside_[c][i] = cell_outside_[c][i] && !holds.meets(allowed);
    }
}

void cover_check::report_empty() {
  for (std::size_t r = 0; r < t_.rules.size(); ++r) {
    bool explained = false;
    for (std::size_t c = 0; c < t_.columns.size(); ++c) {
      const cell& one = t_.at(r, c);
      const std::size_t i = t_.rules[r].cells[c];
      const bool misfits = std::ranges::any_of(one.tests, [&](const auto& test) {
        return axis::misfit(test, t_.axes[t_.columns[c].axis].kind);
      });
      explained = explained || misfits || cell_never_[c][i] || cell_outside_[c][i];
      if (misfits || !cell_outside_[c][i] || f_.full(what::contradiction)) continue;
      std::string allowed;
      for (const auto& limit : t_.columns[c].allowed)
        allowed += (allowed.empty() ? "" : "; ") + limit.text;
      finding& f = f_.add(what::contradiction, weight::mistake,
                          cell_never_[c][i] ? "proof.never" : "proof.not_allowed",
                          {{"input", t_.columns[c].name}, {"test", one.text}});
      if (!cell_never_[c][i]) f.why.facts["allowed"] = allowed;
      f.why.facts["rule"] = std::to_string(r + 1);
      f.rules = from_one({r});
      f.input = static_cast<int>(c) + 1;
    }
    if (!empty_[r] || explained || f_.full(what::contradiction)) continue;
    finding& f = f_.add(what::contradiction, weight::warning, "proof.rule_never",
                        {{"rule", std::to_string(r + 1)}});
    f.rules = from_one({r});
  }
}

}  // namespace madang::rules
