// Time stamps (RFC 3161, RFC 5816).
#include "signing.hpp"

namespace madang::pki {
namespace {

constexpr std::size_t longest_request = 16u << 10;

ASN1_INTEGER* next_serial(TS_RESP_CTX*, void*) {
  const bytes b = random_serial();
  owned<BIGNUM, BN_free> n(BN_bin2bn(b.data(), static_cast<int>(b.size()), nullptr));
  return n ? BN_to_ASN1_INTEGER(n.get(), nullptr) : nullptr;
}

int tell_time(TS_RESP_CTX*, void* at, long* seconds, long* micros) {
  const instant t = *static_cast<const instant*>(at);
  *seconds = static_cast<long>(t.micros / 1'000'000);
  *micros = static_cast<long>(t.micros % 1'000'000);
  return 1;
}

}  // namespace

stamper::stamper(std::unique_ptr<inside> in) : in_(std::move(in)) {}
stamper::~stamper() = default;
const bytes& stamper::certificate() const { return in_->signer.der; }

bytes stamper::answer(view request, instant at) const {
  owned<TS_RESP_CTX, TS_RESP_CTX_free> context(TS_RESP_CTX_new());
  owned_object policy(OBJ_txt2obj(in_->policy.c_str(), 1));
  must(context && policy &&
           TS_RESP_CTX_set_signer_cert(context.get(), in_->signer.x509.get()) == 1 &&
           TS_RESP_CTX_set_signer_key(context.get(), pkey_of(in_->signer.key)) == 1 &&
           TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha256()) == 1 &&
           TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256()) == 1 &&
           TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1 &&
           TS_RESP_CTX_set_accuracy(context.get(), 1, 0, 0) == 1,
       "TS_RESP_CTX");
  for (const EVP_MD* md : {EVP_sha256(), EVP_sha384(), EVP_sha512(), EVP_sha3_256()})
    must(TS_RESP_CTX_add_md(context.get(), md) == 1, "TS_RESP_CTX_add_md");
  owned_certificates above(sk_X509_new_null());
  must(above && X509_up_ref(in_->issuer.get()) == 1 &&
           sk_X509_push(above.get(), in_->issuer.get()) > 0 &&
           TS_RESP_CTX_set_certs(context.get(), above.get()) == 1,
       "TS_RESP_CTX_set_certs");
  TS_RESP_CTX_set_serial_cb(context.get(), next_serial, nullptr);
  TS_RESP_CTX_set_time_cb(context.get(), tell_time, &at);
  if (request.size() > longest_request) request = {};
  owned_bio in = reading(request);
  owned<TS_RESP, TS_RESP_free> made(TS_RESP_create_response(context.get(), in.get()));
  ERR_clear_error();
  must(made != nullptr, "TS_RESP_create_response");
  return der_of<TS_RESP>(made.get(), i2d_TS_RESP);
}

}  // namespace madang::pki
