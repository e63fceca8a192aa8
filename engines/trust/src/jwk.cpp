#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/trust/jose.hpp"
#include "openssl.hpp"

namespace madang::trust::jose {

enum class family { ec, ed, rsa };

struct jwk::inside {
  family kind;
  owned_pkey pkey;
  std::string key_id;
  std::optional<algorithm> only;   // "alg" of the key
};

namespace {

constexpr std::size_t half = 32;

refusal bad_key(std::string field) { return refuse(kind::invalid, "jose.key", std::move(field)); }

owned_pkey made_of(const char* type, OSSL_PARAM* parameters) {
  owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  must(context && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_fromdata_init");
  EVP_PKEY* made = nullptr;
  const int done = EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters);
  ERR_clear_error();
  return owned_pkey(done == 1 ? made : nullptr);
}

owned_pkey point_key(view x, view y) {
  if (x.size() != half || y.size() != half) return nullptr;
  bytes point{4};
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  char group[] = "prime256v1";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  return made_of("EC", parameters);
}

owned_pkey edwards_key(view x) {
  if (x.size() != half) return nullptr;
  owned_pkey k(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, x.data(), x.size()));
  ERR_clear_error();
  return k;
}

// The modulus of a chip with the flaw lies, for each small prime, in the group that 65537 makes
// (Nemec et al., "The Return of Coppersmith's Attack", 2017, section 3). A sound one hardly ever
// does so for all of these.
bool has_roca_fingerprint(const BIGNUM* n) {
  for (const unsigned prime : {11u, 13u, 17u, 19u, 37u, 53u, 61u, 71u, 73u, 79u, 97u, 103u, 107u,
                               109u, 127u, 151u, 157u}) {
    const auto rest = BN_mod_word(n, prime);
    const unsigned step = 65537 % prime;
    unsigned power = 1;
    bool inside = false;
    do {
      inside = inside || power == rest;
      power = power * step % prime;
    } while (power != 1);
    if (!inside) return false;
  }
  return true;
}

owned_pkey rsa_key(view n, view e) {
  if (n.size() < 256 || n.size() > 1024 || n[0] == 0 || e.empty() || e.size() > 8) return nullptr;
  owned_bignum modulus(BN_bin2bn(n.data(), static_cast<int>(n.size()), nullptr));
  owned_bignum exponent(BN_bin2bn(e.data(), static_cast<int>(e.size()), nullptr));
  must(modulus && exponent, "BN_bin2bn");
  if (BN_num_bits(modulus.get()) < 2048 || !BN_is_odd(modulus.get()) ||
      !BN_is_odd(exponent.get()) || BN_num_bits(exponent.get()) < 2 ||
      has_roca_fingerprint(modulus.get()))
    return nullptr;
  owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> build(OSSL_PARAM_BLD_new());
  must(build && OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1,
       "OSSL_PARAM_BLD");
  owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(build.get()));
  return made_of("RSA", parameters.get());
}

bool fits(family f, algorithm a) {
  switch (f) {
    case family::ec: return a == algorithm::es256;
    case family::ed: return a == algorithm::eddsa;
    case family::rsa: return a == algorithm::rs256 || a == algorithm::ps256;
  }
  return false;
}

bytes octets(const json::value& v, std::string_view member) {
  return from_base64url(json::str(v, member)).value_or(bytes{});
}

bool may_verify(const json::value& v) {
  if (const auto& use = json::at(v, "use"); !use.is_null() && json::str(v, "use") != "sig")
    return false;
  const auto& operations = json::at(v, "key_ops");
  if (operations.is_null()) return true;
  if (!operations.is_array()) return false;
  return std::ranges::any_of(operations.get_array(), [](const json::value& one) {
    return one.is_string() && one.get_string() == "verify";
  });
}

std::string number_text(const EVP_PKEY* k, const char* name) {
  BIGNUM* n = nullptr;
  must(EVP_PKEY_get_bn_param(k, name, &n) == 1, "RSA number");
  owned_bignum number(n);
  bytes out(static_cast<std::size_t>(BN_num_bytes(n)));
  BN_bn2bin(n, out.data());
  return text::base64url(out);
}

