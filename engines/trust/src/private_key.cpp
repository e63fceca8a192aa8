#include <openssl/kdf.h>
#include <openssl/pkcs12.h>

#include <algorithm>

#include "madang/trust/openssl.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t longest_pem = 16 * 1024;

int give_passphrase(char* buffer, int size, int, void* passphrase) {
  const auto& p = *static_cast<const std::string_view*>(passphrase);
  if (p.size() > static_cast<std::size_t>(size)) return -1;
  std::copy(p.begin(), p.end(), buffer);
  return static_cast<int>(p.size());
}

}  // namespace

std::string seal_private_key(const EVP_PKEY* key, std::string_view passphrase) {
  check(!passphrase.empty() && passphrase.size() <= 1024, "passphrase of 1 to 1024 octets");
  owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(EVP_PKEY2PKCS8(key));
  must(plain != nullptr, "EVP_PKEY2PKCS8");
  bytes salt = random_bytes(16);
  owned<X509_ALGOR, X509_ALGOR_free> scheme(PKCS5_pbe2_set_scrypt(
      EVP_aes_256_cbc(), salt.data(), static_cast<int>(salt.size()), nullptr, 1 << 14, 8, 1));
  must(scheme != nullptr, "PKCS5_pbe2_set_scrypt");
  owned<X509_SIG, X509_SIG_free> sealed(PKCS8_set0_pbe(
      passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), scheme.get()));
  must(sealed != nullptr, "PKCS8_set0_pbe");
  (void)scheme.release();  // now the sealed structure's
  owned_bio out(BIO_new(BIO_s_mem()));
  must(out && PEM_write_bio_PKCS8(out.get(), sealed.get()) == 1, "PEM_write_bio_PKCS8");
  return text_of(out.get());
}

result<owned_pkey> open_private_key(std::string_view pem, std::string_view passphrase) {
  if (pem.size() > longest_pem ||
      pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") == std::string_view::npos)
    return refuse(kind::invalid, "trust.key_malformed");
  owned_bio in = reading(view_of(pem));
  owned_pkey read(PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, &passphrase));
  ERR_clear_error();
  if (!read) return refuse(kind::forbidden, "trust.passphrase_wrong");
  return read;
}

}  // namespace madang::trust
