#include "madang/html/node.hpp"

#include <array>
#include <charconv>

#include "madang/base/check.hpp"
#include "madang/html/frame.hpp"

// How a tag is written: the size of all arguments is summed, one allocation is made, attributes are
// appended in a first pass and content in a second. Content of children is copied once per level of
// nesting; a page is some ten levels deep and some ten kilobytes long, so that is a few
// microseconds of memcpy, and a node stays one plain string that may be stored, moved and cached.
namespace madang::html {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// What each byte is written as; empty: as it is.
constexpr auto reference_of = [] {
  std::array<std::string_view, 256> table{};
  for (int c = 0; c < 0x20; ++c) table[static_cast<std::size_t>(c)] = replacement;
  table['\t'] = table['\n'] = table['\r'] = {};
  table[0x7F] = replacement;
  table['&'] = "&amp;";
  table['<'] = "&lt;";
  table['>'] = "&gt;";
  table['"'] = "&quot;";
  table['\''] = "&#39;";
  return table;
}();

bool is_void(std::string_view name) {
  return name == "input" || name == "br" || name == "img" || name == "hr" || name == "meta" ||
         name == "link" || name == "track";
}

bool is_allowed_scheme(std::string_view scheme) {
  constexpr std::array<std::string_view, 4> allowed = {"https", "http", "mailto", "tel"};
  for (std::string_view each : allowed) {
    if (each.size() != scheme.size()) continue;
    bool same = true;
    for (std::size_t i = 0; i < each.size(); ++i) same = same && (scheme[i] | 0x20) == each[i];
    if (same) return true;
  }
  return false;
}

}  // namespace

void append_escaped(std::string& out, std::string_view s) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    std::string_view reference = reference_of[static_cast<unsigned char>(s[i])];
    if (reference.empty()) continue;
    out.append(s, start, i - start);
    out += reference;
    start = i + 1;
  }
  out.append(s, start, s.size() - start);
}

bool is_safe_address(std::string_view url) {
  for (char c : url)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\') return false;
  if (url.starts_with(' ') || url.starts_with("//")) return false;
  std::size_t end = url.find_first_of(":/?#");
  if (end == std::string_view::npos || url[end] != ':') return true;
  return is_allowed_scheme(url.substr(0, end));
}

// The one place that sees inside nodes and attributes.
struct maker {
  static node made(std::string markup) {
    node out;
    out.markup_ = std::move(markup);
    return out;
  }

  static attribute plain(std::string_view prefix, attribute_name name, std::string_view value) {
    attribute out;
    out.text_.reserve(prefix.size() + name.name.size() + value.size() + 4);
    out.text_ += ' ';
    out.text_ += prefix;
    out.text_ += name.name;
    out.text_ += "=\"";
    append_escaped(out.text_, name.address && !is_safe_address(value) ? "#" : value);
    out.text_ += '"';
    return out;
  }
  static attribute boolean(attribute_name name) {
    attribute out;
    out.text_ = ' ';
    out.text_ += name.name;
    return out;
  }
  static attribute classes(std::string_view names) {
    attribute out;
    out.is_class_ = true;
    append_escaped(out.text_, names);
    return out;
  }

  static std::size_t size_of(const piece& p) {
    switch (p.is_) {
      case piece::what::none:
        return 0;
      case piece::what::text:
      case piece::what::markup:
        return p.text_.size();
      case piece::what::number:
        return 20;
      default:
        break;
    }
    std::size_t size = 0;
    for (std::size_t i = 0; i < p.size_; ++i)
      size += p.is_ == piece::what::nodes ? p.of_.nodes[i].markup_.size()
                                          : p.of_.attributes[i].text_.size();
    return size;
  }

  static void write_attributes(std::string& out, std::span<const piece> pieces) {
    bool open = false;
    auto each = [&](bool classes, auto write) {
      for (const piece& p : pieces)
        if (p.is_ == piece::what::attributes)
          for (std::size_t i = 0; i < p.size_; ++i)
            if (p.of_.attributes[i].is_class_ == classes) write(p.of_.attributes[i].text_);
    };
    each(true, [&](const std::string& names) {
      if (names.empty()) return;
      out += open ? " " : " class=\"";
      out += names;
      open = true;
    });
    if (open) out += '"';
    each(false, [&](const std::string& text) { out += text; });
  }

