#pragma once
#include "madang/platform/house.hpp"

namespace madang::carrier {

inline constexpr const char* country_code = "82";

// Signing in to one's telephone, and out; what is asked lies at /my/requests, as in any house.
void pages(platform::house& house);

}  // namespace madang::carrier
