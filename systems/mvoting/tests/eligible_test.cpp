#include <gtest/gtest.h>

#include "../src/audience.hpp"
#include "../src/presence.hpp"

namespace madang::mvoting {
namespace {

std::string why(const audience& a, const facts& f) {
  const auto r = may(a, f);
  return r ? "" : r.why().code;
}

facts resident(int age, std::string town = "1101053", std::string sex = "f",
               std::string work = "employed") {
  return {true, std::move(town), std::move(sex), std::move(work), age};
}

// Scenario 7 of the field notes: those of one district aged 19 to 39, both counted.
TEST(eligible, by_the_age_at_both_borders) {
  const audience a{{"11010"}, 19, 39, "", ""};
  EXPECT_EQ(why(a, resident(18)), "vote.not_age");
  EXPECT_EQ(why(a, resident(19)), "");
  EXPECT_EQ(why(a, resident(39)), "");
  EXPECT_EQ(why(a, resident(40)), "vote.not_age");
  // Born on 2007-11-28 somebody is 18 on the day before her birthday and 19 on it.
  const auto born = *date::of(2007, 11, 28);
  EXPECT_EQ(why(a, resident(age(born, *date::of(2026, 11, 27)))), "vote.not_age");
  EXPECT_EQ(why(a, resident(age(born, *date::of(2026, 11, 28)))), "");
  EXPECT_EQ(why({{}, 0, 39, "", ""}, resident(0)), "");
  EXPECT_EQ(why({{}, 65, 0, "", ""}, resident(64)), "vote.not_age");
}

TEST(eligible, by_place_sex_and_work_and_says_which_is_missing) {
  EXPECT_EQ(why({{"11010"}, 0, 0, "", ""}, resident(30, "1102053")), "vote.not_area");
  EXPECT_EQ(why({{"26", "11010"}, 0, 0, "", ""}, resident(30)), "") << "any of them";
  EXPECT_EQ(why({{}, 0, 0, "m", ""}, resident(30)), "vote.not_sex");
  EXPECT_EQ(why({{}, 0, 0, "", "lost_job"}, resident(30)), "vote.not_work");
  EXPECT_EQ(why({{}, 0, 0, "", "employed"}, resident(30)), "");
  EXPECT_EQ(why({{}, 0, 0, "f", ""}, {}), "vote.not_resident");
  EXPECT_EQ(why({}, {}), "") << "everybody is everybody";
}

TEST(eligible, is_told_in_tables_by_province_ten_years_and_sex) {
  EXPECT_EQ(group_of(resident(29)), "11-20-f");
  EXPECT_EQ(group_of(resident(30)), "11-30-f");
  EXPECT_EQ(group_of({}), "none");
}

const std::string key(32, 'k');
const id hall{7}, other{8};
const instant noon = *instant::parse("2026-11-28T03:00:00.000Z");
instant seconds(int n) { return noon.plus(std::chrono::seconds(n)); }

TEST(presence, a_code_is_good_in_its_half_minute_and_the_ones_beside_it) {
  const std::string code = venue_code(key, hall, noon);
  EXPECT_EQ(venue_code(key, hall, seconds(29)), code);
  EXPECT_NE(venue_code(key, hall, seconds(30)), code);
  EXPECT_EQ(code_ends(seconds(29)), seconds(30));
  for (const int good : {0, 29, 30, 59, -1, -30})
    EXPECT_TRUE(is_venue_code(key, hall, code, seconds(good))) << good;
  for (const int bad : {60, 600, -31})
    EXPECT_FALSE(is_venue_code(key, hall, code, seconds(bad))) << bad;
  EXPECT_FALSE(is_venue_code(key, other, code, noon)) << "of another vote";
  EXPECT_FALSE(is_venue_code(std::string(32, 'x'), hall, code, noon)) << "of another venue";
  std::string forged = code;
  forged.back() = forged.back() == '0' ? '1' : '0';
  for (const std::string& bad :
       {forged, std::string(), std::string("-"), std::string("1-"), "x" + code, code + "0"})
    EXPECT_FALSE(is_venue_code(key, hall, bad, noon)) << bad;
}

TEST(presence, an_admission_lasts_ten_minutes_and_is_no_code) {
  const std::string let_in = admission(key, hall, noon);
  EXPECT_TRUE(is_admission(key, hall, let_in, noon));
  EXPECT_TRUE(is_admission(key, hall, let_in, seconds(600)));
  EXPECT_FALSE(is_admission(key, hall, let_in, seconds(601)));
  EXPECT_FALSE(is_admission(key, hall, let_in, seconds(-60))) << "of the future";
  EXPECT_FALSE(is_admission(key, other, let_in, noon));
  EXPECT_FALSE(is_admission(key, hall, venue_code(key, hall, noon), noon));
}

// By hand: 37.5663 north lies in cell 1878 (37.56 to 37.58), 126.9779 east in 6348 (126.96 to
// 126.98). The next cell north begins at 37.58, 0.0137 degrees or 1,525 m away.
TEST(presence, a_place_touches_the_cells_within_its_radius) {
  const spot city_hall{37'566'300, 126'977'900, 1'000};
  EXPECT_TRUE(touches(city_hall, "1878:6348"));
  EXPECT_TRUE(touches(city_hall, "1878:6349")) << "0.0021 degrees east, 185 m";
  EXPECT_FALSE(touches(city_hall, "1879:6348")) << "1,525 m are more than 1,000";
  EXPECT_TRUE(touches({37'566'300, 126'977'900, 1'600}, "1879:6348"));
  for (const char* bad :
       {"", ":", "1878", "1878:", "x:y", "1878:6348 ", "99999999999:1", "-5:6348"})
    EXPECT_FALSE(touches(city_hall, bad)) << bad;
}

}  // namespace
}  // namespace madang::mvoting