// The members that make the key, in the order of their names: what RFC 7638 hashes.
json::object required(const jwk::inside& in) {
  const EVP_PKEY* k = in.pkey.get();
  if (in.kind == family::rsa)
    return {{"e", number_text(k, OSSL_PKEY_PARAM_RSA_E)},
            {"kty", "RSA"},
            {"n", number_text(k, OSSL_PKEY_PARAM_RSA_N)}};
  bytes raw(80);
  std::size_t size = 0;
  must(EVP_PKEY_get_octet_string_param(k, OSSL_PKEY_PARAM_PUB_KEY, raw.data(), raw.size(),
                                       &size) == 1,
       "public key");
  const view key(raw.data(), size);
  if (in.kind == family::ed)
    return {{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", text::base64url(key)}};
  return {{"crv", "P-256"},
          {"kty", "EC"},
          {"x", text::base64url(key.subspan(1, half))},
          {"y", text::base64url(key.subspan(1 + half, half))}};
}

bytes der_of_raw(view raw) {
  owned<ECDSA_SIG, ECDSA_SIG_free> s(ECDSA_SIG_new());
  must(s != nullptr, "ECDSA_SIG_new");
  ECDSA_SIG_set0(s.get(), BN_bin2bn(raw.data(), half, nullptr),
                 BN_bin2bn(raw.data() + half, half, nullptr));
  return der_of<ECDSA_SIG>(s.get(), i2d_ECDSA_SIG);
}

bool set_padding(EVP_PKEY_CTX* context, algorithm a) {
  if (a == algorithm::rs256) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  // RFC 7518 section 3.5: salt as long as the hash, MGF1 with the same hash.
  return a != algorithm::ps256 ||
         (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1 &&
          EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1);
}

}  // namespace

result<jwk> jwk::read(const json::value& v) {
  if (!v.is_object()) return bad_key("");
  if (!may_verify(v)) return bad_key("use");
  inside in{};
  const auto type = json::str(v, "kty"), curve = json::str(v, "crv");
  if (type == "EC" && curve == "P-256") {
    in.kind = family::ec;
    in.pkey = point_key(octets(v, "x"), octets(v, "y"));
  } else if (type == "OKP" && curve == "Ed25519") {
    in.kind = family::ed;
    in.pkey = edwards_key(octets(v, "x"));
  } else if (type == "RSA") {
    in.kind = family::rsa;
    in.pkey = rsa_key(octets(v, "n"), octets(v, "e"));
  }
  if (!in.pkey) return bad_key("kty");
  if (!json::at(v, "alg").is_null()) {
    in.only = algorithm_of(json::str(v, "alg"));
    if (!in.only || !fits(in.kind, *in.only)) return bad_key("alg");
  }
  const auto& id = json::at(v, "kid");
  if (!id.is_null() && (!id.is_string() || id.get_string().size() > 256)) return bad_key("kid");
  in.key_id = json::str(v, "kid");
  return jwk(std::make_shared<const inside>(std::move(in)));
}

jwk jwk::of(const public_key& k, std::string key_id) {
  const bytes point = k.point();
  const view p(point);
  return jwk(std::make_shared<const inside>(inside{
      family::ec, point_key(p.subspan(1, half), p.subspan(1 + half)), std::move(key_id),
      algorithm::es256}));
}

// RFC 9052 section 7, RFC 9053 sections 2 and 7, RFC 8812 section 2.
result<jwk> jwk::from_cose(const cbor::value& v) {
  auto number = [&](int label) {
    const auto* found = cbor::find(v, label);
    const auto* n = found ? found->as<std::int64_t>() : nullptr;
    return n ? *n : 0;
  };
  auto octets_of = [&](int label) {
    const auto* found = cbor::find(v, label);
    const auto* b = found ? found->as<bytes>() : nullptr;
    return b ? *b : bytes{};
  };
  inside in{};
  const auto type = number(1), alg = number(3);
  if (type == 2 && alg == -7 && number(-1) == 1) {
    in.kind = family::ec, in.only = algorithm::es256;
    in.pkey = point_key(octets_of(-2), octets_of(-3));
  } else if (type == 1 && alg == -8 && number(-1) == 6) {
    in.kind = family::ed, in.only = algorithm::eddsa;
    in.pkey = edwards_key(octets_of(-2));
  } else if (type == 3 && alg == -257) {
    in.kind = family::rsa, in.only = algorithm::rs256;
    in.pkey = rsa_key(octets_of(-1), octets_of(-2));
  }
  if (!in.pkey) return bad_key("");
  return jwk(std::make_shared<const inside>(std::move(in)));
}

json::object jwk::write() const {
  json::object out = required(*in_);
  if (!in_->key_id.empty()) out["kid"] = in_->key_id;
  if (in_->only) out["alg"] = name_of(*in_->only);
  out["use"] = "sig";
  return out;
}

std::string jwk::thumbprint() const {
  return text::base64url(sha256(json::print(required(*in_))));
}

const std::string& jwk::key_id() const { return in_->key_id; }

bool jwk::can(algorithm a) const { return in_->only ? *in_->only == a : fits(in_->kind, a); }

bool jwk::verify(algorithm a, view text, view signature) const {
  if (!can(a)) return false;
  bytes der;
  if (a == algorithm::es256) {
    if (signature.size() != 2 * half) return false;
    der = der_of_raw(signature);
    signature = der;
  }
  owned_digest_context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* inner = nullptr;
  const EVP_MD* hash = a == algorithm::eddsa ? nullptr : EVP_sha256();
  must(context && EVP_DigestVerifyInit(context.get(), &inner, hash, nullptr, in_->pkey.get()) == 1,
       "EVP_DigestVerifyInit");
  must(set_padding(inner, a), "RSA padding");
  const bool good = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                     text.data(), text.size()) == 1;
  ERR_clear_error();
  return good;
}

std::optional<bytes> raw_signature(view der) {
  if (der.size() < 8 || der.size() > 72) return {};
  const unsigned char* at = der.data();
  owned<ECDSA_SIG, ECDSA_SIG_free> s(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!s || at != der.data() + der.size()) return {};
  bytes out(2 * half);
  if (BN_bn2binpad(ECDSA_SIG_get0_r(s.get()), out.data(), half) != half ||
      BN_bn2binpad(ECDSA_SIG_get0_s(s.get()), out.data() + half, half) != half) {
    ERR_clear_error();
    return {};
  }
  // One form only: BER, leading zeros and negative numbers write themselves differently.
  if (!std::ranges::equal(der_of<ECDSA_SIG>(s.get(), i2d_ECDSA_SIG), der)) return {};
  return out;
}

}  // namespace madang::trust::jose
