// How long the law gives, by hand from a calendar: Civil Act arts. 157, 160 and 161; Civil
// Petitions Treatment Act art. 19.
#include <gtest/gtest.h>

#include "../src/kinds.hpp"

namespace madang::epeople {
namespace {

date day(const char* iso) { return *date::parse(iso); }

calendar korea() {
  calendar c;
  c.add_holiday(day("2026-12-25"), "Christmas");
  c.add_holiday(day("2027-03-01"), "Independence Movement Day");
  return c;
}

std::string due(const char* count, int n, const char* from) {
  return period{count, n}.due(day(from), korea()).str();
}

TEST(working_days, leave_out_the_first_day_weekends_and_holidays) {
  // Friday 27 November: 30, 1, 2, 3, 4, 7, 8.
  EXPECT_EQ(due("working", 7, "2026-11-27"), "2026-12-08");
  // Wednesday 23 December: 24, (25 Christmas), 28.
  EXPECT_EQ(due("working", 2, "2026-12-23"), "2026-12-28");
}

TEST(days, are_counted_all_and_end_on_a_working_day) {
  EXPECT_EQ(due("days", 60, "2026-11-27"), "2027-01-26");   // a Tuesday
  EXPECT_EQ(due("days", 1, "2026-11-27"), "2026-11-30");    // Saturday, so Monday
}

TEST(months, end_on_the_same_day_or_the_last) {
  EXPECT_EQ(due("months", 1, "2026-11-27"), "2026-12-28");  // the 27th is a Sunday
  // 28 February 2027 is a Sunday and 1 March a holiday.
  EXPECT_EQ(due("months", 1, "2027-01-31"), "2027-03-02");
  EXPECT_EQ(due("months", 2, "2026-11-30"), "2027-02-01");  // 30 January is a Saturday
}

}  // namespace
}  // namespace madang::epeople
