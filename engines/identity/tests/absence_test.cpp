#include "both_stores.hpp"
#include "madang/identity/identity.hpp"

namespace madang::identity {
namespace {

struct an_absence : on_both_stores {
  std::unique_ptr<directory> people;
  id lee = new_id(), yoon = new_id(), oh = new_id();
  date day = *date::parse("2026-12-18");
  audit::access by_lee;

  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    set_clock([this] { return from_civil({day, 10, 0, 0}); });
    people = std::make_unique<directory>(*db);
    people->put_account({lee, "lee", "이도현", "Lee Dohyeon", "", true, {}});
    people->put_account({yoon, "yoon", "윤서아", "Yoon Seoa", "", true, {}});
    people->put_account({oh, "oh", "오민석", "Oh Minseok", "", true, {}});
    people->put_post({"jongno.resident", {"주무관", "Officer"}, "11010", {"종로구", "Jongno"},
                      "1101072", "resident_officer", lee});
    people->put_post({"jongno.welfare", {"주무관", "Officer"}, "11010", {"종로구", "Jongno"},
                      "11010", "welfare_officer", yoon});
    people->put_post({"seoul.head", {"과장", "Head"}, "11", {"서울", "Seoul"}, "11",
                      "resident_officer", id{}});
    people->put_post({"mois.resident", {"사무관", "Deputy"}, "mois", {"행정안전부", "Ministry"}, "",
                      "resident_officer", oh});
    by_lee.who.person = lee;
    by_lee.purpose = {"부재", "Absence"};
    by_lee.law = {"법", "Act"};
  }
  void TearDown() override {
    people.reset();
    on_both_stores::TearDown();
    set_clock({});
  }
  outcome away(const char* from, const char* until, const char* who = "jongno.welfare") {
    return people->put_absence(
        by_lee, {{}, "jongno.resident", who, *date::parse(from), *date::parse(until), "출장"}, day);
  }
};

TEST_P(an_absence, lets_the_substitute_act_in_the_post_on_its_days_only_and_says_for_whom) {
  ASSERT_TRUE(away("2026-12-21", "2026-12-22"));
  auto session = people->sign_in_as_persona(yoon, "ko");
  EXPECT_EQ(people->act_as(session->token, "jongno.resident").why().code, "identity.no_post");
  day = *date::parse("2026-12-21");
  session = people->sign_in_as_persona(yoon, "ko");
  EXPECT_EQ(people->standing_in("jongno.welfare", day).size(), 1u);
  ASSERT_TRUE(people->act_as(session->token, "jongno.resident"));
  auto who = people->actor_of(*people->find_session(session->token));
  EXPECT_EQ(who.post, "jongno.resident");
  EXPECT_EQ(who.name, "윤서아");
  EXPECT_EQ(who.stands_in_for, "이도현");
  EXPECT_TRUE(who.has_role("resident_officer"));
  day = *date::parse("2026-12-23");
  session = people->sign_in_as_persona(yoon, "ko");
  EXPECT_EQ(people->act_as(session->token, "jongno.resident").why().code, "identity.no_post");
}

TEST_P(an_absence, ends_at_once_when_the_holder_is_back_even_for_who_acts_just_now) {
  ASSERT_TRUE(away("2026-12-18", "2026-12-22"));
  auto session = people->sign_in_as_persona(yoon, "ko");
  ASSERT_TRUE(people->act_as(session->token, "jongno.resident"));
  const auto planned = people->absences_of("jongno.resident", day);
  ASSERT_EQ(planned.size(), 1u);
  ASSERT_TRUE(people->end_absence(by_lee, planned[0].key, day));
  EXPECT_FALSE(people->actor_of(*people->find_session(session->token)).official());
}

TEST_P(an_absence, is_said_by_the_holder_with_days_and_a_substitute_that_make_sense) {
  audit::access other = by_lee;
  other.who.person = yoon;
  EXPECT_EQ(people->put_absence(other, {{}, "jongno.resident", "mois.resident", day, day, ""}, day)
                .why().code,
            "absence.not_yours");
  EXPECT_EQ(away("2026-12-21", "2026-12-20").why().code, "absence.days");
  EXPECT_EQ(away("2026-12-01", "2026-12-17").why().code, "absence.days");
  EXPECT_EQ(away("2026-12-21", "2026-12-22", "seoul.head").why().code, "absence.substitute")
      << "nobody holds it";
  EXPECT_EQ(away("2026-12-21", "2026-12-22", "jongno.resident").why().code, "absence.substitute");
  ASSERT_TRUE(away("2026-12-21", "2026-12-22"));
  EXPECT_EQ(away("2026-12-22", "2026-12-24").why().code, "absence.overlaps");
  EXPECT_EQ(people->end_absence(other, people->absences_of("jongno.resident", day)[0].key, day)
                .why().code,
            "absence.not_yours");
}

TEST_P(an_absence, is_no_reason_to_go_further_up_than_the_next_post) {
  EXPECT_EQ(people->above("resident_officer", "1101072", "")->code, "seoul.head");
  EXPECT_EQ(people->above("resident_officer", "1101072", "seoul.head")->code, "mois.resident");
  EXPECT_FALSE(people->above("resident_officer", "1101072", "mois.resident"));
  EXPECT_FALSE(people->above("no_role", "1101072", ""));
}

INSTANTIATE_TEST_SUITE_P(stores, an_absence, both_stores);

}  // namespace
}  // namespace madang::identity
