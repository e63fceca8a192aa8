#include "madang/trust/bytes.hpp"

// The one-shot contexts are "deprecated" since 3.0 yet cost no provider fetch and no allocation:
// pages hash thousands of small runs a second.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "madang/base/text.hpp"
#include "openssl.hpp"

namespace madang::trust {

digest sha256(view data) {
  digest out;
  SHA256(data.data(), data.size(), out.data());
  return out;
}

digest sha256(std::span<const view> spans) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (view s : spans) SHA256_Update(&context, s.data(), s.size());
  digest out;
  SHA256_Final(out.data(), &context);
  return out;
}

std::string sha256_hex(std::string_view data) { return text::hex(sha256(data)); }

digest hmac_sha256(view secret, view message) {
  digest out;
  unsigned int size = out.size();
  // HMAC() takes a null key for "as before"; an empty secret must still be a key.
  static const std::uint8_t none = 0;
  const void* secret_at = secret.empty() ? &none : secret.data();
  must(HMAC(EVP_sha256(), secret_at, static_cast<int>(secret.size()), message.data(),
            message.size(), out.data(), &size) != nullptr, "HMAC");
  return out;
}

bool equal_in_constant_time(view a, view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bytes random_bytes(std::size_t count) {
  bytes out(count);
  must(RAND_bytes(out.data(), static_cast<int>(count)) == 1, "RAND_bytes");
  return out;
}

}  // namespace madang::trust
