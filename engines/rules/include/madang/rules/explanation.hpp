#pragma once
#include <string>
#include <vector>

#include "madang/rules/value.hpp"

// How a decision came about: every decision that was needed, and of tables every rule that was
// tried with the value of every condition. Made only when asked for, as it costs.
namespace madang::rules {

struct tried_condition {
  std::string asked;               // the input as the table names it: "income"
  value is;                        // what it was
  std::string test;                // "<= limit"
  bool holds = false;
};

struct tried_rule {
  int number = 0;                  // from 1, as in the table
  bool hit = false;
  std::vector<tried_condition> conditions;
  value output;                    // what it gives, or would give
  std::vector<std::string> annotations;      // of the rule: its article of law
};

struct explained_decision {
  std::string name;
  value result;
  std::vector<tried_rule> rules;   // empty: it is no table
};

struct explanation {
  std::vector<explained_decision> decisions;     // in the order in which they were finished

  const explained_decision* find(std::string_view decision) const;
};

// A rule that failed in one condition only, and would have given something else.
struct near_miss {
  const tried_rule* rule = nullptr;
  const tried_condition* condition = nullptr;
};
std::vector<near_miss> near_misses(const explained_decision& d);

json::value to_json(const explanation& e);

}  // namespace madang::rules
