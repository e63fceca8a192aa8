// Days are counted by hand on the calendar of December 2026: the 18th is a Friday, the 25th and the
// 1st of January are holidays.
#include "a_case.hpp"

namespace madang::cases {
namespace {

struct a_clock : a_case {};

TEST_P(a_clock, reminds_on_the_last_working_day_before_the_case_is_due) {
  matter m = open();                                // due on Wednesday the 23rd
  EXPECT_EQ(all().clock_of(m).reminder->str(), "2026-12-22");
  EXPECT_EQ(all().clock_of(m).escalation->str(), "2026-12-24");
  on("2026-12-21");
  EXPECT_EQ(all().ring(today_), 0);
  on("2026-12-22");
  EXPECT_EQ(all().ring(today_), 1);
  EXPECT_EQ(all().ring(today_), 0) << "once";
  EXPECT_EQ(story_of(m), (std::vector<std::string>{"received", "reminded"}));
}

TEST_P(a_clock, reports_an_overdue_case_upwards_and_then_further_up) {
  std::string asked_above;
  all().know_posts({[&](std::string_view role, std::string_view office, std::string_view post) {
                      EXPECT_EQ(role, "resident_officer");
                      EXPECT_EQ(office, "1101072");
                      asked_above = post;
                      return post.empty()          ? "seoul.head"
                             : post == "seoul.head" ? "nation.head"
                                                    : "";
                    },
                    {},
                    {}});
  matter m = open();
  on("2026-12-24");                                 // the first working day after the 23rd
  EXPECT_EQ(all().ring(today_), 1);
  EXPECT_EQ(now_of(m).superior, "seoul.head");
  EXPECT_EQ(now_of(m).stage, 2);
  EXPECT_EQ(all().clock_of(now_of(m)).left, -1);
  // Three working days on: 28, 29, 30.
  EXPECT_EQ(all().clock_of(now_of(m)).escalation->str(), "2026-12-30");
  on("2026-12-29");
  EXPECT_EQ(all().ring(today_), 0);
  on("2026-12-30");
  EXPECT_EQ(all().ring(today_), 1);
  EXPECT_EQ(asked_above, "seoul.head");
  EXPECT_EQ(now_of(m).superior, "nation.head");
  on("2027-01-05");
  all().ring(today_);
  EXPECT_FALSE(now_of(m).alarm) << "above the nation there is nobody";
}

TEST_P(a_clock, that_was_not_looked_at_for_a_week_reports_at_once_without_a_late_reminder) {
  matter m = open();
  on("2026-12-31");
  EXPECT_EQ(all().ring(today_), 1);
  EXPECT_EQ(story_of(m), (std::vector<std::string>{"received", "overdue"}));
  EXPECT_EQ(all().last_rung()->str(), "2026-12-31");
}

TEST_P(a_clock, does_nothing_while_it_stands_or_when_the_case_is_decided) {
  matter standing = open(), decided = open();
  ASSERT_TRUE(all().ask(officer, standing.key, "언제요?"));
  ASSERT_TRUE(all().accept(officer, decided.key));
  on("2027-03-02");
  EXPECT_EQ(all().ring(today_), 0);
}

TEST_P(a_clock, says_each_time_it_stood) {
  matter m = open();
  on("2026-12-21");
  ASSERT_TRUE(all().ask(officer, m.key, "언제요?"));
  EXPECT_EQ(all().clock_of(now_of(m)).stands_since->str(), "2026-12-21");
  on("2026-12-28");
  ASSERT_TRUE(all().reply(citizen, m.key, "내일요."));
  const auto clock = all().clock_of(now_of(m));
  ASSERT_EQ(clock.pauses.size(), 1u);
  EXPECT_EQ(clock.pauses[0].days, 4);
  EXPECT_EQ(clock.due.str(), "2026-12-30");
  EXPECT_EQ(clock.reminder->str(), "2026-12-29");
}

TEST_P(a_clock, is_lengthened_once_by_its_own_period_at_most) {
  matter m = open();
  EXPECT_EQ(all().extend(officer, m.key, 4, "현장 확인").why().facts.at("most"), "3");
  EXPECT_EQ(all().extend(officer, m.key, 0, "현장 확인").why().code, "case.extension_days");
  EXPECT_EQ(all().extend(officer, m.key, 3, " ").why().code, "case.text_missing");
  EXPECT_EQ(all().extend(stranger, m.key, 3, "현장 확인").why().code, "case.not_yours");
  ASSERT_TRUE(all().extend(officer, m.key, 3, "현장 확인"));
  // 23 + 24, 28, 29.
  EXPECT_EQ(now_of(m).due.str(), "2026-12-29");
  EXPECT_EQ(all().extend(officer, m.key, 1, "또").why().code, "case.extended_before");
  const auto clock = all().clock_of(now_of(m));
  EXPECT_EQ(clock.may_extend, 0);
  ASSERT_EQ(clock.extensions.size(), 1u);
  EXPECT_EQ(clock.extensions[0].was_due.str(), "2026-12-23");
  on("2026-12-24");
  EXPECT_EQ(all().ring(today_), 0) << "it is not overdue any more";
}

TEST_P(a_clock, calls_an_opinion_late_on_the_working_day_after_it_was_due) {
  matter m = open();
  ASSERT_TRUE(all().ask_opinion(officer, m.key, "2601051", "어떻습니까?", *date::parse("2026-12-21")));
  on("2026-12-22");
  EXPECT_EQ(all().ring(today_), 2);                 // the reminder, and the opinion
  EXPECT_EQ(story_of(m).back(), "opinion_late");
  EXPECT_EQ(all().ring(today_), 0);
}

INSTANTIATE_TEST_SUITE_P(stores, a_clock, both_stores);

}  // namespace
}  // namespace madang::cases
