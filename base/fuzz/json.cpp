// What is read as JSON is written again as JSON, in well-formed text. (A double may come back as
// its neighbour: Boost 1.81 reads decimals quickly, not exactly. Amounts and numbers of the house
// are integers and texts.)
#include <cstdlib>

#include "madang/base/json.hpp"
#include "madang/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = madang::json::parse({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const std::string again = madang::json::print(*read);
  if (!madang::text::is_utf8(again) || !madang::json::parse(again)) std::abort();
  return 0;
}
