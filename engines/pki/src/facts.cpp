// What a certificate says, for people.
#include "signing.hpp"

namespace madang::pki {
namespace {

constexpr std::size_t longest = 64u << 10;

std::string utf8(const ASN1_STRING* s) {
  unsigned char* out = nullptr;
  const int size = s ? ASN1_STRING_to_UTF8(&out, s) : -1;
  if (size < 0) return {};
  std::string said(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return text::is_utf8(said) ? said : std::string();
}

std::string attribute(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  return at < 0 ? "" : utf8(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}

std::string written(const X509_NAME* name) {
  owned_bio out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
    return {};
  const std::string said = text_of(out.get());
  return text::is_utf8(said) ? said : std::string();
}

instant instant_of(const ASN1_TIME* t) {
  std::tm broken{};
  if (ASN1_TIME_to_tm(t, &broken) != 1) return {0};
  return {static_cast<std::int64_t>(timegm(&broken)) * 1'000'000};
}

std::string key_of(X509* x) {
  EVP_PKEY* k = X509_get0_pubkey(x);
  ERR_clear_error();
  if (!k) return "?";
  const char* name = EVP_PKEY_get0_type_name(k);
  return fmt::format("{} {}", name ? name : "?", EVP_PKEY_get_bits(k));
}

}  // namespace

result<facts> read_facts(view given) {
  const refusal malformed = refuse(kind::invalid, "pki.certificate_malformed", "certificate");
  if (given.empty() || given.size() > longest) return malformed;
  owned_x509 x;
  if (given[0] == 0x30) {
    x = read_certificate(given);
  } else {
    owned_bio in = reading(given);
    x.reset(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
  }
  if (!x) return malformed;
  facts out;
  const X509_NAME* name = X509_get_subject_name(x.get());
  out.serial = hex_of(X509_get0_serialNumber(x.get()));
  out.subject = written(name);
  out.common_name = attribute(name, NID_commonName);
  out.issuer = written(X509_get_issuer_name(x.get()));
  out.number = attribute(name, NID_serialNumber);
  out.title = attribute(name, NID_title);
  out.from = instant_of(X509_get0_notBefore(x.get()));
  out.until = instant_of(X509_get0_notAfter(x.get()));
  out.key = key_of(x.get());
  out.public_key = der_of<X509_PUBKEY>(X509_get_X509_PUBKEY(x.get()), i2d_X509_PUBKEY);
  if (const ASN1_OCTET_STRING* own = X509_get0_subject_key_id(x.get()))
    out.own_key.assign(ASN1_STRING_get0_data(own),
                       ASN1_STRING_get0_data(own) + ASN1_STRING_length(own));
  if (const ASN1_OCTET_STRING* above = X509_get0_authority_key_id(x.get()))
    out.authority_key.assign(ASN1_STRING_get0_data(above),
                             ASN1_STRING_get0_data(above) + ASN1_STRING_length(above));
  out.der = der_of<X509>(x.get(), i2d_X509);
  out.fingerprint = text::hex(trust::sha256(out.der));
  owned<GENERAL_NAMES, GENERAL_NAMES_free> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(x.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type == GEN_DNS) out.dns.push_back(utf8(one->d.dNSName));
  }
  ERR_clear_error();
  return out;
}

std::string pem_of(const bytes& certificate) {
  owned_x509 x = read_certificate(certificate);
  owned_bio out(BIO_new(BIO_s_mem()));
  must(x && out && PEM_write_bio_X509(out.get(), x.get()) == 1, "PEM_write_bio_X509");
  return text_of(out.get());
}

bytes certificates_only(const std::vector<bytes>& certificates) {
  const owned<PKCS7, PKCS7_free> out(PKCS7_new());
  must(out && PKCS7_set_type(out.get(), NID_pkcs7_signed) == 1 &&
           PKCS7_content_new(out.get(), NID_pkcs7_data) == 1 &&
           PKCS7_set_detached(out.get(), 1) == 1,
       "PKCS7_new");
  for (const auto& der : certificates) {
    const owned_x509 one = read_certificate(der);
    must(one && PKCS7_add_certificate(out.get(), one.get()) == 1, "PKCS7_add_certificate");
  }
  return der_of<PKCS7>(out.get(), i2d_PKCS7);
}

}  // namespace madang::pki
