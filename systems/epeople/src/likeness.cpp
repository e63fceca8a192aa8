#include "likeness.hpp"

#include <algorithm>
#include <limits>

#include "madang/base/base.hpp"
#include "madang/search/tokens.hpp"

namespace madang::epeople {
namespace {

// FNV-1a, 64 bits: the same number on every machine, as the numbers are stored.
std::uint64_t number_of(std::string_view s) {
  std::uint64_t h = 14695981039346656037ull;
  for (unsigned char c : s) h = (h ^ c) * 1099511628211ull;
  return h;
}

// The finaliser of SplitMix64: a permutation for each seed, so that minima are independent.
std::uint64_t mixed(std::uint64_t x, std::uint64_t seed) {
  x += 0x9e3779b97f4a7c15ull * (seed + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

}  // namespace

std::vector<std::uint64_t> shingles(std::string_view text) {
  std::vector<std::uint64_t> out;
  for (const auto& t : search::tokens(text, search::purpose::query))
    out.push_back(number_of(t.text));
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

double likeness(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::vector<std::uint64_t> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  const std::size_t all = a.size() + b.size() - both.size();
  return all == 0 ? 0 : static_cast<double>(both.size()) / static_cast<double>(all);
}

std::array<std::int64_t, bands> band_keys(const std::vector<std::uint64_t>& tokens) {
  std::array<std::int64_t, bands> out{};
  for (std::size_t band = 0; band < bands; ++band) {
    std::uint64_t key = band;
    for (std::size_t row = 0; row < rows; ++row) {
      std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
      for (auto t : tokens) least = std::min(least, mixed(t, band * rows + row));
      key = mixed(key ^ least, row);
    }
    out[band] = static_cast<std::int64_t>(key);
  }
  return out;
}

std::vector<std::string> shared_words(std::string_view a, std::string_view b, std::size_t most) {
  const auto there = shingles(b);
  std::vector<std::string> out;
  for (auto& word : text::split(text::replace_all(std::string(a), "\n", " "), ' ')) {
    if (out.size() == most) break;
    const auto parts = shingles(word);
    // Short words are in every text and explain nothing.
    if (text::length(word) < 3 || parts.empty() || !std::ranges::includes(there, parts)) continue;
    if (std::ranges::find(out, word) == out.end()) out.push_back(word);
  }
  return out;
}

}  // namespace madang::epeople
