// Who lives where after a move, on both stores and with the registers of the pack.
#include "../src/households.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "both_stores.hpp"
#include "madang/packs/packs.hpp"

namespace madang::residents {
namespace {

date day(const char* s) { return *date::parse(s); }

registers::schema schema_of(const std::string& name) {
  const std::string file = std::string(MADANG_SOURCE) + "/packs/korea/registers/" + name + ".yaml";
  std::ifstream in(file);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  return registers::parse_schema(packs::parse_yaml(text, file), file);
}

class a_move : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open(2)) GTEST_SKIP() << none;
    reg = std::make_unique<registers::registry>(
        *db, std::vector{schema_of("persons"), schema_of("households")});
    why.who.person = new_id();
    why.purpose = {"시험", "Test"};
    why.law = {"시험법", "Test Act"};
    home = household("경기도 성남시 분당구 솟대길 50, 햇살마을 101동 101호");
    head = person(home, "head", "1980-05-05");
    spouse = person(home, "spouse", "1982-05-05");
    child = person(home, "child", "2012-05-05");
    set_head(home, head);
  }
  id household(const char* address) {
    const id key = new_id();
    auto made = db->writing([&](store::write& tx) {
      return reg->create(tx, why, "households", key.str(),
                         {{"head", key.str()},
                          {"town", "3102351"},
                          {"address", address},
                          {"formed", "2015-01-01"}},
                         day("2015-01-01"));
    });
    EXPECT_TRUE(made.ok()) << made.why().code;
    return key;
  }
  id person(id in, const char* relation, const char* born) {
    const id key = new_id();
    auto made = db->writing([&](store::write& tx) {
      return reg->create(tx, why, "persons", key.str(),
                         {{"resident_number", resident_number(day(born), false, serial++)},
                          {"name", "가나다"},
                          {"born", born},
                          {"sex", "m"},
                          {"household", in.str()},
                          {"relation", relation},
                          {"since", "2015-01-01"},
                          {"status", "resident"}},
                         day("2015-01-01"));
    });
    EXPECT_TRUE(made.ok()) << made.why().code;
    return key;
  }
  void set_head(id of, id whom) {
    auto done = db->writing([&](store::write& tx) {
      return reg->change(tx, why, "households", of.str(), {{"head", whom.str()}},
                         day("2015-01-01"));
    });
    EXPECT_TRUE(done.ok());
  }
  result<moved> go(std::vector<id> who, id applicant, id joined = {}) {
    const move m{
        day("2026-11-20"), "1168065", "서울특별시 강남구 중앙로 1", "", std::move(who),
        applicant,         joined};
    return db->writing([&](store::write& tx) { return move_people(tx, *reg, why, m); });
  }
  std::string relation(id who) { return text(who, "relation"); }
  std::string text(id who, const char* item, const char* on = "2026-11-23") {
    auto found = reg->get(why, "persons", who.str(), {day(on), forever});
    return found ? std::string(found->text(item)) : "(nobody)";
  }
  std::string of_household(id which, const char* item) {
    auto found = reg->get(why, "households", which.str(), {day("2026-11-23"), forever});
    return found ? std::string(found->text(item)) : "(ended)";
  }

  std::unique_ptr<registers::registry> reg;
  audit::access why;
  id home, head, spouse, child;
  int serial = 0;
};

TEST_P(a_move, of_everybody_keeps_the_household_and_changes_its_address) {
  auto done = go({head, spouse, child}, head);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->to_household, home);
  EXPECT_EQ(done->from_town, "3102351");
  EXPECT_EQ(of_household(home, "address"), "서울특별시 강남구 중앙로 1");
  EXPECT_EQ(relation(head), "head");
  EXPECT_EQ(text(child, "since"), "2026-11-20");
  EXPECT_EQ(text(child, "since", "2026-11-19"), "2015-01-01") << "until the day before, as it was";
}

TEST_P(a_move, of_the_head_alone_makes_the_spouse_head_of_those_who_stay) {
  auto done = go({head}, head);
  ASSERT_TRUE(done.ok());
  EXPECT_NE(done->to_household, home);
  EXPECT_EQ(of_household(done->to_household, "head"), head.str());
  EXPECT_EQ(of_household(home, "head"), spouse.str());
  EXPECT_EQ(relation(head), "head");
  EXPECT_EQ(relation(spouse), "head");
  EXPECT_EQ(relation(child), "child");
}

TEST_P(a_move, of_the_spouse_with_the_child_makes_a_household_of_their_own) {
  auto done = go({spouse, child}, spouse);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(of_household(done->to_household, "head"), spouse.str());
  EXPECT_EQ(text(child, "household"), done->to_household.str());
  EXPECT_EQ(relation(child), "child");
  EXPECT_EQ(relation(head), "head");
  EXPECT_EQ(text(head, "household"), home.str());
}

TEST_P(a_move, into_another_household_ends_the_one_that_nobody_is_left_in) {
  const id other = household("부산광역시 해운대구 중앙로 9");
  const id other_head = person(other, "head", "1955-01-01");
  set_head(other, other_head);
  auto done = go({head, spouse, child}, head, other);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->to_household, other);
  EXPECT_EQ(of_household(home, "address"), "(ended)");
  EXPECT_EQ(of_household(other, "head"), other_head.str());
  EXPECT_EQ(relation(head), "other") << "what they are to the new head, nobody has said";
  EXPECT_EQ(text(spouse, "entry"), "move_in");
}

TEST_P(a_move, of_somebody_who_has_left_meanwhile_changes_nothing) {
  const id stranger = person(household("인천광역시 중구 중앙로 3"), "head", "1970-01-01");
  auto done = go({head, stranger}, head);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.why().code, "move.not_member");
  EXPECT_EQ(text(head, "since"), "2015-01-01");
}

INSTANTIATE_TEST_SUITE_P(stores, a_move, both_stores);

}  // namespace
}  // namespace madang::residents
