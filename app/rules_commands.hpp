#pragma once
#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace madang::app {

// madang rules tck: runs a tree of DMN test cases and prints those that fail and "N of M"; one line
// a case goes to the file, if it is named: "folder","file","case","SUCCESS|ERROR","message". 0 when
// all passed.
//
// madang rules evaluate: a model, what it imports, facts; prints the decisions as JSON (see
// rules/answer.hpp). 0 when it was evaluated, whatever the values; 1 when a file was refused.
class rules_commands {
 public:
  explicit rules_commands(CLI::App& app);
  // None: another command was given.
  std::optional<int> run() const;

 private:
  int run_compatibility_kit() const;
  int evaluate() const;

  CLI::App *tck_, *evaluate_;
  std::string folder_, csv_;
  std::vector<std::string> models_;
  std::string facts_, decision_;
  bool explain_ = false;
};

}  // namespace madang::app
