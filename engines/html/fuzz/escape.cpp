#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "madang/html/node.hpp"
#include "madang/html/texts.hpp"

// Whatever bytes come in, the markup has only the tags and quotes that we wrote, and an address
// that is let through begins with no scheme but the four.
namespace {

using namespace madang::html;

std::size_t count(const std::string& in, char c) {
  std::size_t n = 0;
  for (char each : in) n += each == c ? 1 : 0;
  return n;
}

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view s(reinterpret_cast<const char*>(bytes), size);
  std::string out = div(cls(s), id_(s), data("x", s), p(s), textarea(s)).markup();
  must(count(out, '<') == 6 && count(out, '>') == 6);
  // no names of classes, no attribute
  must(count(out, '"') == (s.empty() ? 4u : 6u) && count(out, '\'') == 0);
  std::string link = a(href(s), s).markup();
  must(count(link, '<') == 2 && count(link, '"') == 2);
  if (is_safe_address(s)) {
    // As a browser reads it: without tabs and line ends, in lower case.
    std::string seen;
    for (char c : s)
      if (c != '\t' && c != '\n' && c != '\r')
        seen += static_cast<char>(c | (c >= 'A' && c <= 'Z' ? 0x20 : 0));
    while (!seen.empty() && static_cast<unsigned char>(seen.front()) <= 0x20) seen.erase(0, 1);
    must(!seen.starts_with("javascript:") && !seen.starts_with("data:") &&
         !seen.starts_with("vbscript:") && !seen.starts_with("//") && !seen.starts_with("/\\"));
  }
  fill(s, "ko", {{"a", std::string(s)}});
  return 0;
}
