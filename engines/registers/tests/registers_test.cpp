#include "madang/registers/registers.hpp"

#include <gtest/gtest.h>

#include "both_stores.hpp"
#include "madang/packs/packs.hpp"

namespace madang::registers {
namespace {

constexpr const char* vehicles = R"(
id: vehicles
name: {ko: 자동차등록원부, en: Vehicle register}
law: {ko: 자동차관리법 제5조, en: Motor Vehicle Management Act art. 5}
system: vehicles
key: {type: text, name: {ko: 등록번호, en: Plate}}
subject: owner
items:
  - {id: owner, type: id, indexed: true, required: true, name: {ko: 소유자, en: Owner}}
  - {id: chassis, unique: true, name: {ko: 차대번호, en: Chassis number}}
  - {id: model, longest: 10, name: {ko: 차종, en: Model}}
  - {id: base, indexed: true, name: {ko: 사용본거지, en: Base of use}}
  - {id: built, type: date, name: {ko: 제작일, en: Built}}
)";

class a_register : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    reg = std::make_unique<registry>(
        *db, std::vector{parse_schema(packs::parse_yaml(vehicles, "v.yaml"), "v.yaml")});
    owner = new_id();
    why.who.person = new_id();
    why.purpose = {"시험", "Test"};
    why.law = {"시험법", "Test Act"};
  }
  static date day(const char* s) { return *date::parse(s); }
  outcome create(std::string key, json::object items) {
    return db->writing([&](store::write& tx) {
      return reg->create(tx, why, "vehicles", key, items, day("2020-01-01"));
    });
  }
  outcome change(std::string key, json::object items, const char* from, date to = end_of_days) {
    return db->writing([&](store::write& tx) {
      return reg->change(tx, why, "vehicles", key, items, day(from), to);
    });
  }
  std::string model(const char* on, instant known = forever) {
    auto r = reg->get(why, "vehicles", "12가3456", {day(on), known});
    return r ? std::string(r->text("model")) : r.why().code;
  }

  std::unique_ptr<registry> reg;
  audit::access why;
  id owner;
};

TEST_P(a_register, answers_as_of_any_date_and_as_known_at_any_instant) {
  ASSERT_TRUE(create("12가3456", {{"owner", owner.str()}, {"model", "A"}}));
  const instant before_change = now();
  ASSERT_TRUE(change("12가3456", {{"model", "B"}}, "2024-05-01"));
  const instant before_correction = now();
  // The past is corrected: in 2021 it was C.
  ASSERT_TRUE(change("12가3456", {{"model", "C"}}, "2021-01-01", day("2022-01-01")));

  EXPECT_EQ(model("2020-06-01"), "A");
  EXPECT_EQ(model("2021-06-01"), "C");
  EXPECT_EQ(model("2023-06-01"), "A");
  EXPECT_EQ(model("2024-05-01"), "B");
  EXPECT_EQ(model("2019-12-31"), "register.no_record");
  // What the register said before it was corrected is still there to be asked.
  EXPECT_EQ(model("2021-06-01", before_correction), "A");
  EXPECT_EQ(model("2025-01-01", before_change), "A");
  EXPECT_EQ(model("2025-01-01", before_correction), "B");
  EXPECT_EQ(reg->history(why, "vehicles", "12가3456")->size(), 6u);
}

TEST_P(a_register, leaves_a_line_for_the_person_whose_record_was_read) {
  ASSERT_TRUE(create("12가3456", {{"owner", owner.str()}, {"model", "A"}}));
  const std::string items[] = {"model"};
  auto r = reg->get(why, "vehicles", "12가3456", present(), items);
  ASSERT_TRUE(r);
  EXPECT_TRUE(r->text("owner").empty()) << "an item that was not asked for was handed out";
  auto lines = db->reading([&](store::read& read) { return audit::about(read, owner); });
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].items, "model");
  EXPECT_EQ(lines[0].what, audit::action::read);
  EXPECT_EQ(lines[0].actor_person, why.who.person);
  EXPECT_EQ(lines[0].law("en"), "Test Act");
}

TEST_P(a_register, shows_nothing_to_who_does_not_say_why) {
  ASSERT_TRUE(create("12가3456", {{"owner", owner.str()}}));
  why.law = {};
  EXPECT_EQ(reg->get(why, "vehicles", "12가3456").why().code, "access.unsaid");
  EXPECT_EQ(reg->find(why, "vehicles", "owner", owner.str()).why().code, "access.unsaid");
}

TEST_P(a_register, refuses_what_its_schema_does_not_allow) {
  EXPECT_EQ(create("1", {{"model", "A"}}).why().code, "register.item_missing");
  EXPECT_EQ(create("1", {{"owner", "x"}}).why().field, "owner");
  EXPECT_EQ(create("1", {{"owner", owner.str()}, {"built", "2026-02-30"}}).why().field, "built");
  EXPECT_EQ(create("1", {{"owner", owner.str()}, {"model", "12345678901"}}).why().field, "model");
  EXPECT_EQ(create("1", {{"owner", owner.str()}, {"wings", "2"}}).why().code,
            "register.item_unknown");
  ASSERT_TRUE(create("1", {{"owner", owner.str()}, {"chassis", "K1"}}));
  EXPECT_EQ(create("1", {{"owner", owner.str()}}).why().code, "register.exists");
  EXPECT_EQ(create("2", {{"owner", owner.str()}, {"chassis", "K1"}}).why().code,
            "register.not_unique");
  EXPECT_EQ(change("3", {{"model", "A"}}, "2024-01-01").why().code, "register.no_record");
  EXPECT_EQ(reg->find(why, "vehicles", "model", "A").why().code, "register.not_searchable");
}

