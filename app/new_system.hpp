#pragma once
#include <string>

namespace madang::app {

// Begins a system in the repository that is the working folder: a place where people speak, with
// its room, rule, texts, and the lines by which the house knows it (docs/new-system.md); plain: the
// room alone, with nothing in it. What is there already is left as it is. 0 done, 1 it is there or
// this is no repository of Madang, 2 the name is no lower_snake.
int new_system(const std::string& name, bool plain);

}  // namespace madang::app
