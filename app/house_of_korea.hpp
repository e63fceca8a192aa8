#pragma once
#include "madang/platform/house.hpp"

// Which systems are compiled in, and what the demonstration nation is filled with.
namespace madang::app {

void move_in(platform::house& house);

// True when the nation is there already, whole.
bool is_loaded(const platform::settings& s);
// Makes the population, the accounts and the posts of the demonstration; shows progress on the
// terminal. What an attempt that was broken off has left is thrown away first. Throws when a nation
// is there already, and leaves it as it is.
void load(const platform::settings& s);

// The persons who can sign in, as the pack's cast.yaml names them.
void print_welcome(platform::house& house, int port);

}  // namespace madang::app
