#include "madang/businesses/businesses.hpp"

#include "madang/platform/house.hpp"

namespace madang::businesses {

void join(platform::house& house) { house.registers_of("businesses"); }

}  // namespace madang::businesses
