#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "madang/trust/bytes.hpp"

// One-time codes: HOTP (RFC 4226) with HMAC-SHA-1, and the steps of time of TOTP (RFC 6238).
namespace madang::trust {

inline constexpr int totp_seconds = 30;

// `digits`: 6 to 8.
std::string hotp(view key, std::uint64_t counter, int digits = 6);
// The step that holds a second since 1970.
std::uint64_t totp_step(std::int64_t seconds);

// RFC 4648 section 6 without padding, as authenticator apps read secrets.
std::string base32(view octets);

}  // namespace madang::trust
