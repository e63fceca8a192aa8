#include "madang/spatial/cells.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <random>
#include <set>

#include "madang/packs/packs.hpp"

namespace madang::spatial {
namespace {

constexpr box unit_frame{{0, 0}, {1, 1}};

double total(const std::vector<ring>& cells) {
  double sum = 0;
  for (const auto& c : cells) sum += area(c);
  return sum;
}

bool has_corner(const ring& r, point p) {
  return std::ranges::any_of(r, [&](point q) { return distance(p, q) < 1e-9; });
}

const packs::pack& korea() {
  static const packs::pack pack(MADANG_SOURCE "/packs/korea");
  return pack;
}

std::vector<point> centres_of(const std::vector<packs::district>& districts) {
  std::vector<point> out;
  for (const auto& d : districts) out.push_back({d.longitude, d.latitude});
  return out;
}

TEST(voronoi, one_site_has_the_whole_frame) {
  const std::vector<point> sites{{0.3, 0.4}};
  const auto cells = voronoi(sites, unit_frame);
  ASSERT_EQ(cells.size(), 1u);
  EXPECT_DOUBLE_EQ(area(cells[0]), 1);
}

TEST(voronoi, no_sites_have_no_cells) { EXPECT_TRUE(voronoi({}, unit_frame).empty()); }

TEST(voronoi, the_border_of_two_is_their_perpendicular_bisector) {
  // Between (0.2, 0.5) and (0.6, 0.5): the line x = 0.4.
  const std::vector<point> sites{{0.2, 0.5}, {0.6, 0.5}};
  const auto cells = voronoi(sites, unit_frame);
  EXPECT_NEAR(area(cells[0]), 0.4, 1e-12);
  EXPECT_NEAR(area(cells[1]), 0.6, 1e-12);
  for (const auto& cell : cells) {
    EXPECT_TRUE(has_corner(cell, {0.4, 0}));
    EXPECT_TRUE(has_corner(cell, {0.4, 1}));
  }
}

TEST(voronoi, the_border_may_be_oblique) {
  // Between (0, 0) and (1, 1): the line x + y = 1, which halves the frame.
  const std::vector<point> sites{{0, 0}, {1, 1}};
  const auto cells = voronoi(sites, unit_frame);
  EXPECT_NEAR(area(cells[0]), 0.5, 1e-12);
  EXPECT_TRUE(has_corner(cells[0], {1, 0}));
  EXPECT_TRUE(has_corner(cells[0], {0, 1}));
  EXPECT_TRUE(has_corner(cells[0], {0, 0}));
}

TEST(voronoi, three_meet_at_the_middle_of_their_circle) {
  // (1, 1), (5, 1), (1, 4): a right triangle; its circle has the middle (3, 2.5).
  const std::vector<point> sites{{1, 1}, {5, 1}, {1, 4}};
  for (const auto& cell : voronoi(sites, {{0, 0}, {6, 6}}))
    EXPECT_TRUE(has_corner(cell, {3, 2.5}));
}

TEST(voronoi, a_square_grid_has_unit_squares) {
  std::vector<point> sites;
  for (int y = 0; y < 10; ++y)
    for (int x = 0; x < 10; ++x) sites.push_back({x + 0.5, y + 0.5});
  const auto cells = voronoi(sites, {{0, 0}, {10, 10}});
  for (std::size_t i = 0; i < sites.size(); ++i) {
    EXPECT_NEAR(area(cells[i]), 1, 1e-9);
    for (double dx : {-0.5, 0.5})
      for (double dy : {-0.5, 0.5})
        EXPECT_TRUE(has_corner(cells[i], {sites[i].x + dx, sites[i].y + dy}));
  }
}

TEST(voronoi, sites_on_a_line_have_strips) {
  const std::vector<point> sites{{0.1, 0.5}, {0.3, 0.5}, {0.7, 0.5}, {0.9, 0.5}};
  const auto cells = voronoi(sites, unit_frame);
  const double expected[] = {0.2, 0.3, 0.3, 0.2};   // borders at 0.2, 0.5, 0.8
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(area(cells[i]), expected[i], 1e-12);
}

TEST(voronoi, sites_at_the_same_place_have_the_same_cell) {
  const std::vector<point> sites{{0.25, 0.5}, {0.75, 0.5}, {0.25, 0.5}};
  const auto cells = voronoi(sites, unit_frame);
  EXPECT_EQ(cells[0], cells[2]);
  EXPECT_NEAR(area(cells[0]), 0.5, 1e-12);
}

TEST(voronoi, cells_fill_the_frame_however_sites_lie) {
  std::mt19937 random(7);
  std::normal_distribution<double> crowd(0.5, 0.02);
  std::uniform_real_distribution<double> anywhere(0, 1);
  std::vector<point> sites;
  for (int i = 0; i < 1500; ++i) sites.push_back({crowd(random), crowd(random)});
  for (int i = 0; i < 500; ++i) sites.push_back({anywhere(random), anywhere(random)});
  const auto cells = voronoi(sites, unit_frame);
  EXPECT_NEAR(total(cells), 1, 1e-9);
  for (std::size_t i = 0; i < sites.size(); ++i) EXPECT_TRUE(inside(cells[i], sites[i]));
}

TEST(voronoi, no_place_of_a_cell_is_nearer_to_another_site) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> anywhere(0, 1);
  std::vector<point> sites;
  for (int i = 0; i < 200; ++i) sites.push_back({anywhere(random), anywhere(random)});
  const auto cells = voronoi(sites, unit_frame);
  for (int i = 0; i < 2000; ++i) {
    const point p{anywhere(random), anywhere(random)};
    std::size_t nearest = 0;
    for (std::size_t k = 1; k < sites.size(); ++k)
      if (distance(p, sites[k]) < distance(p, sites[nearest])) nearest = k;
    EXPECT_TRUE(inside(cells[nearest], p));
  }
}

TEST(schematic_cells, a_lone_centre_has_a_figure_round_it) {
  const std::vector<point> centres{{127, 37}};
  const auto made = schematic_cells(centres);
  ASSERT_EQ(made.cells.size(), 1u);
  EXPECT_TRUE(inside(made.cells[0], centres[0]));
  const plane flat(bounds(centres));
  for (const auto& p : made.cells[0]) EXPECT_NEAR(distance(flat.to(p), {0, 0}), lone_reach, 1.0);
}

TEST(schematic_cells, two_centres_divide_what_lies_between_them) {
  // On one parallel: the border is the meridian between them.
  const std::vector<point> centres{{127.0, 37}, {127.2, 37}};
  const auto made = schematic_cells(centres);
  int on_border[2] = {0, 0};
  for (std::size_t i = 0; i < 2; ++i)
    for (const auto& p : made.cells[i]) {
      on_border[i] += std::abs(p.x - 127.1) < 1e-6;
      EXPECT_TRUE(i == 0 ? p.x < 127.1 + 1e-6 : p.x > 127.1 - 1e-6);
    }
  EXPECT_EQ(on_border[0], 2);
  EXPECT_EQ(on_border[1], 2);
}

TEST(schematic_cells, centres_at_one_place_divide_the_cell) {
  const std::vector<point> centres{{127, 37}, {127, 37}, {127, 37}, {127.3, 37.1}};
  const auto made = schematic_cells(centres);
  for (const auto& cell : made.cells) EXPECT_GT(area(cell), 0);
}

TEST(schematic_cells, centres_on_a_line_and_centres_that_are_none) {
  std::vector<point> centres;
  for (int i = 0; i < 20; ++i) centres.push_back({127 + 0.05 * i, 37});
  centres.push_back({std::nan(""), 37});
  const auto made = schematic_cells(centres);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(inside(made.cells[static_cast<std::size_t>(i)],
                                                  centres[static_cast<std::size_t>(i)]));
  EXPECT_TRUE(made.cells[20].empty());
  EXPECT_TRUE(schematic_cells({}).cells.empty());
}

TEST(schematic_cells, a_country_of_thousands_of_towns_takes_well_under_a_second) {
  const auto centres = centres_of(korea().towns());
  ASSERT_EQ(centres.size(), 3504u);
  const auto begun = std::chrono::steady_clock::now();
  const auto made = schematic_cells(centres);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  RecordProperty("milliseconds", static_cast<int>(took.count() * 1000));
#ifdef NDEBUG
  EXPECT_LT(took.count(), 1.0);
#endif
  const plane flat(bounds(centres));
  for (std::size_t i = 0; i < centres.size(); ++i) {
    EXPECT_GE(made.cells[i].size(), 3u);
    EXPECT_GT(area(made.cells[i]), 0);
    EXPECT_TRUE(inside(made.cells[i], centres[i]));
    for (const auto& p : made.cells[i])
      EXPECT_LE(distance(flat.to(p), flat.to(centres[i])), made.farthest * 1.01);
  }
  // 100,000 square kilometres of land; the cells reach somewhat into the sea.
  double land = 0;
  for (const auto& cell : made.cells) {
    ring kilometres;
    for (const auto& p : cell) kilometres.push_back(flat.to(p));
    land += area(kilometres);
  }
  EXPECT_GT(land, 90'000);
  EXPECT_LT(land, 150'000);
}

TEST(united, two_squares_are_one_rectangle) {
  const ring left{{0, 0}, {1, 0}, {1, 1}, {0, 1}}, right{{1, 0}, {2, 0}, {2, 1}, {1, 1}};
  const ring* cells[] = {&left, &right};
  const shape whole = united(cells);
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_DOUBLE_EQ(area(whole[0].outer), 2);
  EXPECT_EQ(whole[0].outer.size(), 6u);
  EXPECT_TRUE(whole[0].holes.empty());
}

TEST(united, eight_squares_round_a_ninth_have_a_hole) {
  std::vector<ring> squares;
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 3; ++x)
      if (x != 1 || y != 1)
        squares.push_back({{double(x), double(y)},
                           {double(x + 1), double(y)},
                           {double(x + 1), double(y + 1)},
                           {double(x), double(y + 1)}});
  std::vector<const ring*> cells;
  for (const auto& s : squares) cells.push_back(&s);
  const shape whole = united(cells);
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_DOUBLE_EQ(area(whole[0].outer), 9);
  ASSERT_EQ(whole[0].holes.size(), 1u);
  EXPECT_DOUBLE_EQ(area(whole[0].holes[0]), -1);
}

TEST(united, parts_that_touch_in_a_corner_stay_parts) {
  const ring one{{0, 0}, {1, 0}, {1, 1}, {0, 1}}, two{{1, 1}, {2, 1}, {2, 2}, {1, 2}};
  const ring* cells[] = {&one, &two};
  EXPECT_EQ(united(cells).size(), 2u);
  EXPECT_TRUE(united({}).empty());
}

TEST(united, the_country_has_the_land_of_its_towns) {
  const auto centres = centres_of(korea().towns());
  const auto made = schematic_cells(centres);
  std::vector<const ring*> cells;
  for (const auto& c : made.cells) cells.push_back(&c);
  double land = 0;
  for (const auto& part : united(cells)) {
    land += area(part.outer);
    for (const auto& hole : part.holes) land += area(hole);
  }
  EXPECT_NEAR(land, total(made.cells), 1e-6);
}

}  // namespace
}  // namespace madang::spatial
