#include <algorithm>
#include <set>

#include "signing.hpp"

namespace madang::pki {
namespace {

class judge {
 public:
  judge(X509* x, X509* issuer, profile p) : x_(x), issuer_(issuer), p_(p) {}

  std::vector<std::string> wrong() {
    rule("version", X509_get_version(x_) == 2);
    rule("serial", serial_good());
    rule("algorithm", algorithm_good());
    rule("validity", validity_good());
    rule("subject", subject_good());
    rule("issuer", X509_NAME_cmp(X509_get_issuer_name(x_), X509_get_subject_name(issuer_)) == 0);
    rule("key", key_good());
    rule("extensions", extensions_good());
    rule("basic", basic_good());
    rule("usage", usage_good());
    rule("extended", extended_good());
    rule("identifiers", identifiers_good());
    rule("dns", dns_good());
    rule("addresses", addresses_good());
    return std::move(wrong_);
  }

 private:
  void rule(const char* name, bool good) {
    if (!good) wrong_.emplace_back(name);
  }
  bool is_authority() const { return p_ == profile::root || p_ == profile::authority; }
  bool is_holder() const {
    return std::find(std::begin(holders), std::end(holders), p_) != std::end(holders);
  }

  // RFC 5280 section 4.1.2.2, and 64 random bits at least (CA/Browser Forum 7.1).
  bool serial_good() const {
    const ASN1_INTEGER* s = X509_get0_serialNumber(x_);
    return ASN1_STRING_type(s) == V_ASN1_INTEGER && ASN1_STRING_length(s) >= 9 &&
           ASN1_STRING_length(s) <= 20;
  }

