#pragma once
#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "madang/platform/settings.hpp"

namespace madang::app {

// madang process check FILE: what stands in the way of running a BPMN file, each with its line; 0
// when nothing does. madang process suite PATH: plays text cases (process/suite.hpp) and prints
// those that fail and "N of M". madang process replay NUMBER: every state of the processes of a
// case, made again from their history in the data folder; 0 when all came out the same.
class process_commands {
 public:
  explicit process_commands(CLI::App& app);
  // None: another command was given.
  std::optional<int> run(const platform::settings& s) const;

 private:
  int check_model() const;
  int play_suite() const;
  int replay(const platform::settings& s) const;

  CLI::App *check_, *suite_, *replay_;
  std::string file_, path_, number_, system_ = "counters";
};

}  // namespace madang::app
