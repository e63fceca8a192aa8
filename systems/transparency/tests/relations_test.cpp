#include "../src/relations.hpp"

#include <gtest/gtest.h>

#include "../src/alerts.hpp"

namespace madang::transparency {
namespace {

using set = std::set<std::string>;
const known_person kim{"김하윤", "h1", "1101072", "서울특별시 종로구 자하문로 12", {"h7"}};

TEST(relations, between_an_official_and_whom_she_read_are_told_by_what_the_registers_say) {
  auto is = [&](known_person p, std::vector<std::string> offices = {"11010"}) {
    return relations_between(kim, p, offices);
  };
  EXPECT_EQ(is({"박순자", "h2", "1101053", "다른 길 3", {}}), set{});
  EXPECT_EQ(is({"김하윤", "h2", "1101053", "다른 길 3", {}}), set{"namesake"});
  EXPECT_EQ(is({"정유진", "h1", "1101072", kim.building, {}}), set{"household"});
  EXPECT_EQ(is({"정유진", "h7", "1101053", "다른 길 3", {}}), set{"former_household"})
      << "she left it";
  EXPECT_EQ(is({"정유진", "h9", "1101053", "다른 길 3", {"h1"}}), set{"former_household"})
      << "he did";
  EXPECT_EQ(is({"정유진", "h3", "1101072", kim.building, {}}), set{"neighbour"});
  EXPECT_EQ(is({"정유진", "h3", "2101053", "다른 길 3", {}}), set{"outside_district"});
  EXPECT_EQ(is({"정유진", "h3", "2101053", "다른 길 3", {}}, {""}), set{}) << "serves the nation";
  EXPECT_EQ(is({"정유진", "h3", "2101053", "다른 길 3", {}}, {"11010", "2101"}), set{});
  EXPECT_EQ(is({}), set{}) << "nobody the registers know";
}

TEST(relations, of_a_building_are_without_the_flat) {
  EXPECT_EQ(building_of("서울특별시 종로구 자하문로 12, 101동 302호"),
            "서울특별시 종로구 자하문로 12");
  EXPECT_EQ(building_of("서울특별시 종로구 자하문로 12"), "서울특별시 종로구 자하문로 12");
}

// 2026-11-27 is a Friday, 2026-11-28 a Saturday; the zone is nine hours ahead.
TEST(hours, outside_work_are_nights_and_days_nobody_works) {
  const alert_rule rule{"outside_hours", 1, 0, 22, 6};
  const auto outside = [&](int day, int hour) {
    return is_outside(rule, {*date::of(2026, 11, static_cast<unsigned>(day)), hour, 0, 0},
                      [](date d) { return d.weekday() != 0 && d.weekday() != 6; });
  };
  EXPECT_FALSE(outside(27, 14));
  EXPECT_FALSE(outside(27, 21));
  EXPECT_TRUE(outside(27, 22));
  EXPECT_TRUE(outside(27, 3));
  EXPECT_FALSE(outside(27, 6));
  EXPECT_TRUE(outside(28, 14)) << "a Saturday";
}

}  // namespace
}  // namespace madang::transparency
