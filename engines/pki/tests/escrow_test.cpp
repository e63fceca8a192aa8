#include "madang/pki/escrow.hpp"

#include <gtest/gtest.h>

namespace madang::pki {
namespace {

using trust::bytes;

bytes octets(std::initializer_list<int> all) {
  bytes out;
  for (const int one : all) out.push_back(static_cast<std::uint8_t>(one));
  return out;
}

// By hand, in the field of FIPS 197: {57}*{02} = {ae}, {57}*{04} = {47} (its section 4.2.1). The
// line from the secret {83} with slope {57}: {83}^{57} = {d4} at 1, {83}^{ae} = {2d} at 2,
// {83}^{47} = {c4} at 4.
TEST(escrow, two_shares_are_a_line_and_give_its_value_at_nought) {
  const share one{1, octets({0xd4})}, two{2, octets({0x2d})}, four{4, octets({0xc4})};
  EXPECT_EQ(joined(one, two), octets({0x83}));
  EXPECT_EQ(joined(four, two), octets({0x83}));
  EXPECT_EQ(joined(one, four), octets({0x83}));
  EXPECT_FALSE(joined(one, one));
  EXPECT_FALSE(joined(one, {0, octets({1})}));
  EXPECT_FALSE(joined(one, {2, octets({1, 2})}));
}

TEST(escrow, any_two_of_five_give_the_secret_and_one_alone_does_not_show_it) {
  const bytes secret = trust::random_bytes(32);
  const auto all = split(secret, 5);
  for (const auto& a : all)
    for (const auto& b : all)
      if (a.at != b.at) EXPECT_EQ(joined(a, b), secret);
  // With any other secret there is a line through the same share: so it says nothing.
  const bytes other = trust::random_bytes(32);
  bytes slope = other;
  for (std::size_t i = 0; i < slope.size(); ++i)
    slope[i] ^= all[0].value[i];  // times at, which is 1
  bytes second = other;
  for (std::size_t i = 0; i < second.size(); ++i) {
    const auto doubled = slope[i] << 1 ^ (slope[i] & 0x80 ? 0x11b : 0);
    second[i] ^= static_cast<std::uint8_t>(doubled);
  }
  EXPECT_EQ(joined(all[0], {2, second}), other);
}

TEST(escrow, what_is_sealed_to_a_key_opens_with_it_and_nothing_else) {
  const auto mine = signing_key::generate(), theirs = signing_key::generate();
  const bytes plain = octets({1, 2, 3});
  auto sealed = seal_to(mine.public_der(), plain, "share 7");
  ASSERT_TRUE(sealed);
  EXPECT_EQ(open_with(mine, *sealed, "share 7"), plain);
  EXPECT_FALSE(open_with(mine, *sealed, "share 8"));
  EXPECT_FALSE(open_with(theirs, *sealed, "share 7"));
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{20}, std::size_t{70}, sealed->size() - 1}) {
    bytes changed = *sealed;
    changed[at] ^= 1;
    EXPECT_FALSE(open_with(mine, changed, "share 7")) << at;
  }
  EXPECT_FALSE(open_with(mine, trust::view(*sealed).first(60), "share 7"));
  EXPECT_EQ(seal_to(octets({0x30, 0}), plain, "").why().code, "pki.request_malformed");
  EXPECT_FALSE(seal_to(signing_key::generate(algorithm::p384).public_der(), plain, ""));
}

}  // namespace
}  // namespace madang::pki
