// Answers of OCSP (RFC 6960), light profile (RFC 5019), nonces (RFC 9654).
#include "signing.hpp"

namespace madang::pki {
namespace {

constexpr int most_asked = 8;
constexpr std::size_t longest_request = 16u << 10, longest_nonce = 128;

using owned_request = owned<OCSP_REQUEST, OCSP_REQUEST_free>;
using owned_basic = owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using owned_id = owned<OCSP_CERTID, OCSP_CERTID_free>;

bytes bare(int state) {
  owned<OCSP_RESPONSE, OCSP_RESPONSE_free> r(OCSP_response_create(state, nullptr));
  must(r != nullptr, "OCSP_response_create");
  return der_of<OCSP_RESPONSE>(r.get(), i2d_OCSP_RESPONSE);
}

// -1: not acceptable, 0: none, 1: one.
int nonce_state(OCSP_REQUEST* r) {
  const int at = OCSP_REQUEST_get_ext_by_NID(r, NID_id_pkix_OCSP_Nonce, -1);
  if (at < 0) return 0;
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(r, at));
  // An OCTET STRING in the octets of the extension: two more than the nonce, three over 127.
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(value));
  return size < 3 || size > longest_nonce + 3 ? -1 : 1;
}

// Does the request speak of this issuer, in whatever hash it chose?
bool is_of(OCSP_CERTID* asked, X509* issuer) {
  ASN1_OBJECT* hash = nullptr;
  ASN1_INTEGER* serial = nullptr;
  OCSP_id_get0_info(nullptr, &hash, nullptr, &serial, asked);
  const EVP_MD* md = EVP_get_digestbyobj(hash);
  if (!md || (EVP_MD_get_size(md) != 20 && EVP_MD_get_size(md) != 32 && EVP_MD_get_size(md) != 48 &&
              EVP_MD_get_size(md) != 64))
    return false;
  owned_id own(OCSP_cert_to_id(md, nullptr, issuer));
  return own && OCSP_id_issuer_cmp(own.get(), asked) == 0;
}

void add_status(OCSP_BASICRESP* out, OCSP_CERTID* asked, const status& s, ASN1_TIME* from,
                ASN1_TIME* next) {
  owned<ASN1_TIME, ASN1_TIME_free> when;
  int state = V_OCSP_CERTSTATUS_GOOD, why = OCSP_REVOKED_STATUS_NOSTATUS;
  if (s.state == status::is::unknown) state = V_OCSP_CERTSTATUS_UNKNOWN;
  if (s.state == status::is::revoked) {
    state = V_OCSP_CERTSTATUS_REVOKED;
    if (const int code = reason_code(s.reason); code > 0) why = code;
    when.reset(ASN1_TIME_adj(nullptr, seconds_of(s.when), 0, 0));
  }
  must(OCSP_basic_add1_status(out, asked, state, why, when.get(), from, next) != nullptr,
       "OCSP_basic_add1_status");
}

bytes sign_answer(const seat& responder, OCSP_BASICRESP* basic) {
  const auto context = responder.signing();
  must(OCSP_basic_sign_ctx(basic, responder.x509.get(), context.get(), nullptr, OCSP_RESPID_KEY) ==
           1,
       "OCSP_basic_sign_ctx");
  owned<OCSP_RESPONSE, OCSP_RESPONSE_free> r(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic));
  must(r != nullptr, "OCSP_response_create");
  return der_of<OCSP_RESPONSE>(r.get(), i2d_OCSP_RESPONSE);
}

std::string serial_of(OCSP_CERTID* asked) {
  ASN1_INTEGER* serial = nullptr;
  OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial, asked);
  return hex_of(serial);
}

}  // namespace

