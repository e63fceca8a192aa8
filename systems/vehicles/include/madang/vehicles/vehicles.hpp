#pragma once

namespace madang::platform {
class house;
}

// The vehicle register (자동차등록). Register: vehicles. Kind of case: vehicle-address, the change of
// the base of use after a move (Motor Vehicle Management Act art. 11). Verb: vehicles.apply.
namespace madang::vehicles {

void join(platform::house& house);

}  // namespace madang::vehicles
