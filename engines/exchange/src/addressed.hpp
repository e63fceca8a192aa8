#pragma once
#include "madang/exchange/elsewhere.hpp"

namespace madang::exchange {

// How an input of this name leaves the process; nothing: it does not.
std::optional<agency_elsewhere> way_to(const std::string& name, const json::value& input);

}  // namespace madang::exchange
