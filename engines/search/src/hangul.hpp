#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "madang/search/tokens.hpp"
#include "normal.hpp"

// Internal: Hangul as the keys that are struck for it on the two-set keyboard (KS X 5002), in lower
// case. In that spelling a syllable half written is simply a prefix, and a text typed with the
// keyboard in the wrong language is spelt alike.
namespace madang::search {

struct keyed {
  std::string keys;            // letters and digits; nothing else is struck
  std::vector<range> from;     // of each byte of keys: bytes of the source
  std::vector<bool> begins;    // of each byte: a word begins here
  bool has_hangul = false;
};
keyed strike(std::string_view source);

// Initial consonants as the keys of them: "등본" -> "eq"; others as they are.
keyed initials(std::string_view source);
// Nothing but consonants: then `initials` of it is what to look for.
bool only_consonants(std::string_view source);

}  // namespace madang::search
