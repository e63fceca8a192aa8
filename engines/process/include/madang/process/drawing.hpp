#pragma once
#include <map>
#include <string>
#include <string_view>

#include "madang/process/model.hpp"

// A model as people see it: names in the reader's language, and a place for each element (BPMN
// diagram interchange, clause 12) also where the file has none.
namespace madang::process {

// Names of elements and flows by their ids: in the language where the file says them in it
// (attributes name-TAG in urn:madang:process), else as they were given.
using names_by_id = std::map<std::string, std::string, std::less<>>;
names_by_id names_in(const model& m, std::string_view language);

// Has the file a diagram with a shape for something in it?
bool is_drawn(const model& m);

// The file with names in the language, where it says them (name-TAG in urn:madang:process), and a
// plain layout from left to right when nobody drew it. What else stands in it is kept.
std::string drawing_of(const model& m, std::string_view language);

// The file as it is, with a layout added when nobody drew it: for editing it.
std::string drawn(const model& m);

}  // namespace madang::process
