// What is read as boundaries is made of rings on the globe, turned as GeoJSON asks, and can be
// written, read again and drawn.
#include <cmath>
#include <cstdlib>

#include "madang/spatial/boundaries.hpp"
#include "madang/spatial/drawing.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang::spatial;
  const auto read = read_boundaries({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  std::vector<const shape*> shapes;
  for (const auto& [code, s] : *read) {
    if (s.empty()) std::abort();
    shapes.push_back(&s);
    for (const auto& part : s) {
      if (part.outer.size() < 3 || area(part.outer) < 0) std::abort();
      for (const auto& p : part.outer)
        if (!(std::abs(p.x) <= 180) || !(std::abs(p.y) <= 90)) std::abort();
    }
  }
  // Rounding may leave nothing of shapes of a few centimetres.
  if (const auto again = read_boundaries(boundaries_text(*read)); !again)
    if (again.why().code != "boundaries.empty") std::abort();
  const drawing d = draw(shapes);
  if (!(d.width <= drawing_width) || !(d.height <= drawing_tallest)) std::abort();
  return 0;
}
