#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "madang/platform/settings.hpp"

namespace madang::app {

// madang exchange verify FILE [--conf DIR] [--previous DIGEST]: is this message what its sender
// signed, and when was it there? FILE is a container (.asice) or an archive of the message log
// (.zip), whose containers are verified one by one; --conf is a folder of a global configuration,
// by default the one this node downloaded. Verdict and reason are X-Road's own codes; the status
// is 0 valid, 1 not, 2 used wrongly. No network and no database is asked.
class exchange_commands {
 public:
  explicit exchange_commands(CLI::App& app);
  // None: another command was given.
  std::optional<int> run(const platform::settings& s) const;

 private:
  int verify(const platform::settings& s) const;
  CLI::App* verify_;
  std::string file_, folder_;
  std::optional<std::string> previous_;
};

}  // namespace madang::app
