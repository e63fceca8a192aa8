#include "madang/xroad/certificates.hpp"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "madang/base/text.hpp"
#include "madang/pki/path.hpp"
#include "madang/trust/known_x509.hpp"

namespace madang::xroad {
namespace {

using trust::bytes;
using trust::owned;
using trust::owned_x509;
using trust::whole;

owned_x509 read(trust::view der) { return trust::known_x509(der); }

std::string one_of(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  unsigned char* utf8 = nullptr;
  const int size =
      at < 0 ? -1
             : ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string out(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return out;
}

instant instant_of(const ASN1_TIME* t) {
  std::tm tm{};
  if (!t || ASN1_TIME_to_tm(t, &tm) != 1) return {};
  return {static_cast<std::int64_t>(timegm(&tm)) * 1'000'000};
}

bool same(const X509_NAME* a, const X509_NAME* b) { return X509_NAME_cmp(a, b) == 0; }

// Whose responders may speak of a certificate that this authority issued.
const ca_info* issuer_info(const approved_ca& a, const bytes& issuer) {
  if (a.top.certificate == issuer) return &a.top;
  for (const auto& i : a.intermediate)
    if (i.certificate == issuer) return &i;
  return nullptr;
}

const approved_ca* authority_of(const shared_parameters& p, const bytes& anchor) {
  for (const auto& a : p.authorities)
    if (issuer_info(a, anchor)) return &a;
  return nullptr;
}

// From when until when something holds.
struct window {
  instant from{}, until = forever;
  void narrow(instant f, instant u) {
    from = std::max(from, f);
    until = std::min(until, u);
  }
  void narrow(X509* x) {
    narrow(instant_of(X509_get0_notBefore(x)), instant_of(X509_get0_notAfter(x)));
  }
};

using owned_basic = owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using owned_stack = trust::owned_certificates;

void push(STACK_OF(X509) * to, owned_x509 x) {
  if (x && sk_X509_push(to, x.get()) > 0) (void)x.release();
}

// Signed by the issuer, by a responder that the configuration names, or by one that the issuer
// made (RFC 6960 section 4.2.2.2).
bool answer_holds(OCSP_BASICRESP* basic, X509* issuer, const ca_info& info, instant at,
                  window& holds) {
  owned_stack known(sk_X509_new_null());
  X509_up_ref(issuer);
  push(known.get(), owned_x509(issuer));
  for (const bytes& r : info.responders) push(known.get(), read(r));
  X509* signer = nullptr;
  if (OCSP_resp_get0_signer(basic, &signer, known.get()) != 1 || !signer) return false;
  bool trusted = X509_cmp(signer, issuer) == 0;
  for (int i = 0; i < sk_X509_num(known.get()); ++i)
    trusted = trusted || X509_cmp(signer, sk_X509_value(known.get(), i)) == 0;
  if (!trusted)
    trusted = same(X509_get_issuer_name(signer), X509_get_subject_name(issuer)) &&
              X509_verify(signer, X509_get0_pubkey(issuer)) == 1 &&
              (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0 &&
              X509_get_ext_by_NID(signer, NID_ext_key_usage, -1) >= 0;
  trusted = trusted && instant_of(X509_get0_notBefore(signer)) <= at &&
            at <= instant_of(X509_get0_notAfter(signer));
  holds.narrow(signer);
  return trusted && OCSP_basic_verify(basic, known.get(), nullptr, OCSP_NOVERIFY) == 1;
}

// What one answer says; nothing: it is about another certificate.
std::optional<outcome> judge_answer(trust::view der, X509* x, X509* issuer, const ca_info& info,
                                    const shared_parameters& p, instant at, window& holds) {
  auto response = whole<owned<OCSP_RESPONSE, OCSP_RESPONSE_free>>(der, d2i_OCSP_RESPONSE);
  owned_basic basic(response ? OCSP_response_get1_basic(response.get()) : nullptr);
  for (int i = 0; basic && i < OCSP_resp_count(basic.get()); ++i) {
    OCSP_SINGLERESP* one = OCSP_resp_get0(basic.get(), i);
    auto* id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(one));
    ASN1_OBJECT* hash = nullptr;
    OCSP_id_get0_info(nullptr, &hash, nullptr, nullptr, id);
    const EVP_MD* md = EVP_get_digestbyobj(hash);
    owned<OCSP_CERTID, OCSP_CERTID_free> own(md ? OCSP_cert_to_id(md, x, issuer) : nullptr);
    if (!own || OCSP_id_cmp(own.get(), id) != 0) continue;
    const auto wrong = [](const char* why) { return fault("IncorrectValidationInfo", why); };
    if (!answer_holds(basic.get(), issuer, info, at, holds))
      return wrong("Signature on OCSP response is not valid");
    int why = -1;
    ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *next = nullptr;
    const int state = OCSP_single_get0_status(one, &why, &revoked, &from, &next);
    const instant said = instant_of(from);
    constexpr std::chrono::minutes skew{1};
    if (at.plus(skew) < said) return wrong("OCSP response is from the future");
    if (said.plus(p.ocsp_freshness) < at) return wrong("OCSP response is too old");
    if (state != V_OCSP_CERTSTATUS_GOOD)
      return wrong(
          "OCSP response indicates certificate status "
          "is not good");
    holds.narrow(said.plus(-skew), said.plus(p.ocsp_freshness));
    return nothing{};
  }
  return {};
}

}  // namespace

struct known_good::inside {
  std::mutex mutex;
  std::map<bytes, window> all;
};
known_good::known_good() : in_(std::make_unique<inside>()) {}
known_good::known_good(const known_good&) : known_good() {}
known_good& known_good::operator=(const known_good&) {
  in_ = std::make_unique<inside>();
  return *this;
}
known_good::~known_good() = default;

bool known_good::has(const bytes& key, instant at) const {
  std::lock_guard lock(in_->mutex);
  const auto found = in_->all.find(key);
  return found != in_->all.end() && found->second.from <= at && at <= found->second.until;
}

void known_good::keep(const bytes& key, instant from, instant until) const {
  constexpr std::size_t most = 10'000;
  std::lock_guard lock(in_->mutex);
  if (in_->all.size() >= most) in_->all.clear();
  in_->all[key] = {from, until};
}

bool is_signing_certificate(trust::view certificate) {
  auto x = read(certificate);
  const std::uint32_t usage = x ? X509_get_key_usage(x.get()) : 0;
  ERR_clear_error();
  return x && usage != UINT32_MAX && (usage & KU_NON_REPUDIATION) != 0;
}

result<client_id> member_of(const shared_parameters& p, trust::view certificate) {
  const auto wrong = [](const char* why) { return fault("IncorrectCertificate", why); };
  auto x = read(certificate);
  ERR_clear_error();
  if (!x) return wrong("Certificate cannot be read");
  const approved_ca* by = nullptr;
  for (const auto& a : p.authorities) {
    const auto issued = [&](const ca_info& c) {
      auto above = read(c.certificate);
      return above && same(X509_get_issuer_name(x.get()), X509_get_subject_name(above.get()));
    };
    if (issued(a.top) || std::any_of(a.intermediate.begin(), a.intermediate.end(), issued)) by = &a;
  }
  if (!by) return wrong("Certificate is not issued by an approved certification authority");
  const X509_NAME* subject = X509_get_subject_name(x.get());
  client_id out{
      p.instance, one_of(subject, NID_organizationName), one_of(subject, NID_commonName), {}};
  if (by->profile.find("FiVRK") != std::string::npos) {
    const auto parts = text::split(one_of(subject, NID_serialNumber), '/');
    if (parts.size() != 3) return wrong("Subject's serial number names no member");
    out.instance = parts[0];
    out.member_class = parts[2];
  } else {
    out.instance = one_of(subject, NID_countryName);
  }
  if (!is_part(out.instance) || !is_part(out.member_class) || !is_part(out.member_code))
    return wrong("Subject names no member");
  return out;
}

bytes ocsp_request(trust::view certificate, trust::view issuer) {
  auto x = read(certificate), above = read(issuer);
  owned<OCSP_REQUEST, OCSP_REQUEST_free> r(OCSP_REQUEST_new());
  OCSP_CERTID* id = x && above ? OCSP_cert_to_id(nullptr, x.get(), above.get()) : nullptr;
  if (!id || !OCSP_request_add0_id(r.get(), id)) {
    ERR_clear_error();
    OCSP_CERTID_free(id);
    return {};
  }
  return trust::der_of<OCSP_REQUEST>(r.get(), i2d_OCSP_REQUEST);
}

outcome verify_certificate(const shared_parameters& p, const certificate_question& q) {
  bytes key = q.certificate;
  key.push_back(q.authenticates ? 1 : 0);
  for (const bytes& a : q.answers) key.insert(key.end(), a.begin(), a.end());
  const auto name = trust::sha256(key);
  key.assign(name.begin(), name.end());
  if (p.verified.has(key, q.at)) return nothing{};
  window holds;
  pki::path_question path;
  path.end = q.certificate;
  path.check_revocation = false;
  path.at = q.at;
  for (const auto& a : p.authorities) {
    if (a.authentication_only && !q.authenticates) continue;
    path.anchors.push_back(a.top.certificate);
    for (const auto& i : a.intermediate) path.helpers.push_back(i.certificate);
  }
  for (const bytes& h : q.helpers)
    if (path.helpers.size() < 32 && h != q.certificate) path.helpers.push_back(h);
  if (path.anchors.empty()) return fault("CannotCreateCertPath", "Nobody is approved");
  const auto found = pki::validate(path);
  if (!found.valid) {
    if (found.reason == "path.no_issuer")
      return fault("CannotCreateCertPath", "Certificate is not issued by an approved authority");
    if (found.reason == "path.expired" || found.reason == "path.not_yet_valid")
      return fault("CertValidityTime", found.said);
    return fault("InvalidCertPath.CertValidation", found.said);
  }
  const approved_ca* by = authority_of(p, found.chain.back());
  for (std::size_t i = 0; i + 1 < found.chain.size(); ++i) {
    // An approved authority stands in the signed configuration: that is what is believed of it.
    if (by && issuer_info(*by, found.chain[i])) continue;
    const ca_info* info = by ? issuer_info(*by, found.chain[i + 1]) : nullptr;
    const ca_info none;
    auto x = read(found.chain[i]), issuer = read(found.chain[i + 1]);
    bool said = false;
    for (const bytes& a : q.answers) {
      const auto judged =
          judge_answer(a, x.get(), issuer.get(), info ? *info : none, p, q.at, holds);
      ERR_clear_error();
      if (!judged) continue;
      if (!*judged) return judged->why();
      said = true;
      break;
    }
    if (!said) return fault("MissingValidationInfo", "No OCSP response for certificate");
  }
  for (const bytes& c : found.chain) holds.narrow(read(c).get());
  p.verified.keep(key, holds.from, holds.until);
  return nothing{};
}

}  // namespace madang::xroad
