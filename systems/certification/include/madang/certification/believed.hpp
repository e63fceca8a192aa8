#pragma once
#include "madang/packs/packs.hpp"
#include "madang/platform/settings.hpp"
#include "madang/signatures/verify.hpp"

// Whom a house believes when it judges a signature.
namespace madang::certification {

// From the folder of keys alone, without a database or a network: the root and the authority of the
// house's seals, the roots of the two hierarchies, the authorities under them, what the roots say
// of those, and which seals were taken back. A folder without keys gives a policy without anchors.
signatures::policy believed(const platform::settings& s, const packs::pack& pack);

}  // namespace madang::certification
