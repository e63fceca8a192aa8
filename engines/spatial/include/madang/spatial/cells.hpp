#pragma once
#include <span>
#include <vector>

#include "madang/spatial/shape.hpp"

// A map without boundaries: where only the centres of districts are known, each gets the land that
// is nearer to its centre than to any other. What comes out is schematic and should be called so.
namespace madang::spatial {

// The Voronoi cells of sites in the frame, in the order of the sites: cell i holds the points of
// the frame that are not nearer to another site. Convex, counter-clockwise; together they fill the
// frame. Sites at the same place get the same cell; one outside the frame may get an empty ring.
// Thousands of evenly or unevenly spread sites take milliseconds; sites all but on one spot take
// quadratic time.
std::vector<ring> voronoi(std::span<const point> sites, const box& frame);

// Cells of centres given in degrees, in their order, again in degrees. Between centres the border
// is their perpendicular bisector (on the plane in kilometres). Towards the sea a cell ends about
// as far from its centre as lies half way to its neighbours, so that the outline of the country
// shows; no cell reaches further than `farthest` kilometres.
//
// A lone centre gets a regular figure of lone_reach; centres at the same place divide the cell.
// Corners that cells share are the same numbers in each, which is what united() relies on. Empty
// are only the cells of centres that are not finite.
struct schematic {
  std::vector<ring> cells;
  double farthest = 0;
};
inline constexpr double lone_reach = 10;    // kilometres
schematic schematic_cells(std::span<const point> centres);

// The outline of cells that fit together: borders between two of them are gone.
shape united(std::span<const ring* const> cells);

}  // namespace madang::spatial
