#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// A ballot paper, what may be chosen on it, and by which method it is counted. Pure: who chose, and
// when, is the book's (book.hpp); web/islands/src/choices.ts counts by the same words.
namespace madang::voices {

enum class paper_kind : std::uint8_t {
  one,         // one option
  several,     // 1 to `most` of them
  ranking,     // 1 to `most` of them, the best first
  budget       // as many as together cost no more than `budget`
};
std::string_view name_of(paper_kind k);                    // "one", "several" ...
std::optional<paper_kind> paper_kind_named(std::string_view name);

struct option {
  std::string text;
  std::int64_t cost = 0;           // of a budget, in its unit
  std::string picture, alt;        // id of the picture and what it shows; both or none
  std::string video;               // https address; empty: none
};
struct paper {
  paper_kind kind = paper_kind::one;
  std::int64_t most = 1;
  std::int64_t budget = 0;
  std::string unit;                // "won", "points"; a word of who made it
  std::string method;              // of a ranking: "borda", "runoff"
  bool sealed = false;             // results come after the end, so leaves are commitments
  std::vector<option> options;
};

inline constexpr std::size_t most_options = 50, longest_option = 200;

// Refusals, at the field: paper.options (too few, too many, twice the same), paper.option (empty or
// too long), paper.most, paper.method, paper.budget, paper.cost, paper.alt, paper.video.
outcome judge(const paper& p);
json::value written(const paper& p);
paper read_paper(const json::value& v);                    // as `written` wrote it

// ---- what one person chose ----
using chosen = std::vector<int>;                           // numbers of options, from 1
// Numbers of a ranking stay in their order; of all others they are sorted, so that what is chosen
// alike is written alike. Refusals paper.nothing, paper.unknown, paper.twice, paper.too_many
// {most}, paper.over_budget {budget}.
result<std::string> write_chosen(const paper& p, chosen c);
// "3,1,2"; nothing when it is not what write_chosen gives for any paper.
std::optional<chosen> parse_chosen(std::string_view s);

// ---- counting ----
// How many chose what: by write_chosen.
using ballots = std::map<std::string, std::int64_t>;

struct round {
  std::vector<std::int64_t> counts;                        // of each option; who is out has 0
  int out = 0;                                             // who goes out after it; 0: the last
};
struct counted_paper {
  std::int64_t voters = 0;
  // Of each option, in the order of the paper: who chose it; points of a ranking by Borda, first
  // preferences of one by run-off.
  std::vector<std::int64_t> counts;
  std::vector<int> order;                                  // the options, the best first
  std::vector<round> rounds;                               // of a run-off
  std::vector<int> funded;                                 // of a budget, in the order taken
  std::int64_t spent = 0;
};
// one, several: who has most is first; alike, the order of the paper.
//
// ranking, borda: of n options the first of a ballot gets n - 1 points, the next n - 2 and so on;
//   what a ballot leaves out gets none.
// ranking, runoff: each ballot counts for its best option that is still in. While none has more
//   than half of the ballots that still count for one, the last goes out; alike, who had fewer in
//   the first round, then who stands lower on the paper.
// budget: options by how many chose them, then the cheaper, then the order of the paper; each is
//   taken when its cost still fits what is left, else passed over.
counted_paper count(const paper& p, const ballots& all);

// ---- groups that are too small to be shown ----
struct group {
  std::string name;                                        // empty: several together
  std::int64_t voters = 0;
  std::vector<std::int64_t> counts;                        // of each option, who chose it (first)
};
inline constexpr std::int64_t smallest_group = 20;
// The groups of one table whose sum is known. Those below `least` become one; while that one is
// below it too, the smallest of the others joins it, so that it cannot be found by taking those
// shown from the sum. Empty when fewer than two are left: then it would say no more than the sum.
std::vector<group> merged(std::vector<group> all, std::int64_t least = smallest_group);

}  // namespace madang::voices
