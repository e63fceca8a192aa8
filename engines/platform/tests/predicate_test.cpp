#include "madang/platform/predicate.hpp"

#include <gtest/gtest.h>

namespace madang::platform {
namespace {

registers::schema people() {
  registers::schema s;
  s.id = "people";
  registers::item born;
  born.id = "born";
  born.type = registers::type::date;
  registers::item state;
  state.id = "state";
  s.items = {born, state};
  return s;
}

registers::record of(const char* born, const char* state) {
  registers::record r;
  if (born) r.items["born"] = born;
  if (state) r.items["state"] = state;
  return r;
}

predicate asked(std::string_view condition, bool no_without_record = false) {
  return predicate::make(condition, people(), no_without_record).value();
}

std::optional<bool> on(const predicate& p, const char* born, const char* today) {
  return p.of({of(born, "valid")}, date::parse(today).value());
}

// A person reaches an age on the day and month of birth; of the 29th of February in other years on
// the 28th, as FEEL adds years (DMN 1.5, 10.3.2.3.8 with XML Schema part 2, appendix E).
TEST(a_predicate, changes_its_answer_with_the_birthday) {
  const auto of_age = asked("born + duration(\"P19Y\") <= today");
  EXPECT_EQ(on(of_age, "2007-05-10", "2026-05-09"), false);
  EXPECT_EQ(on(of_age, "2007-05-10", "2026-05-10"), true);
  EXPECT_EQ(on(of_age, "2004-02-29", "2023-02-27"), false);
  EXPECT_EQ(on(of_age, "2004-02-29", "2023-02-28"), true);
}

TEST(a_predicate, reads_what_it_names_and_nothing_else) {
  EXPECT_EQ(asked("born < today").reads(), std::vector<std::string>{"born"});
}

TEST(a_predicate, holds_when_one_record_says_so) {
  const auto valid = asked("state = \"valid\"");
  const date day = date::parse("2026-01-01").value();
  EXPECT_EQ(valid.of({of(nullptr, "ended"), of(nullptr, "valid")}, day), true);
  EXPECT_EQ(valid.of({of(nullptr, "ended")}, day), false);
}

TEST(a_predicate, tells_not_known_from_no) {
  const date day = date::parse("2026-01-01").value();
  EXPECT_EQ(asked("born < today").of({}, day), std::nullopt);
  EXPECT_EQ(asked("born < today", true).of({}, day), false);
  EXPECT_EQ(asked("born < today").of({of(nullptr, "valid")}, day), std::nullopt);
  EXPECT_EQ(asked("born < today").of({of("2030-01-01", nullptr), of(nullptr, "valid")}, day),
            std::nullopt) << "one of two is not known";
  EXPECT_EQ(asked("born").of({of("2000-01-01", nullptr)}, day), std::nullopt) << "no yes or no";
}

TEST(a_predicate, is_not_made_of_what_the_register_does_not_have) {
  EXPECT_FALSE(predicate::make("income > 3", people(), false));
  EXPECT_FALSE(predicate::make("born <", people(), false));
}

}  // namespace
}  // namespace madang::platform
