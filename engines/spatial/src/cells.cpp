#include "madang/spatial/cells.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <unordered_map>

#include "neighbours.hpp"

namespace madang::spatial {
namespace {

// What of a convex ring is not nearer to `other` than to `site`.
void cut(ring& r, point site, point other, ring& spare) {
  const point middle{(site.x + other.x) / 2, (site.y + other.y) / 2};
  auto beyond = [&](point p) {
    return (p.x - middle.x) * (other.x - site.x) + (p.y - middle.y) * (other.y - site.y);
  };
  spare.clear();
  for (std::size_t i = 0; i < r.size(); ++i) {
    const point a = r[i], b = r[(i + 1) % r.size()];
    const double at_a = beyond(a), at_b = beyond(b);
    if (at_a <= 0) spare.push_back(a);
    if ((at_a < 0 && at_b > 0) || (at_a > 0 && at_b < 0)) {
      const double t = at_a / (at_a - at_b);
      spare.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
  }
  r.swap(spare);
}

double farthest_corner(const ring& r, point site) {
  double most = 0;
  for (const auto& p : r) most = std::max(most, distance(p, site));
  return most;
}

// Neighbours in the order of distance; one that lies twice as far as the farthest corner cannot cut
// any more.
ring cell_of(std::size_t i, std::span<const point> sites, const neighbours& near,
             const box& frame) {
  const point site = sites[i];
  ring cell{frame.low, {frame.high.x, frame.low.y}, frame.high, {frame.low.x, frame.high.y}};
  ring spare;
  double reach = 2 * farthest_corner(cell, site);
  std::vector<std::pair<double, std::size_t>> order;
  near.visit(site, [&](const std::vector<std::size_t>& found, double seen_to) {
    order.clear();
    for (std::size_t other : found)
      if (const double d = distance(site, sites[other]); d > 0) order.emplace_back(d, other);
    std::sort(order.begin(), order.end());
    for (const auto& [d, other] : order) {
      if (d > reach) break;
      cut(cell, site, sites[other], spare);
      reach = 2 * farthest_corner(cell, site);
    }
    return !cell.empty() && seen_to <= reach;
  });
  return cell.size() < 3 ? ring{} : cell;
}

// Corners that agree to a millimetre are one, under one number.
class corners {
 public:
  std::size_t number_of(point p) {
    const std::int64_t x = std::llround(p.x / unit), y = std::llround(p.y / unit);
    for (std::int64_t dx = -1; dx <= 1; ++dx)
      for (std::int64_t dy = -1; dy <= 1; ++dy)
        if (auto found = known_.find({x + dx, y + dy}); found != known_.end())
          return found->second;
    known_.emplace(square{x, y}, all_.size());
    all_.push_back(p);
    return all_.size() - 1;
  }
  point at(std::size_t number) const { return all_[number]; }

 private:
  static constexpr double unit = 1e-6;   // kilometres
  using square = std::pair<std::int64_t, std::int64_t>;
  struct hash {
    std::size_t operator()(const square& s) const {
      return static_cast<std::uint64_t>(s.first) * 0x9e3779b97f4a7c15u ^
             static_cast<std::uint64_t>(s.second);
    }
  };
  std::unordered_map<square, std::size_t, hash> known_;
  std::vector<point> all_;
};

// How far each site may reach towards the sea.
constexpr std::size_t counted_neighbours = 5;
constexpr double part_of_the_way = 0.6;

struct reaches {
  std::vector<double> each;
  double most = lone_reach;
};

double to_nth_neighbour(std::size_t i, std::span<const point> sites, const neighbours& near) {
  const std::size_t n = std::min(counted_neighbours, sites.size() - 1);
  std::vector<double> all;
  near.visit(sites[i], [&](const std::vector<std::size_t>& found, double seen_to) {
    for (std::size_t other : found)
      if (other != i) all.push_back(distance(sites[i], sites[other]));
    if (all.size() < n) return true;
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n) - 1, all.end());
    return all[n - 1] > seen_to;
  });
  return all[n - 1];
}

reaches reaches_of(std::span<const point> sites, const neighbours& near) {
  reaches out{std::vector<double>(sites.size(), lone_reach), lone_reach};
  if (sites.size() < 2) return out;
  for (std::size_t i = 0; i < sites.size(); ++i)
    out.each[i] = part_of_the_way * to_nth_neighbour(i, sites, near);
  // An island far out has far neighbours but is not large: nine in ten say what is usual.
  std::vector<double> sorted = out.each;
  std::sort(sorted.begin(), sorted.end());
  out.most = std::max(1.5 * sorted[(sorted.size() - 1) * 9 / 10], 1e-3);
  for (auto& r : out.each) r = std::clamp(r, out.most / 100, out.most);
  return out;
}

// Sites in the sea: on a circle round every site at twice its reach, where no other site has land.
// The cell then ends half way to them.
std::vector<point> shore(std::span<const point> sites, const neighbours& near, const reaches& far) {
  constexpr int directions = 32;
  std::vector<point> out;
  auto on_land = [&](point p, std::size_t of) {
    bool land = false;
    near.visit(p, [&](const std::vector<std::size_t>& found, double seen_to) {
      for (std::size_t other : found)
        land = land || (other != of && distance(p, sites[other]) < 2 * far.each[other]);
      return !land && seen_to < 2 * far.most;
    });
    return land;
  };
  for (std::size_t i = 0; i < sites.size(); ++i)
    for (int k = 0; k < directions; ++k) {
      const double turn = 2 * std::numbers::pi * k / directions;
      const point p{sites[i].x + 2 * far.each[i] * std::cos(turn),
                    sites[i].y + 2 * far.each[i] * std::sin(turn)};
      // Fewer do, where others are near.
      const bool crowded = std::any_of(out.begin(), out.end(), [&](const point& other) {
        return distance(p, other) < 0.7 * far.each[i];
      });
      if (!crowded && !on_land(p, i)) out.push_back(p);
    }
  return out;
}

// The last word on how far a cell reaches, for corners between the sites in the sea.
void cut_round(ring& cell, point site, double radius) {
  constexpr int sides = 32;
  ring spare;
  for (int k = 0; k < sides && farthest_corner(cell, site) > radius; ++k) {
    const double turn = 2 * std::numbers::pi * k / sides;
    const double apart = 2 * radius * std::cos(std::numbers::pi / sides);
    cut(cell, site, {site.x + apart * std::cos(turn), site.y + apart * std::sin(turn)}, spare);
  }
}

// Centres at the same place are moved apart by a hair, so that they divide the cell.
void part_equal(std::vector<point>& sites) {
  std::unordered_map<std::size_t, int> seen;
  corners places;
  for (auto& p : sites) {
    const int before = seen[places.number_of(p)]++;
    if (before == 0) continue;
    const double turn = 2.4 * before, hair = 0.01 * std::sqrt(before);   // the golden angle
    p = {p.x + hair * std::cos(turn), p.y + hair * std::sin(turn)};
  }
}

}  // namespace

