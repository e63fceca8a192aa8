#include "madang/petitions/petitions.hpp"

#include "madang/assembly/assembly.hpp"

namespace madang::petitions {

void join(platform::house& house) {
  assembly::open(house, {.system = "petitions",
                         .rule = "national-petition",
                         .path = "/petitions",
                         .desk = "/desk/petitions",
                         .moderator = "voice_moderator"});
}

}  // namespace madang::petitions
