#include "madang/spatial/tiles.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace madang;
using namespace madang::spatial;

namespace {

const packs::pack& korea() {
  static const packs::pack pack(std::string(MADANG_SOURCE) + "/packs/korea");
  return pack;
}
const atlas& shapes() {
  static const atlas all(korea(), "/nowhere");
  return all;
}

}  // namespace

// EPSG:3857, OGC 17-083r2 annex D.1: the map is a square that ends at 85.05112877980659 degrees.
TEST(mercator_map, is_a_square_with_the_equator_in_its_middle) {
  EXPECT_DOUBLE_EQ(mercator({0, 0}).x, 0.5);
  EXPECT_DOUBLE_EQ(mercator({0, 0}).y, 0.5);
  EXPECT_DOUBLE_EQ(mercator({-180, 0}).x, 0);
  EXPECT_NEAR(mercator({0, mercator_latitude}).y, 0, 1e-12);
  EXPECT_NEAR(mercator({0, -90}).y, 1, 1e-12);
}

TEST(clipping, cuts_a_square_that_stands_over_a_corner_to_its_quarter) {
  const ring square{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
  EXPECT_DOUBLE_EQ(area(clipped(square, {{0, 0}, {5, 5}})), 1);
  EXPECT_TRUE(clipped(square, {{2, 2}, {5, 5}}).empty());
  EXPECT_EQ(clipped(square, {{-2, -2}, {2, 2}}).size(), 4u);
  EXPECT_DOUBLE_EQ(area(clipped(square, {{-0.5, -0.5}, {0.5, 0.5}})), 1);
}

TEST(a_shape, does_not_hold_what_lies_in_its_hole) {
  const shape s{{{{0, 0}, {9, 0}, {9, 9}, {0, 9}}, {{{3, 3}, {3, 6}, {6, 6}, {6, 3}}}}};
  EXPECT_TRUE(holds(s, {1, 1}));
  EXPECT_FALSE(holds(s, {4, 4}));
  EXPECT_FALSE(holds(s, {10, 1}));
}

TEST(tiles_of_a_country, are_there_where_the_grid_has_them) {
  const tiles all(shapes(), korea());
  EXPECT_EQ(all.find(-1, 0, 0), nullptr);
  EXPECT_EQ(all.find(deepest_zoom + 1, 0, 0), nullptr);
  EXPECT_EQ(all.find(3, 8, 0), nullptr);
  EXPECT_EQ(all.find(3, 0, -1), nullptr);
  ASSERT_NE(all.find(0, 0, 0), nullptr);
  EXPECT_FALSE(all.find(0, 0, 0)->octets.empty());
  // Tile 3/0/0 is in the north-west of America.
  EXPECT_TRUE(all.find(3, 0, 0)->octets.empty());
  EXPECT_EQ(all.find(3, 0, 0)->tag, "\"00000000-0\"");
}

TEST(tiles_of_a_country, are_kept_and_are_the_same_octets_again) {
  const tiles one(shapes(), korea()), other(shapes(), korea());
  EXPECT_EQ(one.find(7, 109, 49), one.find(7, 109, 49));
  EXPECT_EQ(one.find(7, 109, 49)->octets, other.find(7, 109, 49)->octets);
  EXPECT_EQ(one.find(7, 109, 49)->tag, other.find(7, 109, 49)->tag);
}
