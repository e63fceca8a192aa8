#include "seal.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "canvas.hpp"
#include "madang/base/text.hpp"

namespace madang::documents {
namespace {

constexpr double outer = 2.4, gap = 1.5, inner = 0.9, border = outer + gap + inner, padding = 2.6;
constexpr std::size_t most_characters = 25;

// A seal says whose it is, and ends in 인 ("seal") or 의인, whichever fills the square better.
std::u32string inscription(std::string_view agency) {
  std::u32string name;
  while (!agency.empty() && name.size() < most_characters - 2) {
    const char32_t c = next_point(agency);
    if (c != ' ') name += c;
  }
  const auto wasted = [](std::size_t n) {
    const auto columns = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(n))));
    return n % columns ? columns - n % columns : 0;
  };
  name += wasted(name.size() + 1) <= wasted(name.size() + 2) ? U"\uC778" : U"\uC758\uC778";
  return name;
}

struct bounds {
  double left = 1e9, bottom = 1e9, right = -1e9, top = -1e9;
};

bounds bounds_of(const std::vector<font::contour>& contours) {
  bounds b;
  for (const auto& c : contours)
    for (const auto& p : c) {
      b.left = std::min(b.left, p.x);
      b.right = std::max(b.right, p.x);
      b.bottom = std::min(b.bottom, p.y);
      b.top = std::max(b.top, p.y);
    }
  return b;
}

struct placer {
  bounds from;
  double x, y, width, height;
  void put(std::string& out, double px, double py) const {
    put_number(out, x + (px - from.left) / std::max(1.0, from.right - from.left) * width);
    out += ' ';
    put_number(out, y + (py - from.bottom) / std::max(1.0, from.top - from.bottom) * height);
    out += ' ';
  }
};

font::point between(const font::point& a, const font::point& b) {
  return {(a.x + b.x) / 2, (a.y + b.y) / 2, true};
}

// Quadratic splines of TrueType as PDF's cubics: control points two thirds of the way.
void draw_contour(std::string& out, const font::contour& c, const placer& place) {
  if (c.size() < 3) return;
  const std::size_t n = c.size();
  const auto start = static_cast<std::size_t>(
      std::find_if(c.begin(), c.end(), [](const auto& p) { return p.on; }) - c.begin());
  font::point at = start < n ? c[start] : between(c[0], c[n - 1]);
  const std::size_t first = start < n ? start + 1 : 0;
  const font::point begin = at;
  place.put(out, at.x, at.y);
  out += "m ";
  for (std::size_t i = 0; i < n; ++i) {
    const font::point& p = c[(first + i) % n];
    if (p.on) {
      place.put(out, p.x, p.y);
      out += "l ";
      at = p;
      continue;
    }
    const font::point& next = c[(first + i + 1) % n];
    const font::point to = i + 1 == n ? begin : next.on ? next : between(p, next);
    place.put(out, at.x + (p.x - at.x) * 2 / 3, at.y + (p.y - at.y) * 2 / 3);
    place.put(out, to.x + (p.x - to.x) * 2 / 3, to.y + (p.y - to.y) * 2 / 3);
    place.put(out, to.x, to.y);
    out += "c ";
    at = to;
    if (next.on) ++i;
  }
  out += "h\n";
}

void draw_frame(std::string& out, double inset, double thickness) {
  const double side = seal_size - 2 * inset - thickness;
  put_number(out, thickness);
  out += " w ";
  for (double v : {inset + thickness / 2, inset + thickness / 2, side, side}) {
    put_number(out, v);
    out += ' ';
  }
  out += "re S\n";
}

void draw_letter(std::string& out, const font& f, char32_t c, double x, double y, double width,
                 double height) {
  const auto contours = f.outline(f.glyph(c));
  const placer place{bounds_of(contours), x, y, width, height};
  for (const auto& one : contours) draw_contour(out, one, place);
}

// As stone seals are cut: in columns from the right, the letters filling the square.
void draw_columns(std::string& out, const font& f, std::string_view agency) {
  const std::u32string text = inscription(agency);
  const auto columns = std::max<std::size_t>(
      1, static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(text.size())))));
  const double from = border + padding, side = seal_size - 2 * from;
  const double column_width = side / static_cast<double>(columns);
  const double air = std::min(2.2, column_width * 0.1);
  std::size_t next = 0;
  for (std::size_t column = 0; column < columns; ++column) {
    // The first columns take one more when the name does not divide evenly.
    const std::size_t rows =
        text.size() / columns + (column < text.size() % columns ? 1 : 0);
    const double row_height = side / static_cast<double>(std::max<std::size_t>(1, rows));
    for (std::size_t row = 0; row < rows; ++row) {
      const double right = seal_size - from - column_width * static_cast<double>(column);
      const double top = seal_size - from - row_height * static_cast<double>(row);
      draw_letter(out, f, text[next++], right - column_width + air / 2,
                  top - row_height + air / 2, column_width - air, row_height - air);
    }
  }
}

// Other scripts are read by the word: a row each, from the left. A letter takes no more room than
// one as wide as two thirds of its height.
void draw_rows(std::string& out, const font& f, std::string_view agency) {
  const std::vector<std::string> words = text::split(agency, ' ');
  const double from = border + padding, side = seal_size - 2 * from;
  const double height = side / static_cast<double>(words.size()), air = std::min(1.6, height * 0.2);
  double top = seal_size - from;
  for (const auto& word : words) {
    std::u32string letters;
    for (std::string_view rest = word; !rest.empty() && letters.size() < most_characters;) {
      const char32_t c = next_point(rest);
      letters += c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
    }
    const double width = std::min(side / static_cast<double>(std::max<std::size_t>(
                                             1, letters.size())), height * 2 / 3);
    double x = from + (side - width * static_cast<double>(letters.size())) / 2;
    for (const char32_t c : letters) {
      draw_letter(out, f, c, x + width * 0.08, top - height + air / 2, width * 0.84, height - air);
      x += width;
    }
    top -= height;
  }
}

bool is_korean(std::string_view agency) {
  while (!agency.empty())
    if (const char32_t c = next_point(agency); c >= 0xAC00 && c <= 0xD7A3) return true;
  return false;
}

}  // namespace

std::string draw_seal(const font& f, std::string_view agency) {
  std::string out = "0.76 0.09 0.11 rg 0.76 0.09 0.11 RG 0 j\n";
  draw_frame(out, 0, outer);
  draw_frame(out, outer + gap, inner);
  // The outline is drawn along with the filling: cut letters are heavier than printed ones.
  out += "0.35 w 1 j\n";
  if (is_korean(agency)) draw_columns(out, f, agency);
  else draw_rows(out, f, agency);
  out += "B\n";
  return out;
}

}  // namespace madang::documents
