// Issuing: certificates and revocation lists. Extensions are built from the profile, never from the
// request, so a request cannot ask for more than its profile gives.
#include <openssl/objects.h>

#include "madang/base/text.hpp"
#include "openssl.hpp"

namespace madang::trust {
namespace {

int years_of(profile p) {
  switch (p) {
    case profile::root: return 20;
    case profile::government: return 10;
    case profile::seal: return 3;
    case profile::official: return 2;
  }
  return 0;
}

void add(X509_NAME* name, int nid, const std::string& value) {
  if (value.empty()) return;
  must(X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(value.data()),
                                  static_cast<int>(value.size()), -1, 0) == 1,
       "X509_NAME_add_entry");
}

owned<X509_NAME, X509_NAME_free> name_in(const certificate_request& r, std::string_view language) {
  owned<X509_NAME, X509_NAME_free> name(X509_NAME_new());
  must(name != nullptr, "X509_NAME_new");
  add(name.get(), NID_countryName, r.country);
  add(name.get(), NID_organizationName, r.organisation.in(language));
  if (language == "ko") {
    add(name.get(), NID_title, r.title);
    add(name.get(), NID_serialNumber, r.number);
  }
  // RFC 5280 appendix A bounds a common name at 64 characters.
  add(name.get(), NID_commonName, std::string(text::head(r.name.in(language), 64)));
  return name;
}

void extend(X509* x, X509V3_CTX* context, int nid, const char* value) {
  owned<X509_EXTENSION, X509_EXTENSION_free> e(X509V3_EXT_conf_nid(nullptr, context, nid, value));
  must(e && X509_add_ext(x, e.get(), -1) == 1, value);
}

// The English name, for those who do not read the Korean one.
void add_english_name(X509* x, const certificate_request& r) {
  if (!r.name.has("en")) return;
  owned<GENERAL_NAMES, GENERAL_NAMES_free> names(GENERAL_NAMES_new());
  GENERAL_NAME* one = GENERAL_NAME_new();
  must(names && one, "GENERAL_NAME_new");
  one->type = GEN_DIRNAME;
  one->d.directoryName = name_in(r, "en").release();
  must(sk_GENERAL_NAME_push(names.get(), one) > 0 &&
           X509_add1_ext_i2d(x, NID_subject_alt_name, names.get(), 0, 0) == 1, "subjectAltName");
}

void add_revocation_address(X509* x, X509V3_CTX* context, const std::string& url) {
  if (url.empty()) return;
  check(url.find_first_of(",;\n\"") == std::string::npos, "address of the revocation list");
  extend(x, context, NID_crl_distribution_points, ("URI:" + url).c_str());
}

void add_extensions(X509* x, X509* issuer, const certificate_request& r) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
  const bool authority = r.profile == profile::root || r.profile == profile::government;
  extend(x, &context, NID_basic_constraints,
         r.profile == profile::root         ? "critical,CA:TRUE"
         : r.profile == profile::government ? "critical,CA:TRUE,pathlen:0"
                                            : "critical,CA:FALSE");
  extend(x, &context, NID_key_usage,
         authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature,nonRepudiation");
  extend(x, &context, NID_subject_key_identifier, "hash");
  if (r.profile != profile::root)
    extend(x, &context, NID_authority_key_identifier, "keyid:always");
  add_english_name(x, r);
  add_revocation_address(x, &context, r.revocation_list);
}

void set_random_serial(X509* x) {
  // 127 bits: positive, 16 octets, not to be guessed (RFC 5280 section 4.1.2.2 allows 20).
  bytes b = random_bytes(16);
  b[0] = static_cast<std::uint8_t>((b[0] & 0x7f) | 0x40);
  owned_bignum n(BN_bin2bn(b.data(), static_cast<int>(b.size()), nullptr));
  must(n && BN_to_ASN1_INTEGER(n.get(), X509_get_serialNumber(x)), "serial");
}

instant years_later(instant from, int years) {
  civil c = in_zone(from, "UTC");
  date d = c.date;
  auto then = date::of(d.year() + years, static_cast<int>(d.month()), static_cast<int>(d.day()));
  c.date = then ? *then : *date::of(d.year() + years, 2, 28);
  return from_civil(c, "UTC");
}

}  // namespace

