#include "madang/spatial/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace madang::spatial {
namespace {

constexpr double margin = 2;          // of the drawing, for the width of its lines
constexpr double finest = 0.4;        // tolerance, in units of the drawing
constexpr double least_area = 0.5;    // an island smaller than this is not seen

// Tenths of a unit, so that steps add up without an error that grows.
struct tenths {
  long x = 0, y = 0;
};

tenths rounded(point p) { return {std::lround(p.x * 10), std::lround(p.y * 10)}; }

void append_number(std::string& out, long t, bool separate) {
  if (separate && t >= 0) out += ' ';
  if (t < 0) out += '-';
  t = std::abs(t);
  if (t >= 10 || t == 0) out += std::to_string(t / 10);
  if (t % 10) {
    out += '.';
    out += static_cast<char>('0' + t % 10);
  }
}

void append_path(std::string& out, const ring& r) {
  tenths at = rounded(r[0]);
  out += 'M';
  append_number(out, at.x, false);
  append_number(out, at.y, true);
  bool first = true;
  for (std::size_t i = 1; i < r.size(); ++i) {
    const tenths next = rounded(r[i]);
    if (next.x == at.x && next.y == at.y) continue;
    if (first) out += 'l';
    append_number(out, next.x - at.x, !first);
    append_number(out, next.y - at.y, true);
    first = false;
    at = next;
  }
  out += 'z';
}

double to_border(const ring& r, point p) {
  double nearest = std::numeric_limits<double>::max();
  for (std::size_t i = 0, j = r.size() - 1; i < r.size(); j = i++) {
    const point a = r[j], b = r[i];
    const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    const double t =
        length == 0 ? 0 : std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0);
    nearest = std::min(nearest, distance(p, {a.x + t * dx, a.y + t * dy}));
  }
  return nearest;
}

// The place farthest from any border, of a grid laid over the part. A line of text is wide, so the
// plane is pressed together sideways first.
point well_inside(const polygon& part) {
  constexpr double pressed = 0.5;
  constexpr int steps = 20;
  std::vector<ring> rings{part.outer};
  rings.insert(rings.end(), part.holes.begin(), part.holes.end());
  for (auto& r : rings)
    for (auto& p : r) p.x *= pressed;
  const box b = bounds(rings[0]);
  const point centre{(b.low.x + b.high.x) / 2, (b.low.y + b.high.y) / 2};
  point best = centre;
  double most = 0;
  for (int i = 1; i < steps; ++i)
    for (int k = 1; k < steps; ++k) {
      const point p{b.low.x + b.width() * i / steps, b.low.y + b.height() * k / steps};
      if (!inside(rings[0], p)) continue;
      double free = std::numeric_limits<double>::max();
      for (std::size_t r = 0; r < rings.size(); ++r)
        free = r > 0 && inside(rings[r], p) ? 0 : std::min(free, to_border(rings[r], p));
      // Among places about as free, the one in the middle.
      if (const double good = free - 0.05 * distance(p, centre); free > 0 && good > most) {
        most = good;
        best = p;
      }
    }
  return {best.x / pressed, best.y};
}

// Twice the way from the middle to the nearer of the borders to the left and right.
double room_at(const polygon& part, point middle) {
  double half = std::numeric_limits<double>::max();
  auto look = [&](const ring& r) {
    for (std::size_t i = 0, j = r.size() - 1; i < r.size(); j = i++)
      if ((r[i].y > middle.y) != (r[j].y > middle.y)) {
        const double t = (middle.y - r[i].y) / (r[j].y - r[i].y);
        half = std::min(half, std::abs(r[i].x + t * (r[j].x - r[i].x) - middle.x));
      }
  };
  look(part.outer);
  for (const auto& hole : part.holes) look(hole);
  return half == std::numeric_limits<double>::max() ? 0 : 2 * half;
}

// On the plane of the drawing y grows downwards.
class sheet {
 public:
  explicit sheet(const std::vector<const shape*>& shapes) : flat_(extent(shapes)) {
    std::vector<point> corners;
    for (const shape* s : shapes)
      for (const auto& part : *s)
        for (const auto& p : part.outer) corners.push_back(flat_.to(p));
    const box b = bounds(corners);
    const double wide = std::max(b.width(), 1e-6), tall = std::max(b.height(), 1e-6);
    scale_ = std::min((drawing_width - 2 * margin) / wide, (drawing_tallest - 2 * margin) / tall);
    left_ = b.low.x;
    top_ = b.high.y;
    size_ = {std::min(std::ceil(b.width() * scale_ + 2 * margin), drawing_width),
             std::min(std::ceil(b.height() * scale_ + 2 * margin), drawing_tallest)};
  }
  point size() const { return size_; }
  ring on(const ring& degrees) const {
    ring out;
    out.reserve(degrees.size());
    for (const auto& d : degrees) {
      const point p = flat_.to(d);
      out.push_back({(p.x - left_) * scale_ + margin, (top_ - p.y) * scale_ + margin});
    }
    return out;
  }

 private:
  static box extent(const std::vector<const shape*>& shapes) {
    std::vector<point> corners;
    for (const shape* s : shapes) {
      const box b = bounds(*s);
      corners.push_back(b.low);
      corners.push_back(b.high);
    }
    return bounds(corners);
  }
  plane flat_;
  double scale_ = 1, left_ = 0, top_ = 0;
  point size_;
};

shape on_sheet(const shape& s, const sheet& paper) {
  shape out;
  for (const auto& part : s) {
    polygon p{paper.on(part.outer), {}};
    for (const auto& hole : part.holes) p.holes.push_back(paper.on(hole));
    out.push_back(std::move(p));
  }
  std::stable_sort(out.begin(), out.end(), [](const polygon& a, const polygon& b) {
    return std::abs(area(a.outer)) > std::abs(area(b.outer));
  });
  return out;
}

std::string path_of(const shape& s, double tolerance) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    ring r = simplified(s[i].outer, tolerance, i == 0 ? 0 : least_area);
    // The largest part stays, however small: a district must not vanish from its map.
    if (r.empty() && i == 0) r = s[i].outer;
    if (r.empty()) continue;
    append_path(out, r);
    for (const auto& hole : s[i].holes)
      if (const ring h = simplified(hole, tolerance, least_area); !h.empty()) append_path(out, h);
  }
  return out;
}

drawn_path described(const polygon& largest) {
  const ring outer = simplified(largest.outer, 1);
  polygon coarse{outer.empty() ? largest.outer : outer, {}};
  for (const auto& hole : largest.holes)
    if (ring h = simplified(hole, 1, 20); !h.empty()) coarse.holes.push_back(std::move(h));
  const box b = bounds(coarse.outer);
  const point middle = well_inside(coarse);
  return {{}, middle, b.width(), b.height(), room_at(coarse, middle)};
}

}  // namespace

drawing draw(const std::vector<const shape*>& shapes) {
  const sheet paper(shapes);
  drawing out{paper.size().x, paper.size().y, {}};
  std::vector<shape> flat;
  for (const shape* s : shapes) {
    flat.push_back(on_sheet(*s, paper));
    out.paths.push_back(flat.back().empty() ? drawn_path{} : described(flat.back()[0]));
  }
  for (double tolerance = finest;; tolerance *= 1.5) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < flat.size(); ++i) {
      out.paths[i].path = path_of(flat[i], tolerance);
      bytes += out.paths[i].path.size();
    }
    if (bytes <= drawing_bytes || tolerance > drawing_width) return out;
  }
}

}  // namespace madang::spatial
