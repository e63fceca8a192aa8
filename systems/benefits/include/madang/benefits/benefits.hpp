#pragma once

namespace madang::platform {
class house;
}

// Benefits (복지로): what somebody is entitled to, as of a day, and why. See benefits.md.
namespace madang::benefits {

// Pages: /benefits (the finder), /benefits/{benefit}. Silent where the pack decides nothing. Throws
// packs::broken_pack when a decision of the pack is wrong.
void join(platform::house& house);

}  // namespace madang::benefits
