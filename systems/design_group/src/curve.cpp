#include "studio.hpp"

namespace madang::design_group {

// Words stand in the table beside it; the picture has the curve, its points and their numbers.
std::string curve_of(const std::vector<journey_step>& steps) {
  constexpr int column = 80, row = 40, margin = 40;
  const int width = margin * 2 + column * std::max<int>(static_cast<int>(steps.size()) - 1, 1);
  const int height = margin * 2 + row * 4;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\"><rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>",
      width, height);
  for (int level = -2; level <= 2; ++level)
    out += fmt::format("<line x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\" stroke=\"{}\"/>", margin / 2,
                       width - margin / 2, margin + row * (2 - level), margin + row * (2 - level),
                       level == 0 ? "#6d7882" : "#cdd1d5");
  std::string line, points;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const int x = margin + column * static_cast<int>(i), y = margin + row * (2 - steps[i].feeling);
    line += fmt::format("{}{},{}", i ? " " : "", x, y);
    points += fmt::format(
        "<circle cx=\"{0}\" cy=\"{1}\" r=\"6\" fill=\"#256ef4\"/><text x=\"{0}\" y=\"{2}\" "
        "font-family=\"sans-serif\" font-size=\"14\" text-anchor=\"middle\" "
        "fill=\"#1e2124\">{3}</text>",
        x, y, y - 12, i + 1);
  }
  out += "<polyline fill=\"none\" stroke=\"#256ef4\" stroke-width=\"3\" points=\"" + line + "\"/>";
  return out + points + "</svg>";
}

}  // namespace madang::design_group
