#pragma once
#include "madang/exchange/exchange.hpp"
#include "madang/process/engine.hpp"

// Processes of one system that call processes of another (process/engine.hpp): the exchange carries
// what goes there and what comes back.
namespace madang::platform {

// Listens for what concerns `system`, whose processes run on `e` in `db`; all of them live as long
// as the hub.
void carry_calls(exchange::hub& hub, store::database& db, const std::string& system,
                 process::engine& e);

}  // namespace madang::platform
