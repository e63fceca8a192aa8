#include "madang/base/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <cmath>

#include "madang/base/limits.hpp"
#include "madang/base/text.hpp"

namespace madang::json {
namespace {

// boost::json::parse keeps the last of two equal members; two readers that choose differently are
// a well-known way round a check (RFC 8259 section 4), so duplicates are looked for first.
struct duplicate_finder {
  static constexpr std::size_t max_object_size = 100'000;
  static constexpr std::size_t max_array_size = 1'000'000;
  static constexpr std::size_t max_key_size = 10'000;
  static constexpr std::size_t max_string_size = limits::json_bytes;

  std::vector<std::vector<std::string>> open;
  std::string key;
  std::string duplicate;
  bool beyond = false;

  using code = boost::json::error_code;
  bool on_document_begin(code&) { return true; }
  bool on_document_end(code&) { return true; }
  bool on_object_begin(code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, code&) {
    auto& members = open.back();
    std::sort(members.begin(), members.end());
    if (auto twice = std::adjacent_find(members.begin(), members.end()); twice != members.end())
      duplicate = *twice;
    open.pop_back();
    return true;
  }
  bool on_array_begin(code&) { return true; }
  bool on_array_end(std::size_t, code&) { return true; }
  bool on_key_part(boost::json::string_view s, std::size_t, code&) {
    key.append(s.data(), s.size());
    return true;
  }
  bool on_key(boost::json::string_view s, std::size_t, code&) {
    key.append(s.data(), s.size());
    open.back().push_back(std::exchange(key, {}));
    return true;
  }
  bool on_string_part(boost::json::string_view, std::size_t, code&) { return true; }
  bool on_string(boost::json::string_view, std::size_t, code&) { return true; }
  bool on_number_part(boost::json::string_view, code&) { return true; }
  bool on_int64(std::int64_t, boost::json::string_view, code&) { return true; }
  bool on_uint64(std::uint64_t, boost::json::string_view, code&) { return true; }
  bool on_double(double d, boost::json::string_view, code&) {
    beyond = beyond || !std::isfinite(d);   // 1e400 would be written again as no JSON at all
    return true;
  }
  bool on_bool(bool, code&) { return true; }
  bool on_null(code&) { return true; }
  bool on_comment_part(boost::json::string_view, code&) { return true; }
  bool on_comment(boost::json::string_view, code&) { return true; }
};

boost::json::parse_options strict() {
  boost::json::parse_options options;
  options.max_depth = limits::json_depth;
  return options;
}

}  // namespace

result<value> parse(std::string_view bytes) {
  if (bytes.size() > limits::json_bytes)
    return refuse(kind::too_large, "json.too_large", "",
                  {{"limit", std::to_string(limits::json_bytes)}});
  boost::json::basic_parser<duplicate_finder> finder(strict());
  boost::json::error_code error;
  finder.write_some(false, bytes.data(), bytes.size(), error);
  if (error == boost::json::error::too_deep) return refuse(kind::invalid, "json.too_deep");
  if (!error && !finder.handler().duplicate.empty())
    return refuse(kind::invalid, "json.duplicate", finder.handler().duplicate);
  if (!error && finder.handler().beyond) return refuse(kind::invalid, "json.number");
  value parsed = boost::json::parse({bytes.data(), bytes.size()}, error, {}, strict());
  if (error) return refuse(kind::invalid, "json.syntax");
  return parsed;
}

std::string print(const value& v) { return boost::json::serialize(v); }

const value& at(const value& v, std::string_view member) {
  static const value null;
  if (!v.is_object()) return null;
  const value* found = v.get_object().if_contains(member);
  return found ? *found : null;
}

std::string_view str(const value& v, std::string_view member, std::string_view otherwise) {
  const value& found = at(v, member);
  return found.is_string() ? std::string_view(found.get_string()) : otherwise;
}

std::int64_t num(const value& v, std::string_view member, std::int64_t otherwise) {
  const value& found = at(v, member);
  boost::json::error_code error;
  auto n = found.to_number<std::int64_t>(error);
  return error ? otherwise : n;
}

bool flag(const value& v, std::string_view member, bool otherwise) {
  const value& found = at(v, member);
  return found.is_bool() ? found.get_bool() : otherwise;
}

words words_of(const value& v) {
  words out;
  if (v.is_string()) {
    out.set("en", std::string(v.get_string()));
    out.set("ko", std::string(v.get_string()));
  } else if (v.is_object()) {
    for (const auto& member : v.get_object())
      if (member.value().is_string())
        out.set(std::string(member.key()), std::string(member.value().get_string()));
  }
  return out;
}

value from_words(const words& w) {
  object out;
  for (const auto& [language, said] : w.all()) out[language] = said;
  return out;
}

void append_string(std::string& out, std::string_view s) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (char c : s) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += digits[static_cast<unsigned char>(c) >> 4];
          out += digits[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

refusal wrong_type(const std::string& pointer, const char* expected) {
  return refuse(kind::invalid, "json.type", pointer, {{"expected", expected}});
}

}  // namespace madang::json
