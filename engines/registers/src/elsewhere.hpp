#pragma once
#include "madang/registers/elsewhere.hpp"

namespace madang::registers {

// Empty: the register is kept here.
keeper keeper_of(std::string_view reg);

}  // namespace madang::registers
