#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "madang/base/base.hpp"
#include "madang/spatial/shape.hpp"

// Real shapes of districts from outside: TopoJSON (the specification of 2013, with or without
// quantisation) and GeoJSON (RFC 7946). Each geometry, or feature, carries the district's code as
// its property "code"; those without, and those that are no (multi-)polygons, are passed over.
// Where a code stands twice, the last counts.
namespace madang::spatial {

using boundaries = std::map<std::string, shape>;

inline constexpr std::size_t boundary_bytes = 64u << 20;
inline constexpr std::size_t boundary_points = 4'000'000;   // after arcs have been put together

// Refused: boundaries.too_large, boundaries.too_many (points), boundaries.syntax (not JSON),
// boundaries.format (neither TopoJSON nor GeoJSON, or not as those prescribe), boundaries.degrees
// (a place that is not on the globe: coordinates of a projection), boundaries.empty (no shape).
// `field` is a JSON pointer to about where.
result<boundaries> read_boundaries(std::string_view text);

// As GeoJSON, which read_boundaries reads again.
std::string boundaries_text(const boundaries& all);

}  // namespace madang::spatial
