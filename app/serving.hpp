#pragma once
#include <functional>

#include "madang/platform/house.hpp"

namespace madang::app {

// Opens a house with what `move_in` puts there, listens, and keeps it open until SIGINT or SIGTERM;
// `welcome` is called with the port once it listens. 0 when it was closed in order.
int keep_open(const platform::settings& s, const std::function<void(platform::house&)>& move_in,
              const std::function<void(platform::house&, int port)>& welcome);

}  // namespace madang::app
