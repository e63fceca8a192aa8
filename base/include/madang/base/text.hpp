#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Text is UTF-8 everywhere. What needs Unicode tables (folding, normalising) is done by ICU inside.
namespace madang::text {

bool is_utf8(std::string_view bytes);

// Number of code points; the text must be UTF-8.
std::size_t length(std::string_view utf8);

// The first `points` code points.
std::string_view head(std::string_view utf8, std::size_t points);

std::string_view trim(std::string_view s);
// By the rules of Unicode that hold in every language.
std::string upper_case(std::string_view s);
std::string lower_case(std::string_view s);
std::vector<std::string> split(std::string_view s, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string s, std::string_view from, std::string_view to);

// NFC: what input is stored as. Ill-formed input gives nothing.
std::optional<std::string> normalise(std::string_view bytes);

// NFKC with case folding: what is compared and searched.
std::string fold(std::string_view utf8);

// Fills "{name}" from the given facts; a name that is missing stays visible as it is.
template <class Map>
std::string fill(std::string_view pattern, const Map& facts) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size();) {
    std::size_t end = pattern[i] == '{' ? pattern.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += pattern[i++];
      continue;
    }
    auto found = facts.find(std::string(pattern.substr(i + 1, end - i - 1)));
    if (found == facts.end()) {
      out += pattern.substr(i, end - i + 1);
    } else {
      out += found->second;
    }
    i = end + 1;
  }
  return out;
}

// 1234567 -> "1,234,567"
std::string grouped(std::int64_t number);

std::string hex(std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view s);

// Base64 of RFC 4648: section 4 (with padding) and section 5 (URL-safe, without).
std::string base64(std::span<const std::uint8_t> bytes);
std::string base64url(std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view s);     // both alphabets

inline std::span<const std::uint8_t> bytes_of(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}
inline std::string_view chars_of(std::span<const std::uint8_t> b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

}  // namespace madang::text
