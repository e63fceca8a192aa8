#pragma once
#include <string>

namespace madang::app {

// Reads everything in a pack as the program would and says what is wrong, with file, line and mend.
// Gives the exit status.
int check_pack(const std::string& folder);

}  // namespace madang::app
