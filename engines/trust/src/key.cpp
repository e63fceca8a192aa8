#include "madang/trust/key.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>

#include "openssl.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t half = 32;

bool is_p256_key(const EVP_PKEY* k) {
  char group[32] = "";
  std::size_t size = 0;
  return EVP_PKEY_is_a(k, "EC") &&
         EVP_PKEY_get_utf8_string_param(k, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                        &size) == 1 &&
         std::string_view(group) == "prime256v1";
}

bytes raw_of_der(view der) {
  const unsigned char* at = der.data();
  owned<ECDSA_SIG, ECDSA_SIG_free> s(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  must(s != nullptr, "d2i_ECDSA_SIG");
  bytes out(2 * half);
  must(BN_bn2binpad(ECDSA_SIG_get0_r(s.get()), out.data(), half) == half &&
           BN_bn2binpad(ECDSA_SIG_get0_s(s.get()), out.data() + half, half) == half,
       "ECDSA signature");
  return out;
}

bytes der_of_raw(view raw) {
  owned<ECDSA_SIG, ECDSA_SIG_free> s(ECDSA_SIG_new());
  must(s != nullptr, "ECDSA_SIG_new");
  ECDSA_SIG_set0(s.get(), BN_bin2bn(raw.data(), half, nullptr),
                 BN_bin2bn(raw.data() + half, half, nullptr));
  return der_of<ECDSA_SIG>(s.get(), i2d_ECDSA_SIG);
}

}  // namespace

result<public_key> public_key::from_point(view point) {
  auto malformed = refuse(kind::invalid, "trust.key_malformed");
  if (point.size() != 1 + 2 * half || point[0] != 4) return malformed;
  owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  must(context && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_fromdata_init");
  char group[] = "prime256v1";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                        const_cast<std::uint8_t*>(point.data()), point.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* made = nullptr;
  int done = EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters);
  ERR_clear_error();
  if (done != 1 || !made) return malformed;
  return public_key(std::make_shared<const inside>(inside{owned_pkey(made)}));
}

result<public_key> public_key::from_der(view der) {
  const unsigned char* at = der.data();
  owned_pkey read(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!read || at != der.data() + der.size() || !is_p256_key(read.get()))
    return refuse(kind::invalid, "trust.key_malformed");
  return public_key(std::make_shared<const inside>(inside{std::move(read)}));
}

bytes public_key::point() const {
  bytes out(1 + 2 * half);
  std::size_t size = 0;
  must(EVP_PKEY_get_octet_string_param(in_->pkey.get(), OSSL_PKEY_PARAM_PUB_KEY, out.data(),
                                       out.size(), &size) == 1 && size == out.size(),
       "public point");
  return out;
}

bytes public_key::der() const { return der_of<EVP_PKEY>(in_->pkey.get(), i2d_PUBKEY); }

bytes public_key::short_id() const {
  digest d = sha256(der());
  return {d.begin(), d.begin() + 8};
}

bool public_key::verify(view message, view signature) const {
  if (signature.size() != 2 * half) return false;
  bytes der = der_of_raw(signature);
  owned_digest_context context(EVP_MD_CTX_new());
  must(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                                       in_->pkey.get()) == 1, "EVP_DigestVerifyInit");
  bool good = EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(),
                               message.size()) == 1;
  ERR_clear_error();
  return good;
}

key key::generate() {
  owned_pkey made(EVP_EC_gen("P-256"));
  must(made != nullptr, "EVP_EC_gen");
  return key(std::make_shared<const inside>(inside{std::move(made)}));
}

std::string key::seal(std::string_view passphrase) const {
  return seal_private_key(in_->pkey.get(), passphrase);
}

result<key> key::open(std::string_view pem, std::string_view passphrase) {
  auto read = open_private_key(pem, passphrase);
  if (!read) return read.why();
  if (!is_p256_key(read->get())) return refuse(kind::invalid, "trust.key_malformed");
  return key(std::make_shared<const inside>(inside{std::move(*read)}));
}

public_key key::verifier() const {
  auto read = public_key::from_der(der_of<EVP_PKEY>(in_->pkey.get(), i2d_PUBKEY));
  return *read;
}

bytes key::sign_der(view message) const {
  owned_digest_context context(EVP_MD_CTX_new());
  must(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr,
                                     in_->pkey.get()) == 1, "EVP_DigestSignInit");
  bytes out(80);
  std::size_t size = out.size();
  must(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1,
       "EVP_DigestSign");
  out.resize(size);
  return out;
}

bytes key::sign(view message) const { return raw_of_der(sign_der(message)); }

}  // namespace madang::trust
