#pragma once
#include <boost/describe.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "madang/rules/statutes.hpp"

// Test cases beside a decision: "given these inputs, these decisions are so". Kept as YAML or JSON,
// run when a model is saved, and exchanged as files of the Technology Compatibility Kit.
//
//   - name: a pensioner alone
//     as_of: 2026-03-01        # the parameters of that day; without it those of the day it runs
//     given: {age: 70, monthly income: 2000000, married: false}
//     expect: {entitlement: {entitled: true, amount: 349700, because: single}}
//
// A value is read by the type of its input or decision: a date is the text "2026-03-01", a number
// may be a text too. Where no type is known "@2026-03-01" is a date, as @"..." is in FEEL. What an
// input of the model is called like a parameter has that parameter's value unless the case gives
// another.
namespace madang::rules {

struct trial {
  std::string name;
  std::optional<std::string> note;
  std::optional<date> as_of;
  json::value given, expect;                 // objects: name -> value
};
BOOST_DESCRIBE_STRUCT(trial, (), (name, note, as_of, given, expect))

// Refusals json.*, trial.too_many {most}: over 2,000.
result<std::vector<trial>> read_trials(const json::value& v);

struct trial_check {
  std::string decision;
  value expected, is;
  bool passed = false;
};

struct trial_result {
  std::string name;
  bool passed = false;
  std::vector<trial_check> checks;           // of each decision that is expected
  entries inputs;                            // as they were used, parameters with them
  explanation how;
  std::vector<diagnostic> diagnostics;
  // Why it was not run: trial.no_such_name {name}, trial.value {name, wanted},
  // rules.not_in_force {name}.
  std::optional<refusal> why;
};

// Numbers are equal within 1e-8. Never throws; a case that goes on without end is cut short.
std::vector<trial_result> run_trials(const model& m, std::span<const parameter> parameters,
                                     date today, std::span<const trial> all);

// Which rules of a table some case has hit, and which none has.
struct tried_table {
  std::string decision;
  std::vector<int> hit, never;               // from 1
};
std::vector<tried_table> tried_tables(std::span<const trial_result> all);

json::value to_json(const trial_result& r);

// A file of test cases of the kit (namespace http://www.omg.org/spec/DMN/20160719/testcase).
std::string write_tck(const model& m, const std::string& file, std::span<const trial> all);
// Cases of decisions; those of services are left out. An error that is expected becomes null.
// Refusals xml.*, trial.not_tck.
result<std::vector<trial>> read_tck(const model& m, std::string_view text);

}  // namespace madang::rules
