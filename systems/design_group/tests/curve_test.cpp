#include <gtest/gtest.h>

#include "../src/studio.hpp"

using namespace madang;
using namespace madang::design_group;

// Steps stand 80 apart from 40 on; feeling 2 at 40, each one less 40 further down.
TEST(curve, points_stand_where_their_feelings_are) {
  const auto svg = curve_of({{"a", "", 2}, {"b", "", 0}, {"c", "", -2}});
  EXPECT_NE(svg.find("points=\"40,40 120,120 200,200\""), svg.npos);
  EXPECT_NE(svg.find("viewBox=\"0 0 240 240\""), svg.npos);
}

TEST(curve, words_of_people_are_not_in_the_picture) {
  EXPECT_EQ(curve_of({{"<script>", "<b>", 1}}).find("script"), std::string::npos);
  EXPECT_NE(curve_of({}).find("</svg>"), std::string::npos);
}

TEST(steps, what_is_no_list_is_no_step) {
  item i;
  EXPECT_TRUE(steps_of(i).empty());
  i.steps = json::array{json::object{{"what", "w"}, {"thought", "t"}, {"feeling", -1}}};
  ASSERT_EQ(steps_of(i).size(), 1u);
  EXPECT_EQ(steps_of(i)[0].feeling, -1);
}
