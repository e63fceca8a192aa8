#include "madang/spatial/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace madang::spatial {
namespace {

double cross(point o, point a, point b) {
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

double to_segment(point p, point a, point b) {
  const double length = (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y);
  if (length == 0) return distance(p, a);
  const double along = ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length;
  const double t = std::clamp(along, 0.0, 1.0);
  return distance(p, {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
}

// Marks the corners between `first` and `last` that stay; without recursion, as a shore may have
// any number of corners.
void keep_between(const ring& r, std::size_t first, std::size_t last, double tolerance,
                  std::vector<char>& kept) {
  std::vector<std::pair<std::size_t, std::size_t>> open{{first, last}};
  while (!open.empty()) {
    const auto [from, to] = open.back();
    open.pop_back();
    double most = tolerance;
    std::size_t farthest = from;
    for (std::size_t i = from + 1; i < to; ++i)
      if (const double d = to_segment(r[i], r[from], r[to % r.size()]); d > most) {
        most = d;
        farthest = i;
      }
    if (farthest == from) continue;
    kept[farthest] = 1;
    open.emplace_back(from, farthest);
    open.emplace_back(farthest, to);
  }
}

void append_ring(std::string& out, const ring& r) {
  out += '[';
  for (std::size_t i = 0; i <= r.size(); ++i) {
    const point& p = r[i % r.size()];
    fmt::format_to(std::back_inserter(out), "{}[{:.6f},{:.6f}]", i ? "," : "", p.x, p.y);
  }
  out += ']';
}

}  // namespace

double distance(point a, point b) { return std::hypot(a.x - b.x, a.y - b.y); }

double area(const ring& r) {
  double twice = 0;
  for (std::size_t i = 1; i + 1 < r.size(); ++i) twice += cross(r[0], r[i], r[i + 1]);
  return twice / 2;
}

bool inside(const ring& r, point p) {
  bool in = false;
  for (std::size_t i = 0, j = r.size() - 1; i < r.size(); j = i++)
    if ((r[i].y > p.y) != (r[j].y > p.y) &&
        p.x < r[i].x + (p.y - r[i].y) / (r[j].y - r[i].y) * (r[j].x - r[i].x))
      in = !in;
  return in;
}

box bounds(std::span<const point> points) {
  if (points.empty()) return {};
  box b{points[0], points[0]};
  for (const auto& p : points) {
    b.low = {std::min(b.low.x, p.x), std::min(b.low.y, p.y)};
    b.high = {std::max(b.high.x, p.x), std::max(b.high.y, p.y)};
  }
  return b;
}

box bounds(const shape& s) {
  std::vector<point> corners;
  for (const auto& part : s) {
    const box b = bounds(part.outer);
    corners.push_back(b.low);
    corners.push_back(b.high);
  }
  return bounds(corners);
}

shape assembled(std::vector<ring> rings) {
  shape out;
  for (auto& r : rings)
    if (area(r) > 0) out.push_back({std::move(r), {}});
  for (auto& r : rings) {
    if (r.size() < 3 || area(r) >= 0) continue;
    // A corner of a hole may lie on its outer ring; the middle of a side is as good a witness.
    const point witness{(r[0].x + r[1].x) / 2, (r[0].y + r[1].y) / 2};
    polygon* smallest = nullptr;
    for (auto& part : out)
      if (inside(part.outer, witness) && (!smallest || area(part.outer) < area(smallest->outer)))
        smallest = &part;
    if (smallest) smallest->holes.push_back(std::move(r));
  }
  return out;
}

ring simplified(const ring& r, double tolerance, double least) {
  if (r.size() < 3 || std::abs(area(r)) < least) return {};
  // Two corners stay for certain: the first and the one farthest from it.
  std::size_t far = 0;
  for (std::size_t i = 1; i < r.size(); ++i)
    if (distance(r[0], r[i]) > distance(r[0], r[far])) far = i;
  std::vector<char> kept(r.size(), 0);
  kept[0] = kept[far] = 1;
  keep_between(r, 0, far, tolerance, kept);
  keep_between(r, far, r.size(), tolerance, kept);
  ring out;
  for (std::size_t i = 0; i < r.size(); ++i)
    if (kept[i]) out.push_back(r[i]);
  return out.size() < 3 ? ring{} : out;
}

std::string geometry_text(const shape& s) {
  std::string out = R"({"type":"MultiPolygon","coordinates":[)";
  for (std::size_t i = 0; i < s.size(); ++i) {
    out += i ? ",[" : "[";
    append_ring(out, s[i].outer);
    for (const auto& hole : s[i].holes) {
      out += ',';
      append_ring(out, hole);
    }
    out += ']';
  }
  return out + "]}";
}

plane::plane(const box& degrees)
    : middle_{(degrees.low.x + degrees.high.x) / 2, (degrees.low.y + degrees.high.y) / 2} {
  // A degree of a meridian is 111.2 km on a sphere of the earth's mean radius, 6371 km.
  along_ = 6371.0 * std::numbers::pi / 180;
  across_ = along_ * std::max(0.01, std::cos(middle_.y * std::numbers::pi / 180));
}

point plane::to(point degrees) const {
  return {(degrees.x - middle_.x) * across_, (degrees.y - middle_.y) * along_};
}

point plane::from(point kilometres) const {
  return {kilometres.x / across_ + middle_.x, kilometres.y / along_ + middle_.y};
}

}  // namespace madang::spatial
