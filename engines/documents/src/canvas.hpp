#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "font.hpp"
#include "layout_model.hpp"
#include "madang/documents/scan.hpp"

// Pages as PDF content streams (ISO 32000-1 chapter 8 and 9; only what PDF 1.4 knows). Positions
// are in points from the top left corner, as a designer thinks; the stream gets PDF's bottom left.
namespace madang::documents {

inline constexpr double page_width = 595.28, page_height = 841.89;   // A4

void put_number(std::string& out, double v);   // two decimals at most
void put_hex16(std::string& out, unsigned v);

struct rectangle {
  double x = 0, y = 0, width = 0, height = 0;   // y: its top
};

class canvas {
 public:
  explicit canvas(const font& f) : font_(f), glyphs_(f) {}

  void new_page(double wide = page_width, double high = page_height);
  std::size_t pages() const { return streams_.size(); }
  void on_page(std::size_t i) { current_ = i; }
  const std::string& stream(std::size_t i) const { return streams_[i]; }
  struct sheet {
    double width = page_width, height = page_height;
    std::optional<picture> below;     // what else is on the page lies above it
  };
  const sheet& sheet_of(std::size_t i) const { return sheets_[i]; }
  const subset& glyphs() const { return glyphs_; }

  double width(std::string_view utf8, double size, double spacing = 0) const;
  // Breaks at spaces, and inside a word only when it is wider than a line; "\n" always breaks.
  std::vector<std::string> wrap(std::string_view utf8, double size, double width) const;

  // `x` is the left end, the middle or the right end, as `style.align` says; y the base line.
  void text(double x, double y, std::string_view utf8, const text_style& style);
  void horizontal(double x, double y, double width, double thickness, double grey);
  void vertical(double x, double y, double height, double thickness, double grey);
  void fill(const rectangle& r, double grey);
  // Squares of a symbol, row by row, a set bit 0 is black; without its quiet zone.
  void symbol(const rectangle& r, const unsigned char* cells, int side);
  // A picture on the current page, or over all of it. Once a page.
  void place(const rectangle& r, picture p);
  void cover(picture p);
  // A word as wide and high as `r`, on its base line: found by search though nothing is painted, or
  // in white. Nothing where the font lacks a character: another in its place would be a lie.
  void word(const rectangle& r, std::string_view utf8, bool white);

 private:
  const font& font_;
  subset glyphs_;
  std::vector<std::string> streams_;
  std::vector<sheet> sheets_;
  std::size_t current_ = 0;

  std::string& out() { return streams_[current_]; }
  double high() const { return sheets_[current_].height; }
};

// The next code point of well-formed UTF-8; control characters come as spaces.
char32_t next_point(std::string_view& rest);

}  // namespace madang::documents
