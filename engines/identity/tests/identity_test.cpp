#include "madang/identity/identity.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "madang/identity/sessions.hpp"
#include "madang/trust/password.hpp"

namespace madang::identity {
namespace {

struct sign_on : testing::Test {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("i" + new_id().str());
  store::database db{{folder.string(), "identity", 2, false}};
  directory people{db};
  id kim = new_id(), lee = new_id();
  std::int64_t clock = 1'800'000'000'000'000;

  sign_on() {
    set_clock([this] { return instant{clock}; });
    people.put_account({kim, "kim", "김하윤", "Kim Hayun", trust::hash_password("맞는 암호"), true, {}});
    people.put_account({lee, "lee", "이도현", "Lee Dohyeon", "", true, {}});
    people.put_post({"jongno.resident", {"주무관", "Officer"}, "11010", {"종로구", "Jongno-gu"},
                     "1101072", "resident_officer", lee});
    people.put_post({"mayor", {"구청장", "Mayor"}, "11010", {"종로구", "Jongno-gu"}, "11010",
                     "resident_officer,head", id{}});
  }
  ~sign_on() override {
    set_clock({});
    std::filesystem::remove_all(folder);
  }
  void pass(int minutes) { clock += minutes * 60'000'000ll; }
};

TEST_F(sign_on, opens_a_session_for_the_right_password_only) {
  EXPECT_EQ(people.sign_in("kim", "falsch", "ko").why().code, "sign_in.wrong");
  EXPECT_EQ(people.sign_in("nobody", "맞는 암호", "ko").why().code, "sign_in.wrong");
  EXPECT_EQ(people.sign_in("lee", "", "ko").why().code, "sign_in.wrong") << "has no password";
  auto s = people.sign_in("kim", "맞는 암호", "ko");
  ASSERT_TRUE(s);
  EXPECT_EQ(people.find_session(s->token)->person, kim);
  people.sign_out(s->token);
  EXPECT_FALSE(people.find_session(s->token));
}

TEST_F(sign_on, makes_a_guesser_wait_and_lets_the_owner_in_afterwards) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(people.sign_in("kim", "falsch", "ko"));
  EXPECT_EQ(people.sign_in("kim", "맞는 암호", "ko").why().code, "sign_in.wait");
  pass(6);
  EXPECT_TRUE(people.sign_in("kim", "맞는 암호", "ko"));
}

TEST_F(sign_on, makes_who_goes_on_guessing_wait_twice_as_long_each_time_up_to_an_hour) {
  auto waited = [&] {
    auto facts = people.sign_in("kim", "falsch", "ko").why().facts;
    return facts["minutes"];
  };
  for (int i = 0; i < 5; ++i) waited();
  for (const int minutes : {5, 10, 20, 40, 60, 60}) {
    EXPECT_EQ(waited(), std::to_string(minutes));
    pass(minutes - 1);
    EXPECT_EQ(waited(), std::to_string(minutes)) << "a minute too early";
    pass(1);
    EXPECT_EQ(waited(), "") << "one more try, and it is wrong";
  }
  pass(60);
  EXPECT_TRUE(people.sign_in("kim", "맞는 암호", "ko"));
}

TEST_F(sign_on, ends_a_session_by_its_name_from_elsewhere_and_tells_of_it) {
  sessions all(db);
  auto here = people.sign_in("kim", "맞는 암호", "ko");
  const audit::access why{{}, {"로그인", "Sign-in"}, {"법", "Law"}, {}};
  auto there = all.open(people, *people.find_account(kim), {"hwk user", std::string(acr_strong)},
                        "Phone", "ko", why);
  EXPECT_EQ(all.of_token(here->token)->acr, acr_basic);
  EXPECT_EQ(all.of_token(there.token)->acr, acr_strong);
  EXPECT_EQ(all.of_token(there.token)->device, "Phone");
  EXPECT_EQ(all.of_person(kim).size(), 2u);
  EXPECT_EQ(all.end(why, lee, sid_of(there.token)).why().code, "session.unknown");
  EXPECT_TRUE(all.end(why, kim, sid_of(there.token)));
  EXPECT_FALSE(people.find_session(there.token));
  EXPECT_TRUE(people.find_session(here->token));
  auto told = db.reading([](store::read& r) {
    return r.all<std::string>("select subject from outbox where event = 'session.ended'");
  });
  EXPECT_EQ(told, std::vector{sid_of(there.token)});
  auto again = all.open(people, *people.find_account(kim), {"pwd", std::string(acr_basic)}, "",
                        "ko", why);
  all.end_others(why, kim, sid_of(again.token));
  EXPECT_FALSE(people.find_session(here->token));
  EXPECT_TRUE(people.find_session(again.token));
}

TEST_F(sign_on, ends_by_itself_when_idle_and_after_a_working_day) {
  auto s = people.sign_in("kim", "맞는 암호", "ko");
  pass(29);
  EXPECT_TRUE(people.find_session(s->token));
  pass(31);
  EXPECT_FALSE(people.find_session(s->token));
  s = people.sign_in("kim", "맞는 암호", "ko");
  for (int i = 0; i < 12 * 3; ++i) {
    pass(20);
    people.find_session(s->token);
  }
  EXPECT_FALSE(people.find_session(s->token));
}

TEST_F(sign_on, keeps_no_token_in_the_store) {
  auto s = people.sign_in_as_persona(kim, "ko");
  auto there = db.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from session where token_hash = ?1", s->token);
  });
  EXPECT_EQ(there, 0);
}

TEST_F(sign_on, gives_what_the_post_gives_and_takes_it_with_the_post) {
  auto s = people.sign_in_as_persona(lee, "ko");
  auto who = people.actor_of(*s);
  EXPECT_TRUE(who.has_role("resident_officer"));
  EXPECT_EQ(who.office, "1101072");
  auto post = *people.find_post("jongno.resident");
  post.holder = kim;
  people.put_post(post);
  EXPECT_FALSE(people.actor_of(*people.find_session(s->token)).has_role("resident_officer"));
  EXPECT_EQ(people.act_as(s->token, "jongno.resident").why().code, "identity.no_post");
}

TEST_F(sign_on, finds_the_nearest_office_that_is_responsible) {
  EXPECT_EQ(people.responsible("resident_officer", "1101072")->code, "jongno.resident");
  EXPECT_EQ(people.responsible("resident_officer", "1101099")->code, "mayor");
  EXPECT_FALSE(people.responsible("resident_officer", "2601000"));
}

}  // namespace
}  // namespace madang::identity
