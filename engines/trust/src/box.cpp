#include "madang/trust/box.hpp"

#include <openssl/evp.h>

#include <memory>

#include "madang/base/check.hpp"
#include "madang/base/text.hpp"
#include "madang/trust/jose.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t nonce_octets = 12, tag_octets = 16;

using cipher = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

cipher begin(bool sealing, const digest& key, view nonce, std::string_view about) {
  cipher c(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int length = 0;
  const auto with = view_of(about);
  check(c &&
            EVP_CipherInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data(),
                              sealing ? 1 : 0) == 1 &&
            EVP_CipherUpdate(c.get(), nullptr, &length, with.data(),
                             static_cast<int>(with.size())) == 1,
        "AES-256-GCM");
  return c;
}

}  // namespace

digest key_for(std::string_view secret, std::string_view use) {
  return hmac_sha256(view_of(secret), view_of(use));
}

std::string put_away(const digest& key, std::string_view plain, std::string_view about) {
  bytes out = random_bytes(nonce_octets);
  auto c = begin(true, key, out, about);
  out.resize(nonce_octets + plain.size() + tag_octets);
  int length = 0;
  check(EVP_EncryptUpdate(c.get(), out.data() + nonce_octets, &length, view_of(plain).data(),
                          static_cast<int>(plain.size())) == 1 &&
            EVP_EncryptFinal_ex(c.get(), out.data() + nonce_octets + length, &length) == 1 &&
            EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, tag_octets,
                                out.data() + nonce_octets + plain.size()) == 1,
        "AES-256-GCM");
  return text::base64url(out);
}

std::optional<std::string> take_out(const digest& key, std::string_view kept,
                                    std::string_view about) {
  auto all = jose::from_base64url(kept);
  if (!all || all->size() < nonce_octets + tag_octets) return {};
  const std::size_t size = all->size() - nonce_octets - tag_octets;
  auto c = begin(false, key, view(*all).first(nonce_octets), about);
  std::string out(size, '\0');
  int length = 0;
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  if (EVP_DecryptUpdate(c.get(), to, &length, all->data() + nonce_octets, static_cast<int>(size)) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, tag_octets,
                          all->data() + nonce_octets + size) != 1 ||
      EVP_DecryptFinal_ex(c.get(), to + length, &length) != 1)
    return {};
  return out;
}

}  // namespace madang::trust
