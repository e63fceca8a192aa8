#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "madang/rules/model.hpp"

// The requirements graph of a model (DMN 1.5, 6.2) laid out for drawing: what is given stands at
// the left, what follows from it to the right of it, so that every arrow leads to the right. Lines
// go round the boxes between their ends. The shapes are those of the standard; who draws chooses
// colours and words.
namespace madang::rules {

struct drawn_element {
  int element = 0;                 // number in model::elements()
  int column = 0;                  // from 0, the left one
  double x = 0, y = 0, width = 0, height = 0;          // its upper left corner; in pixels
  std::vector<int> requires_these; // elements that are drawn too, in the order of the model
};

struct drawn_line {
  int from = 0, to = 0;            // elements: what is required, and what requires it
  bool knowledge = false;          // a knowledge requirement: dashed
  std::vector<std::pair<double, double>> points;       // from the right of one to the left of the
                                                       // other, through the gaps between boxes
};

struct drawing {
  double width = 0, height = 0;
  std::vector<drawn_element> elements;       // by column, each from above
  std::vector<drawn_line> lines;
};

inline constexpr std::size_t most_drawn = 200;

// Elements of the model itself, and what they require of imported ones. Circles are drawn too: one
// of their lines leads to the left. None: there is nothing, more than `most_drawn`, or so many
// lines that nobody could follow them.
std::optional<drawing> draw_requirements(const model& m);

}  // namespace madang::rules
