// Anybody may bring any signature and any time stamp.
#include "madang/base/check.hpp"
#include "madang/signatures/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  signatures::policy none;
  none.at = instant{1'800'000'000'000'000};
  const std::string_view cms(reinterpret_cast<const char*>(data), size);
  for (const std::string_view original : {std::string_view(), std::string_view("paper")}) {
    const auto r = signatures::verify_cms(cms, none, original);
    check(r.is != signatures::indication::total_passed, "nothing passes without anchors");
  }
  return 0;
}
