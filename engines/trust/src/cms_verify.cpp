#include <openssl/ess.h>

#include <algorithm>

#include "madang/trust/der.hpp"
#include "madang/trust/cms.hpp"
#include "openssl.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t longest_cms = 256 * 1024;
constexpr std::size_t most_certificates = 32;

using owned_cms = owned<CMS_ContentInfo, CMS_ContentInfo_free>;

void free_certificates(STACK_OF(X509) * all) { sk_X509_pop_free(all, X509_free); }

// SHA-256 and better; RSA of 2048 bits and more; the curves of the house and Ed25519.
bool strong_enough(EVP_PKEY* k, int digest_nid) {
  const bool digest_good = digest_nid == NID_sha256 || digest_nid == NID_sha384 ||
                           digest_nid == NID_sha512 || digest_nid == NID_sha3_256 ||
                           digest_nid == NID_sha3_384 || digest_nid == NID_sha3_512;
  if (!digest_good || !k) return false;
  if (EVP_PKEY_is_a(k, "RSA") || EVP_PKEY_is_a(k, "RSA-PSS")) return EVP_PKEY_get_bits(k) >= 2048;
  if (EVP_PKEY_is_a(k, "EC")) return EVP_PKEY_get_bits(k) >= 256;
  return EVP_PKEY_is_a(k, "ED25519");
}

// The signature algorithm stands outside what is signed, and OpenSSL goes by the key and the digest
// alone; said wrongly, it is refused all the same: one signature has one form.
bool says_so(const X509_ALGOR* signature, int digest_nid, EVP_PKEY* k) {
  const ASN1_OBJECT* id = nullptr;
  X509_ALGOR_get0(&id, nullptr, nullptr, signature);
  const int said = OBJ_obj2nid(id);
  if (said == NID_rsaEncryption) return EVP_PKEY_is_a(k, "RSA") == 1;
  if (said == NID_rsassaPss) return EVP_PKEY_is_a(k, "RSA") || EVP_PKEY_is_a(k, "RSA-PSS");
  if (said == NID_ED25519) return EVP_PKEY_is_a(k, "ED25519") == 1;
  if (said == NID_X9_62_id_ecPublicKey) return EVP_PKEY_is_a(k, "EC") == 1;
  int with_digest = NID_undef, with_key = NID_undef;
  if (OBJ_find_sigid_algs(said, &with_digest, &with_key) != 1 || with_digest != digest_nid)
    return false;
  return (with_key == NID_X9_62_id_ecPublicKey && EVP_PKEY_is_a(k, "EC")) ||
         (with_key == NID_rsaEncryption && EVP_PKEY_is_a(k, "RSA"));
}

// SignedData split into itself without certificates, and the certificates. OpenSSL decodes the key
// of every certificate it meets (130 us each); ours meet the same few seals all day, so they are
// recognised by their hash first.
struct split {
  bytes without;
  std::vector<view> certificates;
};

// One DER element; nothing for BER's other forms, which then go the slow way.
bool take(view& rest, std::uint8_t tag, view& content, view* whole = nullptr) {
  if (rest.size() < 2 || rest[0] != tag) return false;
  std::size_t size = rest[1], header = 2;
  if (size >= 0x80) {
    const std::size_t octets = size & 0x7f;
    if (octets == 0 || octets > 3 || rest.size() < 2 + octets) return false;
    size = 0;
    for (std::size_t i = 0; i < octets; ++i) size = size << 8 | rest[2 + i];
    header += octets;
  }
  if (size > rest.size() - header) return false;
  content = rest.subspan(header, size);
  if (whole) *whole = rest.first(header + size);
  rest = rest.subspan(header + size);
  return true;
}

