// Anybody may bring any container.
#include "madang/base/check.hpp"
#include "madang/signatures/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  signatures::policy none;
  none.at = instant{1'800'000'000'000'000};
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto r = signatures::verify_container(octets, none);
  check(r.is != signatures::indication::total_passed, "nothing passes without anchors");
  return 0;
}
