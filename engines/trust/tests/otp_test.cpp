// Vectors of RFC 4226 appendix D, RFC 6238 appendix B (SHA-1) and RFC 4648 section 10.
#include "madang/trust/otp.hpp"

#include <gtest/gtest.h>

#include "madang/trust/box.hpp"

namespace madang::trust {
namespace {

constexpr std::string_view secret = "12345678901234567890";

TEST(one_time_codes, are_those_of_rfc_4226) {
  const char* expected[] = {"755224", "287082", "359152", "969429", "338314",
                            "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t counter = 0; counter < std::size(expected); ++counter)
    EXPECT_EQ(hotp(view_of(secret), counter), expected[counter]) << counter;
}

TEST(one_time_codes, are_those_of_rfc_6238) {
  const std::pair<std::int64_t, const char*> expected[] = {
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : expected)
    EXPECT_EQ(hotp(view_of(secret), totp_step(seconds), 8), code) << seconds;
}

TEST(base32, is_that_of_rfc_4648_without_padding) {
  const std::pair<const char*, const char*> expected[] = {{"", ""},
                                                          {"f", "MY"},
                                                          {"fo", "MZXQ"},
                                                          {"foo", "MZXW6"},
                                                          {"foob", "MZXW6YQ"},
                                                          {"fooba", "MZXW6YTB"},
                                                          {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, code] : expected) EXPECT_EQ(base32(view_of(plain)), code);
}

TEST(what_is_put_away, comes_out_only_for_the_same_key_and_use) {
  const auto key = key_for(view_of("the house's secret"), "test");
  const std::string kept = put_away(key, "hush", "kim");
  EXPECT_NE(kept, put_away(key, "hush", "kim")) << "the nonce is drawn anew";
  EXPECT_EQ(take_out(key, kept, "kim"), "hush");
  EXPECT_EQ(take_out(key, kept, "han"), std::nullopt);
  EXPECT_EQ(take_out(key_for(view_of("the house's secret"), "other"), kept, "kim"), std::nullopt);
  std::string changed = kept;
  changed[20] = changed[20] == 'A' ? 'B' : 'A';
  EXPECT_EQ(take_out(key, changed, "kim"), std::nullopt);
  EXPECT_EQ(take_out(key, "", "kim"), std::nullopt);
  EXPECT_EQ(take_out(key, put_away(key, "", "kim"), "kim"), "");
}

}  // namespace
}  // namespace madang::trust
