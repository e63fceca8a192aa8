#pragma once

namespace madang::platform {
class house;
}

// The officials' home (하모니): what has come in, with its legal deadline; one screen for one
// matter; the registers as of any date; the records of who did what. See desk.md beside this
// folder.
namespace madang::desk {

void join(platform::house& house);

}  // namespace madang::desk
