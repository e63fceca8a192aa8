// Who takes part: trustees by their keys, voters by their credentials.
#include <openssl/evp.h>

#include <unordered_set>

#include "madang/elections/poll.hpp"
#include "proofs.hpp"

namespace madang::elections {
namespace {

constexpr std::string_view base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t random_characters = 14;

challenge_of key_challenge(const std::string& public_key) {
  return [&public_key](const std::vector<element>& a) {
    return hash_to_scalar("pok|" + std::string(group_name) + "|" + public_key + "|" +
                          a[0].decimal());
  };
}

std::string random_base58(std::size_t count) {
  std::string out;
  while (out.size() < count)
    for (const auto octet : trust::random_bytes(count))
      if (octet < 4 * base58.size() && out.size() < count) out += base58[octet % base58.size()];
  return out;
}

// 53 minus the number modulo 53 (4.8)
char check_character(std::string_view first) {
  unsigned remainder = 0;
  for (const char c : first) remainder = (remainder * 58 + unsigned(base58.find(c))) % 53;
  return base58[53 - remainder];
}

// Five groups of three: belenios-tool takes the hyphens into PBKDF2, so they belong to it.
std::string grouped(std::string c) {
  for (std::size_t at : {12u, 9u, 6u, 3u}) c.insert(at, 1, '-');
  return c;
}

}  // namespace

trustee_key make_trustee_key(const number& private_key) {
  trustee_key key;
  key.public_key = generator().to_secret(private_key).decimal();
  key.pok = prove_exponent({generator()}, private_key, key_challenge(key.public_key));
  return key;
}

outcome check_trustee_key(const trustee_key& key) {
  const auto public_key = element::read(key.public_key);
  if (!public_key) return refuse(kind::invalid, "elections.trustee_key");
  const powers of_key(*public_key);
  if (!of_key.in_group() ||
      !check_exponent(key.pok, {nullptr}, {&of_key}, key_challenge(key.public_key)))
    return refuse(kind::invalid, "elections.trustee_key");
  return nothing{};
}

result<std::string> public_key_of(const std::vector<trustee_key>& trustees) {
  element product;
  for (const auto& key : trustees) {
    const auto one = element::read(key.public_key);
    if (!one) return refuse(kind::invalid, "elections.trustee_key");
    product = product * *one;
  }
  return product.decimal();
}

std::string new_uuid() { return random_base58(random_characters); }

std::string new_credential() {
  std::string c = random_base58(random_characters);
  c += check_character(c);
  return grouped(c);
}

std::optional<number> secret_of(std::string_view credential, std::string_view uuid) {
  std::string c = text::replace_all(std::string(credential), "-", "");
  if (c.size() != random_characters + 1 || c.find_first_not_of(base58) != std::string::npos ||
      check_character(std::string_view(c).substr(0, random_characters)) != c.back())
    return {};
  c = grouped(c);
  trust::bytes out(32);
  const int done = PKCS5_PBKDF2_HMAC(
      c.data(), int(c.size()), reinterpret_cast<const unsigned char*>(uuid.data()),
      int(uuid.size()), 1000, EVP_sha256(), int(out.size()), out.data());
  check(done == 1, "PBKDF2");
  return sum(number::of_octets(out), number(0));
}

std::string public_credential(const number& secret) {
  return generator().to_secret(secret).decimal();
}

bool is_public_credential(std::string_view decimal) {
  const auto e = element::read(decimal);
  return e && *e != element() && powers(*e).in_group();
}

}  // namespace madang::elections
