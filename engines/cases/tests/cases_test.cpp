#include "a_case.hpp"

namespace madang::cases {
namespace {

TEST_P(a_case, is_due_on_a_working_day_by_the_calendar_of_the_nation) {
  matter m = open();
  EXPECT_EQ(m.number, "2026-1218-000001");
  // Friday + 3 working days: Monday 21, Tuesday 22, Wednesday 23.
  EXPECT_EQ(m.due.str(), "2026-12-23");
  EXPECT_EQ(open().number, "2026-1218-000002");
}

TEST_P(a_case, is_opened_once_however_often_it_is_sent) {
  auto send = [&] {
    return db->writing([&](store::write& tx) {
      return all().open(tx, citizen, {"move-in", kim, "김하윤", "1101072", json::object{}, {}, "k1"});
    });
  };
  EXPECT_EQ(send()->number, send()->number);
  EXPECT_EQ(all().count({}), 1);
}

TEST_P(a_case, stands_still_while_the_applicant_is_asked) {
  matter m = open();
  today_ = *date::parse("2026-12-21");
  ASSERT_TRUE(all().ask(officer, m.key, "아드님은 언제 오시나요?"));
  today_ = *date::parse("2026-12-28");   // 22, 23, 24 and 28 are working days, the 25th is not
  EXPECT_EQ(all().accept(officer, m.key).why().code, "case.not_open");
  ASSERT_TRUE(all().reply(citizen, m.key, "방학 때까지 할머니 댁에 있습니다."));
  // Four working days stood: 23 + 4 working days = 24, 28, 29, 30.
  EXPECT_EQ(all().find(m.key)->due.str(), "2026-12-30");
  EXPECT_EQ(all().messages(m.key).size(), 2u);
}

TEST_P(a_case, waits_for_consent_and_starts_its_clock_with_it) {
  matter m = open({{park, "박서준", "asked", {}, {}, {}}});
  EXPECT_EQ(m.state, state::consent);
  EXPECT_EQ(all().asking_consent_of(park).size(), 1u);
  EXPECT_EQ(all().answer_consent(citizen, m.key, true).why().code, "case.not_found");
  today_ = *date::parse("2026-12-21");
  audit::access head = citizen;
  head.who.person = park;
  ASSERT_TRUE(all().answer_consent(head, m.key, true));
  EXPECT_EQ(all().find(m.key)->state, state::received);
  EXPECT_EQ(all().find(m.key)->due.str(), "2026-12-24");
  EXPECT_EQ(all().answer_consent(head, m.key, false).why().code, "case.not_open");
}

TEST_P(a_case, is_returned_when_a_head_of_household_declines) {
  matter m = open({{park, "박서준", "asked", {}, {}, {}}});
  audit::access head = citizen;
  head.who.person = park;
  ASSERT_TRUE(all().answer_consent(head, m.key, false));
  EXPECT_EQ(all().find(m.key)->state, state::returned);
}

TEST_P(a_case, is_decided_by_who_is_responsible_and_only_once) {
  matter m = open();
  EXPECT_EQ(all().accept(stranger, m.key).why().code, "case.not_yours");
  EXPECT_EQ(all().accept(citizen, m.key).why().code, "case.not_yours");
  EXPECT_EQ(all().decline(officer, m.key, " ").why().code, "case.text_missing");
  ASSERT_TRUE(all().accept(officer, m.key));
  EXPECT_EQ(all().decline(officer, m.key, "late").why().code, "case.decided");
  EXPECT_EQ(all().withdraw(citizen, m.key).why().code, "case.not_open");
}

TEST_P(a_case, changes_nothing_at_all_when_acceptance_is_refused) {
  matter m = open();
  may_accept = false;
  EXPECT_EQ(all().accept(officer, m.key).why().code, "test.cannot");
  EXPECT_EQ(all().find(m.key)->state, state::received);
  auto half = db->reading([](store::read& r) {
    return r.one<std::int64_t>("select count(*) from inbox where reader = 'accepted'");
  });
  EXPECT_EQ(half, 0);
  EXPECT_EQ(all().story(m.key).size(), 1u);
}

TEST_P(a_case, can_be_found_by_office_applicant_number_and_name) {
  matter m = open();
  wanted w;
  w.office = "11";
  w.open_only = true;
  EXPECT_EQ(all().count(w), 1);
  w.office = "26";
  EXPECT_EQ(all().count(w), 0);
  w = {};
  w.text = m.number;
  EXPECT_EQ(all().list(w).size(), 1u);
  w.text = "' or 1=1 --";
  EXPECT_EQ(all().list(w).size(), 0u);
  w = {};
  w.applicant = park;
  EXPECT_EQ(all().list(w).size(), 0u);
}

TEST_P(a_case, goes_to_another_office_with_its_file) {
  matter m = open();
  ASSERT_TRUE(all().transfer(officer, m.key, "2601051", "관할이 아닙니다"));
  EXPECT_EQ(all().accept(officer, m.key).why().code, "case.not_yours");
  EXPECT_TRUE(all().accept([&] { auto a = stranger; a.who.office = "26"; return a; }(), m.key));
}

INSTANTIATE_TEST_SUITE_P(stores, a_case, both_stores);

}  // namespace
}  // namespace madang::cases
