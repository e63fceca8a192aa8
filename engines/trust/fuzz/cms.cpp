// Anybody's CMS reaches verify_cms through an uploaded PDF.
#include "madang/trust/cms.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  static const trust::anchors none;
  const trust::view content[] = {trust::view_of("content")};
  auto report = trust::verify_cms({data, size}, content, none, {1'700'000'000'000'000});
  check(!report.genuine(), "nothing is genuine without anchors");
  return 0;
}
