#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// How alike two texts are, so that the same matter told by many is found: Jaccard's measure over
// the tokens of search, estimated by MinHash (Broder 1997) to find candidates by index and counted
// exactly for those that are shown.
namespace madang::epeople {

// Distinct tokens as numbers, ascending.
std::vector<std::uint64_t> shingles(std::string_view text);

// Share of common tokens among all tokens of both; 0 when both are empty.
double likeness(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b);

// 16 bands of 3 minima each: two texts of likeness s share a band with 1 - (1 - s^3)^16, which is
// 0.88 for 0.5 and 0.016 for 0.1.
inline constexpr int bands = 16, rows = 3;
std::array<std::int64_t, bands> band_keys(const std::vector<std::uint64_t>& tokens);

// Texts that are this alike are shown as the same matter.
inline constexpr double alike = 0.4;

// Words of the first text that the second has too, in order, each once: why they are alike.
std::vector<std::string> shared_words(std::string_view a, std::string_view b, std::size_t most = 8);

}  // namespace madang::epeople
