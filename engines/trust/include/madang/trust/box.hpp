#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "madang/trust/cipher.hpp"

// Small secrets at rest, as text: base64url of what seal_text makes.
namespace madang::trust {

// `about` is bound to it and must be told again to open it. `key`: 32 octets, see key_for.
std::string put_away(view key, std::string_view plain, std::string_view about);
// Nothing when the key or `about` is another, or an octet was changed.
std::optional<std::string> take_out(view key, std::string_view kept, std::string_view about);

}  // namespace madang::trust
