#include "madang/pki/path.hpp"

#include <openssl/x509_vfy.h>

#include "openssl.hpp"

namespace madang::pki {
namespace {

constexpr std::size_t most_helpers = 32, most_lists = 64, longest_certificate = 64u << 10,
                      longest_list = 16u << 20;

using owned_store = owned<X509_STORE, X509_STORE_free>;
using owned_store_context = owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using owned_list = owned<X509_CRL, X509_CRL_free>;

const char* reason_of(int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SUBJECT_ISSUER_MISMATCH:
    case X509_V_ERR_AKID_SKID_MISMATCH:
      return "path.no_issuer";
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    case X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH:
      return "path.signature";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "path.not_yet_valid";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "path.expired";
    case X509_V_ERR_CERT_REVOKED:
      return "path.revoked";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
      return "path.no_list";
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return "path.list_stale";
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
      return "path.list_wrong";
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_INVALID_NON_CA:
      return "path.not_authority";
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return "path.too_long";
    case X509_V_ERR_INVALID_PURPOSE:
      return "path.usage";
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
    case X509_V_ERR_NO_EXPLICIT_POLICY:
      return "path.policy";
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
      return "path.name";
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_EE_KEY_TOO_SMALL:
      return "path.weak";
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    default:
      return "path.extension";
  }
}

void set_policies(X509_VERIFY_PARAM* p, const path_policies& wanted) {
  // Asked with the any-policy in so many words, or the verifier forgets to require policies at all.
  std::vector<std::string> all = wanted.acceptable;
  if (all.empty()) all.push_back("2.5.29.32.0");
  for (const auto& one : all) {
    owned_object o(OBJ_txt2obj(one.c_str(), 1));
    check(o != nullptr, "a policy is an object identifier");
    must(X509_VERIFY_PARAM_add0_policy(p, o.get()) == 1, "X509_VERIFY_PARAM_add0_policy");
    (void)o.release();
  }
  unsigned long flags = X509_V_FLAG_POLICY_CHECK;
  if (wanted.explicit_needed) flags |= X509_V_FLAG_EXPLICIT_POLICY;
  if (wanted.mapping_inhibited) flags |= X509_V_FLAG_INHIBIT_MAP;
  if (wanted.any_inhibited) flags |= X509_V_FLAG_INHIBIT_ANY;
  X509_VERIFY_PARAM_set_flags(p, flags);
}

struct gathered {
  owned_x509 end;
  owned_certificates helpers{sk_X509_new_null()};
  owned_store believed{X509_STORE_new()};
  owned_lists lists{sk_X509_CRL_new_null()};
};

bool gather(gathered& g, const path_question& q) {
  if (q.anchors.empty() || q.helpers.size() > most_helpers || q.lists.size() > most_lists)
    return false;
  auto readable = [](const bytes& der) {
    return der.size() <= longest_certificate ? read_certificate(der) : owned_x509();
  };
  g.end = readable(q.end);
  if (!g.end) return false;
  for (const auto& der : q.helpers) {
    auto one = readable(der);
    if (!one) return false;
    must(sk_X509_push(g.helpers.get(), one.get()) > 0, "sk_X509_push");
    (void)one.release();
  }
  for (const auto& der : q.anchors) {
    auto one = readable(der);
    if (!one) return false;
    must(X509_STORE_add_cert(g.believed.get(), one.get()) == 1, "X509_STORE_add_cert");
  }
  for (const auto& der : q.lists) {
    auto one = der.size() <= longest_list ? whole<owned_list>(der, d2i_X509_CRL) : owned_list();
    if (!one) return false;
    must(sk_X509_CRL_push(g.lists.get(), one.get()) > 0, "sk_X509_CRL_push");
    (void)one.release();
  }
  return true;
}

bool is_held(const gathered& g, X509* who) {
  for (int i = 0; i < sk_X509_CRL_num(g.lists.get()); ++i) {
    X509_CRL* list = sk_X509_CRL_value(g.lists.get(), i);
    if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_issuer_name(who)) != 0) continue;
    X509_REVOKED* row = nullptr;
    if (X509_CRL_get0_by_cert(list, &row, who) != 1) continue;
    int critical = 0;
    owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> why(static_cast<ASN1_ENUMERATED*>(
        X509_REVOKED_get_ext_d2i(row, NID_crl_reason, &critical, nullptr)));
    if (why && ASN1_ENUMERATED_get(why.get()) == CRL_REASON_CERTIFICATE_HOLD) return true;
  }
  return false;
}

}  // namespace

path_answer validate(const path_question& q) {
  path_answer out;
  gathered g;
  if (!gather(g, q)) {
    out.reason = "path.malformed";
    return out;
  }
  owned_store_context context(X509_STORE_CTX_new());
  must(context &&
           X509_STORE_CTX_init(context.get(), g.believed.get(), g.end.get(), g.helpers.get()) == 1,
       "X509_STORE_CTX_init");
  X509_VERIFY_PARAM* p = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(p, seconds_of(q.at));
  set_policies(p, q.policies);
  if (q.check_revocation) {
    X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                                       X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS);
    X509_STORE_CTX_set0_crls(context.get(), g.lists.get());
  }
  out.valid = X509_verify_cert(context.get()) == 1;
  const int error = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  if (!out.valid) {
    out.reason = reason_of(error);
    out.said = X509_verify_cert_error_string(error);
    out.depth = X509_STORE_CTX_get_error_depth(context.get());
    X509* at = X509_STORE_CTX_get_current_cert(context.get());
    if (out.reason == "path.revoked" && at && is_held(g, at)) out.reason = "path.held";
  }
  STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; chain && i < sk_X509_num(chain); ++i)
    out.chain.push_back(der_of<X509>(sk_X509_value(chain, i), i2d_X509));
  return out;
}

}  // namespace madang::pki
