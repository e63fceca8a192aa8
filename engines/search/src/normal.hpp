#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Internal: the normal form of a text, and where each of its bytes came from.
namespace madang::search {

struct normal_text {
  std::string text;
  std::vector<std::uint32_t> origin;   // of each byte, and of the end; empty: unchanged

  std::uint32_t from(std::size_t at) const {
    return origin.empty() ? static_cast<std::uint32_t>(at) : origin[at];
  }
};

normal_text normal(std::string_view source);

// One contiguous part of a normal text.
struct piece {
  enum class kind : std::uint8_t { word, run };   // run: of Hangul, Han, kana
  std::uint32_t begin, end;                       // bytes of the normal text
  kind is;
  bool joined;                                    // nothing stands between it and the one before
};
std::vector<piece> pieces(std::string_view normal);

// Places where the letters of a run begin, and its end.
std::vector<std::uint32_t> letters(std::string_view normal, const piece& run);

char32_t next_point(std::string_view text, std::size_t& at);   // well-formed UTF-8
void append_point(std::string& out, char32_t point);

}  // namespace madang::search