std::optional<split> split_certificates(view der) {
  view info, oid, oid_whole, explicit_0, data, version, version_whole, digests, digests_whole;
  view content, content_whole, held, certificate, certificate_whole;
  if (!take(der, der::sequence, info)) return {};
  if (!std::all_of(der.begin(), der.end(), [](auto b) { return b == 0; })) return {};
  if (!take(info, der::object_id, oid, &oid_whole) || !take(info, der::context_0, explicit_0) ||
      !info.empty() || !take(explicit_0, der::sequence, data) || !explicit_0.empty() ||
      !take(data, der::integer, version, &version_whole) ||
      !take(data, der::set, digests, &digests_whole) ||
      !take(data, der::sequence, content, &content_whole) || !take(data, der::context_0, held))
    return {};
  split out;
  while (!held.empty()) {
    if (out.certificates.size() == most_certificates ||
        !take(held, der::sequence, certificate, &certificate_whole))
      return {};
    out.certificates.push_back(certificate_whole);
  }
  const bytes inner = der::node(der::sequence, {version_whole, digests_whole, content_whole, data});
  out.without = der::node(der::sequence, {oid_whole, der::node(der::context_0, inner)});
  return out;
}

struct work {
  cms_report& report;
  const anchors& believed;
  owned_cms cms;
  CMS_SignerInfo* info = nullptr;
  std::vector<certificate> held;
  std::optional<split> parts;

  bool fail(const char* code) {
    report.reasons.emplace_back(code);
    return false;
  }

  bool read(view der) {
    if (der.size() > longest_cms) return fail("cms.malformed");
    parts = split_certificates(der);
    if (parts) der = parts->without;
    const unsigned char* at = der.data();
    cms.reset(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
    if (!cms || !std::all_of(at, der.data() + der.size(), [](auto b) { return b == 0; }))
      return fail("cms.malformed");
    if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed ||
        OBJ_obj2nid(CMS_get0_eContentType(cms.get())) != NID_pkcs7_data)
      return fail("cms.malformed");
    ASN1_OCTET_STRING** content = CMS_get0_content(cms.get());
    if (content && *content) return fail("cms.not_detached");
    auto* infos = CMS_get0_SignerInfos(cms.get());
    if (!infos || sk_CMS_SignerInfo_num(infos) != 1) return fail("cms.signers");
    info = sk_CMS_SignerInfo_value(infos, 0);
    return true;
  }

  bool find_signer() {
    if (!(parts ? take_split() : take_decoded())) return fail("cms.no_certificate");
    for (const certificate& c : held)
      if (CMS_SignerInfo_cert_cmp(info, c.raw().x509.get()) == 0 && !report.signer)
        report.signer = c;
    if (!report.signer) return fail("cms.no_certificate");
    report.readable = true;
    return true;
  }

  bool take_split() {
    for (view der : parts->certificates) {
      if (auto known = believed.remembered(sha256(der))) {
        held.push_back(*known);
      } else if (auto c = certificate::from_der(der)) {
        held.push_back(*c);
      } else {
        return false;
      }
    }
    return true;
  }

  bool take_decoded() {
    STACK_OF(X509)* all = CMS_get1_certs(cms.get());
    owned<STACK_OF(X509), free_certificates> owner(all);
    if (!all || sk_X509_num(all) > static_cast<int>(most_certificates)) return false;
    for (int i = 0; i < sk_X509_num(all); ++i) {
      X509* x = sk_X509_value(all, i);
      X509_up_ref(x);
      held.push_back(*adopt(owned_x509(x)));
    }
    return true;
  }

  bool check_signature() {
    X509* x = report.signer->raw().x509.get();
    X509_ALGOR* digest_algorithm = nullptr;
    X509_ALGOR* signature_algorithm = nullptr;
    CMS_SignerInfo_get0_algs(info, nullptr, nullptr, &digest_algorithm, &signature_algorithm);
    const ASN1_OBJECT* id = nullptr;
    X509_ALGOR_get0(&id, nullptr, nullptr, digest_algorithm);
    EVP_PKEY* k = X509_get0_pubkey(x);
    if (!strong_enough(k, OBJ_obj2nid(id)) || !says_so(signature_algorithm, OBJ_obj2nid(id), k))
      return fail("cms.algorithm");
    if (CMS_signed_get_attr_count(info) <= 0) return fail("cms.no_attributes");
    CMS_SignerInfo_set1_signer_cert(info, x);
    report.signature_ok = CMS_SignerInfo_verify(info) == 1;
    if (!report.signature_ok) fail("cms.signature");
    return true;
  }

