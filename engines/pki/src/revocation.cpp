// Lists of revocation and the lists of roots.
#include "signing.hpp"

namespace madang::pki {
namespace {

using owned_list = owned<X509_CRL, X509_CRL_free>;

void add_row(X509_CRL* list, const revoked& r) {
  owned<X509_REVOKED, X509_REVOKED_free> one(X509_REVOKED_new());
  owned<ASN1_TIME, ASN1_TIME_free> when(ASN1_TIME_adj(nullptr, seconds_of(r.when), 0, 0));
  BIGNUM* number = nullptr;
  must(BN_hex2bn(&number, r.serial.c_str()) > 0, "serial of a revocation");
  const owned<BIGNUM, BN_free> held(number);
  owned<ASN1_INTEGER, ASN1_INTEGER_free> serial(BN_to_ASN1_INTEGER(number, nullptr));
  owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> why(ASN1_ENUMERATED_new());
  const int code = reason_code(r.reason);
  check(code >= 0, "reason of a revocation");
  must(one && when && serial && why &&
           X509_REVOKED_set_serialNumber(one.get(), serial.get()) == 1 &&
           X509_REVOKED_set_revocationDate(one.get(), when.get()) == 1,
       "X509_REVOKED");
  // "unspecified" is said by saying nothing (RFC 5280 section 5.3.1).
  if (code > 0)
    must(ASN1_ENUMERATED_set(why.get(), code) == 1 &&
             X509_REVOKED_add1_ext_i2d(one.get(), NID_crl_reason, why.get(), 0, 0) == 1,
         "reason");
  must(X509_CRL_add0_revoked(list, one.release()) == 1, "X509_CRL_add0_revoked");
}

// RFC 5280 section 5.2.5: this list covers what names this address, and nothing else.
void add_point(X509_CRL* list, const std::string& url) {
  owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free> point(ISSUING_DIST_POINT_new());
  must(point != nullptr, "ISSUING_DIST_POINT_new");
  point->distpoint = DIST_POINT_NAME_new();
  must(point->distpoint != nullptr, "DIST_POINT_NAME_new");
  point->distpoint->type = 0;
  point->distpoint->name.fullname = GENERAL_NAMES_new();
  GENERAL_NAME* one = GENERAL_NAME_new();
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  must(one && text && ASN1_STRING_set(text, url.data(), static_cast<int>(url.size())) == 1 &&
           point->distpoint->name.fullname,
       "fullName");
  GENERAL_NAME_set0_value(one, GEN_URI, text);
  must(sk_GENERAL_NAME_push(point->distpoint->name.fullname, one) > 0 &&
           X509_CRL_add1_ext_i2d(list, NID_issuing_distribution_point, point.get(), 1, 0) == 1,
       "issuingDistributionPoint");
}

}  // namespace

int reason_code(std::string_view reason) {
  static constexpr std::pair<const char*, int> known[] = {
      {"unspecified", 0},        {"keyCompromise", 1},     {"cACompromise", 2},
      {"affiliationChanged", 3}, {"superseded", 4},        {"cessationOfOperation", 5},
      {"certificateHold", 6},    {"privilegeWithdrawn", 9}};
  for (const auto& [name, code] : known)
    if (reason == name) return code;
  return -1;
}

bool is_reason(std::string_view reason) { return reason_code(reason) >= 0; }

bytes sign_list(const seat& issuer, const std::vector<revoked>& all, const std::string& point,
                std::int64_t number, instant from, instant next) {
  owned_list list(X509_CRL_new());
  must(list && X509_CRL_set_version(list.get(), 1) == 1 &&
           X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.x509.get())) == 1,
       "X509_CRL_new");
  owned<ASN1_TIME, ASN1_TIME_free> now(ASN1_TIME_adj(nullptr, seconds_of(from), 0, 0));
  owned<ASN1_TIME, ASN1_TIME_free> then(ASN1_TIME_adj(nullptr, seconds_of(next), 0, 0));
  must(now && then && X509_CRL_set1_lastUpdate(list.get(), now.get()) == 1 &&
           X509_CRL_set1_nextUpdate(list.get(), then.get()) == 1,
       "validity of the list");
  for (const auto& r : all) add_row(list.get(), r);
  X509_CRL_sort(list.get());
  owned<ASN1_INTEGER, ASN1_INTEGER_free> n(ASN1_INTEGER_new());
  must(n && ASN1_INTEGER_set_int64(n.get(), number) == 1 &&
           X509_CRL_add1_ext_i2d(list.get(), NID_crl_number, n.get(), 0, 0) == 1,
       "crlNumber");
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer.x509.get(), nullptr, nullptr, list.get(), 0);
  owned_extension above(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  must(above && X509_CRL_add_ext(list.get(), above.get(), -1) == 1, "authorityKeyIdentifier");
  if (!point.empty()) add_point(list.get(), point);
  EVP_PKEY* key = pkey_of(issuer.key);
  must(X509_CRL_sign(list.get(), key, EVP_PKEY_get_bits(key) == 384 ? EVP_sha384() : EVP_sha256()) >
           0,
       "X509_CRL_sign");
  return der_of<X509_CRL>(list.get(), i2d_X509_CRL);
}

bytes authority::revocation_list(int shard, const std::vector<revoked>& all, std::int64_t number,
                                 instant from, instant next) const {
  std::vector<revoked> own;
  for (const auto& r : all)
    if (shard_of(r.serial) == shard) own.push_back(r);
  return sign_list(in_->signer, own, in_->at.list + std::to_string(shard) + ".crl", number, from,
                   next);
}

}  // namespace madang::pki
