#pragma once
#include "station.hpp"

// What came out, as numbers and as bars.
namespace madang::mvoting {

struct result_line {
  std::int64_t option = 0;
  std::string text;
  std::int64_t cost = 0, count = 0, place = 0;
  double share = 0;                // of the voters, in hundredths; of a ranking by Borda, of points
  bool funded = false;
};
BOOST_DESCRIBE_STRUCT(result_line, (), (option, text, cost, count, place, share, funded))
struct round_line {
  std::int64_t number = 0, out = 0;
  std::vector<std::int64_t> counts;
};
BOOST_DESCRIBE_STRUCT(round_line, (), (number, out, counts))
struct group_line {
  std::string code, name;
  std::int64_t voters = 0;
  std::vector<std::int64_t> counts;
};
BOOST_DESCRIBE_STRUCT(group_line, (), (code, name, voters, counts))
struct group_table {
  std::string by;                  // "province", "age", "sex"
  std::vector<group_line> groups;
};
BOOST_DESCRIBE_STRUCT(group_table, (), (by, groups))
struct results_view {
  std::string number, title, href, stage, stage_name, kind, method, unit;
  bool ended = false, shown = false;         // shown: the rule lets results be seen now
  std::int64_t version = 0, voters = 0, budget = 0, spent = 0;
  std::optional<std::int64_t> eligible;      // 0: fewer than fewest_told
  std::vector<result_line> lines;
  std::vector<round_line> rounds;
  std::vector<group_table> tables;           // after the end
};
BOOST_DESCRIBE_STRUCT(results_view, (),
                      (number, title, href, stage, stage_name, kind, method, unit, ended, shown,
                       version, voters, budget, spent, eligible, lines, rounds, tables))

results_view results_of(const context& c, station& s, const ask& a, const vote& v, const paper& p);
// A bar an option, with count and share in words.
html::node bars(const context& c, const results_view& r);
std::string count_words(const context& c, const results_view& r, std::int64_t n);

}  // namespace madang::mvoting
