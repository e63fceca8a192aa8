#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "madang/trust/bytes.hpp"

// Small secrets at rest: AES-256-GCM (NIST SP 800-38D) with a nonce drawn anew each time.
namespace madang::trust {

// A key of its own for each use, from one secret of the house: HMAC-SHA-256 over the use's name.
digest key_for(std::string_view secret, std::string_view use);

// base64url of nonce, ciphertext and tag. `about` is bound to it and must be told again to open it.
std::string put_away(const digest& key, std::string_view plain, std::string_view about);
// Nothing when the key or `about` is another, or an octet was changed.
std::optional<std::string> take_out(const digest& key, std::string_view kept,
                                    std::string_view about);

}  // namespace madang::trust
