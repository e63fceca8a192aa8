#pragma once
#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "madang/platform/settings.hpp"

namespace madang::app {

// madang log verify FILE --policy FILE: a proof (C2SP tlog-proof) checked with nothing but the keys
// in the policy (C2SP tlog-policy); no network, no data folder. Prints what was entered, where and
// who confirmed it. 0: it holds; 1: it does not; 2: used wrongly.
class log_commands {
 public:
  explicit log_commands(CLI::App& app);
  // None: another command was given.
  std::optional<int> run(const platform::settings& s) const;

 private:
  int verify(const platform::settings& s) const;

  CLI::App* verify_;
  std::string file_, policy_;
};

}  // namespace madang::app
