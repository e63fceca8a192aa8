#pragma once
#include <map>
#include <string>
#include <vector>

#include "madang/html/node.hpp"
#include "madang/platform/context.hpp"

// What became of what the people asked, by ministry, from what places say as SYSTEM.adoption. A
// system that has several places puts their asks together and shows them at once.
namespace madang::assembly {

struct adoption_line {
  std::string agency;
  words name;
  std::map<std::string, std::int64_t, std::less<>> by_verdict;
  std::int64_t received = 0, reviewing = 0;
  std::int64_t adopted = 0;        // with a verdict that adopts, in whole or in part
};

// The most received first.
std::vector<adoption_line> adoption_of(const packs::pack& pack, const json::value& said);
// RFC 4180: agency, received, under_review, a column a verdict, adopted_in_whole_or_part.
std::string adoption_csv(const std::vector<adoption_line>& lines, const json::value& said);
// The rate is of what was decided; empty when nothing was.
html::node adoption_table(const platform::context& c, const std::vector<adoption_line>& lines,
                          const json::value& said);
// What was decided last, with its reason.
html::node adoption_reasons(const platform::context& c, const json::value& said);

}  // namespace madang::assembly