  void check_digest(std::span<const view> spans) {
    X509_ALGOR* algorithm = nullptr;
    CMS_SignerInfo_get0_algs(info, nullptr, nullptr, &algorithm, nullptr);
    const ASN1_OBJECT* id = nullptr;
    X509_ALGOR_get0(&id, nullptr, nullptr, algorithm);
    const EVP_MD* method = EVP_get_digestbyobj(id);
    const auto* said = static_cast<ASN1_OCTET_STRING*>(CMS_signed_get0_data_by_OBJ(
        info, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING));
    owned_digest_context context(EVP_MD_CTX_new());
    std::uint8_t found[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    bool good = said && method && EVP_DigestInit_ex(context.get(), method, nullptr) == 1;
    for (view s : spans) good = good && EVP_DigestUpdate(context.get(), s.data(), s.size()) == 1;
    good = good && EVP_DigestFinal_ex(context.get(), found, &size) == 1;
    report.digest_ok =
        good && equal_in_constant_time({found, size},
                                       {ASN1_STRING_get0_data(said),
                                        static_cast<std::size_t>(ASN1_STRING_length(said))});
    if (!report.digest_ok) fail("cms.digest");
  }

  // Without this attribute the same signature could be shown under another certificate of the
  // same key (EN 319 122-1 section 5.2.2).
  void check_binding() {
    auto data = [&](int nid) {
      return static_cast<ASN1_STRING*>(
          CMS_signed_get0_data_by_OBJ(info, OBJ_nid2obj(nid), -3, V_ASN1_SEQUENCE));
    };
    owned<ESS_SIGNING_CERT, ESS_SIGNING_CERT_free> v1;
    owned<ESS_SIGNING_CERT_V2, ESS_SIGNING_CERT_V2_free> v2;
    if (auto* s = data(NID_id_smime_aa_signingCertificateV2)) {
      const unsigned char* at = ASN1_STRING_get0_data(s);
      v2.reset(d2i_ESS_SIGNING_CERT_V2(nullptr, &at, ASN1_STRING_length(s)));
    }
    if (auto* s = data(NID_id_smime_aa_signingCertificate)) {
      const unsigned char* at = ASN1_STRING_get0_data(s);
      v1.reset(d2i_ESS_SIGNING_CERT(nullptr, &at, ASN1_STRING_length(s)));
    }
    if (!v1 && !v2) {
      fail("cms.no_binding");
      return;
    }
    owned<STACK_OF(X509), sk_X509_free_plain> chain(sk_X509_new_null());
    must(chain && sk_X509_push(chain.get(), report.signer->raw().x509.get()) > 0, "sk_X509_push");
    report.binding_ok =
        OSSL_ESS_check_signing_certs(v1.get(), v2.get(), chain.get(), v2 || v1) == 1;
    if (!report.binding_ok) fail("cms.binding");
  }

  static void sk_X509_free_plain(STACK_OF(X509) * all) { sk_X509_free(all); }

  void check_chain(instant at) {
    std::vector<certificate> helpers;
    for (const certificate& c : held)
      if (c.is_authority()) helpers.push_back(c);
    auto path = believed.find(*report.signer, helpers, at);
    report.chain_ok = path.trusted;
    report.revoked = path.revoked.has_value();
    report.revocation_of = path.revoked;
    report.reasons.insert(report.reasons.end(), path.reasons.begin(), path.reasons.end());
  }
};

}  // namespace

cms_report verify_cms(view cms, std::span<const view> spans, const anchors& believed, instant at) {
  cms_report report;
  work w{report, believed, {}, nullptr, {}, {}};
  if (w.read(cms) && w.find_signer()) {
    if (w.check_signature()) {
      w.check_digest(spans);
      w.check_binding();
    }
    w.check_chain(at);
  }
  ERR_clear_error();
  return report;
}

}  // namespace madang::trust
