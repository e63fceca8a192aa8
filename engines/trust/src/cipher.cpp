#include "madang/trust/cipher.hpp"

#include <openssl/evp.h>

#include <memory>

#include "madang/base/check.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t nonce_size = 12, tag_size = 16;
using context = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

context new_context() {
  context c(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  check(c != nullptr, "a cipher's context");
  return c;
}

}  // namespace

bytes seal_text(view key, view plain, view about) {
  check(key.size() == cipher_key_size, "a key of 256 bits");
  bytes out = random_bytes(nonce_size);
  out.resize(nonce_size + plain.size() + tag_size);
  auto c = new_context();
  int n = 0;
  std::uint8_t nothing = 0;
  const std::uint8_t* from = plain.empty() ? &nothing : plain.data();
  bool good = EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), out.data()) == 1;
  if (!about.empty())
    good = good && EVP_EncryptUpdate(c.get(), nullptr, &n, about.data(),
                                     static_cast<int>(about.size())) == 1;
  good = good && EVP_EncryptUpdate(c.get(), out.data() + nonce_size, &n, from,
                                   static_cast<int>(plain.size())) == 1;
  good = good && EVP_EncryptFinal_ex(c.get(), out.data() + nonce_size + plain.size(), &n) == 1;
  good = good && EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                                     out.data() + nonce_size + plain.size()) == 1;
  check(good, "AES-256-GCM seals");
  return out;
}

std::optional<bytes> open_text(view key, view sealed, view about) {
  check(key.size() == cipher_key_size, "a key of 256 bits");
  if (sealed.size() < cipher_overhead) return {};
  const std::size_t size = sealed.size() - cipher_overhead;
  bytes out(size + 1);             // a byte more, so that nothing is no null pointer
  bytes tag(sealed.end() - tag_size, sealed.end());
  auto c = new_context();
  int n = 0;
  bool good =
      EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), sealed.data()) == 1;
  if (!about.empty())
    good = good && EVP_DecryptUpdate(c.get(), nullptr, &n, about.data(),
                                     static_cast<int>(about.size())) == 1;
  good = good && EVP_DecryptUpdate(c.get(), out.data(), &n, sealed.data() + nonce_size,
                                   static_cast<int>(size)) == 1;
  good = good && EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1;
  good = good && EVP_DecryptFinal_ex(c.get(), out.data() + size, &n) == 1;
  if (!good) return {};
  out.resize(size);
  return out;
}

bytes key_for(view secret, std::string_view use) {
  const auto d = hmac_sha256(secret, view_of(use));
  return {d.begin(), d.end()};
}

}  // namespace madang::trust
