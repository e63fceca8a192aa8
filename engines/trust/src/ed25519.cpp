#include "madang/trust/ed25519.hpp"

#include "files.hpp"
#include "openssl.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t key_size = 32, signature_size = 64;

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
  return seal_private_key(in_->pkey.get(), passphrase);
}

result<ed25519_key> ed25519_key::open(std::string_view pem, std::string_view passphrase) {
  auto read = open_private_key(pem, passphrase);
  if (!read) return read.why();
  if (!EVP_PKEY_is_a(read->get(), "ED25519")) return refuse(kind::invalid, "trust.key_malformed");
  return ed25519_key(std::make_shared<const inside>(inside{std::move(*read)}));
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
