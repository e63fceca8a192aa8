#pragma once
#include <string>
#include <string_view>

#include "madang/rules/model.hpp"

// A model asked as files and services ask: facts come as JSON, decisions go as JSON.
namespace madang::rules {

// A value of a type. What JSON has no form for is a text there: "2026-11-23" for a date, "P1Y2M"
// for a duration. What does not fit stays as it is; whoever takes it says that it is of a wrong
// type.
value of_json(const json::value& v, const type& t);

struct answer {
  entries decisions;                         // in the order of the model
  std::vector<diagnostic> diagnostics;
  explanation how;                           // when it was asked for
};

struct question {
  json::object facts;                        // by the names of inputs; or of decisions, instead
                                             // of deciding these
  date_time now;
  std::string decision;                      // empty: all of the model, without imported ones
  bool explain = false;
};

// Refusals dmn.no_such_input {name}, dmn.no_such_decision {name}.
result<answer> ask(const model& m, const question& q);

// {"decisions": {..}, "diagnostics": [{"code", "place", "at", "facts"}], "mistakes": [{"element",
// "code", "facts"}], "explanation": {..}}. Numbers have all their digits; mistakes are those of the
// model.
std::string json_text(const model& m, const answer& a, bool with_explanation = false);

}  // namespace madang::rules
