// multipart/form-data (RFC 7578), as browsers send it (WHATWG HTML section 4.10.21.8). No preamble,
// no nested multipart, no transfer encoding: those are refused.
#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/http/message.hpp"
#include "target.hpp"

namespace madang::http {
namespace {

constexpr std::size_t most_parts = 100;
constexpr std::size_t most_headers = 8;
constexpr std::size_t longest_header = 4096;
constexpr std::size_t longest_boundary = 70;   // RFC 2046 section 5.1.1

// One "; name=value" of a field value; the value may be quoted. False when ill-formed.
bool next_parameter(std::string_view& rest, std::string& name, std::string& value) {
  rest = text::trim(rest);
  if (!rest.starts_with(';')) return false;
  rest = text::trim(rest.substr(1));
  const auto equals = rest.find('=');
  if (equals == std::string_view::npos) return false;
  name = rest.substr(0, equals);
  rest.remove_prefix(equals + 1);
  value.clear();
  if (!rest.starts_with('"')) {
    const auto end = std::min(rest.find_first_of("; \t"), rest.size());
    value = rest.substr(0, end);
    rest.remove_prefix(end);
    return is_token(name) && is_token(value);
  }
  std::size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size() && rest[i + 1] == '"') ++i;
    value += rest[i];
  }
  if (i == rest.size()) return false;
  rest.remove_prefix(i + 1);
  return is_token(name);
}

std::string boundary_of(std::string_view content_type) {
  const auto semicolon = content_type.find(';');
  if (semicolon == std::string_view::npos ||
      !same_name(text::trim(content_type.substr(0, semicolon)), "multipart/form-data"))
    return {};
  auto rest = content_type.substr(semicolon);
  std::string name, value, boundary;
  while (!text::trim(rest).empty()) {
    if (!next_parameter(rest, name, value)) return {};
    if (!same_name(name, "boundary")) continue;
    if (!boundary.empty()) return {};
    boundary = value;
  }
  constexpr std::string_view marks = "'()+_,-./:=? ";
  const bool good = boundary.size() <= longest_boundary &&
                    std::all_of(boundary.begin(), boundary.end(), [&](unsigned char c) {
                      return (c < 0x80 && std::isalnum(c)) || marks.find(c) != marks.npos;
                    });
  return good && !boundary.ends_with(' ') ? boundary : std::string();
}

// Browsers write a quote and line ends in a name as %22, %0D, %0A, and nothing else so.
std::string unescaped(std::string s) {
  s = text::replace_all(std::move(s), "%22", "\"");
  s = text::replace_all(std::move(s), "%0D", "\r");
  return text::replace_all(std::move(s), "%0A", "\n");
}

bool read_disposition(std::string_view value, part& out) {
  const auto kind_end = std::min(value.find(';'), value.size());
  if (!same_name(text::trim(value.substr(0, kind_end)), "form-data")) return false;
  auto rest = value.substr(kind_end);
  std::string name, text_of;
  bool named = false;
  while (!text::trim(rest).empty()) {
    if (!next_parameter(rest, name, text_of)) return false;
    if (same_name(name, "name")) {
      if (named) return false;
      named = true;
      out.name = unescaped(text_of);
    } else if (same_name(name, "filename")) {
      out.filename = unescaped(text_of);
    }
  }
  // A name, not a path: what the citizen's machine calls its folders is none of our business.
  out.filename.erase(0, out.filename.find_last_of("/\\") + 1);
  auto plain = [](const std::string& s) {
    return text::is_utf8(s) && std::none_of(s.begin(), s.end(), [](unsigned char c) {
             return c < 0x20 || c == 0x7F;
           });
  };
  return named && plain(out.name) && plain(out.filename);
}

// Reads the header lines of a part; `rest` then begins at its body.
bool read_headers(std::string_view& rest, part& out) {
  bool disposed = false;
  for (std::size_t n = 0; n <= most_headers; ++n) {
    const auto end = rest.substr(0, longest_header).find("\r\n");
    if (end == std::string_view::npos) return false;
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (line.empty()) return disposed;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
    const auto name = line.substr(0, colon), value = text::trim(line.substr(colon + 1));
    if (same_name(name, "content-disposition")) {
      if (disposed || !read_disposition(value, out)) return false;
      disposed = true;
    } else if (same_name(name, "content-type")) {
      out.content_type = value;
    } else if (same_name(name, "content-transfer-encoding")) {
      if (!same_name(value, "binary") && !same_name(value, "8bit") && !same_name(value, "7bit"))
        return false;
    }
  }
  return false;
}

}  // namespace

result<std::vector<part>> parse_multipart(std::string_view content_type, std::string_view body) {
  const auto wrong = refuse(kind::invalid, "multipart.syntax");
  const auto boundary = boundary_of(content_type);
  if (boundary.empty()) return wrong;
  const auto first = "--" + boundary, between = "\r\n" + first;
  if (!body.starts_with(first)) return wrong;
  body.remove_prefix(first.size());
  std::vector<part> out;
  while (!body.starts_with("--")) {
    if (!body.starts_with("\r\n")) return wrong;
    body.remove_prefix(2);
    if (out.size() == most_parts) return refuse(kind::too_large, "multipart.too_many");
    part& next = out.emplace_back();
    if (!read_headers(body, next)) return wrong;
    const auto end = body.find(between);
    if (end == std::string_view::npos) return wrong;
    next.body = body.substr(0, end);
    if (next.filename.empty() && !text::is_utf8(next.body)) return wrong;
    body.remove_prefix(end + between.size());
  }
  body.remove_prefix(2);
  if (!body.empty() && body != "\r\n") return wrong;
  return out;
}

}  // namespace madang::http
