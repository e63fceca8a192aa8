#include "madang/first_street/first_street.hpp"

#include "madang/assembly/assembly.hpp"

namespace madang::first_street {

void join(platform::house& house) {
  assembly::open(house, {.system = "talk",
                         .rule = "innovation-proposal",
                         .path = "/talk",
                         .desk = "/desk/talk",
                         .moderator = "voice_moderator"});
}

}  // namespace madang::first_street
