#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Octets, what they hash to, and how two secrets are compared.
namespace madang::trust {

using bytes = std::vector<std::uint8_t>;
using view = std::span<const std::uint8_t>;
using digest = std::array<std::uint8_t, 32>;

inline view view_of(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}

// SHA-256 (FIPS 180-4) of one run of octets, or of several read one after the other.
digest sha256(view data);
digest sha256(std::span<const view> spans);
inline digest sha256(std::string_view data) { return sha256(view_of(data)); }
std::string sha256_hex(std::string_view data);

// HMAC-SHA-256 (RFC 2104, FIPS 198-1).
digest hmac_sha256(view secret, view message);

// Takes the same time whatever the difference is; only the lengths are no secret.
bool equal_in_constant_time(view a, view b);

// From the operating system's generator, through OpenSSL's.
bytes random_bytes(std::size_t count);

}  // namespace madang::trust
