// Anybody may bring any evidence record.
#include "madang/base/check.hpp"
#include "madang/signatures/record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  signatures::policy none;
  none.at = instant{1'800'000'000'000'000};
  const std::string_view record(reinterpret_cast<const char*>(data), size);
  const auto r = signatures::verify_record(record, none, {"letter", "signature"});
  check(r.is != signatures::indication::total_passed, "nothing passes without anchors");
  return 0;
}
