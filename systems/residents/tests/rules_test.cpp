// Expected values: the relation table of the Enforcement Rule of the Resident Registration Act, and
// check digits worked out by hand (weights 2..9, 2..5; eleven minus the rest; of that the last
// digit).
#include <gtest/gtest.h>

#include "madang/residents/residents.hpp"

namespace madang::residents {
namespace {

date day(const char* s) { return *date::parse(s); }

TEST(resident_numbers, carry_birth_date_sex_century_and_check_digit) {
  // 900101-199000?: 18+5+7+8+81+18 = 137; 137 mod 11 = 5; 11 - 5 = 6
  EXPECT_EQ(resident_number(day("1990-01-01"), false, 0), "900101-1990006");
  // 900101-299000?: the sex digit weighs 8: 145; 145 mod 11 = 2; 9
  EXPECT_EQ(resident_number(day("1990-01-01"), true, 0), "900101-2990009");
  // 050315-399007?: 15+15+6+35+24+81+18+35 = 229; 229 mod 11 = 9; 2. Born in this century: 3, 4.
  EXPECT_EQ(resident_number(day("2005-03-15"), false, 7), "050315-3990072");
  EXPECT_EQ(resident_number(day("2005-03-15"), true, 7)[7], '4');
  EXPECT_EQ(resident_number(day("1899-12-31"), false, 1)[7], '9');
  EXPECT_EQ(resident_number(day("1899-12-31"), true, 1)[7], '0');
}

TEST(resident_numbers, with_another_digit_anywhere_are_not_valid) {
  const std::string good = "900101-1990006";
  ASSERT_TRUE(has_valid_check_digit(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (good[i] == '-') continue;
    std::string bad = good;
    bad[i] = bad[i] == '9' ? '8' : static_cast<char>(bad[i] + 1);
    EXPECT_FALSE(has_valid_check_digit(bad)) << bad;
  }
  for (const char* bad : {"", "900101", "9001011990006", "90010a-1990006", "900101-199000６"})
    EXPECT_FALSE(has_valid_check_digit(bad)) << bad;
}

TEST(relations, are_seen_from_the_new_head) {
  EXPECT_EQ(relation_to("head", "child"), "child");
  EXPECT_EQ(relation_to("spouse", "head"), "spouse");
  EXPECT_EQ(relation_to("spouse", "child"), "child");
  EXPECT_EQ(relation_to("spouse", "mother"), "parent_in_law");
  EXPECT_EQ(relation_to("child", "child"), "sibling");
  EXPECT_EQ(relation_to("child", "grandchild"), "child");
  EXPECT_EQ(relation_to("father", "head"), "child");
  EXPECT_EQ(relation_to("mother", "father"), "spouse");
  // A grandchild's parent may be another child of the head: that cannot be told.
  EXPECT_EQ(relation_to("grandchild", "child"), "other");
}

TEST(next_head, is_the_spouse_else_the_eldest_adult_else_the_eldest) {
  const date on = day("2026-11-23");
  const id a{1}, b{2}, c{3};
  EXPECT_EQ(next_head({{a, "mother", day("1950-01-01")}, {b, "spouse", day("1985-01-01")}}, on), b);
  EXPECT_EQ(next_head({{a, "child", day("2004-01-01")}, {b, "child", day("2002-01-01")}}, on), b);
  // Nineteen that very day is an adult (Civil Act art. 4); the day after it is not.
  EXPECT_EQ(next_head({{a, "child", day("2007-11-23")}, {c, "child", day("2007-11-24")}}, on), a);
  EXPECT_EQ(next_head({{a, "child", day("2015-01-01")}, {b, "child", day("2010-01-01")}}, on), b);
  EXPECT_EQ(next_head({}, on), id{});
}

}  // namespace
}  // namespace madang::residents
