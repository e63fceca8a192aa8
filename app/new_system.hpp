#pragma once
#include <string>

namespace madang::app {

// Begins a system in the repository that is the working folder: its room, and the lines by which
// the house knows it. What is there already is left as it is. 0 done, 1 it is there or this is no
// repository of Madang, 2 the name is no lower_snake.
int new_system(const std::string& name);

}  // namespace madang::app