  static void write_content(std::string& out, const piece& p) {
    switch (p.is_) {
      case piece::what::text:
        append_escaped(out, p.text_);
        break;
      case piece::what::markup:
        out += p.text_;
        break;
      case piece::what::number: {
        char digits[24];
        auto end = std::to_chars(digits, digits + sizeof digits, p.number_);
        out.append(digits, end.ptr);
        break;
      }
      case piece::what::nodes:
        for (std::size_t i = 0; i < p.size_; ++i) out += p.of_.nodes[i].markup_;
        break;
      case piece::what::attributes:
      case piece::what::none:
        break;
    }
  }
  static bool is_content(const piece& p) {
    return p.is_ != piece::what::none && p.is_ != piece::what::attributes;
  }
};

attribute attr(attribute_name name, std::string_view value) {
  return name.name == "class" ? maker::classes(value) : maker::plain("", name, value);
}
attribute attr(attribute_name name, std::int64_t value) {
  return maker::plain("", name, std::to_string(value));
}
attribute cls(std::string_view names) { return maker::classes(names); }
attribute flag(attribute_name name, bool on) { return on ? maker::boolean(name) : attribute(); }
attribute aria(attribute_name name, std::string_view value) {
  return maker::plain("aria-", name, value);
}
attribute data(attribute_name name, std::string_view value) {
  return maker::plain("data-", name, value);
}

node raw(trusted literal) { return maker::made(std::string(literal.markup)); }

node::node(std::string_view text) { append_escaped(markup_, text); }

node join(const std::vector<node>& nodes, const node& between) {
  std::string out;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i > 0) out += between.markup();
    out += nodes[i].markup();
  }
  return maker::made(std::move(out));
}

node element_of(tag name, std::span<const piece> pieces) {
  std::size_t size = 2 * name.name.size() + 6;
  for (const piece& p : pieces) size += maker::size_of(p) + 10;
  std::string out;
  out.reserve(size);
  out += '<';
  out += name.name;
  maker::write_attributes(out, pieces);
  out += '>';
  if (is_void(name.name)) {
    for (const piece& p : pieces) check(!maker::is_content(p), "content in a void element");
    return maker::made(std::move(out));
  }
  // The parser drops one line end after these tags (section 13.2.6.4.7): give it one to drop.
  if (name.name == "textarea" || name.name == "pre") out += '\n';
  for (const piece& p : pieces) maker::write_content(out, p);
  out += "</";
  out += name.name;
  out += '>';
  return maker::made(std::move(out));
}

node all_of(std::span<const piece> pieces) {
  std::size_t size = 0;
  for (const piece& p : pieces) {
    check(maker::size_of(p) == 0 || maker::is_content(p), "an attribute outside a tag");
    size += maker::size_of(p);
  }
  std::string out;
  out.reserve(size);
  for (const piece& p : pieces) maker::write_content(out, p);
  return maker::made(std::move(out));
}

namespace {

node frame(std::string_view begins, std::string_view address, std::string_view title) {
  const bool web = address.starts_with("https://") || address.starts_with("http://");
  if (!web || !is_safe_address(address)) return {};
  std::string out(begins);
  append_escaped(out, title);
  out += "\" src=\"";
  append_escaped(out, address);
  out += "\"></iframe>";
  return maker::made(std::move(out));
}

}  // namespace

node hidden_frame(std::string_view address, std::string_view title) {
  return frame("<iframe hidden sandbox=\"allow-scripts allow-same-origin\" title=\"", address,
               title);
}

node video_frame(std::string_view address, std::string_view title) {
  return frame("<iframe class=\"video\" allowfullscreen loading=\"lazy\" sandbox=\"allow-scripts "
               "allow-same-origin allow-presentation\" title=\"",
               address, title);
}

}  // namespace madang::html
