#pragma once
#include <map>
#include <string>
#include <string_view>

#include "madang/exchange/exchange.hpp"

// Names that another node answers. Which those are is a fact about the process, as a process is a
// node: hub::ask and hub::tell go there, also when a system of this process offers the same name.
namespace madang::exchange {

// From now on these names, and no others. May be called again at any time, from any thread.
void answer_elsewhere(std::map<std::string, hub::query, std::less<>> queries,
                      std::map<std::string, hub::command, std::less<>> commands);
bool is_elsewhere(std::string_view name);

}  // namespace madang::exchange
