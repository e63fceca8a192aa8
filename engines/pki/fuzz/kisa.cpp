// Key files of Korean certificates, as anybody may upload them.
#include "madang/pki/kisa.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  // A file may ask for a million rounds: here it is about reading it.
  if (size > 600) return 0;
  if (auto key = pki::open_kisa_key({data, size}, "secret"))
    check(!key->public_der().empty(), "a key");
  return 0;
}
