#pragma once
#include <string>
#include <vector>

#include "madang/spatial/shape.hpp"

// Shapes as paths of SVG 2, small enough for a page.
namespace madang::spatial {

struct drawn_path {
  std::string path;               // commands of a path, one decimal; empty for an empty shape
  point middle;                   // well inside its largest part: where a label goes
  double width = 0, height = 0;   // of its largest part
  double room = 0;                // how wide a line round the middle may be within it
};

struct drawing {
  double width = 0, height = 0;   // the viewBox begins at 0 0
  std::vector<drawn_path> paths;  // in the order of the shapes
};

inline constexpr double drawing_width = 400;
inline constexpr double drawing_tallest = 480;
inline constexpr std::size_t drawing_bytes = 32u << 10;   // of all paths of a drawing

// All shapes on one plane that just holds them. Corners are left out until the paths are small
// enough: half a unit is the least, as finer is not seen.
drawing draw(const std::vector<const shape*>& shapes);

}  // namespace madang::spatial
