#include "madang/pki/kisa.hpp"

#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/sha.h>

#include <algorithm>

#include "keys.hpp"

namespace madang::pki {
namespace {

constexpr std::size_t longest_file = 16u << 10, block = 16;
constexpr long most_iterations = 1'000'000;
constexpr int own_iterations = 10'000;
constexpr const char *seed_sha1 = "1.2.410.200004.1.15", *seed_plain = "1.2.410.200004.1.4";
constexpr std::string_view fixed_iv = "0123456789012345";

// SEED is in OpenSSL's legacy provider; a library context of our own keeps it, and what else is
// legacy there, out of the rest of the house.
OSSL_LIB_CTX* korean() {
  static OSSL_LIB_CTX* made = [] {
    OSSL_LIB_CTX* c = OSSL_LIB_CTX_new();
    must(c && OSSL_PROVIDER_load(c, "default") && OSSL_PROVIDER_load(c, "legacy"),
         "legacy provider of OpenSSL");
    return c;
  }();
  return made;
}

struct secret {
  bytes key, iv;
  ~secret() { OPENSSL_cleanse(key.data(), key.size()); }
};

// PBKDF1 of RFC 8018 section 5.1 with SHA-1, and KISA's way to the IV.
secret derive(std::string_view passphrase, view salt, long iterations, bool iv_is_fixed) {
  unsigned char t[SHA_DIGEST_LENGTH], second[SHA_DIGEST_LENGTH];
  bytes first(passphrase.begin(), passphrase.end());
  first.insert(first.end(), salt.begin(), salt.end());
  SHA1(first.data(), first.size(), t);
  OPENSSL_cleanse(first.data(), first.size());
  for (long i = 1; i < iterations; ++i) SHA1(t, sizeof t, t);
  secret out{{t, t + block}, {fixed_iv.begin(), fixed_iv.end()}};
  if (!iv_is_fixed) {
    SHA1(t + block, sizeof t - block, second);
    out.iv.assign(second, second + block);
  }
  OPENSSL_cleanse(t, sizeof t);
  return out;
}

// Nothing when the padding is not right, which is how a wrong passphrase shows.
std::optional<bytes> seed_cbc(const secret& s, view in, bool encrypt) {
  const owned<EVP_CIPHER, EVP_CIPHER_free> cipher(EVP_CIPHER_fetch(korean(), "SEED-CBC", nullptr));
  const owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
  must(cipher && context &&
           EVP_CipherInit_ex2(context.get(), cipher.get(), s.key.data(), s.iv.data(), encrypt,
                              nullptr) == 1,
       "SEED-CBC");
  bytes out(in.size() + block);
  int size = 0, last = 0;
  const bool done =
      EVP_CipherUpdate(context.get(), out.data(), &size, in.data(), static_cast<int>(in.size())) ==
          1 &&
      EVP_CipherFinal_ex(context.get(), out.data() + size, &last) == 1;
  ERR_clear_error();
  if (!done) return {};
  out.resize(static_cast<std::size_t>(size + last));
  return out;
}

bytes plain_of(const signing_key& key) {
  const owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(EVP_PKEY2PKCS8(pkey_of(key)));
  must(plain != nullptr, "EVP_PKEY2PKCS8");
  return der_of<PKCS8_PRIV_KEY_INFO>(plain.get(), i2d_PKCS8_PRIV_KEY_INFO);
}

using owned_sealed = owned<X509_SIG, X509_SIG_free>;

bytes under_seed_sha1(const signing_key& key, std::string_view passphrase) {
  const bytes salt = trust::random_bytes(8);
  bytes plain = plain_of(key);
  const auto content = seed_cbc(derive(passphrase, salt, own_iterations, false), plain, true);
  OPENSSL_cleanse(plain.data(), plain.size());
  const owned_sealed out(X509_SIG_new());
  const owned<PBEPARAM, PBEPARAM_free> how(PBEPARAM_new());
  must(out && how && content && ASN1_INTEGER_set(how->iter, own_iterations) == 1 &&
           ASN1_OCTET_STRING_set(how->salt, salt.data(), static_cast<int>(salt.size())) == 1,
       "PBEPARAM");
  ASN1_STRING* written = nullptr;
  must(ASN1_item_pack(how.get(), ASN1_ITEM_rptr(PBEPARAM), &written) != nullptr, "PBEPARAM");
  X509_ALGOR* scheme = nullptr;
  ASN1_OCTET_STRING* octets = nullptr;
  X509_SIG_getm(out.get(), &scheme, &octets);
  must(X509_ALGOR_set0(scheme, OBJ_txt2obj(seed_sha1, 1), V_ASN1_SEQUENCE, written) == 1 &&
           ASN1_OCTET_STRING_set(octets, content->data(), static_cast<int>(content->size())) == 1,
       "EncryptedPrivateKeyInfo");
  return der_of<X509_SIG>(out.get(), i2d_X509_SIG);
}

bytes under_pbes2(const signing_key& key, std::string_view passphrase, const char* cipher_name) {
  const owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(EVP_PKEY2PKCS8(pkey_of(key)));
  const owned<EVP_CIPHER, EVP_CIPHER_free> cipher(
      EVP_CIPHER_fetch(korean(), cipher_name, nullptr));
  must(plain && cipher, cipher_name);
  bytes salt = trust::random_bytes(16);
  owned<X509_ALGOR, X509_ALGOR_free> scheme(PKCS5_pbe2_set_iv_ex(
      cipher.get(), own_iterations, salt.data(), static_cast<int>(salt.size()), nullptr,
      NID_hmacWithSHA256, korean()));
  must(scheme != nullptr, "PKCS5_pbe2_set_iv_ex");
  const owned_sealed sealed(PKCS8_set0_pbe_ex(passphrase.data(),
                                              static_cast<int>(passphrase.size()), plain.get(),
                                              scheme.get(), korean(), nullptr));
  must(sealed != nullptr, "PKCS8_set0_pbe_ex");
  (void)scheme.release();  // now the sealed structure's
  return der_of<X509_SIG>(sealed.get(), i2d_X509_SIG);
}

bool is(const ASN1_OBJECT* o, const char* digits) {
  char text[80] = "";
  OBJ_obj2txt(text, sizeof text, o, 1);
  return std::string_view(text) == digits;
}

// PBEParameter of RFC 8018 appendix A.3.
std::optional<secret> secret_of(const X509_ALGOR* scheme, std::string_view passphrase,
                                bool iv_is_fixed) {
  const void* value = nullptr;
  int type = 0;
  X509_ALGOR_get0(nullptr, &type, &value, scheme);
  if (type != V_ASN1_SEQUENCE) return {};
  const owned<PBEPARAM, PBEPARAM_free> how(static_cast<PBEPARAM*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(PBEPARAM))));
  const long iterations = how ? ASN1_INTEGER_get(how->iter) : 0;
  if (iterations < 1 || iterations > most_iterations) return {};
  return derive(passphrase,
                view(ASN1_STRING_get0_data(how->salt),
                     static_cast<std::size_t>(ASN1_STRING_length(how->salt))),
                iterations, iv_is_fixed);
}

