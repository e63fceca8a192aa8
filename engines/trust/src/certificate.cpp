#include "madang/trust/certificate.hpp"

#include "madang/base/text.hpp"
#include "openssl.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t longest_certificate = 64 * 1024;

std::string written(const X509_NAME* name) {
  owned_bio out(BIO_new(BIO_s_mem()));
  must(out && X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0,
       "X509_NAME_print_ex");
  return text_of(out.get());
}

std::string attribute(const X509_NAME* name, int nid) {
  int at = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), nid, -1);
  if (at < 0) return {};
  ASN1_STRING* data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
  unsigned char* utf8 = nullptr;
  int size = ASN1_STRING_to_UTF8(&utf8, data);
  if (size < 0) return {};
  std::string out(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return out;
}

instant instant_of(const ASN1_TIME* t) {
  std::tm broken{};
  if (ASN1_TIME_to_tm(t, &broken) != 1) return {0};
  return {static_cast<std::int64_t>(timegm(&broken)) * 1'000'000};
}

}  // namespace

result<certificate> adopt(owned_x509 x509) {
  auto in = std::make_shared<certificate::inside>();
  in->der = der_of<X509>(x509.get(), i2d_X509);
  in->fingerprint = sha256(in->der);
  const digest of_key = sha256(der_of<X509_PUBKEY>(X509_get_X509_PUBKEY(x509.get()),
                                                   i2d_X509_PUBKEY));
  in->key_id.assign(of_key.begin(), of_key.begin() + 8);
  in->x509 = std::move(x509);
  // Fills OpenSSL's cache of extensions now, so that later readers in many threads only read.
  (void)X509_check_purpose(in->x509.get(), -1, 0);
  ERR_clear_error();
  return certificate(std::move(in));
}

result<certificate> certificate::from_der(view der) {
  auto malformed = refuse(kind::invalid, "trust.certificate_malformed");
  if (der.size() > longest_certificate) return malformed;
  const unsigned char* at = der.data();
  owned_x509 read(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!read || at != der.data() + der.size()) return malformed;
  return adopt(std::move(read));
}

result<certificate> certificate::from_pem(std::string_view pem) {
  auto malformed = refuse(kind::invalid, "trust.certificate_malformed");
  if (pem.size() > 2 * longest_certificate) return malformed;
  owned_bio in = reading(view_of(pem));
  owned_x509 read(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!read) return malformed;
  return adopt(std::move(read));
}

const bytes& certificate::der() const { return in_->der; }

std::string certificate::pem() const {
  owned_bio out(BIO_new(BIO_s_mem()));
  must(out && PEM_write_bio_X509(out.get(), in_->x509.get()) == 1, "PEM_write_bio_X509");
  return text_of(out.get());
}

std::string certificate::subject() const {
  return written(X509_get_subject_name(in_->x509.get()));
}
std::string certificate::common_name() const {
  return attribute(X509_get_subject_name(in_->x509.get()), NID_commonName);
}
std::string certificate::issuer() const { return written(X509_get_issuer_name(in_->x509.get())); }
std::string certificate::subject_number() const {
  return attribute(X509_get_subject_name(in_->x509.get()), NID_serialNumber);
}

std::string certificate::serial() const {
  const ASN1_INTEGER* n = X509_get0_serialNumber(in_->x509.get());
  std::string all = text::hex({ASN1_STRING_get0_data(n),
                               static_cast<std::size_t>(ASN1_STRING_length(n))});
  std::size_t first = all.find_first_not_of('0');
  return first == std::string::npos ? "0" : all.substr(first);
}

instant certificate::valid_from() const { return instant_of(X509_get0_notBefore(in_->x509.get())); }
instant certificate::valid_until() const { return instant_of(X509_get0_notAfter(in_->x509.get())); }
const digest& certificate::fingerprint() const { return in_->fingerprint; }
const bytes& certificate::key_id() const { return in_->key_id; }
bool certificate::is_authority() const {
  return X509_check_ca(in_->x509.get()) == 1;   // 1: a v3 certificate that says so
}

result<public_key> certificate::verifier() const {
  EVP_PKEY* k = X509_get0_pubkey(in_->x509.get());
  ERR_clear_error();
  if (!k) return refuse(kind::invalid, "trust.key_malformed");
  return public_key::from_der(der_of<EVP_PKEY>(k, i2d_PUBKEY));
}

bool certificate::is_p256() const { return verifier().ok(); }

bool certificate::signed_by(const certificate& issuer) const {
  EVP_PKEY* k = X509_get0_pubkey(issuer.raw().x509.get());
  bool good = k && X509_verify(in_->x509.get(), k) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace madang::trust
