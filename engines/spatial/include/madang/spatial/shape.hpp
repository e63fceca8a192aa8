#pragma once
#include <span>
#include <string>
#include <vector>

// Shapes on the plane or on the globe, and little more than is needed to draw districts. On the
// globe x is the longitude and y the latitude in degrees (WGS 84), as in GeoJSON (RFC 7946).
namespace madang::spatial {

struct point {
  double x = 0, y = 0;
  bool operator==(const point&) const = default;
};

// Corners in order; the last is joined to the first, which is not said again.
using ring = std::vector<point>;

struct polygon {
  ring outer;                 // counter-clockwise (RFC 7946, section 3.1.6)
  std::vector<ring> holes;    // clockwise
};
using shape = std::vector<polygon>;

struct box {
  point low, high;
  double width() const { return high.x - low.x; }
  double height() const { return high.y - low.y; }
};

double distance(point a, point b);
// Positive when counter-clockwise; 0 for fewer than three corners.
double area(const ring& r);
bool inside(const ring& r, point p);
// Of nothing: a box at 0, 0 without extent.
box bounds(std::span<const point> points);
box bounds(const shape& s);

// Rings of any order and direction as polygons: those with positive area are outer rings, each of
// the others is a hole of the smallest outer ring that contains it, or is left out.
shape assembled(std::vector<ring> rings);

// Without corners that lie nearer than `tolerance` to the line that is left (Douglas and Peucker).
// A ring that would have fewer than three corners, or encloses less than `least`, is empty.
ring simplified(const ring& r, double tolerance, double least = 0);

// A GeoJSON geometry (RFC 7946): MultiPolygon, six decimals (a tenth of a metre), rings closed.
std::string geometry_text(const shape& s);

// The globe near a middle latitude as a plane in kilometres, x to the east and y to the north:
// equirectangular, true to scale at that latitude, which is enough for a country to be recognised.
class plane {
 public:
  explicit plane(const box& degrees);
  point to(point degrees) const;
  point from(point kilometres) const;

 private:
  point middle_;
  double across_ = 1, along_ = 1;   // kilometres a degree
};

}  // namespace madang::spatial
