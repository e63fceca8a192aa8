#include "madang/trust/ed25519.hpp"

#include <openssl/kdf.h>
#include <openssl/pkcs12.h>

#include "files.hpp"
#include "openssl.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t key_size = 32, signature_size = 64, longest_pem = 16 * 1024;

int give_passphrase(char* buffer, int size, int, void* passphrase) {
  const auto& p = *static_cast<const std::string_view*>(passphrase);
  if (p.size() > static_cast<std::size_t>(size)) return -1;
  std::copy(p.begin(), p.end(), buffer);
  return static_cast<int>(p.size());
}

}  // namespace

struct ed25519_public_key::inside {
  owned_pkey pkey;
};
struct ed25519_key::inside {
  owned_pkey pkey;
};

result<ed25519_public_key> ed25519_public_key::from_raw(view raw) {
  if (raw.size() != key_size) return refuse(kind::invalid, "trust.key_malformed");
  owned_pkey made(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size()));
  must(made != nullptr, "EVP_PKEY_new_raw_public_key");
  return ed25519_public_key(std::make_shared<const inside>(inside{std::move(made)}));
}

bytes ed25519_public_key::raw() const {
  bytes out(key_size);
  std::size_t size = out.size();
  must(EVP_PKEY_get_raw_public_key(in_->pkey.get(), out.data(), &size) == 1 && size == key_size,
       "EVP_PKEY_get_raw_public_key");
  return out;
}

bool ed25519_public_key::verify(view message, view signature) const {
  if (signature.size() != signature_size) return false;
  owned_digest_context context(EVP_MD_CTX_new());
  must(context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr,
                                       in_->pkey.get()) == 1, "EVP_DigestVerifyInit");
  const bool good = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                     message.data(), message.size()) == 1;
  ERR_clear_error();
  return good;
}

ed25519_key ed25519_key::generate() {
  owned_pkey made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  must(made != nullptr, "EVP_PKEY_Q_keygen");
  return ed25519_key(std::make_shared<const inside>(inside{std::move(made)}));
}

result<ed25519_key> ed25519_key::from_seed(view seed) {
  if (seed.size() != key_size) return refuse(kind::invalid, "trust.key_malformed");
  owned_pkey made(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  must(made != nullptr, "EVP_PKEY_new_raw_private_key");
  return ed25519_key(std::make_shared<const inside>(inside{std::move(made)}));
}

std::string ed25519_key::seal(std::string_view passphrase) const {
  check(!passphrase.empty() && passphrase.size() <= 1024, "passphrase of 1 to 1024 octets");
  owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(EVP_PKEY2PKCS8(in_->pkey.get()));
  must(plain != nullptr, "EVP_PKEY2PKCS8");
  bytes salt = random_bytes(16);
  owned<X509_ALGOR, X509_ALGOR_free> scheme(PKCS5_pbe2_set_scrypt(
      EVP_aes_256_cbc(), salt.data(), static_cast<int>(salt.size()), nullptr, 1 << 14, 8, 1));
  must(scheme != nullptr, "PKCS5_pbe2_set_scrypt");
  owned<X509_SIG, X509_SIG_free> sealed(PKCS8_set0_pbe(
      passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), scheme.get()));
  must(sealed != nullptr, "PKCS8_set0_pbe");
  (void)scheme.release();   // now the sealed structure's
  owned_bio out(BIO_new(BIO_s_mem()));
  must(out && PEM_write_bio_PKCS8(out.get(), sealed.get()) == 1, "PEM_write_bio_PKCS8");
  return text_of(out.get());
}

result<ed25519_key> ed25519_key::open(std::string_view pem, std::string_view passphrase) {
  if (pem.size() > longest_pem ||
      pem.find("-----BEGIN ENCRYPTED PRIVATE KEY-----") == std::string_view::npos)
    return refuse(kind::invalid, "trust.key_malformed");
  owned_bio in = reading(view_of(pem));
  owned_pkey read(PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, &passphrase));
  ERR_clear_error();
  if (!read) return refuse(kind::forbidden, "trust.passphrase_wrong");
  if (!EVP_PKEY_is_a(read.get(), "ED25519")) return refuse(kind::invalid, "trust.key_malformed");
  return ed25519_key(std::make_shared<const inside>(inside{std::move(read)}));
}

result<ed25519_key> ed25519_key::load_or_make(const std::filesystem::path& file,
                                              std::string_view passphrase) {
  files::make_private_folder(file.parent_path());
  if (auto pem = files::read(file)) return open(*pem, passphrase);
  const ed25519_key made = generate();
  files::write(file, made.seal(passphrase));
  return made;
}

ed25519_public_key ed25519_key::verifier() const {
  bytes raw(key_size);
  std::size_t size = raw.size();
  must(EVP_PKEY_get_raw_public_key(in_->pkey.get(), raw.data(), &size) == 1, "raw public key");
  return *ed25519_public_key::from_raw(raw);
}

bytes ed25519_key::sign(view message) const {
  owned_digest_context context(EVP_MD_CTX_new());
  must(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr,
                                     in_->pkey.get()) == 1, "EVP_DigestSignInit");
  bytes out(signature_size);
  std::size_t size = out.size();
  must(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1,
       "EVP_DigestSign");
  return out;
}

}  // namespace madang::trust