  bool algorithm_good() const {
    const X509_ALGOR* outer = nullptr;
    X509_get0_signature(nullptr, &outer, x_);
    if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x_)) != 0) return false;
    const int nid = X509_get_signature_nid(x_);
    return nid == NID_ecdsa_with_SHA256 || nid == NID_ecdsa_with_SHA384 ||
           nid == NID_sha256WithRSAEncryption;
  }

  bool validity_good() const {
    int days = 0, seconds = 0;
    const ASN1_TIME *from = X509_get0_notBefore(x_), *until = X509_get0_notAfter(x_);
    if (ASN1_TIME_diff(&days, &seconds, from, until) != 1 || days < 0 || seconds < 0) return false;
    if (days >= days_of(p_) || (days == 0 && seconds == 0)) return false;
    // No longer than whoever answers for it.
    return p_ == profile::root || (ASN1_TIME_compare(from, X509_get0_notBefore(issuer_)) >= 0 &&
                                   ASN1_TIME_compare(until, X509_get0_notAfter(issuer_)) <= 0);
  }

  static bool text_good(const std::string& s) {
    return !s.empty() && text::is_utf8(s) && text::length(s) <= 64 && text::trim(s) == s &&
           std::none_of(s.begin(), s.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  }

  bool subject_good() const {
    const X509_NAME* name = X509_get_subject_name(x_);
    std::set<int> seen;
    for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
      X509_NAME_ENTRY* e = X509_NAME_get_entry(name, i);
      const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(e));
      if (!seen.insert(nid).second) return false;
      unsigned char* utf8 = nullptr;
      const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(e));
      if (size < 0) return false;
      const std::string value(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
      OPENSSL_free(utf8);
      if (!text_good(value)) return false;
      if (nid == NID_countryName &&
          (value.size() != 2 ||
           !std::all_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'Z'; })))
        return false;
    }
    const bool named = seen.contains(NID_countryName) && seen.contains(NID_commonName);
    const bool numbered = seen.contains(NID_serialNumber) || p_ == profile::server || !is_holder();
    const bool titled = seen.contains(NID_title) == (p_ == profile::official);
    const bool organised =
        seen.contains(NID_organizationName) || p_ == profile::person || p_ == profile::server ||
        p_ == profile::encryption;
    return named && numbered && titled && organised;
  }

  bool key_good() const {
    EVP_PKEY* k = X509_get0_pubkey(x_);
    ERR_clear_error();
    if (!k) return false;
    if (EVP_PKEY_is_a(k, "RSA")) {
      BIGNUM* e = nullptr;
      EVP_PKEY_get_bn_param(k, "e", &e);
      const owned<BIGNUM, BN_free> exponent(e);
      return EVP_PKEY_get_bits(k) >= 2048 && EVP_PKEY_get_bits(k) <= 4096 && e && BN_is_odd(e) &&
             BN_num_bits(e) >= 17 && BN_num_bits(e) <= 256;
    }
    if (!EVP_PKEY_is_a(k, "EC")) return false;
    char group[32] = "";
    std::size_t size = 0;
    EVP_PKEY_get_utf8_string_param(k, "group", group, sizeof group, &size);
    const std::string_view curve(group);
    return curve == "prime256v1" || curve == "secp384r1";
  }

  // Nothing twice, nothing that we do not write, and critical what RFC 5280 wants so.
  bool extensions_good() const {
    std::set<int> seen;
    for (int i = 0; i < X509_get_ext_count(x_); ++i) {
      X509_EXTENSION* e = X509_get_ext(x_, i);
      const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));
      if (!seen.insert(nid).second) return false;
      const bool critical = X509_EXTENSION_get_critical(e) != 0;
      switch (nid) {
        case NID_basic_constraints:
        case NID_key_usage:
          if (!critical) return false;
          break;
        case NID_ext_key_usage:
          if (critical != (p_ == profile::stamper)) return false;
          break;
        case NID_subject_key_identifier:
        case NID_authority_key_identifier:
        case NID_subject_alt_name:
        case NID_certificate_policies:
        case NID_crl_distribution_points:
        case NID_info_access:
        case NID_id_pkix_OCSP_noCheck:
          if (critical) return false;
          break;
        default:
          return false;
      }
    }
    return seen.contains(NID_id_pkix_OCSP_noCheck) == (p_ == profile::responder) &&
           seen.contains(NID_certificate_policies) >= is_holder();
  }

  bool basic_good() const {
    owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> b(static_cast<BASIC_CONSTRAINTS*>(
        X509_get_ext_d2i(x_, NID_basic_constraints, nullptr, nullptr)));
    if (!b || (b->ca != 0) != is_authority()) return false;
    return (p_ == profile::authority) == (b->pathlen && ASN1_INTEGER_get(b->pathlen) == 0);
  }

  bool usage_good() const {
    const std::uint32_t is = X509_get_key_usage(x_);
    if (is_authority()) return is == (KU_KEY_CERT_SIGN | KU_CRL_SIGN);
    if (p_ == profile::encryption) return is == KU_KEY_AGREEMENT;
    const bool signs_documents =
        p_ == profile::person || p_ == profile::company || p_ == profile::official;
    return is ==
           (signs_documents ? KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION : KU_DIGITAL_SIGNATURE);
  }

  bool extended_good() const {
    if (is_authority()) return X509_get_ext_by_NID(x_, NID_ext_key_usage, -1) < 0;
    const std::uint32_t is = X509_get_extended_key_usage(x_);
    switch (p_) {
      case profile::server:
        return is == XKU_SSL_SERVER;
      case profile::device:
        return is == XKU_SSL_CLIENT;
      case profile::encryption:
        return is == XKU_SMIME;
      case profile::responder:
        return is == XKU_OCSP_SIGN;
      case profile::stamper:
        return is == XKU_TIMESTAMP;
      case profile::registrar:
        return is == 0 && only_use() == "1.3.6.1.5.5.7.3.28";  // id-kp-cmcRA, no flag of OpenSSL's
      case profile::lister:
        return is == 0 && only_use() == "0.4.0.2231.3.0";
      default:
        return is == (XKU_SSL_CLIENT | XKU_SMIME);
    }
  }

  // The one purpose that stands in extKeyUsage, in digits; empty when there are more.
  std::string only_use() const {
    const owned<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> all(static_cast<EXTENDED_KEY_USAGE*>(
        X509_get_ext_d2i(x_, NID_ext_key_usage, nullptr, nullptr)));
    if (!all || sk_ASN1_OBJECT_num(all.get()) != 1) return {};
    char digits[80] = "";
    OBJ_obj2txt(digits, sizeof digits, sk_ASN1_OBJECT_value(all.get(), 0), 1);
    return digits;
  }

  bool identifiers_good() const {
    const ASN1_OCTET_STRING* own = X509_get0_subject_key_id(x_);
    if (!own || ASN1_STRING_length(own) == 0) return false;
    if (p_ == profile::root) return true;
    const ASN1_OCTET_STRING* above = X509_get0_authority_key_id(x_);
    const ASN1_OCTET_STRING* issuers = X509_get0_subject_key_id(issuer_);
    return above && issuers && ASN1_OCTET_STRING_cmp(above, issuers) == 0;
  }

  bool dns_good() const {
    owned<GENERAL_NAMES, GENERAL_NAMES_free> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x_, NID_subject_alt_name, nullptr, nullptr)));
    int dns = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
      const GENERAL_NAME* one = sk_GENERAL_NAME_value(names.get(), i);
      if (one->type == GEN_DIRNAME && p_ != profile::server) continue;
      if (one->type != GEN_DNS || p_ != profile::server) return false;
      const std::string name(reinterpret_cast<const char*>(ASN1_STRING_get0_data(one->d.dNSName)),
                             static_cast<std::size_t>(ASN1_STRING_length(one->d.dNSName)));
      if (!is_dns_name(name)) return false;
      ++dns;
    }
    return p_ != profile::server || (dns >= 1 && dns <= 20);
  }

  // Who holds it must be able to be looked up; one fixed list.
  bool addresses_good() const {
    owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free> lists(static_cast<CRL_DIST_POINTS*>(
        X509_get_ext_d2i(x_, NID_crl_distribution_points, nullptr, nullptr)));
    if (!is_holder()) return true;
    STACK_OF(OPENSSL_STRING)* ocsp = X509_get1_ocsp(x_);
    const bool asked = sk_OPENSSL_STRING_num(ocsp) == 1 &&
                       std::string_view(sk_OPENSSL_STRING_value(ocsp, 0)).starts_with("http");
    X509_email_free(ocsp);
    return asked && lists && sk_DIST_POINT_num(lists.get()) == 1;
  }

  X509* x_;
  X509* issuer_;
  profile p_;
  std::vector<std::string> wrong_;
};

bool label_good(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace

bool is_dns_name(std::string_view s) {
  if (s == "localhost") return true;
  if (s.size() > 253) return false;
  const auto labels = text::split(s, '.');
  if (labels.size() < 2) return false;
  // What ends in a number is an address, or would be read as one (WHATWG URL section 3.5).
  const auto& last = labels.back();
  return std::all_of(labels.begin(), labels.end(), label_good) &&
         std::any_of(last.begin(), last.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::vector<std::string> lint_under(X509* certificate, X509* issuer, profile p) {
  (void)X509_check_purpose(certificate, -1, 0);  // fills the cache of extensions
  (void)X509_check_purpose(issuer, -1, 0);
  ERR_clear_error();
  auto wrong = judge(certificate, issuer, p).wrong();
  ERR_clear_error();
  return wrong;
}

std::vector<std::string> lint(view certificate, view issuer, profile p) {
  const owned_x509 own = read_certificate(certificate), above = read_certificate(issuer);
  return own && above ? lint_under(own.get(), above.get(), p)
                      : std::vector<std::string>{"malformed"};
}

}  // namespace madang::pki