bool acceptable(const EVP_PKEY* k) {
  if (EVP_PKEY_is_a(k, "RSA")) return EVP_PKEY_get_bits(k) >= 2048 && EVP_PKEY_get_bits(k) <= 4096;
  return EVP_PKEY_is_a(k, "EC") && (EVP_PKEY_get_bits(k) == 256 || EVP_PKEY_get_bits(k) == 384);
}

// How long PBES2's PBKDF2 would take is the file's to say: a limit before it is tried.
bool pbes2_is_bounded(const X509_ALGOR* scheme) {
  const void* value = nullptr;
  int type = 0;
  X509_ALGOR_get0(nullptr, &type, &value, scheme);
  if (type != V_ASN1_SEQUENCE) return false;
  const auto* wrapped = static_cast<const ASN1_STRING*>(value);
  const owned<PBE2PARAM, PBE2PARAM_free> both(
      static_cast<PBE2PARAM*>(ASN1_item_unpack(wrapped, ASN1_ITEM_rptr(PBE2PARAM))));
  if (!both) return false;
  const ASN1_OBJECT* derivation = nullptr;
  X509_ALGOR_get0(&derivation, &type, &value, both->keyfunc);
  if (OBJ_obj2nid(derivation) != NID_id_pbkdf2 || type != V_ASN1_SEQUENCE) return false;
  const owned<PBKDF2PARAM, PBKDF2PARAM_free> how(static_cast<PBKDF2PARAM*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(PBKDF2PARAM))));
  const long iterations = how ? ASN1_INTEGER_get(how->iter) : 0;
  return iterations >= 1 && iterations <= most_iterations;
}