TEST_P(a_register, finds_by_an_indexed_item_and_forgets_who_sold) {
  ASSERT_TRUE(create("1", {{"owner", owner.str()}}));
  ASSERT_TRUE(create("2", {{"owner", owner.str()}}));
  ASSERT_TRUE(change("2", {{"owner", new_id().str()}}, "2024-01-01"));
  EXPECT_EQ(reg->find(why, "vehicles", "owner", owner.str())->size(), 1u);
  EXPECT_EQ(reg->find(why, "vehicles", "owner", owner.str(), {day("2023-01-01"), forever})->size(),
            2u);
  EXPECT_TRUE(db->writing([&](store::write& tx) {
    return reg->end(tx, why, "vehicles", "1", day("2025-01-01"));
  }));
  EXPECT_EQ(reg->find(why, "vehicles", "owner", owner.str())->size(), 0u);
  EXPECT_EQ(reg->count("vehicles"), 1);
}

// 2025-03-01 to 2025-05-01 is a time in which it did not hold; then it holds there after all.
TEST_P(a_register, ends_for_a_time_and_holds_again) {
  ASSERT_TRUE(create("1", {{"owner", owner.str()}, {"model", "모닝"}}));
  const auto at = [&](const char* when) {
    return bool(reg->get(why, "vehicles", "1", {day(when), forever}));
  };
  const auto told = [&](auto f) { return db->writing([&](store::write& tx) { return f(tx); }); };
  EXPECT_TRUE(told([&](store::write& tx) {
    return reg->end(tx, why, "vehicles", "1", day("2025-03-01"), day("2025-05-01"));
  }));
  EXPECT_TRUE(at("2025-02-28"));
  EXPECT_FALSE(at("2025-03-01"));
  EXPECT_FALSE(at("2025-04-30"));
  EXPECT_TRUE(at("2025-05-01"));
  const json::object items{{"owner", owner.str()}, {"model", "레이"}};
  const auto hold = [&](const char* from, const char* to) {
    return told([&](store::write& tx) {
      return reg->hold(tx, why, "vehicles", "1", items, day(from), day(to));
    });
  };
  EXPECT_EQ(hold("2025-04-01", "2025-05-02").why().code, "register.exists");
  EXPECT_EQ(hold("2025-04-01", "2025-04-01").why().code, "register.item_wrong");
  EXPECT_TRUE(hold("2025-04-01", "2025-05-01"));
  EXPECT_FALSE(at("2025-03-31"));
  EXPECT_EQ(reg->get(why, "vehicles", "1", {day("2025-04-01"), forever})->text("model"), "레이");
  EXPECT_EQ(reg->get(why, "vehicles", "1", {day("2025-05-01"), forever})->text("model"), "모닝");
}

TEST_P(a_register, finds_what_begins_with_a_long_text) {
  const std::string model = "경기도 성남시 분당구 솟대길 50, 햇살숲가 111동 1102호";
  ASSERT_TRUE(create("1", {{"owner", owner.str()}, {"base", model}}));
  ASSERT_TRUE(create("2", {{"owner", owner.str()}, {"base", "경기도 성남시 분당구 솟대로 50"}}));
  EXPECT_EQ(reg->find(why, "vehicles", "base", model)->size(), 1u);
  EXPECT_EQ(reg->starting(why, "vehicles", "base", "경기도 성남시 분당구 솟대길")->size(), 1u);
  EXPECT_EQ(reg->starting(why, "vehicles", "base", "경기도 성남시 분당구")->size(), 2u);
  EXPECT_EQ(reg->starting(why, "vehicles", "owner", "A").why().code, "register.not_searchable");
}

INSTANTIATE_TEST_SUITE_P(stores, a_register, both_stores);

// A schema that has grown: what was recorded before says nothing about the new item.
TEST_P(a_register, takes_the_new_items_of_its_schema) {
  ASSERT_TRUE(create("12가3456", {{"owner", owner.str()}, {"model", "모닝"}}));
  auto grown = parse_schema(packs::parse_yaml(vehicles, "v.yaml"), "v.yaml");
  grown.items.push_back({.id = "colour", .name = {"색상", "Colour"}, .indexed = true});
  reg = std::make_unique<registry>(*db, std::vector{grown});
  auto before = reg->get(why, "vehicles", "12가3456");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->text("model"), "모닝");
  EXPECT_EQ(before->text("colour"), "");
  ASSERT_TRUE(create("34나5678", {{"owner", owner.str()}, {"colour", "파랑"}}));
  auto found = reg->find(why, "vehicles", "colour", "파랑");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().key, "34나5678");
}

}  // namespace
}  // namespace madang::registers
