// What mutool says of a page: <page width height>, <line>, <char quad="x0 y0 x1 y1 x2 y2 x3 y3"
// c="..">. Every character that has a meaning in XML is a reference inside of it, so tags are found
// by their first letters.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "madang/base/text.hpp"
#include "madang/redaction/redaction.hpp"

namespace madang::redaction {
namespace {

// The value of an attribute within a tag; empty: it is not there.
std::string_view value_of(std::string_view tag, std::string_view name) {
  for (std::size_t at = 0; (at = tag.find(name, at)) != tag.npos; ++at) {
    if (at == 0 || tag[at - 1] != ' ') continue;
    const std::size_t begin = at + name.size();
    if (tag.substr(begin, 2) != "=\"") continue;
    const std::size_t end = tag.find('"', begin + 2);
    return end == tag.npos ? std::string_view() : tag.substr(begin + 2, end - begin - 2);
  }
  return {};
}

bool number(std::string_view& rest, double& out) {
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), out);
  if (read.ec != std::errc() || !std::isfinite(out)) return false;
  rest.remove_prefix(static_cast<std::size_t>(read.ptr - rest.data()));
  return true;
}

void put_utf8(std::string& out, unsigned c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 63));
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  }
}

// The five references of XML 1.0 and those by number. What is no character becomes nothing.
std::string unescaped(std::string_view s) {
  std::string out;
  while (!s.empty()) {
    const std::size_t end = s[0] == '&' ? s.find(';') : s.npos;
    if (end == s.npos) {
      out += s[0];
      s.remove_prefix(1);
      continue;
    }
    const std::string_view name = s.substr(1, end - 1);
    if (name == "amp") out += '&';
    if (name == "lt") out += '<';
    if (name == "gt") out += '>';
    if (name == "quot") out += '"';
    if (name == "apos") out += '\'';
    if (name.starts_with('#')) {
      const bool hex = name.starts_with("#x");
      const std::string_view digits = name.substr(hex ? 2 : 1);
      unsigned c = 0;
      const auto read =
          std::from_chars(digits.data(), digits.data() + digits.size(), c, hex ? 16 : 10);
      if (read.ec == std::errc() && c >= 0x20 && c < 0x110000 && (c < 0xd800 || c > 0xdfff))
        put_utf8(out, c);
    }
    s.remove_prefix(end + 1);
  }
  return text::is_utf8(out) ? out : std::string();
}

// Goes through the tags of a name; false: there is none any more.
bool next_tag(std::string_view& rest, std::string_view begins, std::string_view& tag) {
  const std::size_t at = rest.find(begins);
  if (at == rest.npos) return false;
  const std::size_t end = rest.find('>', at);
  if (end == rest.npos) return false;
  tag = rest.substr(at, end - at);
  rest.remove_prefix(end + 1);
  return true;
}

}  // namespace

bool operator==(const place& a, const place& b) {
  return a.page == b.page && a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
}

std::vector<sheet> read_sheets(std::string_view stext) {
  std::vector<sheet> out;
  for (std::string_view tag; next_tag(stext, "<page ", tag);) {
    sheet s;
    std::string_view wide = value_of(tag, "width"), high = value_of(tag, "height");
    if (!number(wide, s.width) || !number(high, s.height)) s = {};
    out.push_back(s);
  }
  return out;
}

std::vector<letter> read_letters(std::string_view stext, int page) {
  std::vector<letter> out;
  int line = 0;
  // "<line " and "<char " both begin with "<"; the first letter tells.
  for (std::string_view tag; next_tag(stext, "<", tag);) {
    if (tag.starts_with("<line ")) ++line;
    if (!tag.starts_with("<char ")) continue;
    std::string_view quad = value_of(tag, "quad");
    double v[8];
    bool good = true;
    for (double& one : v) good = good && number(quad, one);
    letter l;
    l.text = unescaped(value_of(tag, "c"));
    if (!good || l.text.empty()) continue;
    const auto [left, right] = std::minmax({v[0], v[2], v[4], v[6]});
    const auto [top, bottom] = std::minmax({v[1], v[3], v[5], v[7]});
    l.at = {page, left, top, right - left, bottom - top};
    l.line = line;
    out.push_back(std::move(l));
  }
  return out;
}

}  // namespace madang::redaction
