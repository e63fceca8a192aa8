#pragma once

namespace madang::platform {
class house;
}

// Land and buildings (토지대장, 건축물대장). Registers: parcels, buildings. Extracts by pack alone.
namespace madang::land {

void join(platform::house& house);

}  // namespace madang::land
