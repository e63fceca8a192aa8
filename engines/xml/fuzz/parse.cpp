// What is read is written and read again to the same text.
#include <cstdlib>

#include "madang/xml/xml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto first = madang::xml::parse({reinterpret_cast<const char*>(data), size});
  if (!first) return 0;
  const std::string once = madang::xml::write(*first);
  auto second = madang::xml::parse(once);
  if (!second || madang::xml::write(*second) != once) std::abort();
  return 0;
}
