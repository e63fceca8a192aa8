#include "madang/trust/sha1.hpp"

#include <openssl/evp.h>

#include "madang/base/check.hpp"

namespace madang::trust {

std::array<std::uint8_t, 20> sha1(view data) {
  std::array<std::uint8_t, 20> out{};
  unsigned int size = 0;
  check(EVP_Digest(data.data(), data.size(), out.data(), &size, EVP_sha1(), nullptr) == 1, "SHA-1");
  return out;
}

}  // namespace madang::trust