authority::ocsp_answer authority::ocsp(view given, const lookup& look, instant at) const {
  ocsp_answer out;
  out.made = at;
  out.next = at.plus(ocsp_life);
  owned_request request = given.size() <= longest_request
                              ? whole<owned_request>(given, d2i_OCSP_REQUEST)
                              : owned_request();
  const int count = request ? OCSP_request_onereq_count(request.get()) : 0;
  const int nonce = request ? nonce_state(request.get()) : -1;
  if (count < 1 || count > most_asked || nonce < 0) {
    out.der = bare(OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
    return out;
  }
  std::string kept_as, serial;
  std::uint64_t changes = 0;
  for (int i = 0; i < count; ++i) {
    OCSP_CERTID* asked = OCSP_onereq_get0_id(OCSP_request_onereq_get0(request.get(), i));
    if (is_of(asked, in_->signer.x509.get())) continue;
    ERR_clear_error();
    out.der = bare(OCSP_RESPONSE_STATUS_UNAUTHORIZED);
    return out;
  }
  if (count == 1 && nonce == 0) {
    OCSP_CERTID* asked = OCSP_onereq_get0_id(OCSP_request_onereq_get0(request.get(), 0));
    const bytes der = der_of<OCSP_CERTID>(asked, i2d_OCSP_CERTID);
    kept_as.assign(der.begin(), der.end());
    std::lock_guard lock(in_->kept.gate);
    changes = in_->kept.changes;
    const auto found = in_->kept.by_certificate.find(kept_as);
    if (found != in_->kept.by_certificate.end() && found->second.made <= at &&
        found->second.made.plus(ocsp_life / 2) > at)
      return found->second;
  }
  owned_basic basic(OCSP_BASICRESP_new());
  owned<ASN1_TIME, ASN1_TIME_free> from(ASN1_TIME_adj(nullptr, seconds_of(at), 0, 0));
  owned<ASN1_TIME, ASN1_TIME_free> next(ASN1_TIME_adj(nullptr, seconds_of(out.next), 0, 0));
  must(basic && from && next, "OCSP_BASICRESP_new");
  bool known = true;
  for (int i = 0; i < count; ++i) {
    OCSP_CERTID* asked = OCSP_onereq_get0_id(OCSP_request_onereq_get0(request.get(), i));
    serial = serial_of(asked);
    const status s = look(serial);
    known = known && s.state != status::is::unknown;
    add_status(basic.get(), asked, s, from.get(), next.get());
  }
  if (nonce == 1) must(OCSP_copy_nonce(basic.get(), request.get()) == 1, "OCSP_copy_nonce");
  out.der = sign_answer(in_->responder, basic.get());
  ERR_clear_error();
  // What is not known may be issued in the next second: nobody keeps that.
  out.kept = !kept_as.empty() && known;
  if (!out.kept) return out;
  std::lock_guard lock(in_->kept.gate);
  // Something changed while we looked: this answer may be of before.
  if (in_->kept.changes != changes) return out;
  if (in_->kept.by_certificate.size() >= kept_answers::most) {
    in_->kept.by_certificate.clear();
    in_->kept.by_serial.clear();
  }
  in_->kept.by_certificate[kept_as] = out;
  in_->kept.by_serial[serial].push_back(kept_as);
  return out;
}

bytes authority::certificate_id(const bytes& serial) const {
  owned<BIGNUM, BN_free> n(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  owned<ASN1_INTEGER, ASN1_INTEGER_free> number(BN_to_ASN1_INTEGER(n.get(), nullptr));
  X509* issuer = in_->signer.x509.get();
  owned_id made(OCSP_cert_id_new(EVP_sha1(), X509_get_subject_name(issuer),
                                 X509_get0_pubkey_bitstr(issuer), number.get()));
  must(made != nullptr, "OCSP_cert_id_new");
  return der_of<OCSP_CERTID>(made.get(), i2d_OCSP_CERTID);
}

void authority::forget(const std::string& serial) const {
  std::lock_guard lock(in_->kept.gate);
  ++in_->kept.changes;
  const auto found = in_->kept.by_serial.find(serial);
  if (found == in_->kept.by_serial.end()) return;
  for (const auto& one : found->second) in_->kept.by_certificate.erase(one);
  in_->kept.by_serial.erase(found);
}

}  // namespace madang::pki
