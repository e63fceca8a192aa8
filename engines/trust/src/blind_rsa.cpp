#include "madang/trust/blind_rsa.hpp"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "openssl.hpp"

namespace madang::trust::blind_rsa {

struct verifier::inside {
  owned_pkey pkey;
  owned_bignum n, e;
  std::size_t size = 0;            // octets of n
};

namespace {

using owned_context = owned<BN_CTX, BN_CTX_free>;
using owned_secret = owned<BIGNUM, BN_clear_free>;
using owned_pkey_context = owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

constexpr int smallest_bits = 2048, greatest_bits = 4096;
constexpr std::size_t hash_size = 48;

owned_context context() {
  owned_context c(BN_CTX_secure_new());
  must(c != nullptr, "BN_CTX_secure_new");
  return c;
}

owned_secret number(view octets) {
  owned_secret n(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
  must(n != nullptr, "BN_bin2bn");
  return n;
}

owned_secret zero() {
  owned_secret n(BN_secure_new());
  must(n != nullptr, "BN_secure_new");
  return n;
}

bytes octets(const BIGNUM* n, std::size_t size) {
  bytes out(size);
  must(BN_bn2binpad(n, out.data(), static_cast<int>(size)) == static_cast<int>(size),
       "BN_bn2binpad");
  return out;
}

owned_bignum part(const EVP_PKEY* key, const char* name) {
  BIGNUM* n = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &n) == 1, "EVP_PKEY_get_bn_param");
  return owned_bignum(n);
}

// Nothing when it is no key of the kind that this is done with.
std::shared_ptr<const verifier::inside> taken(owned_pkey key) {
  if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1) return {};
  const int bits = EVP_PKEY_get_bits(key.get());
  if (bits < smallest_bits || bits > greatest_bits || bits % 8 != 0) return {};
  auto in = std::make_shared<verifier::inside>();
  in->n = part(key.get(), OSSL_PKEY_PARAM_RSA_N);
  in->e = part(key.get(), OSSL_PKEY_PARAM_RSA_E);
  if (!BN_is_odd(in->n.get()) || BN_is_word(in->e.get(), RSA_F4) != 1) return {};
  in->size = static_cast<std::size_t>(bits / 8);
  in->pkey = std::move(key);
  return in;
}

// RSAVP1: what was signed, or blinded.
owned_secret raised(const verifier::inside& by, const BIGNUM* base, BN_CTX* ctx) {
  auto out = zero();
  must(BN_mod_exp(out.get(), base, by.e.get(), by.n.get(), ctx) == 1, "BN_mod_exp");
  return out;
}

bytes sha384(std::initializer_list<view> parts) {
  owned_digest_context ctx(EVP_MD_CTX_new());
  must(ctx && EVP_DigestInit_ex(ctx.get(), EVP_sha384(), nullptr) == 1, "SHA-384");
  for (const view p : parts)
    must(EVP_DigestUpdate(ctx.get(), p.data(), p.size()) == 1, "SHA-384");
  bytes out(hash_size);
  must(EVP_DigestFinal_ex(ctx.get(), out.data(), nullptr) == 1, "SHA-384");
  return out;
}

// MGF1 (RFC 8017 appendix B.2.1), laid over what is there.
void mask(std::span<std::uint8_t> over, view seed) {
  for (std::size_t at = 0, count = 0; at < over.size(); at += hash_size, ++count) {
    const std::uint8_t n[4] = {0, 0, static_cast<std::uint8_t>(count >> 8),
                               static_cast<std::uint8_t>(count)};
    const bytes some = sha384({seed, n});
    for (std::size_t i = 0; i < hash_size && at + i < over.size(); ++i) over[at + i] ^= some[i];
  }
}

// EMSA-PSS-ENCODE (RFC 8017 section 9.1.1). Moduli fill whole octets, so emBits is one less than
// the octets hold and the first bit is cleared.
bytes encoded(view message, view salt, std::size_t size) {
  const std::uint8_t padding[8] = {};
  const bytes hash = sha384({padding, sha384({message}), salt});
  bytes em(size);
  const std::size_t db = size - hash_size - 1;
  em[db - salt.size() - 1] = 1;
  std::ranges::copy(salt, em.begin() + static_cast<std::ptrdiff_t>(db - salt.size()));
  mask(std::span(em).first(db), hash);
  std::ranges::copy(hash, em.begin() + static_cast<std::ptrdiff_t>(db));
  em.back() = 0xbc;
  em.front() &= 0x7f;
  return em;
}

}  // namespace

// ---- the public half ----
result<verifier> verifier::from_der(view spki) {
  auto in = taken(spki.size() > 1024 ? owned_pkey() : whole<owned_pkey>(spki, d2i_PUBKEY));
  if (!in) return refuse(kind::invalid, "trust.key_malformed");
  return verifier(std::move(in));
}