certificate issue(const certificate_request& r, const public_key& holder, const key& issuer_key,
                  const certificate* issuer) {
  check((r.profile == profile::root) == (issuer == nullptr), "only a root signs itself");
  owned_x509 x(X509_new());
  must(x && X509_set_version(x.get(), 2) == 1, "X509_new");
  set_random_serial(x.get());
  auto subject = name_in(r, "ko");
  must(X509_set_subject_name(x.get(), subject.get()) == 1, "subject");
  X509* above = issuer ? issuer->raw().x509.get() : x.get();
  must(X509_set_issuer_name(x.get(), X509_get_subject_name(above)) == 1, "issuer");
  must(ASN1_TIME_adj(X509_getm_notBefore(x.get()), seconds_of(r.from), 0, 0) &&
           ASN1_TIME_adj(X509_getm_notAfter(x.get()),
                         seconds_of(years_later(r.from, years_of(r.profile))) - 1, 0, 0),
       "validity");
  must(X509_set_pubkey(x.get(), holder.raw().pkey.get()) == 1, "X509_set_pubkey");
  add_extensions(x.get(), above, r);
  must(X509_sign(x.get(), issuer_key.raw().pkey.get(), EVP_sha256()) > 0, "X509_sign");
  // Through DER and back: what is handed on is what everybody else will read.
  auto read = certificate::from_der(der_of<X509>(x.get(), i2d_X509));
  return *read;
}

namespace {

int reason_code(const std::string& reason) {
  // RFC 5280 section 5.3.1; 7 is not used, 8 belongs to delta lists.
  static const std::pair<const char*, int> known[] = {
      {"unspecified", 0}, {"keyCompromise", 1}, {"cACompromise", 2}, {"affiliationChanged", 3},
      {"superseded", 4}, {"cessationOfOperation", 5}, {"certificateHold", 6},
      {"privilegeWithdrawn", 9}, {"aACompromise", 10}};
  for (auto& [name, code] : known)
    if (reason == name) return code;
  return -1;
}

void add_revoked(X509_CRL* list, const revocation& r) {
  owned<X509_REVOKED, X509_REVOKED_free> one(X509_REVOKED_new());
  owned<ASN1_TIME, ASN1_TIME_free> when(ASN1_TIME_adj(nullptr, seconds_of(r.when), 0, 0));
  BIGNUM* number = nullptr;
  must(BN_hex2bn(&number, r.serial.c_str()) > 0, "serial of a revocation");
  owned_bignum held(number);
  owned<ASN1_INTEGER, ASN1_INTEGER_free> serial(BN_to_ASN1_INTEGER(number, nullptr));
  owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> why(ASN1_ENUMERATED_new());
  const int code = reason_code(r.reason);
  check(code >= 0, "reason of a revocation");
  must(one && when && serial && why &&
           X509_REVOKED_set_serialNumber(one.get(), serial.get()) == 1 &&
           X509_REVOKED_set_revocationDate(one.get(), when.get()) == 1, "X509_REVOKED");
  // "unspecified" is said by saying nothing.
  if (code > 0)
    must(ASN1_ENUMERATED_set(why.get(), code) == 1 &&
             X509_REVOKED_add1_ext_i2d(one.get(), NID_crl_reason, why.get(), 0, 0) == 1, "reason");
  must(X509_CRL_add0_revoked(list, one.release()) == 1, "X509_CRL_add0_revoked");
}

}  // namespace

bytes issue_revocation_list(const std::vector<revocation>& revoked, const key& issuer_key,
                            const certificate& issuer, std::int64_t number, instant from,
                            instant next) {
  owned<X509_CRL, X509_CRL_free> list(X509_CRL_new());
  must(list && X509_CRL_set_version(list.get(), 1) == 1, "X509_CRL_new");
  must(X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.raw().x509.get())) == 1,
       "issuer of the list");
  owned<ASN1_TIME, ASN1_TIME_free> now(ASN1_TIME_adj(nullptr, seconds_of(from), 0, 0));
  owned<ASN1_TIME, ASN1_TIME_free> then(ASN1_TIME_adj(nullptr, seconds_of(next), 0, 0));
  must(now && then && X509_CRL_set1_lastUpdate(list.get(), now.get()) == 1 &&
           X509_CRL_set1_nextUpdate(list.get(), then.get()) == 1, "validity of the list");
  for (const auto& r : revoked) add_revoked(list.get(), r);
  X509_CRL_sort(list.get());
  owned<ASN1_INTEGER, ASN1_INTEGER_free> n(ASN1_INTEGER_new());
  must(n && ASN1_INTEGER_set_int64(n.get(), number) == 1 &&
           X509_CRL_add1_ext_i2d(list.get(), NID_crl_number, n.get(), 0, 0) == 1, "crlNumber");
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer.raw().x509.get(), nullptr, nullptr, list.get(), 0);
  owned<X509_EXTENSION, X509_EXTENSION_free> above(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  must(above && X509_CRL_add_ext(list.get(), above.get(), -1) == 1, "authorityKeyIdentifier");
  must(X509_CRL_sign(list.get(), issuer_key.raw().pkey.get(), EVP_sha256()) > 0, "X509_CRL_sign");
  return der_of<X509_CRL>(list.get(), i2d_X509_CRL);
}

bool is_revocation_reason(const std::string& reason) { return reason_code(reason) >= 0; }

}  // namespace madang::trust
