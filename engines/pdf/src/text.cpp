#include "madang/pdf/text.hpp"

#include "madang/base/text.hpp"

namespace madang::pdf {

std::string shown_text(std::string_view s, std::size_t most) {
  std::string utf8;
  if (s.starts_with("\xFE\xFF")) {
    for (std::size_t i = 2; i + 1 < s.size() && utf8.size() < 4 * most; i += 2) {
      const unsigned u =
          static_cast<unsigned char>(s[i]) << 8 | static_cast<unsigned char>(s[i + 1]);
      if (u >= 0xd800 && u < 0xe000) continue;
      if (u < 0x80) {
        utf8 += static_cast<char>(u);
      } else if (u < 0x800) {
        utf8 += static_cast<char>(0xc0 | u >> 6);
        utf8 += static_cast<char>(0x80 | (u & 63));
      } else {
        utf8 += static_cast<char>(0xe0 | u >> 12);
        utf8 += static_cast<char>(0x80 | (u >> 6 & 63));
        utf8 += static_cast<char>(0x80 | (u & 63));
      }
    }
  } else {
    utf8 = s;
  }
  if (!text::is_utf8(utf8)) return "?";
  std::string out;
  for (const char c : text::head(utf8, most))
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  return out;
}

}  // namespace madang::pdf
