#include "../src/limits.hpp"

#include <gtest/gtest.h>

namespace madang::access {
namespace {

constexpr instant begun{1'800'000'000'000'000};
instant after(double seconds) {
  return instant{begun.micros + static_cast<std::int64_t>(seconds * 1e6)};
}

std::vector<limit> three_and_six_a_minute() {
  return {{"filing", {"POST /apply/{draft}/submit", "GET /search"}, {3, 6}, {1, 60}}};
}

TEST(limits, let_a_burst_through_and_then_as_many_as_the_bucket_fills) {
  limits l(three_and_six_a_minute());
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(l.take("GET /search", true, "kim", begun));
  auto refused = l.take("GET /search", true, "kim", begun);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->id, "filing");
  EXPECT_EQ(refused->seconds, 10) << "six a minute";
  EXPECT_TRUE(refused->first);
  EXPECT_FALSE(l.take("GET /search", true, "kim", begun)->first) << "told once";
  EXPECT_FALSE(l.take("GET /search", true, "lee", begun)) << "another person";
  EXPECT_EQ(l.take("GET /search", true, "kim", after(9))->seconds, 1);
  EXPECT_FALSE(l.take("GET /search", true, "kim", after(10)));
  EXPECT_TRUE(l.take("GET /search", true, "kim", after(10)));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(l.take("GET /search", true, "kim", after(1000)));
  EXPECT_TRUE(l.take("GET /search", true, "kim", after(1000))->first) << "it was full again";
}

TEST(limits, are_of_the_routes_that_are_named_and_those_below) {
  limits l(three_and_six_a_minute());
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(l.take("GET /searching", true, "kim", begun));
    EXPECT_FALSE(l.take("POST /search", true, "kim", begun));
    EXPECT_FALSE(l.take("GET /", true, "kim", begun));
  }
  EXPECT_EQ(l.remembered(), 0u);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(l.take("GET /search/suggest", true, "kim", begun));
  EXPECT_TRUE(l.take("POST /apply/{draft}/submit", true, "kim", begun)) << "one bucket a rule";
}

TEST(limits, by_address_are_others_than_by_person) {
  limits l(three_and_six_a_minute());
  EXPECT_FALSE(l.take("GET /search", false, "kim", begun));
  EXPECT_TRUE(l.take("GET /search", false, "kim", begun));
  EXPECT_FALSE(l.take("GET /search", true, "kim", begun));
}

TEST(limits, remember_no_more_than_they_may_and_newcomers_share_what_is_left) {
  limits l(three_and_six_a_minute(), 10);
  for (int i = 0; i < 1000; ++i) (void)l.take("GET /search", true, std::to_string(i), begun);
  EXPECT_LE(l.remembered(), 10u);
  EXPECT_TRUE(l.take("GET /search", true, "newcomer", begun)) << "the shared one is empty";
  // When the ten are full again there is room.
  EXPECT_FALSE(l.take("GET /search", true, "newcomer", after(60)));
  EXPECT_LE(l.remembered(), 10u);
}

TEST(limits, that_are_wrong_are_refused_by_their_place) {
  const auto wrong = [](const char* text) {
    auto read = read_limits(*json::parse(text));
    return read ? "" : read.why().field;
  };
  EXPECT_EQ(wrong("{}"), "/");
  EXPECT_EQ(wrong(R"([{"id": "a"}])"), "a.pages");
  EXPECT_EQ(wrong(R"([{"id": "a", "pages": ["/x"]}])"), "a.pages");
  EXPECT_EQ(wrong(R"([{"id": "a", "pages": ["GET /x"], "person": {"burst": 0}}])"), "a.person");
  EXPECT_EQ(
      wrong(R"([{"id": "a", "pages": ["GET /x"], "person": {"burst": 1, "each_minute": 1}}])"),
      "a.address");
}

}  // namespace
}  // namespace madang::access
