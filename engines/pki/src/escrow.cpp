#include "madang/pki/escrow.hpp"

#include <openssl/kdf.h>

#include "keys.hpp"
#include "madang/base/check.hpp"
#include "madang/trust/cipher.hpp"

namespace madang::pki {
namespace {

constexpr std::size_t point_size = 65;

bytes point_of(EVP_PKEY* k) {
  unsigned char* octets = nullptr;
  const std::size_t size = EVP_PKEY_get1_encoded_public_key(k, &octets);
  bytes out(octets, octets + size);
  OPENSSL_free(octets);
  return out;
}

bool is_p256(EVP_PKEY* k) {
  char name[32] = "";
  std::size_t size = 0;
  return EVP_PKEY_is_a(k, "EC") == 1 && EVP_PKEY_get_group_name(k, name, sizeof name, &size) == 1 &&
         std::string_view(name) == SN_X9_62_prime256v1;
}

// The key that both sides come to; nothing when they cannot.
std::optional<bytes> agreed(EVP_PKEY* own, EVP_PKEY* other, view context) {
  const owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> c(EVP_PKEY_CTX_new(own, nullptr));
  std::size_t size = 0;
  if (!c || EVP_PKEY_derive_init(c.get()) != 1 || EVP_PKEY_derive_set_peer(c.get(), other) != 1 ||
      EVP_PKEY_derive(c.get(), nullptr, &size) != 1)
    return {};
  bytes secret(size);
  if (EVP_PKEY_derive(c.get(), secret.data(), &size) != 1) return {};
  secret.resize(size);
  const owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> k(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
  bytes out(trust::cipher_key_size);
  std::size_t wanted = out.size();
  const bool good =
      k && EVP_PKEY_derive_init(k.get()) == 1 &&
      EVP_PKEY_CTX_set_hkdf_md(k.get(), EVP_sha256()) == 1 &&
      EVP_PKEY_CTX_set1_hkdf_key(k.get(), secret.data(), static_cast<int>(secret.size())) == 1 &&
      EVP_PKEY_CTX_add1_hkdf_info(k.get(), context.data(), static_cast<int>(context.size())) == 1 &&
      EVP_PKEY_derive(k.get(), out.data(), &wanted) == 1;
  OPENSSL_cleanse(secret.data(), secret.size());
  if (!good) return {};
  return out;
}

bytes both(const bytes& ephemeral, const bytes& recipient) {
  bytes out = ephemeral;
  out.insert(out.end(), recipient.begin(), recipient.end());
  return out;
}

// Multiplication by the polynomial x^8 + x^4 + x^3 + x + 1.
std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  std::uint8_t out = 0;
  for (; b; b >>= 1) {
    if (b & 1) out ^= a;
    a = static_cast<std::uint8_t>(a << 1 ^ (a & 0x80 ? 0x1b : 0));
  }
  return out;
}

// a^254: every element but 0 to the 255th is 1.
std::uint8_t inverse(std::uint8_t a) {
  std::uint8_t out = 1;
  for (int i = 0; i < 254; ++i) out = times(out, a);
  return out;
}

}  // namespace

result<bytes> seal_to(view public_der, view plain, std::string_view about) {
  const auto* at = public_der.data();
  const owned_pkey to(d2i_PUBKEY(nullptr, &at, static_cast<long>(public_der.size())));
  ERR_clear_error();
  if (!to || !is_p256(to.get())) return refuse(kind::invalid, "pki.request_malformed", "key");
  const owned_pkey ephemeral(EVP_EC_gen("P-256"));
  must(ephemeral != nullptr, "key");
  bytes out = point_of(ephemeral.get());
  const auto key = agreed(ephemeral.get(), to.get(), both(out, point_of(to.get())));
  must(key.has_value(), "ECDH");
  const bytes sealed = trust::seal_text(*key, plain, trust::view_of(about));
  out.insert(out.end(), sealed.begin(), sealed.end());
  return out;
}

std::optional<bytes> open_with(const signing_key& k, view sealed, std::string_view about) {
  if (sealed.size() < point_size + trust::cipher_overhead || !is_p256(pkey_of(k))) return {};
  const bytes ephemeral(sealed.begin(), sealed.begin() + point_size);
  const owned_pkey other(EVP_PKEY_new());
  const bool read =
      other && EVP_PKEY_copy_parameters(other.get(), pkey_of(k)) == 1 &&
      EVP_PKEY_set1_encoded_public_key(other.get(), ephemeral.data(), ephemeral.size()) == 1;
  const auto key =
      read ? agreed(pkey_of(k), other.get(), both(ephemeral, point_of(pkey_of(k)))) : std::nullopt;
  ERR_clear_error();
  if (!key) return {};
  return trust::open_text(*key, sealed.subspan(point_size), trust::view_of(about));
}

std::vector<share> split(view secret, std::uint8_t people) {
  check(people >= 2, "shares for two at least");
  const bytes slope = trust::random_bytes(secret.size());
  std::vector<share> out;
  for (unsigned at = 1; at <= people; ++at) {
    share one{static_cast<std::uint8_t>(at), {secret.begin(), secret.end()}};
    for (std::size_t i = 0; i < secret.size(); ++i)
      one.value[i] ^= times(slope[i], static_cast<std::uint8_t>(at));
    out.push_back(std::move(one));
  }
  return out;
}

// The line at 0, by Lagrange: (y1 x2 + y2 x1) / (x1 + x2), where + is exclusive or.
std::optional<bytes> joined(const share& a, const share& b) {
  if (a.at == 0 || b.at == 0 || a.at == b.at || a.value.size() != b.value.size()) return {};
  const auto by = inverse(a.at ^ b.at);
  bytes out;
  for (std::size_t i = 0; i < a.value.size(); ++i)
    out.push_back(
        times(static_cast<std::uint8_t>(times(a.value[i], b.at) ^ times(b.value[i], a.at)), by));
  return out;
}

}  // namespace madang::pki
