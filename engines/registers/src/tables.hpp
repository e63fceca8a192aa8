#pragma once
// One table per register: register_<id>, one row per version.
//
//   version        bigint, time-ordered id, primary key
//   key            bigint or text
//   valid_from, valid_to          days; [from, to)
//   recorded_from, recorded_to    microseconds; recorded_to = forever: what the register says now
//   reason         the case that made this version
//   <item> ...     one column each
#include <string>

#include "madang/registers/registers.hpp"

namespace madang::registers {

// version key valid_from valid_to recorded_from recorded_to reason
inline constexpr int fixed_columns = 7;

std::string table_of(const schema& s);
bool is_text(type t);
std::string select(const schema& s);        // all columns, ending before "where"
std::string insert_text(const schema& s);   // parameters in the order of the columns

}  // namespace madang::registers
