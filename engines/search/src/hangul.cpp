#include "hangul.hpp"

#include <cstring>

namespace madang::search {
namespace {

// In the order of Unicode (chapter 3.12): leading, vowel, trailing.
constexpr const char* leading[19] = {"r", "R", "s", "e", "E", "f", "a", "q", "Q", "t",
                                     "T", "d", "w", "W", "c", "z", "x", "v", "g"};
constexpr const char* vowel[21] = {"k", "o", "i", "O", "j", "p", "u", "P", "h", "hk", "ho",
                                   "hl", "y", "n", "nj", "np", "nl", "b", "m", "ml", "l"};
constexpr const char* trailing[28] = {"",   "r",  "R",  "rt", "s",  "sw", "sg", "e",  "f",  "fr",
                                      "fa", "fq", "ft", "fx", "fv", "fg", "a",  "q",  "qt", "t",
                                      "T",  "d",  "w",  "c",  "z",  "x",  "v",  "g"};

bool is_syllable(char32_t c) { return c >= 0xAC00 && c <= 0xD7A3; }
bool is_lead(char32_t c) { return c >= 0x1100 && c <= 0x1112; }
bool is_vowel(char32_t c) { return c >= 0x1161 && c <= 0x1175; }
bool is_trail(char32_t c) { return c >= 0x11A8 && c <= 0x11C2; }

void append_lower(std::string& out, const char* keys) {
  for (; *keys; ++keys) out += static_cast<char>(*keys | 0x20);
}

// Keys of one letter; false when it is not Hangul.
bool append_keys(std::string& out, char32_t c) {
  if (is_syllable(c)) {
    const auto s = c - 0xAC00;
    append_lower(out, leading[s / 588]);
    append_lower(out, vowel[s / 28 % 21]);
    append_lower(out, trailing[s % 28]);
  } else if (is_lead(c)) {
    append_lower(out, leading[c - 0x1100]);
  } else if (is_vowel(c)) {
    append_lower(out, vowel[c - 0x1161]);
  } else if (is_trail(c)) {
    append_lower(out, trailing[c - 0x11A7]);
  } else {
    return false;
  }
  return true;
}

bool append_initial(std::string& out, char32_t c) {
  if (is_syllable(c)) return append_lower(out, leading[(c - 0xAC00) / 588]), true;
  return append_keys(out, c);
}

template <class Append>
keyed spell(std::string_view source, Append append) {
  const auto n = normal(source);
  keyed out;
  for (const auto& p : pieces(n.text)) {
    bool begins = !p.joined;
    for (std::size_t at = p.begin; at < p.end;) {
      const auto begin = at;
      const auto c = next_point(n.text, at);
      const auto before = out.keys.size();
      if (append(out.keys, c)) out.has_hangul = true;
      else out.keys.append(n.text, begin, at - begin);
      auto to = n.from(at);
      for (std::size_t i = at; to <= n.from(begin) && i < n.text.size();) to = n.from(++i);
      out.from.resize(out.keys.size(), {n.from(begin), to});
      out.begins.resize(out.keys.size(), false);
      if (begins && out.keys.size() > before) out.begins[before] = true, begins = false;
    }
  }
  return out;
}

int find(const char* const* table, int size, std::string_view keys) {
  for (int i = 0; i < size; ++i)
    if (keys == table[i]) return i;
  return -1;
}

// A shift that changes nothing ("K" for "k") is as good as none.
char plain_key(char c) {
  return c >= 'A' && c <= 'Z' && !std::strchr("REQTWOP", c) ? static_cast<char>(c | 0x20) : c;
}

// The syllable that begins at `at`, as long as it can be without taking the consonant that the next
// vowel needs. 0 when none does.
char32_t syllable(std::string_view keys, std::size_t& at) {
  const int l = find(leading, 19, keys.substr(at, 1));
  if (l < 0 || at + 1 >= keys.size()) return 0;
  auto i = at + 1;
  int v = find(vowel, 21, keys.substr(i, 2));
  if (i + 1 < keys.size() && v >= 0) i += 2;
  else if (v = find(vowel, 21, keys.substr(i, 1)); v >= 0) i += 1;
  else return 0;
  int t = 0;
  for (std::size_t n : {2, 1}) {
    if (i + n > keys.size()) continue;
    const int found = find(trailing, 28, keys.substr(i, n));
    const bool vowel_follows = i + n < keys.size() && find(vowel, 21, keys.substr(i + n, 1)) >= 0;
    if (found <= 0 || vowel_follows) continue;
    t = found;
    i += n;
    break;
  }
  at = i;
  return 0xAC00 + static_cast<char32_t>((l * 21 + v) * 28 + t);
}

}  // namespace

keyed strike(std::string_view source) { return spell(source, append_keys); }
keyed initials(std::string_view source) { return spell(source, append_initial); }

bool only_consonants(std::string_view source) {
  const auto n = normal(source);
  bool any = false;
  for (std::size_t at = 0; at < n.text.size();) {
    const auto c = next_point(n.text, at);
    if (c == ' ') continue;
    if (!is_lead(c) && !is_trail(c)) return false;
    any = true;
  }
  return any;
}

std::string hangul_from_keys(std::string_view typed) {
  std::string keys, out;
  for (char c : typed.substr(0, query_bytes)) keys += plain_key(c);
  bool any = false;
  for (std::size_t at = 0; at < keys.size();) {
    if (keys[at] == ' ' || (keys[at] >= '0' && keys[at] <= '9')) {
      out += keys[at++];
      continue;
    }
    const auto made = syllable(keys, at);
    if (!made) return {};
    any = true;
    append_point(out, made);
  }
  return any ? out : std::string();
}

}  // namespace madang::search
