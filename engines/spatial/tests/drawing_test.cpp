#include "madang/spatial/drawing.hpp"

#include <gtest/gtest.h>

#include "madang/packs/packs.hpp"
#include "madang/spatial/atlas.hpp"

namespace madang::spatial {
namespace {

TEST(drawing, a_square_fills_the_sheet_but_for_the_margin) {
  // At the equator a degree is as long in both directions.
  const shape square{{{{0, -0.5}, {1, -0.5}, {1, 0.5}, {0, 0.5}}, {}}};
  const drawing d = draw({&square});
  EXPECT_DOUBLE_EQ(d.width, drawing_width);
  EXPECT_DOUBLE_EQ(d.height, drawing_width);
  ASSERT_EQ(d.paths.size(), 1u);
  EXPECT_EQ(d.paths[0].path, "M2 398l396 0 0-396-396 0z");
  EXPECT_NEAR(d.paths[0].middle.x, 200, 11);
  EXPECT_NEAR(d.paths[0].middle.y, 200, 11);
  EXPECT_NEAR(d.paths[0].room, 396, 22);
}

TEST(drawing, corners_on_a_line_are_left_out_and_islands_too_small_to_see) {
  const ring r{{0, 0}, {0.5, 0}, {1, 0}, {1, 1}, {0, 1}};
  EXPECT_EQ(simplified(r, 0.01), (ring{{0, 0}, {1, 0}, {1, 1}, {0, 1}}));
  EXPECT_TRUE(simplified(r, 0.01, 2).empty());
  EXPECT_TRUE(simplified({{0, 0}, {1, 0}}, 0.01).empty());
}

TEST(drawing, of_nothing_is_nothing) {
  EXPECT_TRUE(draw({}).paths.empty());
  const shape none;
  EXPECT_TRUE(draw({&none}).paths.at(0).path.empty());
}

TEST(drawing, every_map_of_the_country_is_small) {
  const packs::pack pack(MADANG_SOURCE "/packs/korea");
  const atlas all(pack, "nowhere");
  std::vector<std::string> places{""};
  for (const auto& d : pack.provinces()) places.push_back(d.code);
  for (const auto& d : pack.municipalities()) places.push_back(d.code);
  for (const auto& place : places) {
    std::vector<const shape*> shapes;
    for (const auto* d : all.below(place)) shapes.push_back(&all.find(d->code)->shape);
    const drawing d = draw(shapes);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < d.paths.size(); ++i) {
      bytes += d.paths[i].path.size();
      EXPECT_FALSE(d.paths[i].path.empty()) << place;
      EXPECT_TRUE(d.paths[i].middle.x >= 0 && d.paths[i].middle.x <= d.width);
    }
    EXPECT_LE(bytes, drawing_bytes) << place;
    EXPECT_LE(d.width, drawing_width);
    EXPECT_LE(d.height, drawing_tallest);
  }
}

}  // namespace
}  // namespace madang::spatial
