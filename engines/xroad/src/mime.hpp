#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Multipart bodies (RFC 2046 section 5.1) as X-Road writes them: parts with octets, of any kind.
namespace madang::xroad::mime {

struct part {
  std::map<std::string, std::string> headers;  // names in lower case
  std::string_view body;                       // within the octets that were given
  std::string_view get(std::string_view name) const;
};
// Header lines, with folded ones, until the empty line or the end; `rest` then begins behind it.
std::optional<std::map<std::string, std::string>> take_headers(std::string_view& rest);
// "boundary" of a content type; empty: none.
std::string boundary_of(std::string_view content_type);
// The value before ";", in lower case; and a parameter, without quotes.
std::string bare(std::string_view value);
std::string parameter(std::string_view value, std::string_view name);
// Nothing when it is none: no boundary, a part without its end, more than 100 parts. A body that
// ends without the closing boundary is taken as it is when `open_end` is set, as the origin does.
std::optional<std::vector<part>> split(std::string_view body, std::string_view boundary,
                                       bool open_end = false);

}  // namespace madang::xroad::mime
