// Periods and fees by hand: Official Information Disclosure Act arts. 11, 18, 21, 29; Enforcement
// Rule, schedule of fees.
#include "../src/law.hpp"

#include <gtest/gtest.h>

namespace madang::disclosure {
namespace {

const packs::pack& korea() {
  static const packs::pack pack(MADANG_SOURCE "/packs/korea");
  return pack;
}
date d(const char* s) { return *date::parse(s); }

TEST(ten_days, count_the_first_and_no_holidays) {
  const auto& days = korea().calendar();
  // Wednesday 4 March 2026 is the first: 4 5 6, 9 to 13, 16 17.
  EXPECT_EQ(last_of_working(days, d("2026-03-04"), 10), d("2026-03-17"));
  // Filed on a Saturday the Monday is the first: 9 to 13, 16 to 20.
  EXPECT_EQ(last_of_working(days, d("2026-03-07"), 10), d("2026-03-20"));
  // Over Children's Day (Tuesday 5 May 2026): 4, 6 7 8, 11 to 15, 18.
  EXPECT_EQ(last_of_working(days, d("2026-05-04"), 10), d("2026-05-18"));
  // An objection: 4 5 6, 9 to 12.
  EXPECT_EQ(last_of_working(days, d("2026-03-04"), 7), d("2026-03-12"));
}

TEST(three_days, do_not_count_the_first_and_do_not_end_on_a_holiday) {
  const auto& days = korea().calendar();
  EXPECT_EQ(last_of_days(days, d("2026-03-03"), 3), d("2026-03-06"));
  // Saturday 7 March becomes Monday.
  EXPECT_EQ(last_of_days(days, d("2026-03-04"), 3), d("2026-03-09"));
  EXPECT_EQ(last_of_days(days, d("2026-03-04"), 7), d("2026-03-11"));
}

TEST(the_law, is_read_with_its_eight_grounds) {
  const law l = read_law(korea());
  ASSERT_EQ(l.grounds.size(), 8u);
  EXPECT_EQ(l.find_ground("6")->law("en"), "art. 9(1)6");
  EXPECT_EQ(l.find_ground("9"), nullptr);
  EXPECT_EQ(l.between_days, 30);
}

TEST(fees, are_those_of_the_schedule) {
  const law l = read_law(korea());
  const auto won = [&](const char* form, std::int64_t n, int percent = 0) {
    return fee_of(*l.find_fee(form), n, percent).reduced;
  };
  EXPECT_EQ(won("copy", 0), 0);
  EXPECT_EQ(won("copy", 1), 200);   // 250: what is below a hundred is left out
  EXPECT_EQ(won("copy", 2), 300);   // 250 + 50
  EXPECT_EQ(won("copy", 12), 800);  // 250 + 11 x 50
  EXPECT_EQ(won("copy", 12, 50), 400);
  EXPECT_EQ(won("file", 1), 0);  // the first megabyte is free
  EXPECT_EQ(won("file", 4), 300);
  EXPECT_EQ(won("view", 2), 0);  // an hour a day is free
  EXPECT_EQ(won("view", 3), 1000);
  EXPECT_EQ(won("film", 3), 900);  // 500 + 2 x 200
}

}  // namespace
}  // namespace madang::disclosure
