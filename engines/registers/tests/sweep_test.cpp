#include "madang/registers/sweep.hpp"

#include <gtest/gtest.h>

#include <set>

#include "both_stores.hpp"
#include "madang/packs/packs.hpp"

namespace madang::registers {
namespace {

constexpr const char* persons = R"(
id: persons
name: {ko: 사람, en: Persons}
law: {ko: 시험법, en: Test Act}
system: test
key: {type: id, name: {ko: 번호, en: Number}}
subject: key
items:
  - {id: home, type: id, indexed: true, required: true, name: {ko: 집, en: Home}}
  - {id: name, name: {ko: 이름, en: Name}}
)";

class everybody_at_once : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    reg = std::make_unique<registry>(
        *db, std::vector{parse_schema(packs::parse_yaml(persons, "p.yaml"), "p.yaml")});
    why.purpose = {"시험", "Test"};
    why.law = {"시험법", "Test Act"};
  }
  static date day(const char* s) { return *date::parse(s); }
  void live_together(id home, int how_many) {
    db->writing([&](store::write& tx) {
      for (int i = 0; i < how_many; ++i)
        EXPECT_TRUE(reg->create(tx, why, "persons", new_id().str(),
                                {{"home", home.str()}, {"name", "누구"}}, day("2020-01-01")));
    });
  }
  result<sweep> begin(std::vector<std::string> items = {"name", "home"},
                      const char* on = "2026-01-01") {
    return sweep::begin(*reg, why, "persons", std::move(items), day(on));
  }

  std::unique_ptr<registry> reg;
  audit::access why;
};

TEST_P(everybody_at_once, comes_home_by_home_and_nobody_twice) {
  for (int i = 0; i < 40; ++i) live_together(new_id(), 1 + i % 5);
  auto s = begin();
  ASSERT_TRUE(s);
  std::set<std::int64_t> seen, homes;
  std::int64_t last = 0;
  s->all("home", [&](const store::row& row) {
    EXPECT_TRUE(seen.insert(row.integer(0)).second);
    if (row.integer(2) != last) EXPECT_TRUE(homes.insert(row.integer(2)).second) << "came back";
    last = row.integer(2);
    EXPECT_EQ(row.text(1), "누구");
  });
  EXPECT_EQ(seen.size(), 8u * (1 + 2 + 3 + 4 + 5));
  EXPECT_EQ(homes.size(), 40u);
  EXPECT_EQ(s->count(), 120);
}

TEST_P(everybody_at_once, is_as_of_its_day) {
  live_together(new_id(), 3);
  auto before = begin({"home"}, "2019-12-31");
  ASSERT_TRUE(before);
  int found = 0;
  before->all("home", [&](const store::row&) { ++found; });
  EXPECT_EQ(found, 0);
}

TEST_P(everybody_at_once, gives_those_of_some_keys_however_many) {
  live_together(new_id(), 300);
  live_together(new_id(), 300);
  auto s = begin();
  std::vector<id> some;
  s->all("home", [&](const store::row& row) {
    if (some.size() < 417) some.push_back(id{row.integer(0)});
  });
  std::set<std::int64_t> found;
  s->of_keys(some, [&](const store::row& row) { found.insert(row.integer(0)); });
  EXPECT_EQ(found.size(), 417u);
  s->of_keys({}, [&](const store::row&) { ADD_FAILURE() << "nobody was asked for"; });
}

TEST_P(everybody_at_once, is_told_to_everybody_once_before_anything_is_read) {
  live_together(new_id(), 2);
  const auto before = db->reading([&](store::read& r) {
    return audit::about(r, audit::everybody);
  });
  EXPECT_TRUE(before.empty());
  ASSERT_TRUE(begin());
  const auto after = db->reading([&](store::read& r) {
    return audit::about(r, audit::everybody);
  });
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after.front().record_of, "persons");
  EXPECT_EQ(after.front().items, "name,home");
  EXPECT_EQ(after.front().purpose("en"), "Test");
}

TEST_P(everybody_at_once, needs_a_purpose_and_names_what_it_reads) {
  why.purpose = {};
  EXPECT_EQ(begin().why().code, "access.unsaid");
  why.purpose = {"시험", "Test"};
  EXPECT_EQ(begin({"nothing"}).why().code, "register.item_unknown");
}

INSTANTIATE_TEST_SUITE_P(stores, everybody_at_once, both_stores);

}  // namespace
}  // namespace madang::registers
