#include "madang/pki/signing_key.hpp"

#include <openssl/pkcs12.h>

#include <algorithm>

#include "keys.hpp"

namespace madang::pki {
namespace {

constexpr std::size_t longest_request = 64u << 10;

void free_extensions(X509_EXTENSIONS* all) {
  sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
}

std::string utf8(const ASN1_STRING* s) {
  unsigned char* out = nullptr;
  const int size = s ? ASN1_STRING_to_UTF8(&out, s) : -1;
  if (size < 0) return {};
  std::string text(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return text;
}

}  // namespace

std::string common_name_of(const X509_NAME* name) {
  auto* n = const_cast<X509_NAME*>(name);
  const int at = X509_NAME_get_index_by_NID(n, NID_commonName, -1);
  return at < 0 ? "" : utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(n, at)));
}

std::vector<std::string> dns_of(const X509_EXTENSIONS* extensions) {
  std::vector<std::string> out;
  const owned<GENERAL_NAMES, GENERAL_NAMES_free> names(static_cast<GENERAL_NAMES*>(
      X509V3_get_d2i(extensions, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type == GEN_DNS) out.push_back(text::lower_case(utf8(one->d.dNSName)));
  }
  ERR_clear_error();
  return out;
}

signing_key signing_key::generate(algorithm a) {
  owned_pkey made(a == algorithm::rsa2048 ? EVP_RSA_gen(2048)
                  : a == algorithm::p384  ? EVP_EC_gen("P-384")
                                          : EVP_EC_gen("P-256"));
  must(made != nullptr, "key");
  return signing_key(std::make_shared<const inside>(inside{std::move(made)}));
}

std::string signing_key::seal(std::string_view passphrase) const {
  return trust::seal_private_key(in_->pkey.get(), passphrase);
}

result<signing_key> signing_key::open(std::string_view pem, std::string_view passphrase) {
  auto read = trust::open_private_key(pem, passphrase);
  if (!read) return read.why();
  return signing_key(std::make_shared<const inside>(inside{std::move(*read)}));
}

bytes signing_key::public_der() const { return der_of<EVP_PKEY>(in_->pkey.get(), i2d_PUBKEY); }

bytes pkcs12(const signing_key& key, const bytes& certificate, const std::vector<bytes>& above,
             const std::string& name, const std::string& passphrase) {
  owned_x509 own = read_certificate(certificate);
  owned_certificates others(sk_X509_new_null());
  for (const auto& der : above) {
    auto one = read_certificate(der);
    must(one && sk_X509_push(others.get(), one.get()) > 0, "certificate above");
    (void)one.release();
  }
  owned<PKCS12, PKCS12_free> made(PKCS12_create(passphrase.c_str(), name.c_str(), pkey_of(key),
                                                own.get(), others.get(), NID_aes_256_cbc,
                                                NID_aes_256_cbc, 100'000, -1, 0));
  must(made && PKCS12_set_mac(made.get(), passphrase.c_str(), -1, nullptr, 0, 100'000,
                              EVP_sha256()) == 1,
       "PKCS12_create");
  return der_of<PKCS12>(made.get(), i2d_PKCS12);
}

std::string pkcs8(const signing_key& key, std::string_view passphrase) {
  owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(EVP_PKEY2PKCS8(pkey_of(key)));
  must(plain != nullptr, "EVP_PKEY2PKCS8");
  bytes salt = trust::random_bytes(16);
  owned<X509_ALGOR, X509_ALGOR_free> scheme(PKCS5_pbe2_set_scrypt(
      EVP_aes_256_cbc(), salt.data(), static_cast<int>(salt.size()), nullptr, 1 << 14, 8, 1));
  must(scheme != nullptr, "PKCS5_pbe2_set_scrypt");
  owned<X509_SIG, X509_SIG_free> sealed(PKCS8_set0_pbe(
      passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), scheme.get()));
  must(sealed != nullptr, "PKCS8_set0_pbe");
  (void)scheme.release();  // now the sealed structure's
  owned_bio out(BIO_new(BIO_s_mem()));
  must(out && PEM_write_bio_PKCS8(out.get(), sealed.get()) == 1, "PEM_write_bio_PKCS8");
  return trust::text_of(out.get());
}

result<held_key> open_pkcs12(view file, const std::string& passphrase) {
  if (file.empty() || file.size() > longest_request)
    return refuse(kind::invalid, "trust.key_malformed");
  const auto read = whole<owned<PKCS12, PKCS12_free>>(file, d2i_PKCS12);
  if (!read) return refuse(kind::invalid, "trust.key_malformed");
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  const bool opened =
      PKCS12_parse(read.get(), passphrase.c_str(), &key, &certificate, nullptr) == 1;
  ERR_clear_error();
  owned_pkey own(key);
  const owned_x509 with(certificate);
  if (!opened || !own) return refuse(kind::forbidden, "trust.passphrase_wrong");
  return held_key{signing_key(std::make_shared<const signing_key::inside>(
                      signing_key::inside{std::move(own)})),
                  with ? der_of<X509>(with.get(), i2d_X509) : bytes()};
}

result<certification_request> read_request(view given) {
  const refusal malformed = refuse(kind::invalid, "pki.request_malformed", "request");
  if (given.empty() || given.size() > longest_request) return malformed;
  owned<X509_REQ, X509_REQ_free> read;
  if (given[0] == 0x30) {
    read = whole<owned<X509_REQ, X509_REQ_free>>(given, d2i_X509_REQ);
  } else {
    owned_bio in = reading(given);
    read.reset(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
  }
  EVP_PKEY* key = read ? X509_REQ_get0_pubkey(read.get()) : nullptr;
  ERR_clear_error();
  if (!key) return malformed;
  const bool proven = X509_REQ_verify(read.get(), key) == 1;
  ERR_clear_error();
  if (!proven) return refuse(kind::invalid, "pki.request_signature", "request");
  certification_request out;
  out.key = der_of<EVP_PKEY>(key, i2d_PUBKEY);
  out.common_name = common_name_of(X509_REQ_get_subject_name(read.get()));
  const owned<X509_EXTENSIONS, free_extensions> wanted(X509_REQ_get_extensions(read.get()));
  out.dns = dns_of(wanted.get());
  ERR_clear_error();
  return out;
}

}  // namespace madang::pki
