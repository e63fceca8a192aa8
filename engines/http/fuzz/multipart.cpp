// First line: the content type; the rest: the body.
#include <cstdlib>
#include <cstring>

#include "madang/http/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto end = all.find('\n');
  if (end == std::string_view::npos) return 0;
  const auto read = madang::http::parse_multipart(all.substr(0, end), all.substr(end + 1));
  if (!read) return 0;
  std::size_t bytes = 0;
  for (const auto& part : *read) {
    bytes += part.body.size();
    if (part.filename.find_first_of("/\\\n") != std::string::npos) std::abort();
  }
  if (bytes > size || read->size() > 100) std::abort();
  return 0;
}
