#pragma once
#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

#include "madang/platform/settings.hpp"

namespace madang::app {

// What a changed figure or a draft would do to everybody in the registers of the data folder.
struct whatif_question {
  std::string decision, against;   // register: "persons"
  std::string set;                 // "livelihood ratio=0.35"; empty: a draft is tried
  std::string draft;               // a DMN file
  std::string as_of;               // empty: today
};
// The table goes to the file, or to standard output when none is named.
int run_whatif(const platform::settings& s, const whatif_question& q, const std::string& csv);

// madang rules tck: runs a tree of DMN test cases and prints those that fail and "N of M"; one line
// a case goes to the file, if it is named: "folder","file","case","SUCCESS|ERROR","message". 0 when
// all passed.
//
// madang rules evaluate: a model, what it imports, facts; prints the decisions as JSON (see
// rules/answer.hpp). 0 when it was evaluated, whatever the values; 1 when a file was refused.
//
// madang rules whatif: see run_whatif.
class rules_commands {
 public:
  explicit rules_commands(CLI::App& app);
  // None: another command was given.
  std::optional<int> run(const platform::settings& s) const;

 private:
  int run_compatibility_kit() const;
  int evaluate() const;

  CLI::App *tck_, *evaluate_, *whatif_;
  whatif_question trial_;
  std::string folder_, csv_;
  std::vector<std::string> models_;
  std::string facts_, decision_;
  bool explain_ = false;
};

}  // namespace madang::app
