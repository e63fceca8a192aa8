#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "madang/pki/signing_key.hpp"

// A key in the keeping of several, of whom any two together get it back and no one alone.
namespace madang::pki {

// For who holds the private half of a P-256 key: an ephemeral key agreed with it (ECDH, SEC 1
// section 3.3.1), HKDF of SHA-256 (RFC 5869), AES-256-GCM. `about` must be the same to open it.
// Refusal pki.request_malformed: no such key.
result<trust::bytes> seal_to(trust::view public_der, trust::view plain, std::string_view about);
// Nothing: another key, another `about`, or an octet was changed.
std::optional<trust::bytes> open_with(const signing_key& k, trust::view sealed,
                                      std::string_view about);

// Shamir's scheme with a threshold of two over GF(2^8) (the field of FIPS 197 section 4.2), octet
// by octet: a line through the secret at 0. One share is as likely with any secret.
struct share {
  std::uint8_t at = 0;  // 1 to 255
  trust::bytes value;
};
std::vector<share> split(trust::view secret, std::uint8_t people);
// Nothing: they are one share, or of different lengths. Shares of different secrets give rubbish,
// which what the secret opens finds out.
std::optional<trust::bytes> joined(const share& a, const share& b);

}  // namespace madang::pki
