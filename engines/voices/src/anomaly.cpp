#include "madang/voices/anomaly.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace madang::voices {
namespace {

constexpr std::int64_t ten_minutes = 600'000'000, around = 3 * 6;       // slots on each side
constexpr double unlikely = 1e-6;
constexpr std::int64_t fewest_in_a_burst = 10;

bool says_one_thing(const std::vector<std::int8_t>& said) {
  std::int8_t one = unsaid;
  for (const auto s : said) {
    if (s == unsaid) continue;
    if (one != unsaid && s != one) return false;
    one = s;
  }
  return true;
}

// P(X >= k) of a Poisson variable: 1 - sum of the terms below k, in logarithms so that large means
// do not underflow.
double at_least(std::int64_t k, double mean) {
  double below = 0;
  for (std::int64_t i = 0; i < k; ++i)
    below += std::exp(static_cast<double>(i) * std::log(mean) - mean -
                      std::lgamma(static_cast<double>(i) + 1));
  return std::max(0.0, 1 - below);
}

}  // namespace

std::vector<clones> find_clones(const std::vector<ballot>& all, const clone_rule& r) {
  std::map<std::vector<std::int8_t>, clones> groups;
  for (const auto& b : all) {
    const auto answered = static_cast<std::size_t>(
        std::ranges::count_if(b.said, [](std::int8_t s) { return s != unsaid; }));
    if (answered < r.fewest_said || says_one_thing(b.said)) continue;
    groups[b.said].pseudonyms.push_back(b.pseudonym);
  }
  std::vector<clones> out;
  for (auto& [said, group] : groups)
    if (group.pseudonyms.size() >= r.smallest_group) out.push_back(std::move(group));
  std::ranges::stable_sort(out, std::greater<>(),
                           [](const clones& c) { return c.pseudonyms.size(); });
  return out;
}

std::vector<burst> find_bursts(const std::vector<arrivals>& slots) {
  std::map<std::int64_t, std::int64_t> counts;
  for (const auto& s : slots) counts[s.begins.micros / ten_minutes] += s.count;
  std::vector<burst> out;
  for (const auto& [slot, n] : counts) {
    if (n < fewest_in_a_burst) continue;
    std::int64_t beside = 0;
    for (auto it = counts.lower_bound(slot - around);
         it != counts.end() && it->first <= slot + around; ++it)
      if (it->first != slot) beside += it->second;
    // Only time in which it was open; a burst that is all there is has nothing beside it.
    const std::int64_t slots_beside = std::min(around, slot - counts.begin()->first) +
                                      std::min(around, counts.rbegin()->first - slot);
    const double expected = static_cast<double>(std::max<std::int64_t>(beside, 1)) /
                            static_cast<double>(std::max<std::int64_t>(slots_beside, 1));
    if (at_least(n, expected) < unlikely)
      out.push_back({{slot * ten_minutes}, n, expected});
  }
  std::ranges::stable_sort(out, std::greater<>(), &burst::count);
  return out;
}

std::vector<excess> find_excess(const std::vector<district_hour>& hours,
                                const std::map<std::string, std::int64_t>& people) {
  std::map<std::string, std::int64_t> sums;
  std::map<std::string, excess> found;
  for (const auto& h : hours) {
    const auto live = people.find(h.district);
    if (live == people.end()) continue;
    const auto n = sums[h.district] += h.counted;
    if (n <= live->second) continue;
    auto& one = found.try_emplace(h.district, excess{h.district, h.begins, n, live->second})
                    .first->second;
    one.counted = std::max(one.counted, n);
  }
  std::vector<excess> out;
  for (auto& [district, one] : found) out.push_back(std::move(one));
  return out;
}

}  // namespace madang::voices
