#include <cstdint>

#include "madang/html/texts.hpp"

// A Korean particle follows the last sound of the word before it: 이/가, 을/를, 은/는, 과/와 after
// a final consonant or none; 으로/로 counts a final ㄹ as none. Precomposed Hangul syllables
// are U+AC00 + (lead * 21 + vowel) * 28 + tail (Unicode, section 3.12), so the tail is a remainder.
namespace madang::html {
namespace {

enum class tail { none, rieul, other };

std::uint32_t last_code_point(std::string_view s) {
  std::size_t i = s.size();
  while (i > 0 && (static_cast<unsigned char>(s[i - 1]) & 0xC0) == 0x80) --i;
  if (i == 0) return 0;
  auto lead = static_cast<unsigned char>(s[i - 1]);
  std::uint32_t point = lead < 0x80    ? lead
                        : lead >= 0xF0 ? lead & 7u
                        : lead >= 0xE0 ? lead & 15u
                                       : lead & 31u;
  for (; i < s.size(); ++i) point = (point << 6) | (static_cast<unsigned char>(s[i]) & 0x3Fu);
  return point;
}

// Digits are heard as 영 일 이 삼 사 오 육 칠 팔 구; other scripts count as having no tail.
tail tail_of(std::string_view word) {
  std::uint32_t point = last_code_point(word);
  if (point >= 0xAC00 && point <= 0xD7A3) {
    std::uint32_t t = (point - 0xAC00) % 28;
    return t == 0 ? tail::none : t == 8 ? tail::rieul : tail::other;
  }
  switch (point) {
    case '1':
    case '7':
    case '8':
      return tail::rieul;
    case '0':
    case '3':
    case '6':
      return tail::other;
    default:
      return tail::none;
  }
}

std::string_view choice(std::string_view choices, std::string_view value,
                        std::string_view language) {
  std::size_t slash = choices.find('/');
  if (slash == std::string_view::npos) return choices;
  std::string_view first = choices.substr(0, slash), second = choices.substr(slash + 1);
  if (language != "ko") return value == "1" ? first : second;
  tail t = tail_of(value);
  if (first == "으로") return t == tail::other ? first : second;
  return t == tail::none ? second : first;
}

}  // namespace

std::string fill(std::string_view pattern, std::string_view language, const texts::facts& f) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size();) {
    std::size_t open = pattern.find('{', i);
    std::size_t close = open == std::string_view::npos ? open : pattern.find('}', open);
    if (close == std::string_view::npos) return out.append(pattern.substr(i));
    out += pattern.substr(i, open - i);
    std::string_view inner = pattern.substr(open + 1, close - open - 1);
    std::size_t bar = inner.find('|');
    auto found = f.find(std::string(inner.substr(0, bar)));
    if (found == f.end()) {
      out += pattern.substr(open, close - open + 1);
    } else if (bar == std::string_view::npos) {
      out += found->second;
    } else {
      out += choice(inner.substr(bar + 1), found->second, language);
    }
    i = close + 1;
  }
  return out;
}

}  // namespace madang::html
