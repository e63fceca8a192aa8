// Chunks come back from disks of others.
#include "madang/trust/cipher.hpp"
#include "madang/base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  static const auto key = trust::random_bytes(trust::cipher_key_size);
  check(!trust::open_text(key, {data, size}, trust::view_of("chunk")),
        "nobody seals for a key made a moment ago");
  return 0;
}
