#include "madang/voices/anomaly.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

namespace madang::voices {
namespace {

namespace fs = std::filesystem;

fs::path suite() {
  const char* set = std::getenv("MADANG_SUITES");
  return fs::path(set ? set : MADANG_SOURCE "/../shared/suites") / "city/polis";
}

// participants-votes.csv: who, group, counts, then one column a statement, called by its number.
std::vector<ballot> read(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  std::vector<ballot> out;
  const auto names = text::split(line, ',');
  const auto before = static_cast<std::size_t>(
      std::ranges::find_if(names, [](const auto& n) { return std::isdigit(n.front()) != 0; }) -
      names.begin());
  while (std::getline(in, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const auto cells = text::split(line, ',');
    ballot b{cells[0], {}};
    for (std::size_t i = before; i < cells.size(); ++i)
      b.said.push_back(cells[i].empty() ? unsaid
                                        : static_cast<std::int8_t>(std::atoi(cells[i].c_str())));
    out.push_back(std::move(b));
  }
  return out;
}

std::set<std::string> flagged(const std::vector<ballot>& all) {
  std::set<std::string> out;
  for (const auto& g : find_clones(all)) out.insert(g.pseudonyms.begin(), g.pseudonyms.end());
  return out;
}

// Nine real deliberations (github.com/compdemocracy/openData) with clones put among the people: the
// bars are a recall of 95 % for groups of 20 and more, and 0.2 % of real people flagged.
TEST(clones_among_real_people, are_found_and_people_are_not_taken_for_them) {
  if (!fs::is_directory(suite())) GTEST_SKIP() << "github.com/compdemocracy/openData";
  int sets = 0;
  std::size_t real = 0, wrong = 0, injected = 0, found = 0;
  for (const auto& entry : fs::directory_iterator(suite())) {
    const fs::path file = entry.path() / "participants-votes.csv";
    if (!fs::exists(file)) continue;
    ++sets;
    auto all = read(file);
    const auto people = all.size();
    real += people;
    for (const std::size_t size : {std::size_t{20}, std::max<std::size_t>(20, people / 10)}) {
      auto with = all;
      std::mt19937 chance(static_cast<unsigned>(size + people));
      // What the machine says: the answers of a person who has said something, each copy her own
      // number; it answers what there is to answer and is not all of one mind.
      const auto statements = all.front().said.size();
      std::vector<std::int8_t> says(statements, unsaid);
      for (std::size_t i = 0; i < statements && i < 40; ++i)
        says[i] = static_cast<std::int8_t>(static_cast<int>(chance() % 3) - 1);
      for (std::size_t i = 0; i < size; ++i)
        with.push_back({"clone " + std::to_string(i), says});
      std::ranges::shuffle(with, chance);
      const auto out = flagged(with);
      injected += size;
      for (const auto& who : out) {
        if (who.starts_with("clone")) ++found;
        else ++wrong;
      }
    }
  }
  ASSERT_EQ(sets, 9);
  EXPECT_GE(static_cast<double>(found), 0.95 * static_cast<double>(injected));
  EXPECT_LE(static_cast<double>(wrong), 0.002 * 2 * static_cast<double>(real))
      << wrong << " of " << 2 * real;
  std::printf("%zu of %zu clones found, %zu of %zu people flagged\n", found, injected, wrong,
              2 * real);
}

TEST(clones, are_who_answered_the_same_the_same_and_not_who_says_one_thing_to_all) {
  const std::vector<std::int8_t> mixed{1, -1, 0, 1, 1, -1, 1, 0, 1, -1, unsaid};
  std::vector<std::int8_t> other = mixed, few(11, unsaid);
  other[3] = -1;
  few[0] = 1;
  few[1] = -1;
  std::vector<ballot> all;
  for (const char* who : {"a", "b", "c"}) all.push_back({who, mixed});
  for (const char* who : {"d", "e"}) all.push_back({who, other});
  for (const char* who : {"f", "g", "h", "i"})
    all.push_back({who, std::vector<std::int8_t>(11, 1)});
  for (const char* who : {"j", "k", "l"}) all.push_back({who, few});
  const auto found = find_clones(all);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].pseudonyms, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(find_clones(all, {.fewest_said = 10, .smallest_group = 2}).size(), 2u);
  EXPECT_TRUE(find_clones({}).empty());
}

instant slot(int n) { return {n * std::int64_t{600'000'000}}; }

TEST(a_burst, is_more_than_chance_brings_and_growth_is_none) {
  std::vector<arrivals> steady, growing;
  for (int i = 0; i < 72; ++i) {
    steady.push_back({slot(1000 + i), 20 + i % 3});
    growing.push_back({slot(1000 + i), 20 + 2 * i});
  }
  EXPECT_TRUE(find_bursts(steady).empty());
  EXPECT_TRUE(find_bursts(growing).empty());
  steady[40].count = 80;
  const auto found = find_bursts(steady);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].begins, slot(1040));
  EXPECT_EQ(found[0].count, 80);
  // 36 neighbours of 20, 21 and 22, twelve each: 21 on average.
  EXPECT_NEAR(found[0].expected, 21.0, 0.1);
}

// By the series: with 2 expected P(X >= 10) = 4.65e-5, more than one in a million; P(X >= 14) is
// 2.93e-8.
TEST(a_burst, is_rarer_than_one_in_a_million) {
  std::vector<arrivals> slots;
  for (int i = 0; i < 37; ++i) slots.push_back({slot(100 + i), 2});
  slots[18].count = 10;
  EXPECT_TRUE(find_bursts(slots).empty());
  slots[18].count = 14;
  EXPECT_EQ(find_bursts(slots).size(), 1u);
}

TEST(a_burst, of_the_first_minutes_has_nothing_beside_it_and_is_one) {
  EXPECT_EQ(find_bursts({{slot(5), 40}}).size(), 1u);
  EXPECT_TRUE(find_bursts({{slot(5), 9}}).empty()) << "too few to say anything";
  EXPECT_TRUE(find_bursts({}).empty());
}

// By hand: of 3 who live in 29, 2 join in the first hour, 2 in the second (4), one takes it back
// (3), and two join (5): too many from the second hour on, 5 at most. All 4 of 11 may join.
TEST(excess, is_a_district_in_which_more_join_than_live_there) {
  const auto hour = [](int n) { return instant{}.plus(std::chrono::hours(n)); };
  const std::map<std::string, std::int64_t> people{{"11", 4}, {"29", 3}, {"39", 0}};
  const std::vector<district_hour> hours{{hour(1), "11", 4}, {hour(1), "29", 2}, {hour(2), "29", 2},
                                         {hour(2), "none", 9}, {hour(3), "29", -1},
                                         {hour(4), "29", 2}, {hour(5), "39", 1}};
  const auto found = find_excess(hours, people);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].district, "29");
  EXPECT_EQ(found[0].since, hour(2));
  EXPECT_EQ(found[0].counted, 5);
  EXPECT_EQ(found[0].people, 3);
  EXPECT_EQ(found[1].district, "39") << "where nobody lives, nobody joins";
  EXPECT_TRUE(find_excess(hours, {}).empty()) << "nothing is known of any";
  EXPECT_TRUE(find_excess({{hour(1), "29", 5}, {hour(1), "29", -2}}, {{"29", 5}}).empty());
}

}  // namespace
}  // namespace madang::voices
