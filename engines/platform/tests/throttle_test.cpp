#include "madang/platform/throttle.hpp"

#include <gtest/gtest.h>

namespace madang::platform {
namespace {

const instant begin{1'000'000'000'000'000};
using std::chrono::seconds;

TEST(throttle, lets_go_on_until_there_were_too_many_misses_and_again_when_the_window_has_ended) {
  throttle t(3, seconds(60));
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(t.wait("192.0.2.1", begin));
    t.miss("192.0.2.1", begin);
  }
  EXPECT_EQ(t.wait("192.0.2.1", begin), 60);
  EXPECT_EQ(t.wait("192.0.2.1", begin.plus(seconds(59))), 1);
  EXPECT_FALSE(t.wait("192.0.2.1", begin.plus(seconds(60))));
  t.miss("192.0.2.1", begin.plus(seconds(61)));
  EXPECT_FALSE(t.wait("192.0.2.1", begin.plus(seconds(61))));
}

TEST(throttle, takes_no_other_address_for_the_guesser) {
  throttle t(1, seconds(60));
  t.miss("192.0.2.1", begin);
  EXPECT_TRUE(t.wait("192.0.2.1", begin));
  EXPECT_FALSE(t.wait("192.0.2.2", begin));
}

TEST(throttle, takes_a_network_of_64_bits_for_one_and_mapped_addresses_for_what_they_map) {
  throttle t(1, seconds(60));
  t.miss("2001:db8:0:1::1", begin);
  EXPECT_TRUE(t.wait("2001:db8:0:1:ffff::2", begin));
  EXPECT_FALSE(t.wait("2001:db8:0:2::1", begin));
  t.miss("::ffff:192.0.2.1", begin);
  EXPECT_FALSE(t.wait("::ffff:192.0.2.2", begin));
}

TEST(throttle, remembers_only_so_many_and_lets_nobody_wash_a_guesser_out) {
  throttle t(2, seconds(60), 2);
  t.miss("192.0.2.1", begin);
  t.miss("192.0.2.1", begin);
  t.miss("192.0.2.2", begin);
  for (int i = 3; i < 100; ++i) t.miss("192.0.2." + std::to_string(i), begin);
  EXPECT_TRUE(t.wait("192.0.2.1", begin));
  EXPECT_TRUE(t.wait("192.0.2.200", begin));   // newcomers share a count, and it is full
  t.miss("192.0.2.201", begin.plus(seconds(61)));
  EXPECT_FALSE(t.wait("192.0.2.200", begin.plus(seconds(61))));
}

}  // namespace
}  // namespace madang::platform
