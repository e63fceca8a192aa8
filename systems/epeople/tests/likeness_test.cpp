#include "../src/likeness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace madang::epeople {
namespace {

constexpr const char* one =
    "학교 앞 횡단보도 신호가 너무 짧아 아이들이 다 건너지 못합니다. 신호 시간을 늘려 주세요.";
constexpr const char* retold =
    "초등학교 앞 횡단보도 신호가 너무 짧습니다. 아이들이 다 건너지 못하니 신호 시간을 늘려 주시기 "
    "바랍니다.";
constexpr const char* other =
    "건강보험료가 두 번 빠져나갔습니다. 돌려받고 싶은데 전화가 연결되지 않습니다.";

TEST(likeness, of_a_text_with_itself_is_one) {
  EXPECT_DOUBLE_EQ(likeness(shingles(one), shingles(one)), 1.0);
  EXPECT_DOUBLE_EQ(likeness({}, {}), 0.0);
}

TEST(likeness, is_jaccards_measure) {
  // {1,2,3} and {2,3,4}: two in common of four.
  EXPECT_DOUBLE_EQ(likeness({1, 2, 3}, {2, 3, 4}), 0.5);
  EXPECT_DOUBLE_EQ(likeness({1, 2}, {3, 4}), 0.0);
}

TEST(likeness, tells_the_same_matter_retold_from_another) {
  EXPECT_GE(likeness(shingles(one), shingles(retold)), alike);
  EXPECT_LT(likeness(shingles(one), shingles(other)), 0.15);
}

int shared_bands(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  const auto x = band_keys(a), y = band_keys(b);
  int n = 0;
  for (std::size_t i = 0; i < x.size(); ++i) n += x[i] == y[i];
  return n;
}

TEST(bands, are_the_same_for_the_same_tokens_and_find_what_is_retold) {
  EXPECT_EQ(shared_bands(shingles(one), shingles(one)), bands);
  EXPECT_GT(shared_bands(shingles(one), shingles(retold)), 0);
  EXPECT_EQ(shared_bands(shingles(one), shingles(other)), 0);
}

// Broder 1997: the share of equal minima is the likeness; with rows of 3 a band is equal with s^3.
TEST(bands, are_shared_as_often_as_the_theory_says) {
  std::mt19937_64 random(7);
  double seen = 0;
  constexpr int rounds = 400;
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::uint64_t> a, b;
    for (int n = 0; n < 60; ++n) {  // 60 in common, 30 apart each: likeness 60 / 120
      const auto both = random();
      a.push_back(both);
      b.push_back(both);
    }
    for (int n = 0; n < 30; ++n) {
      a.push_back(random());
      b.push_back(random());
    }
    std::ranges::sort(a);
    std::ranges::sort(b);
    seen += shared_bands(a, b);
  }
  // 16 bands of 0.5^3 are 2 on average; the standard error over 400 rounds is 0.07.
  EXPECT_NEAR(seen / rounds, 2.0, 0.3);
}

TEST(shared_words, say_why_in_the_words_of_the_first) {
  EXPECT_THAT(shared_words(one, retold), testing::Contains(std::string("횡단보도")));
  EXPECT_TRUE(shared_words(one, other).empty());
  EXPECT_LE(shared_words(one, one, 3).size(), 3u);
}

}  // namespace
}  // namespace madang::epeople