owned_sealed sealed_in(view file) {
  if (file.empty() || file.size() > longest_file) return nullptr;
  if (file[0] == 0x30) return whole<owned_sealed>(file, d2i_X509_SIG);
  const owned_bio in = reading(file);
  owned_sealed out(PEM_read_bio_PKCS8(in.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return out;
}

}  // namespace

bytes kisa_key(const signing_key& key, std::string_view passphrase, kisa_scheme scheme) {
  check(!passphrase.empty() && passphrase.size() <= 1024, "passphrase of 1 to 1024 octets");
  switch (scheme) {
    case kisa_scheme::pbes2_seed:
      return under_pbes2(key, passphrase, "SEED-CBC");
    case kisa_scheme::pbes2_aria:
      return under_pbes2(key, passphrase, "ARIA-256-CBC");
    default:
      return under_seed_sha1(key, passphrase);
  }
}

result<signing_key> open_kisa_key(view file, std::string_view passphrase) {
  const refusal malformed = refuse(kind::invalid, "trust.key_malformed"),
                wrong = refuse(kind::forbidden, "trust.passphrase_wrong");
  if (passphrase.empty() || passphrase.size() > 1024) return wrong;
  const owned_sealed sealed = sealed_in(file);
  if (!sealed) return malformed;
  const X509_ALGOR* scheme = nullptr;
  const ASN1_OCTET_STRING* content = nullptr;
  X509_SIG_get0(sealed.get(), &scheme, &content);
  const ASN1_OBJECT* which = nullptr;
  X509_ALGOR_get0(&which, nullptr, nullptr, scheme);
  owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain;
  if (is(which, seed_sha1) || is(which, seed_plain)) {
    const auto s = secret_of(scheme, passphrase, is(which, seed_plain));
    if (!s) return malformed;
    auto der = seed_cbc(*s, view(ASN1_STRING_get0_data(content),
                                 static_cast<std::size_t>(ASN1_STRING_length(content))),
                        false);
    if (!der) return wrong;
    plain = whole<owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>>(*der,
                                                                        d2i_PKCS8_PRIV_KEY_INFO);
    OPENSSL_cleanse(der->data(), der->size());
  } else {
    if (OBJ_obj2nid(which) != NID_pbes2 || !pbes2_is_bounded(scheme)) return malformed;
    plain.reset(PKCS8_decrypt_ex(sealed.get(), passphrase.data(),
                                 static_cast<int>(passphrase.size()), korean(), nullptr));
    ERR_clear_error();
  }
  if (!plain) return wrong;
  owned_pkey key(EVP_PKCS82PKEY(plain.get()));
  ERR_clear_error();
  if (!key || !acceptable(key.get())) return malformed;
  return signing_key(std::make_shared<const signing_key::inside>(
      signing_key::inside{std::move(key)}));
}

}  // namespace madang::pki
