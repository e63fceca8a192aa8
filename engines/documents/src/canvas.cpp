#include "canvas.hpp"

#include <algorithm>
#include <cmath>

namespace madang::documents {
namespace {

constexpr double grey_text = 0.38;
constexpr double base_line = 0.8;    // of the height of a line, from its top

void put_grey(std::string& out, double grey, const char* operation) {
  put_number(out, grey);
  out += operation;
}

}  // namespace

void put_number(std::string& out, double v) {
  auto hundredths = static_cast<long long>(std::llround(v * 100));
  if (hundredths < 0) {
    out += '-';
    hundredths = -hundredths;
  }
  char digits[24];
  int n = 0;
  for (long long whole = hundredths / 100; whole > 0 || n == 0; whole /= 10)
    digits[n++] = static_cast<char>('0' + whole % 10);
  while (n > 0) out += digits[--n];
  const int rest = static_cast<int>(hundredths % 100);
  if (rest == 0) return;
  out += '.';
  out += static_cast<char>('0' + rest / 10);
  if (rest % 10) out += static_cast<char>('0' + rest % 10);
}

void put_hex16(std::string& out, unsigned v) {
  static constexpr char digits[] = "0123456789ABCDEF";
  const char four[] = {digits[v >> 12 & 15], digits[v >> 8 & 15], digits[v >> 4 & 15],
                       digits[v & 15]};
  out.append(four, 4);
}

char32_t next_point(std::string_view& rest) {
  const auto octet = [&](std::size_t i) -> char32_t {
    return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0;
  };
  const char32_t first = octet(0);
  std::size_t used = 1;
  char32_t c = first;
  if (first >= 0xf0) {
    c = (first & 7) << 18 | (octet(1) & 63) << 12 | (octet(2) & 63) << 6 | (octet(3) & 63);
    used = 4;
  } else if (first >= 0xe0) {
    c = (first & 15) << 12 | (octet(1) & 63) << 6 | (octet(2) & 63);
    used = 3;
  } else if (first >= 0xc0) {
    c = (first & 31) << 6 | (octet(1) & 63);
    used = 2;
  } else if (first < 0x20 || first == 0x7f) {
    c = ' ';
  }
  rest.remove_prefix(std::min(used, rest.size()));
  return c;
}

void canvas::new_page(double wide, double tall) {
  streams_.emplace_back();
  sheets_.push_back({wide, tall, {}});
  streams_.back().reserve(8192);
  current_ = streams_.size() - 1;
}

double canvas::width(std::string_view utf8, double size, double spacing) const {
  long units = 0, count = 0;
  while (!utf8.empty()) {
    const char32_t c = next_point(utf8);
    const std::uint16_t g = font_.glyph(c);
    units += font_.advance(g ? g : font_.glyph(0x3013));
    ++count;
  }
  return static_cast<double>(units) * size / 1000 +
         spacing * static_cast<double>(std::max(0L, count - 1));
}

std::vector<std::string> canvas::wrap(std::string_view utf8, double size, double most) const {
  std::vector<std::string> lines;
  std::string line;
  double used = 0;
  const double space = width(" ", size);
  auto close = [&] {
    lines.push_back(std::exchange(line, {}));
    used = 0;
  };
  auto add_broken = [&](std::string_view word) {
    while (!word.empty()) {
      std::string_view rest = word;
      (void)next_point(rest);
      const std::string_view one = word.substr(0, word.size() - rest.size());
      const double w = width(one, size);
      if (used + w > most && !line.empty()) close();
      line += one;
      used += w;
      word = rest;
    }
  };
  auto add = [&](std::string_view word) {
    const double w = width(word, size);
    if (!line.empty() && used + space + w > most) close();
    if (w > most) {
      add_broken(word);
      return;
    }
    if (!line.empty()) {
      line += ' ';
      used += space;
    }
    line += word;
    used += w;
  };
  std::size_t from = 0;
  for (std::size_t i = 0; i <= utf8.size(); ++i) {
    const bool end = i == utf8.size();
    if (!end && utf8[i] != ' ' && utf8[i] != '\n') continue;
    if (i > from) add(utf8.substr(from, i - from));
    from = i + 1;
    if (!end && utf8[i] == '\n') close();
  }
  if (!line.empty() || lines.empty()) close();
  return lines;
}

void canvas::text(double x, double y, std::string_view utf8, const text_style& style) {
  if (utf8.empty()) return;
  if (style.align != align::left) {
    const double w = width(utf8, style.size, style.spacing);
    x -= style.align == align::center ? w / 2 : w;
  }
  std::string& s = out();
  s += "BT /F ";
  put_number(s, style.size);
  s += " Tf ";
  if (style.grey) put_grey(s, grey_text, " g ");
  if (style.spacing > 0) {
    put_number(s, style.spacing);
    s += " Tc ";
  }
  // One font is embedded: its bold is the outline drawn along with the filling.
  if (style.bold) {
    s += "2 Tr ";
    put_number(s, style.size * 0.028);
    s += " w ";
  }
  put_number(s, x);
  s += ' ';
  put_number(s, high() - y);
  s += " Td <";
  while (!utf8.empty()) put_hex16(s, glyphs_.add(next_point(utf8)));
  s += "> Tj";
  if (style.bold) s += " 0 Tr";
  if (style.spacing > 0) s += " 0 Tc";
  if (style.grey) s += " 0 g";
  s += " ET\n";
}

void canvas::horizontal(double x, double y, double w, double thickness, double grey) {
  fill({x, y - thickness / 2, w, thickness}, grey);
}

void canvas::vertical(double x, double y, double height, double thickness, double grey) {
  fill({x - thickness / 2, y, thickness, height}, grey);
}

void canvas::fill(const rectangle& r, double grey) {
  std::string& s = out();
  if (grey > 0) put_grey(s, grey, " g ");
  put_number(s, r.x);
  s += ' ';
  put_number(s, high() - r.y - r.height);
  s += ' ';
  put_number(s, r.width);
  s += ' ';
  put_number(s, r.height);
  s += grey > 0 ? " re f 0 g\n" : " re f\n";
}

// One bit a square, as an inline image (ISO 32000-1 section 8.9.7): a tenth of what a rectangle
// for each run of squares takes, to write and to pack. As a mask it has the colour of the page.
void canvas::symbol(const rectangle& r, const unsigned char* cells, int side) {
  std::string& s = out();
  s += "q ";
  put_number(s, r.width);
  s += " 0 0 ";
  put_number(s, r.height);
  s += ' ';
  put_number(s, r.x);
  s += ' ';
  put_number(s, high() - r.y - r.height);
  s += " cm\nBI /W " + std::to_string(side) + " /H " + std::to_string(side) +
       " /BPC 1 /IM true /D [1 0] /F /AHx ID\n";
  for (int y = 0; y < side; ++y) {
    // A row ends on an octet; in digits, so that no reader takes a square for an operator.
    for (int x = 0; x < side + (8 - side % 8) % 8; x += 4) {
      unsigned digit = 0;
      for (int i = x; i < x + 4; ++i) digit = digit << 1 | (i < side ? cells[i] & 1u : 0u);
      s += "0123456789ABCDEF"[digit];
    }
    cells += side;
  }
  s += ">\nEI Q\n";
}

void canvas::place(const rectangle& r, picture p) {
  std::string& s = out();
  s += "q ";
  put_number(s, r.width);
  s += " 0 0 ";
  put_number(s, r.height);
  s += ' ';
  put_number(s, r.x);
  s += ' ';
  put_number(s, high() - r.y - r.height);
  s += " cm /P Do Q\n";
  sheets_[current_].below = std::move(p);
}

void canvas::cover(picture p) {
  place({0, 0, sheets_[current_].width, high()}, std::move(p));
}

void canvas::word(const rectangle& r, std::string_view utf8, bool white) {
  for (std::string_view rest = utf8; !rest.empty();)
    if (!font_.glyph(next_point(rest))) return;
  const double natural = width(utf8, r.height);
  if (natural <= 0 || r.width <= 0 || r.height <= 0) return;
  std::string& s = out();
  s += white ? "q 1 g BT /F " : "q BT 3 Tr /F ";
  put_number(s, r.height);
  s += " Tf ";
  put_number(s, 100 * r.width / natural);
  s += " Tz ";
  put_number(s, r.x);
  s += ' ';
  put_number(s, high() - r.y - r.height * base_line);
  s += " Td <";
  while (!utf8.empty()) put_hex16(s, glyphs_.add(next_point(utf8)));
  s += "> Tj ET Q\n";
}

}  // namespace madang::documents
