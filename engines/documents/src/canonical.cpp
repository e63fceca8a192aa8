#include <algorithm>
#include <charconv>

#include "madang/base/check.hpp"
#include "madang/documents/press.hpp"

namespace madang::documents {
namespace {

void append_string(std::string& out, std::string_view s) {
  out += '"';
  for (char c : s) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          static constexpr char digits[] = "0123456789abcdef";
          out += "\\u00";
          out += digits[c >> 4 & 15];
          out += digits[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// RFC 8785 section 3.2.3 sorts by UTF-16 units. That is the order of code points, except that
// those beyond the basic plane come before U+E000..U+FFFF.
bool before(std::string_view a, std::string_view b) {
  const auto rank = [](unsigned char c) {
    return c >= 0xf0 ? 0xee00 + c : c == 0xee ? 0xfe00 : c == 0xef ? 0xff00 : c << 8;
  };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](unsigned char x, unsigned char y) {
                                        return rank(x) < rank(y);
                                      });
}

void append(std::string& out, const json::value& v) {
  switch (v.kind()) {
    case boost::json::kind::null: out += "null"; return;
    case boost::json::kind::bool_: out += v.get_bool() ? "true" : "false"; return;
    case boost::json::kind::int64: out += std::to_string(v.get_int64()); return;
    case boost::json::kind::uint64: out += std::to_string(v.get_uint64()); return;
    case boost::json::kind::double_: {
      char buffer[64];
      auto end = std::to_chars(buffer, buffer + sizeof buffer, v.get_double()).ptr;
      out.append(buffer, end);
      return;
    }
    case boost::json::kind::string: append_string(out, v.get_string()); return;
    case boost::json::kind::array: {
      out += '[';
      bool first = true;
      for (const json::value& item : v.get_array()) {
        if (!std::exchange(first, false)) out += ',';
        append(out, item);
      }
      out += ']';
      return;
    }
    case boost::json::kind::object: break;
  }
  std::vector<const boost::json::key_value_pair*> sorted;
  for (const auto& member : v.get_object()) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return before(a->key(), b->key()); });
  out += '{';
  bool first = true;
  for (const auto* member : sorted) {
    if (!std::exchange(first, false)) out += ',';
    append_string(out, member->key());
    out += ':';
    append(out, member->value());
  }
  out += '}';
}

}  // namespace

std::string canonical(const json::value& v) {
  std::string out;
  append(out, v);
  return out;
}

}  // namespace madang::documents
