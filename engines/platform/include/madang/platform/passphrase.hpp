#pragma once
#include <string>

#include "madang/platform/settings.hpp"

namespace madang::platform {

// What seals the keys of the house: the setting, or <data>/passphrase, which the office of
// documents makes before any system moves in. Throws std::runtime_error when there is none.
std::string passphrase_of(const settings& s);

}  // namespace madang::platform
