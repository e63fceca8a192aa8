#pragma once
#include <optional>

#include "madang/trust/bytes.hpp"

// AES-256-GCM (NIST SP 800-38D): what is kept unreadable, and seen if it was changed.
namespace madang::trust {

inline constexpr std::size_t cipher_key_size = 32, cipher_overhead = 12 + 16;

// A random nonce of 96 bits, the text, and the tag of 128 bits. One key may seal 2^32 texts.
// `about` is not kept but must be the same to open it: which text this is. `key`: 32 octets.
bytes seal_text(view key, view plain, view about);
// Nothing: another key, another `about`, or one bit of it is not as it was.
std::optional<bytes> open_text(view key, view sealed, view about);

// A key for one use from a secret (HMAC-SHA-256 of its name): 32 octets.
bytes key_for(view secret, std::string_view use);

}  // namespace madang::trust
