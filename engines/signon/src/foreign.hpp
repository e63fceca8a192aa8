#pragma once
#include <string>
#include <string_view>

#include "madang/base/result.hpp"

// Internal: what the sources that ask other providers share.
namespace madang::signon {

// Elsewhere only by TLS; a provider on this machine is one for trying.
bool is_foreign_address(std::string_view s);

}  // namespace madang::signon
