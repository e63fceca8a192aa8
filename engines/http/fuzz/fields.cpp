// Target, Cookie, Accept and Accept-Encoding, one a line.
#include <cstdlib>

#include "../src/compress.hpp"
#include "../src/target.hpp"
#include "madang/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  auto lines = text::split(all, '\n');
  lines.resize(4);
  if (const auto where = http::read_target(lines[0])) {
    if (!where->path.starts_with('/') || !text::is_utf8(where->path)) std::abort();
    const auto again = http::read_target("/" + text::replace_all(
        http::percent_encode(where->path.substr(1)), "%2F", "/"));
    if (!again || again->path != where->path) std::abort();
  }
  http::request r;
  r.headers = {{"Cookie", lines[1]}, {"Accept", lines[2]}};
  const auto found = r.cookie("sid");
  if (!found.empty() && lines[1].find(found) == std::string::npos) std::abort();
  (void)r.wants_json();
  (void)http::accepts_gzip(lines[3]);
  return 0;
}
