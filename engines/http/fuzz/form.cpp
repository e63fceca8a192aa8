// What is read as a form says the same when it is written again by the rules.
#include <cstdlib>

#include "madang/http/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = madang::http::parse_form({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  std::string again;
  for (const auto& [name, value] : *read) {
    again += madang::http::percent_encode(name);
    again += '=';
    again += madang::http::percent_encode(value) + '&';
  }
  const auto reread = madang::http::parse_form(again);
  if (!reread || *reread != *read) std::abort();
  return 0;
}
