#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "madang/trust/bytes.hpp"

// Base45 (RFC 9285): octets in the alphabet of QR's alphanumeric mode, 3 characters for 2 octets.
namespace madang::trust::base45 {

std::string encode(view data);
// Nothing for a character outside the alphabet, a bad length, or a group above 65535 (or 255).
std::optional<bytes> decode(std::string_view text);

}  // namespace madang::trust::base45
