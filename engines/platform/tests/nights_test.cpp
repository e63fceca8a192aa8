#include "madang/platform/nights.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace madang::platform {
namespace {

using namespace std::chrono_literals;

bool soon(const std::function<bool()>& f) {
  for (int i = 0; i < 500; ++i) {
    if (f()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

class a_night : public testing::Test {
 protected:
  void TearDown() override { set_clock({}); }
  static void it_is(const char* t) { set_clock([at = *instant::parse(t)] { return at; }); }
};

TEST_F(a_night, does_at_once_what_was_never_done) {
  std::atomic<int> done{0};
  nights n;
  n.add({"work", [&] { return done ? std::optional(today()) : std::nullopt; },
         [&](const std::atomic<bool>&) {
           ++done;
           return outcome(nothing{});
         }});
  n.start("Asia/Seoul");
  EXPECT_TRUE(soon([&] { return done == 1; }));
  n.stop();
  EXPECT_EQ(done, 1);
}

TEST_F(a_night, waits_for_three_o_clock_of_the_place_after_a_day_it_was_done) {
  // 02:59 and 03:00 in Seoul.
  for (const auto& [at, due] : {std::pair("2026-03-04T17:59:00Z", false),
                                std::pair("2026-03-04T18:00:00Z", true)}) {
    it_is(at);
    std::atomic<bool> done{false}, asked{false};
    nights n;
    n.add({"work",
           [&]() -> std::optional<date> {
             asked = true;
             return done ? *date::parse("2026-03-05") : *date::parse("2026-03-04");
           },
           [&](const std::atomic<bool>&) {
             done = true;
             return outcome(nothing{});
           }});
    n.start("Asia/Seoul");
    EXPECT_TRUE(soon([&] { return asked.load(); }));
    if (due) EXPECT_TRUE(soon([&] { return done.load(); })) << at;
    n.stop();
    EXPECT_EQ(done, due) << at;
  }
}

TEST_F(a_night, work_that_fails_does_not_keep_the_next_from_being_done) {
  std::atomic<bool> second{false};
  nights n;
  n.add({"first", [] { return std::optional<date>(); },
         [](const std::atomic<bool>&) -> outcome { throw std::runtime_error("broken"); }});
  n.add({"second", [&] { return second ? std::optional(today()) : std::nullopt; },
         [&](const std::atomic<bool>&) {
           second = true;
           return outcome(nothing{});
         }});
  n.start("Asia/Seoul");
  EXPECT_TRUE(soon([&] { return second.load(); }));
  n.stop();
}

TEST_F(a_night, is_over_when_the_house_closes) {
  std::atomic<bool> begun{false}, asked_to_stop{false};
  nights n;
  n.add({"long", [] { return std::optional<date>(); },
         [&](const std::atomic<bool>& stop) {
           begun = true;
           while (!stop) std::this_thread::sleep_for(1ms);
           asked_to_stop = true;
           return outcome(nothing{});
         }});
  n.start("Asia/Seoul");
  EXPECT_TRUE(soon([&] { return begun.load(); }));
  n.stop();
  EXPECT_TRUE(asked_to_stop);
}

}  // namespace
}  // namespace madang::platform
