#include "madang/land/land.hpp"

#include "madang/platform/house.hpp"

namespace madang::land {

void join(platform::house& house) {
  if (house.keeps("land")) house.registers_of("land");
}

}  // namespace madang::land
