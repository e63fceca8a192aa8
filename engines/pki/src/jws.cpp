#include "madang/pki/jws.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>

#include "keys.hpp"

namespace madang::pki {
namespace {

constexpr std::size_t longest = 256u << 10, half = 32;

// Base64url without padding and nothing else (RFC 7515 section 2).
std::optional<bytes> url_bytes(std::string_view s) {
  if (s.find_first_of("+/=") != std::string_view::npos) return {};
  return text::from_base64(s);
}

std::optional<bytes> member_bytes(const json::value& v, std::string_view name) {
  const auto said = json::str(v, name);
  if (said.empty()) return {};
  return url_bytes(said);
}

bytes der_of_pair(view raw) {
  owned<ECDSA_SIG, ECDSA_SIG_free> s(ECDSA_SIG_new());
  must(s != nullptr, "ECDSA_SIG_new");
  ECDSA_SIG_set0(s.get(), BN_bin2bn(raw.data(), half, nullptr),
                 BN_bin2bn(raw.data() + half, half, nullptr));
  return der_of<ECDSA_SIG>(s.get(), i2d_ECDSA_SIG);
}

owned_pkey built(const char* type, OSSL_PARAM* parameters) {
  owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    made = nullptr;
  ERR_clear_error();
  return owned_pkey(made);
}

std::string thumbprint_of(const std::string& canonical) {
  return text::base64url(trust::sha256(canonical));
}

result<web_key> ec_key(const json::value& jwk) {
  const refusal wrong = refuse(kind::invalid, "pki.jwk");
  const auto x = member_bytes(jwk, "x"), y = member_bytes(jwk, "y");
  if (json::str(jwk, "crv") != "P-256" || !x || !y || x->size() != half || y->size() != half)
    return wrong;
  bytes point{4};
  point.insert(point.end(), x->begin(), x->end());
  point.insert(point.end(), y->begin(), y->end());
  char group[] = "prime256v1";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  const owned_pkey key = built("EC", parameters);
  if (!key) return wrong;
  return web_key{der_of<EVP_PKEY>(key.get(), i2d_PUBKEY),
                 thumbprint_of("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" + text::base64url(*x) +
                               "\",\"y\":\"" + text::base64url(*y) + "\"}"),
                 "ES256"};
}

result<web_key> rsa_key(const json::value& jwk) {
  const refusal wrong = refuse(kind::invalid, "pki.jwk");
  const auto n = member_bytes(jwk, "n"), e = member_bytes(jwk, "e");
  if (!n || !e || n->size() < 256 || n->size() > 512 || (*n)[0] == 0 || e->size() > 8) return wrong;
  owned<BIGNUM, BN_free> modulus(BN_bin2bn(n->data(), static_cast<int>(n->size()), nullptr));
  owned<BIGNUM, BN_free> exponent(BN_bin2bn(e->data(), static_cast<int>(e->size()), nullptr));
  owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  must(modulus && exponent && builder &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1,
       "OSSL_PARAM_BLD");
  if (BN_num_bits(modulus.get()) < 2048 || !BN_is_odd(exponent.get()) ||
      BN_num_bits(exponent.get()) < 2)
    return wrong;
  owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const owned_pkey key = built("RSA", parameters.get());
  if (!key) return wrong;
  return web_key{der_of<EVP_PKEY>(key.get(), i2d_PUBKEY),
                 thumbprint_of("{\"e\":\"" + text::base64url(*e) + "\",\"kty\":\"RSA\",\"n\":\"" +
                               text::base64url(*n) + "\"}"),
                 "RS256"};
}

}  // namespace

result<jws> read_jws(std::string_view given) {
  if (given.size() > longest) return refuse(kind::too_large, "pki.jws");
  auto v = json::parse(given);
  if (!v) return refuse(kind::invalid, "pki.jws");
  return jws_in(*v);
}

result<jws> jws_in(const json::value& v) {
  const refusal wrong = refuse(kind::invalid, "pki.jws");
  if (!v.is_object() || v.get_object().size() != 3) return wrong;
  const auto head = json::str(v, "protected"), body = json::str(v, "payload");
  const auto header = member_bytes(v, "protected"), signature = member_bytes(v, "signature");
  const auto payload = body.empty() ? std::optional<bytes>(bytes{}) : url_bytes(body);
  if (!header || !signature || !payload || !json::at(v, "payload").is_string()) return wrong;
  auto read = json::parse(text::chars_of(*header));
  // What is critical must be understood (RFC 7515 section 4.1.11); nothing is.
  if (!read || !read->is_object() || !json::at(*read, "crit").is_null()) return wrong;
  jws out;
  out.header = std::move(*read);
  out.payload = std::string(text::chars_of(*payload));
  out.signed_text = std::string(head) + "." + std::string(body);
  out.signature = *signature;
  return out;
}

result<web_key> read_jwk(const json::value& jwk) {
  if (json::str(jwk, "kty") == "EC") return ec_key(jwk);
  if (json::str(jwk, "kty") == "RSA") return rsa_key(jwk);
  return refuse(kind::invalid, "pki.jwk");
}

bool verify(const jws& j, const web_key& key) {
  if (json::str(j.header, "alg") != key.algorithm) return false;
  bytes signature = j.signature;
  if (key.algorithm == "ES256") {
    if (signature.size() != 2 * half) return false;
    signature = der_of_pair(signature);
  }
  const unsigned char* at = key.public_der.data();
  const owned_pkey k(d2i_PUBKEY(nullptr, &at, static_cast<long>(key.public_der.size())));
  owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  const auto message = trust::view_of(j.signed_text);
  const bool good =
      k && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, k.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                       message.size()) == 1;
  ERR_clear_error();
  return good;
}

bool verify_hs256(const jws& j, view secret) {
  if (json::str(j.header, "alg") != "HS256") return false;
  const auto mac = trust::hmac_sha256(secret, trust::view_of(j.signed_text));
  return trust::equal_in_constant_time(mac, j.signature);
}

}  // namespace madang::pki