bytes verifier::der() const { return der_of(in_->pkey.get(), i2d_PUBKEY); }

std::size_t verifier::size() const { return in_->size; }

bool verifier::verify(view prepared, view signature) const {
  if (signature.size() != in_->size) return false;
  owned_digest_context ctx(EVP_MD_CTX_new());
  EVP_PKEY_CTX* how = nullptr;     // the digest context's own
  must(ctx && EVP_DigestVerifyInit(ctx.get(), &how, EVP_sha384(), nullptr, in_->pkey.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(how, EVP_sha384()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(how, static_cast<int>(salt_size)) == 1,
       "RSASSA-PSS");
  const bool good = EVP_DigestVerify(ctx.get(), signature.data(), signature.size(),
                                     prepared.data(), prepared.size()) == 1;
  ERR_clear_error();
  return good;
}

// ---- the signer ----
signer signer::generate(int bits) {
  check(bits >= smallest_bits && bits <= greatest_bits && bits % 8 == 0, "2048 to 4096 bits");
  auto in = taken(owned_pkey(EVP_RSA_gen(static_cast<unsigned>(bits))));
  must(in != nullptr, "EVP_RSA_gen");
  return signer(std::move(in));
}

std::string signer::seal(std::string_view passphrase) const {
  return seal_private_key(in_->pkey.get(), passphrase);
}

result<signer> signer::open(std::string_view pem, std::string_view passphrase) {
  auto key = open_private_key(pem, passphrase);
  if (!key) return key.why();
  auto in = taken(std::move(*key));
  if (!in) return refuse(kind::invalid, "trust.key_malformed");
  return signer(std::move(in));
}

result<bytes> signer::blind_sign(view blinded) const {
  const auto ctx = context();
  const auto m = number(blinded.size() == in_->size ? blinded : view());
  if (blinded.size() != in_->size || BN_cmp(m.get(), in_->n.get()) >= 0)
    return refuse(kind::invalid, "trust.blinded_malformed");
  owned_pkey_context how(EVP_PKEY_CTX_new(in_->pkey.get(), nullptr));
  bytes out(in_->size);
  std::size_t size = out.size();
  must(how && EVP_PKEY_sign_init(how.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(how.get(), RSA_NO_PADDING) == 1 &&
           EVP_PKEY_sign(how.get(), out.data(), &size, blinded.data(), blinded.size()) == 1 &&
           size == out.size(),
       "RSASP1");
  // Section 4.3: a signature that is not one is never given out.
  const auto again = raised(*in_, number(out).get(), ctx.get());
  if (BN_cmp(again.get(), m.get()) != 0) throw std::runtime_error("RSA: signing failure");
  return out;
}

// ---- the client ----
bytes prepare(view message) {
  bytes out = random_bytes(randomizer_size);
  out.insert(out.end(), message.begin(), message.end());
  return out;
}

blinding blind(const verifier& by, view prepared) {
  const auto salt = random_bytes(salt_size);
  auto r = zero();
  do
    must(BN_priv_rand_range(r.get(), by.raw().n.get()) == 1, "BN_priv_rand_range");
  while (BN_is_zero(r.get()));
  return blind_with(by, prepared, salt, octets(r.get(), by.size()));
}

blinding blind_with(const verifier& by, view prepared, view salt, view factor) {
  const auto& key = by.raw();
  const auto ctx = context();
  const auto m = number(encoded(prepared, salt, key.size));
  const auto r = number(factor);
  auto inverse = zero(), out = zero();
  BN_set_flags(r.get(), BN_FLG_CONSTTIME);
  if (!BN_mod_inverse(inverse.get(), r.get(), key.n.get(), ctx.get())) {
    ERR_clear_error();
    throw std::invalid_argument("a factor without an inverse");
  }
  const auto x = raised(key, r.get(), ctx.get());
  must(BN_mod_mul(out.get(), m.get(), x.get(), key.n.get(), ctx.get()) == 1, "BN_mod_mul");
  return {octets(out.get(), key.size), octets(inverse.get(), key.size)};
}

result<bytes> finalize(const verifier& by, view prepared, view blind_signature, view inverse) {
  const auto& key = by.raw();
  if (blind_signature.size() != key.size || inverse.size() != key.size)
    return refuse(kind::invalid, "trust.signature_wrong");
  const auto ctx = context();
  auto s = zero();
  must(BN_mod_mul(s.get(), number(blind_signature).get(), number(inverse).get(), key.n.get(),
                  ctx.get()) == 1,
       "BN_mod_mul");
  bytes out = octets(s.get(), key.size);
  if (!by.verify(prepared, out)) return refuse(kind::invalid, "trust.signature_wrong");
  return out;
}

}  // namespace madang::trust::blind_rsa
