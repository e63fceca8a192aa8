#pragma once
#include "madang/platform/house.hpp"

// Agreements between agencies, and with those outside government (e-Government Act arts. 36, 38 and
// 39): who may have which items of a register, for what, by which law, until when. Whoever keeps
// the register reviews; a member's program is answered under an agreement in force, or not at all.
namespace madang::agreements {

void join(platform::house& house);

}  // namespace madang::agreements
