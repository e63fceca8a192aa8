// Taking turns: ten writers of a thousand filings each do not hold up those who file one. Orders
// only; no clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "../src/bureau.hpp"

namespace madang::epeople {
namespace {

constexpr date monday{20'000};

struct waiting {
  std::int64_t turn;
  int order, writer;
  auto operator<=>(const waiting&) const = default;
};

// A desk as the bureau orders it: by turn, then as they came.
struct desk {
  std::vector<waiting> line;
  std::map<int, std::int64_t> last;
  int order = 0;

  void file(int writer, date day) {
    last[writer] = next_turn(day, last[writer]);
    line.push_back({last[writer], order++, writer});
  }
  int serve() {
    const auto next = std::ranges::min_element(line);
    const int writer = next->writer;
    line.erase(next);
    return writer;
  }
};

TEST(a_writer, has_one_place_a_day) {
  EXPECT_EQ(next_turn(monday, 0), monday.days);
  EXPECT_EQ(next_turn(monday, monday.days), monday.days + 1);
  EXPECT_EQ(next_turn(monday.plus(30), monday.days), monday.days + 30);
}

// The place of five hundred others in the line, with the flood before them and without it.
TEST(ten_writers_of_a_thousand, lengthen_the_others_wait_by_less_than_a_tenth) {
  constexpr int others = 500;
  const auto mean_place = [&](bool flood) {
    desk d;
    if (flood)
      for (int i = 0; i < 1000; ++i)
        for (int writer = 0; writer < 10; ++writer) d.file(writer, monday);
    for (int writer = 100; writer < 100 + others; ++writer) d.file(writer, monday);
    double sum = 0;
    int seen = 0;
    for (int place = 1; seen < others; ++place)
      if (d.serve() >= 100) {
        sum += place;
        ++seen;
      }
    return sum / others;
  };
  // Ten are ahead of everybody: (1 + ... + 500) / 500 = 250.5, and 260.5 with them.
  EXPECT_DOUBLE_EQ(mean_place(false), 250.5);
  EXPECT_DOUBLE_EQ(mean_place(true), 260.5);
  EXPECT_LT(mean_place(true), mean_place(false) * 1.10);
}

TEST(what_was_filed_second, waits_for_a_day_and_not_for_ever) {
  desk d;
  d.file(1, monday);
  d.file(1, monday);
  for (int day = 0; day < 3; ++day)
    for (int n = 0; n < 5; ++n) d.file(100 + day * 5 + n, monday.plus(day));
  std::vector<int> served;
  while (!d.line.empty()) served.push_back(d.serve());
  // Her first with Monday's, her second with Tuesday's before all that came on Tuesday.
  EXPECT_EQ(served.front(), 1);
  EXPECT_EQ(served[6], 1);
}

TEST(whoever_files_one, is_ahead_of_the_second_of_whoever_filed_many) {
  desk d;
  for (int i = 0; i < 1000; ++i) d.file(1, monday);
  d.file(2, monday);
  EXPECT_EQ(d.serve(), 1);
  EXPECT_EQ(d.serve(), 2);
}

}  // namespace
}  // namespace madang::epeople
