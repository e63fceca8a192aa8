#pragma once
#include <string>
#include <string_view>

#include "font.hpp"

// The agency's seal as it is drawn: a square frame, double, and the name in columns from right to
// left, each character stretched to fill its cell, as stone cutters do (Regulation on
// administrative efficiency art. 33-40: square, in Hangul, red). A name in another script stands in
// rows of one word each.
namespace madang::documents {

inline constexpr double seal_size = 70;   // points: 24.7 mm

// Content stream of a form XObject with BBox [0 0 seal_size seal_size].
std::string draw_seal(const font& f, std::string_view agency);

}  // namespace madang::documents
