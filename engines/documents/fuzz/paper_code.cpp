// A code is photographed from any paper.
#include "madang/documents/paper_code.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const std::string_view s(reinterpret_cast<const char*>(data), size);
  const auto read = documents::paper_code::decode(s);
  const auto verified = documents::paper_code::verify(
      s, [](trust::view) { return std::optional<trust::public_key>(); });
  check(!verified.ok(), "no key, no verification");
  if (!read) check(!read.why().code.empty(), "a refusal has a code");
  return 0;
}
