#include "madang/land/land.hpp"

#include "madang/platform/house.hpp"

namespace madang::land {

void join(platform::house& house) { house.registers_of("land"); }

}  // namespace madang::land
