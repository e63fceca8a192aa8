// Tokens of anybody reach us in headers and forms.
#include "madang/base/text.hpp"
#include "madang/trust/jose.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  static const trust::key k = trust::key::generate();
  static const auto ours = trust::jose::jwk::of(k.verifier(), "k");
  auto m = trust::jose::read({reinterpret_cast<const char*>(data), size});
  if (!m) return 0;
  check(!trust::jose::verify(*m, ours), "nobody signs for a key made a moment ago");
  (void)trust::jose::claims(*m, {.issuer = "i", .audience = "a", .at = {1'000'000}});
  const auto header = text::base64url(trust::view_of(json::print(m->header)));
  (void)trust::jose::read(header + ".e30.AA");
  return 0;
}
