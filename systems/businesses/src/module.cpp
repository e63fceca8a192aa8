#include "madang/businesses/businesses.hpp"

#include "madang/platform/house.hpp"

namespace madang::businesses {

void join(platform::house& house) {
  if (house.keeps("businesses")) house.registers_of("businesses");
}

}  // namespace madang::businesses
