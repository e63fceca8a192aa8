// What a client of ACME sends: nothing of a stranger's verifies, and a key that was read is usable.
#include "madang/pki/jws.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const std::string_view sent(reinterpret_cast<const char*>(data), size);
  const std::string secret = "a secret that nobody knows";
  if (auto read = pki::read_jws(sent)) {
    check(!pki::verify_hs256(*read, trust::view_of(secret)), "nobody has the secret");
    if (auto key = pki::read_jwk(json::at(read->header, "jwk"))) (void)pki::verify(*read, *key);
  }
  if (auto v = json::parse(sent))
    if (auto key = pki::read_jwk(*v)) check(!key->public_der.empty(), "a key");
  return 0;
}
