#pragma once
#include <string>
#include <string_view>

#include "madang/html/texts.hpp"
#include "madang/packs/packs.hpp"

// What commands share that speak to an operator.
namespace madang::app {

// The whole file. Throws std::runtime_error, which says that it cannot be read.
std::string read_file(const std::string& file);
// What a terminal shows of what a stranger wrote: without control characters.
std::string plain(std::string_view s);
// Every text of the country. Throws std::runtime_error with the code and place of a mistake.
html::texts texts_of(const packs::pack& pack);
// The language of the terminal where the country speaks it, else English, else its first.
std::string language_of_operator(const packs::pack& pack);

}  // namespace madang::app
