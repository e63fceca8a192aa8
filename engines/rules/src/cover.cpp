#include "cover.hpp"

#include <algorithm>
#include <map>

namespace madang::rules {

bool meet(const box& a, const box& b) {
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!a[k].meets(b[k])) return false;
  return true;
}

bool within(const box& a, const box& b) {
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!a[k].within(b[k])) return false;
  return true;
}

bool empty(const box& a) {
  return std::ranges::any_of(a, [](const bits& s) { return !s.any(); });
}

box meeting(const box& a, const box& b) {
  box out = a;
  for (std::size_t k = 0; k < a.size(); ++k) out[k] &= b[k];
  return out;
}

namespace {

// Axis by axis: atoms that the same rules hold for are one class; below a class only those rules
// count. Where a rule holds for all that is left, everything is covered.
struct sweep {
  const box& whole;
  const std::vector<const box*>& rules;
  work& left;
  const std::size_t most;
  std::vector<box> found;
  box now;
  std::vector<std::size_t> full_from;        // of a rule: it holds everywhere from this axis on

  void prepare() {
    now = whole;
    for (const box* r : rules) {
      std::size_t k = whole.size();
      while (k > 0 && whole[k - 1].within((*r)[k - 1])) --k;
      full_from.push_back(k);
    }
  }

  void below(std::size_t axis, const std::vector<std::size_t>& active) {
    if (found.size() >= most || !left.take(static_cast<std::int64_t>(active.size()) + 1)) return;
    if (active.empty()) {
      for (std::size_t k = axis; k < whole.size(); ++k) now[k] = whole[k];
      found.push_back(now);
      return;
    }
    for (const auto r : active)
      if (full_from[r] <= axis) return;
    for (auto& [rest, atoms] : classes(axis, active)) {
      now[axis] = atoms;
      below(axis + 1, rest);
    }
  }

  std::vector<std::pair<std::vector<std::size_t>, bits>> classes(
      std::size_t axis, const std::vector<std::size_t>& active) {
    std::vector<std::pair<std::vector<std::size_t>, bits>> out;
    std::map<std::vector<std::size_t>, std::size_t> known;
    for (std::size_t atom = 0; atom < whole[axis].size(); ++atom) {
      if (!whole[axis].test(atom)) continue;
      left.take(static_cast<std::int64_t>(active.size()));
      std::vector<std::size_t> rest;
      for (const auto r : active)
        if ((*rules[r])[axis].test(atom)) rest.push_back(r);
      const auto [at, is_new] = known.emplace(rest, out.size());
      if (is_new) out.emplace_back(std::move(rest), bits(whole[axis].size()));
      out[at->second].second.set(atom);
    }
    return out;
  }
};

}  // namespace

std::vector<box> uncovered(const box& whole, const std::vector<const box*>& rules, work& w,
                           std::size_t most) {
  if (empty(whole)) return {};
  sweep s{whole, rules, w, most, {}, {}, {}};
  s.prepare();
  std::vector<std::size_t> all;
  for (std::size_t r = 0; r < rules.size(); ++r)
    if (meet(whole, *rules[r])) all.push_back(r);
  s.below(0, all);
  return std::move(s.found);
}

std::vector<box> pieces(const box& b, const box& whole, const std::vector<bool>& ordered,
                        std::size_t most) {
  std::vector<box> out = {b};
  for (std::size_t k = 0; k < b.size(); ++k) {
    if (!ordered[k]) continue;
    std::vector<bits> runs;
    bool within_run = false;
    for (std::size_t atom = 0; atom < b[k].size(); ++atom) {
      if (!whole[k].test(atom)) continue;    // nothing is there: it parts nothing
      if (b[k].test(atom)) {
        if (!within_run) runs.emplace_back(b[k].size());
        runs.back().set(atom);
      }
      within_run = b[k].test(atom);
    }
    std::vector<box> parted;
    for (const auto& one : out)
      for (const auto& run : runs) {
        if (parted.size() >= most) break;
        parted.push_back(one);
        parted.back()[k] = run;
      }
    out = std::move(parted);
  }
  return out;
}

void widen(box& b, const box& whole, const std::vector<const box*>& rules,
           const std::vector<bool>& ordered) {
  for (std::size_t k = 0; k < b.size(); ++k) {
    // What the rules that meet it on all other axes leave free on this one.
    bits free = whole[k];
    for (const box* r : rules) {
      bool elsewhere = true;
      for (std::size_t other = 0; other < b.size() && elsewhere; ++other)
        elsewhere = other == k || b[other].meets((*r)[other]);
      if (elsewhere) free &= (*r)[k].inverted();
    }
    if (!ordered[k]) {
      b[k] = free;
      continue;
    }
    // One piece: from the first atom of the box as far as it goes, over atoms that are not there.
    std::size_t first = 0;
    while (!b[k].test(first)) ++first;
    bits piece(b[k].size());
    const auto go = [&](std::size_t atom) {
      if (!whole[k].test(atom)) return true;
      if (!free.test(atom)) return false;
      piece.set(atom);
      return true;
    };
    for (std::size_t i = first; i < piece.size() && go(i); ++i) continue;
    for (std::size_t i = first; i-- > 0 && go(i);) continue;
    b[k] = piece;
  }
}

std::vector<std::size_t> hiding(const box& hidden, const std::vector<const box*>& others, work& w) {
  std::vector<std::size_t> near;
  for (std::size_t i = 0; i < others.size(); ++i)
    if (meet(hidden, *others[i])) near.push_back(i);
  const auto hidden_by = [&](const std::vector<std::size_t>& those) {
    std::vector<const box*> boxes;
    for (const auto i : those) boxes.push_back(others[i]);
    return uncovered(hidden, boxes, w, 1).empty() && !w.spent();
  };
  if (near.empty() || !hidden_by(near)) return {};
  for (const auto i : near)
    if (within(hidden, *others[i])) return {i};
  for (std::size_t i = near.size(); i-- > 0;) {
    auto fewer = near;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (hidden_by(fewer)) near = std::move(fewer);
  }
  return near;
}

}  // namespace madang::rules
