// application/x-www-form-urlencoded (WHATWG URL section 5.1) read strictly: what a browser would
// never send is refused, not guessed at.
#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/http/message.hpp"

namespace madang::http {
namespace {

constexpr std::size_t most_fields = 500;

bool good_text(std::string_view s) {
  return s.find('\0') == std::string_view::npos && text::is_utf8(s);
}

}  // namespace

result<pairs> parse_form(std::string_view body) {
  pairs out;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const auto field = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (field.empty()) continue;
    if (out.size() == most_fields) return refuse(kind::too_large, "form.too_many");
    const auto equals = std::min(field.find('='), field.size());
    auto name = percent_decode(field.substr(0, equals), true);
    auto value = percent_decode(field.substr(std::min(equals + 1, field.size())), true);
    if (!name || !value) return refuse(kind::invalid, "form.syntax");
    if (!good_text(*name) || !good_text(*value)) return refuse(kind::invalid, "form.encoding");
    out.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

}  // namespace madang::http
