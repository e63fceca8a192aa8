#pragma once
#include <array>

#include "madang/trust/bytes.hpp"

namespace madang::trust {

// SHA-1 (FIPS 180-4), which proves nothing any more: only to look things up in lists of others that
// are kept by it.
std::array<std::uint8_t, 20> sha1(view data);

}  // namespace madang::trust
