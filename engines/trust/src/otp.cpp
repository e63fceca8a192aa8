#include "madang/trust/otp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "madang/base/check.hpp"

namespace madang::trust {

// RFC 4226 section 5.3.
std::string hotp(view key, std::uint64_t counter, int digits) {
  check(digits >= 6 && digits <= 8, "digits of a one-time code");
  std::array<std::uint8_t, 8> message{};
  for (std::size_t i = 0; i < message.size(); ++i)
    message[i] = static_cast<std::uint8_t>(counter >> (56 - 8 * i));
  std::array<std::uint8_t, 20> mac{};
  unsigned int length = 0;
  check(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
             mac.data(), &length) != nullptr &&
            length == mac.size(),
        "HMAC-SHA-1");
  const std::size_t offset = mac[19] & 0x0fu;
  const std::uint32_t cut = (std::uint32_t{mac[offset]} & 0x7fu) << 24 |
                            std::uint32_t{mac[offset + 1]} << 16 |
                            std::uint32_t{mac[offset + 2]} << 8 | std::uint32_t{mac[offset + 3]};
  std::uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  std::string out = std::to_string(cut % modulus);
  if (out.size() < static_cast<std::size_t>(digits))
    out.insert(0, static_cast<std::size_t>(digits) - out.size(), '0');
  return out;
}

std::uint64_t totp_step(std::int64_t seconds) {
  return static_cast<std::uint64_t>(seconds / totp_seconds);
}

std::string base32(view octets) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const auto octet : octets) {
    held = held << 8 | octet;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += letters[held >> bits & 31u];
    }
  }
  if (bits) out += letters[held << (5 - bits) & 31u];
  return out;
}

}  // namespace madang::trust
