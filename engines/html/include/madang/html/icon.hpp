#pragma once
#include <string_view>
#include <vector>

#include "madang/html/node.hpp"

namespace madang::html {

// A drawing of 24 x 24 in the colour of the text beside it, hidden from assistive technology: the
// words stand next to it. An unknown name gives nothing.
//
// Life events: house, baby, school, briefcase, shop, rings, sunset, flower.
// Categories:  person, won, car, heart, hands, building, book, shield, ticket, leaf, bus, scales.
// The interface: search, chevron, back, check, warning, info, external, download, print, copy,
//              upload, calendar, menu, bell, globe, contrast, lock, eye, clock, camera, help.
node icon(std::string_view name);

// All names that icon() knows.
std::vector<std::string_view> icon_names();

// The mark: a courtyard with one side open, and a hearth.
node logo();

}  // namespace madang::html
