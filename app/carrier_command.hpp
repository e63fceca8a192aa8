#pragma once
#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "madang/platform/settings.hpp"

namespace madang::app {

// madang carrier --port N --data DIR --house URL: a simulated telephone company on a port of its
// own, with data of its own (systems/carrier), known to one house as its client "madang".
//
// --introduce DIR writes into DIR, the data folder of that house, by which carrier people may
// confirm (carriers.yaml) and by which provider they may come in (providers.yaml), and into its own
// data folder who the house is, with a secret made for the two; files that are there stay. Then it
// ends. 0: done; 2: used wrongly.
class carrier_command {
 public:
  explicit carrier_command(CLI::App& app);
  // None: another command was given.
  std::optional<int> run(const platform::settings& given) const;

 private:
  int introduce(const platform::settings& s) const;

  CLI::App* command_;
  std::string house_, introduce_;
};

}  // namespace madang::app
