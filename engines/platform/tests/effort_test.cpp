#include "madang/platform/effort.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "both_stores.hpp"

namespace madang::platform {
namespace {

const date today_is = date::parse("2026-03-02").value();

class an_effort : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open(4)) GTEST_SKIP() << none;
  }
  std::int64_t rows() {
    return *db->reading([](store::read& r) {
      return r.one<std::int64_t>("select count(*) from daily_effort");
    });
  }
  static std::string code(const outcome& o) { return o ? "" : o.why().code; }
};

TEST_P(an_effort, ends_at_the_limit_of_the_day_for_this_one_alone) {
  effort e(*db, "sharing");
  const effort::limits most{2, 3};
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(e.may("jongno", today_is, most));
    EXPECT_TRUE(e.looked("jongno", today_is, most));
  }
  EXPECT_EQ(code(e.may("jongno", today_is, most)), "sharing.too_many");
  EXPECT_EQ(code(e.looked("jongno", today_is, most)), "sharing.too_many");
  EXPECT_TRUE(e.looked("mapo", today_is, most));
  EXPECT_TRUE(e.looked("jongno", today_is.plus(1), most));
}

TEST_P(an_effort, locks_whoever_was_refused_too_often_whatever_is_left_to_look_at) {
  effort e(*db, "sharing");
  const effort::limits most{100, 2};
  EXPECT_EQ(e.refused("jongno", today_is), 1);
  EXPECT_TRUE(e.may("jongno", today_is, most));
  EXPECT_EQ(e.refused("jongno", today_is), 2);
  EXPECT_EQ(code(e.may("jongno", today_is, most)), "sharing.locked");
  EXPECT_TRUE(e.may("mapo", today_is, most));
}

TEST_P(an_effort, is_passed_by_nobody_who_asks_many_times_at_once) {
  effort e(*db, "sharing");
  std::atomic<int> answered{0};
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < 4; ++i)
      all.emplace_back([&] {
        for (int j = 0; j < 10; ++j)
          if (e.looked("jongno", today_is, {25, 1})) ++answered;
      });
  }
  EXPECT_EQ(answered, 25);
}

TEST_P(an_effort, is_forgotten_after_a_week) {
  effort e(*db, "sharing");
  EXPECT_TRUE(e.looked("jongno", today_is, {9, 9}));
  EXPECT_TRUE(e.looked("jongno", today_is.plus(7), {9, 9}));
  EXPECT_EQ(rows(), 2);
  EXPECT_TRUE(e.looked("jongno", today_is.plus(8), {9, 9}));
  EXPECT_EQ(rows(), 2);
}

INSTANTIATE_TEST_SUITE_P(stores, an_effort, both_stores);

}  // namespace
}  // namespace madang::platform
