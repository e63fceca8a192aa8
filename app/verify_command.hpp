#pragma once
#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

#include "madang/platform/settings.hpp"

namespace madang::app {

// madang verify FILE [--original FILE] [--trust FILE]... [--lists FILE]...: is it what its signer
// signed? PDF, CMS (.p7s, .p7m), containers (.asice, .asics). Says verdict, level, who, when and
// why in words; the status is 0 passed, 1 failed, 2 cannot be told or used wrongly. No network and
// no database is asked: whom to believe stands in the folder of keys and in what is given besides.
// A paper of this house, whose register is in the data folder, is also compared with the original,
// and then it is that which decides.
class verify_command {
 public:
  explicit verify_command(CLI::App& app);
  // None: another command was given.
  std::optional<int> run(const platform::settings& s) const;

 private:
  CLI::App* command_;
  std::string file_, original_;
  std::vector<std::string> trust_, lists_;
};

}  // namespace madang::app
