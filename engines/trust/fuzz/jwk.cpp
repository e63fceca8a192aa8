// Keys of others come in DPoP proofs, client registrations and from authenticators.
#include "madang/trust/jose.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  using namespace madang::trust;
  if (auto parsed = json::parse({reinterpret_cast<const char*>(data), size})) {
    if (auto k = jose::jwk::read(*parsed)) {
      auto again = jose::jwk::read(json::value(k->write()));
      check(again && again->thumbprint() == k->thumbprint(), "a key that is written is that key");
    }
    (void)jose::read_set(*parsed);
  }
  if (auto item = cbor::read({data, size})) (void)jose::jwk::from_cose(*item);
  (void)jose::raw_signature({data, size});
  return 0;
}
