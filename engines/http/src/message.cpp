#include "madang/http/message.hpp"

#include <algorithm>
#include <cctype>

#include "madang/base/json.hpp"
#include "madang/base/text.hpp"
#include "target.hpp"

namespace madang::http {
namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool unreserved(unsigned char c) {   // RFC 3986 section 2.3
  return (c < 0x80 && std::isalnum(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& out, unsigned char c) {
  constexpr char digits[] = "0123456789ABCDEF";
  out += '%';
  out += digits[c >> 4];
  out += digits[c & 15];
}

// Weight of "q=0.8" in thousandths (RFC 9110 section 12.4.2); 1000 when absent, 0 when unreadable.
int weight(std::string_view parameters) {
  for (const auto& parameter : text::split(parameters, ';')) {
    const auto p = text::trim(parameter);
    if (p.size() < 3 || (p[0] != 'q' && p[0] != 'Q') || p[1] != '=') continue;
    if (p[2] == '1') return 1000;
    if (p[2] != '0') return 0;
    int out = 0, scale = 100;
    for (std::size_t i = 4; i < p.size() && i < 7; ++i, scale /= 10) {
      if (p[i] < '0' || p[i] > '9') return 0;
      out += (p[i] - '0') * scale;
    }
    return out;
  }
  return 1000;
}

// How much the reader wants type/subtype: the most specific range that covers it speaks.
int wanted(std::string_view accept, std::string_view type, std::string_view subtype) {
  int best = 0, how_specific = -1;
  for (const auto& range : text::split(accept, ',')) {
    const std::string_view whole = range;
    const auto semicolon = whole.find(';');
    const auto name = text::trim(whole.substr(0, semicolon));
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) continue;
    const auto main = name.substr(0, slash), sub = name.substr(slash + 1);
    int specific = -1;
    if (same_name(main, type)) specific = same_name(sub, subtype) ? 2 : sub == "*" ? 1 : -1;
    else if (main == "*" && sub == "*") specific = 0;
    if (specific <= how_specific) continue;
    how_specific = specific;
    best = weight(semicolon == std::string_view::npos ? "" : whole.substr(semicolon + 1));
  }
  return best;
}

std::string_view value_of(const pairs& all, std::string_view name) {
  for (const auto& [key, value] : all)
    if (key == name) return value;
  return {};
}

}  // namespace

std::string_view request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_name(key, name)) return value;
  return {};
}

// Over TLS only the name that no other host and no plain connection can set counts (RFC 6265bis
// section 4.1.3.2); a cookie of the plain name may be a planted one.
std::string_view request::cookie(std::string_view plain_name) const {
  const std::string name = (secure ? "__Host-" : "") + std::string(plain_name);
  for (const auto& [key, value] : headers) {
    if (!same_name(key, "cookie")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = std::min(rest.find(';'), rest.size());
      const auto pair = text::trim(rest.substr(0, end));
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name)
        return pair.substr(equals + 1);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
}

std::string_view request::param(std::string_view name) const { return value_of(query, name); }

std::string_view request::capture(std::string_view name) const {
  const auto found = captured.find(std::string(name));
  return found == captured.end() ? std::string_view{} : std::string_view(found->second);
}

bool request::wants_json() const {
  const auto accept = header("accept");
  if (accept.empty()) return false;
  return wanted(accept, "application", "json") > wanted(accept, "text", "html");
}

std::string percent_encode(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (unsigned char c : s) {
    if (unreserved(c)) out += static_cast<char>(c);
    else append_encoded(out, c);
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view s, bool plus_is_space) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%') {
      if (i + 2 >= s.size()) return {};
      const int high = nibble(s[i + 1]), low = nibble(s[i + 2]);
      if (high < 0 || low < 0) return {};
      out += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      out += plus_is_space && s[i] == '+' ? ' ' : s[i];
    }
  }
  return out;
}

response text_response(int status, std::string body, std::string content_type) {
  response out;
  out.status = status;
  out.content_type = std::move(content_type);
  out.body = std::move(body);
  return out;
}

response json_response(std::string body, int status) {
  return text_response(status, std::move(body), "application/json");
}

response see_other(std::string location) {
  response out;
  out.status = 303;
  std::string safe;   // a Location is a URI reference: bytes outside ASCII and blanks are encoded
  for (unsigned char c : location) {
    if (c > 0x20 && c < 0x7F) safe += static_cast<char>(c);
    else append_encoded(safe, c);
  }
  out.with("Location", std::move(safe));
  out.content_type.clear();
  return out;
}

std::string cookie(std::string_view name, std::string_view value, bool secure,
                   std::optional<int> max_age_seconds) {
  check(is_token(name), "cookie name");
  check(std::all_of(value.begin(), value.end(), [](unsigned char c) {   // cookie-octet
          return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
        }), "cookie value");
  std::string out = secure ? "__Host-" : "";
  out.append(name).append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax");
  if (secure) out += "; Secure";
  if (max_age_seconds) out += "; Max-Age=" + std::to_string(*max_age_seconds);
  return out;
}

int status_of(kind k) {
  switch (k) {
    case kind::invalid: return 422;
    case kind::unauthenticated: return 401;
    case kind::forbidden: return 403;
    case kind::not_found: return 404;
    case kind::conflict: return 409;
    case kind::gone: return 410;
    case kind::too_large: return 413;
    case kind::unsupported: return 415;
    case kind::too_many: return 429;
    case kind::unavailable: return 503;
  }
  return 500;
}

response problem(const refusal& why, std::string_view title, std::string_view detail) {
  const int status = status_of(why.kind);
  json::object body;
  body["type"] = "/problems/" + why.code;
  body["title"] = title;
  body["status"] = status;
  if (!detail.empty()) body["detail"] = detail;
  body["code"] = why.code;
  if (!why.field.empty()) body["field"] = why.field;
  if (!why.facts.empty()) {
    json::object facts;
    for (const auto& [name, value] : why.facts) facts[name] = value;
    body["facts"] = std::move(facts);
  }
  return text_response(status, json::print(std::move(body)), "application/problem+json");
}

}  // namespace madang::http