std::vector<ring> voronoi(std::span<const point> sites, const box& frame) {
  const neighbours near(sites);
  std::vector<ring> out;
  out.reserve(sites.size());
  for (std::size_t i = 0; i < sites.size(); ++i) out.push_back(cell_of(i, sites, near, frame));
  return out;
}

schematic schematic_cells(std::span<const point> centres) {
  std::vector<point> finite;
  for (const auto& c : centres)
    if (std::isfinite(c.x) && std::isfinite(c.y)) finite.push_back(c);
  const plane flat(bounds(finite));
  std::vector<point> sites;
  for (const auto& c : finite) sites.push_back(flat.to(c));
  part_equal(sites);
  const neighbours land(sites);
  const reaches far = reaches_of(sites, land);
  std::vector<point> all = sites;
  for (const auto& p : shore(sites, land, far)) all.push_back(p);

  schematic out{{}, 3 * far.most};
  box frame = bounds(all);
  frame.low = {frame.low.x - far.most, frame.low.y - far.most};
  frame.high = {frame.high.x + far.most, frame.high.y + far.most};
  const neighbours near(all);
  corners pool;
  std::size_t next = 0;
  for (const auto& c : centres) {
    ring& cell = out.cells.emplace_back();
    if (!std::isfinite(c.x) || !std::isfinite(c.y)) continue;
    ring exact = cell_of(next, all, near, frame);
    cut_round(exact, sites[next++], out.farthest);
    for (const auto& p : exact) {
      const point shared = flat.from(pool.at(pool.number_of(p)));
      if (cell.empty() || (cell.back() != shared && cell.front() != shared)) cell.push_back(shared);
    }
  }
  return out;
}

}  // namespace madang::spatial
