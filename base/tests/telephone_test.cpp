#include "madang/base/telephone.hpp"

#include <gtest/gtest.h>

namespace madang {
namespace {

TEST(a_telephone_number, is_that_of_e_164_however_it_was_typed) {
  for (const char* typed : {"010-1234-5678", "010 1234 5678", "(010) 1234.5678", "+82 10-1234-5678",
                            "+821012345678", "01012345678"})
    EXPECT_EQ(telephone_number(typed, "82"), "+821012345678") << typed;
  EXPECT_EQ(telephone_number("+44 20 7946 0958", "82"), "+442079460958") << "of another country";
  EXPECT_EQ(telephone_number("02-2100-3399", "82"), "+82221003399");
}

TEST(a_telephone_number, is_not_what_else_is_typed) {
  for (const char* typed : {"", "+", "010", "1012345678", "010-1234-5678 ext 9", "+0101234567890",
                            "+1234567", "+1234567890123456", "010-1234-56७8", "010+1234567", "-"})
    EXPECT_FALSE(telephone_number(typed, "82")) << typed;
  EXPECT_FALSE(telephone_number("010-1234-5678", "")) << "whose country has no code";
  EXPECT_FALSE(telephone_number(std::string(41, '0'), "82"));
}

}  // namespace
}  // namespace madang
