#pragma once
#include <optional>
#include <string_view>

#include "madang/base/text.hpp"
#include "madang/tlog/tree.hpp"

// Base 64 of RFC 4648 section 4 in its one canonical form, as every C2SP format wants it: else one
// hash could be written in several ways.
namespace madang::tlog {

inline std::optional<trust::bytes> strict_base64(std::string_view s) {
  auto octets = text::from_base64(s);
  if (!octets || text::base64(*octets) != s) return {};
  return octets;
}

inline std::optional<hash> hash_of_base64(std::string_view s) {
  if (s.size() != 44) return {};
  auto octets = strict_base64(s);
  if (!octets || octets->size() != 32) return {};
  hash out;
  std::copy(octets->begin(), octets->end(), out.begin());
  return out;
}

// Decimal without leading zeroes, below 2^63: what a store's bigint holds.
inline std::optional<std::uint64_t> plain_decimal(std::string_view s) {
  if (s.empty() || s.size() > 19 || (s.size() > 1 && s[0] == '0')) return {};
  std::uint64_t n = 0;
  for (char c : s) {
    if (c < '0' || c > '9') return {};
    n = n * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (n >> 63) return {};
  return n;
}

}  // namespace madang::tlog
