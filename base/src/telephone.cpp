#include "madang/base/telephone.hpp"

namespace madang {

std::optional<std::string> telephone_number(std::string_view typed,
                                            std::string_view country_code) {
  constexpr std::size_t longest_typed = 40, fewest = 8, most = 15;
  if (typed.size() > longest_typed) return {};
  std::string digits;
  const bool international = typed.starts_with('+');
  for (const char c : typed.substr(international ? 1 : 0)) {
    if (c >= '0' && c <= '9') digits += c;
    else if (std::string_view(" -().").find(c) == std::string_view::npos) return {};
  }
  if (!international) {
    if (!digits.starts_with('0') || country_code.empty()) return {};
    digits = std::string(country_code) + digits.substr(1);
  }
  // No country code begins with 0.
  if (digits.size() < fewest || digits.size() > most || digits.front() == '0') return {};
  return "+" + digits;
}

}  // namespace madang
