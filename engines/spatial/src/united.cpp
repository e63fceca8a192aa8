#include <cmath>
#include <cstdint>
#include <map>

#include "madang/spatial/cells.hpp"

namespace madang::spatial {
namespace {

struct before {
  bool operator()(const point& a, const point& b) const {
    return a.x != b.x ? a.x < b.x : a.y < b.y;
  }
};
// From each corner, where the borders that are left lead to.
using borders = std::map<point, std::vector<point>, before>;

bool take(borders& all, point from, point to) {
  auto found = all.find(from);
  if (found == all.end()) return false;
  auto& ways = found->second;
  for (std::size_t i = 0; i < ways.size(); ++i)
    if (ways[i] == to) {
      ways.erase(ways.begin() + static_cast<std::ptrdiff_t>(i));
      if (ways.empty()) all.erase(found);
      return true;
    }
  return false;
}

// Where parts touch in a corner, the way most to the left stays on the same part.
point leftmost(const std::vector<point>& ways, point from, point at) {
  auto turn = [&](point to) {
    const double ax = at.x - from.x, ay = at.y - from.y, bx = to.x - at.x, by = to.y - at.y;
    return std::atan2(ax * by - ay * bx, ax * bx + ay * by);
  };
  point best = ways.front();
  for (const auto& to : ways)
    if (turn(to) > turn(best)) best = to;
  return best;
}

}  // namespace

shape united(std::span<const ring* const> cells) {
  borders left;
  for (const ring* cell : cells)
    for (std::size_t i = 0; i < cell->size(); ++i) {
      const point a = (*cell)[i], b = (*cell)[(i + 1) % cell->size()];
      // The neighbour walks the common border the other way.
      if (a != b && !take(left, b, a)) left[a].push_back(b);
    }
  std::vector<ring> rings;
  while (!left.empty()) {
    point from = left.begin()->first, at = left.begin()->second.front();
    const point start = from;
    ring r{from};
    take(left, from, at);
    while (at != start) {
      r.push_back(at);
      auto ways = left.find(at);
      if (ways == left.end()) break;   // cells that do not fit together
      const point to = leftmost(ways->second, from, at);
      take(left, at, to);
      from = at;
      at = to;
    }
    rings.push_back(std::move(r));
  }
  return assembled(std::move(rings));
}

}  // namespace madang::spatial
