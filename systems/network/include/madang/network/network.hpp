#pragma once
#include "madang/platform/house.hpp"

// The house as a node of the exchange (docs/exchange.md): its node and, where the network is
// governed from here, the governing authority, both as <data>/exchange says; and the pages on which
// operators see the network and officials admit to it. Without that folder the house stands alone,
// and nothing is opened. Moves in last: what it offers to others must be there.
namespace madang::network {

void join(platform::house& house);

}  // namespace madang::network
