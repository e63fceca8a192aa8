#pragma once
#include <memory>
#include <string>

#include "madang/platform/house.hpp"

// Internal: how the house tells people outside of it that something lies in their message box.
namespace madang::platform {

// Of telephone numbers as they are dialled within the country; empty where the pack has none.
std::string country_code_of(const packs::pack& pack);

// Throws packs::broken_pack when a password would go to another machine in the clear.
notices::text_gateway gateway_of(const settings& s);

std::unique_ptr<notices::messenger> messenger_of(house& h, notices::text_gateway gateway,
                                                 notices::messenger::writing write);

}  // namespace madang::platform
