#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "madang/platform/settings.hpp"

namespace madang::app {

// madang node create|join|list|requests|approve|refuse|drain|resume|take|release|retire: this house
// as a node of the exchange (docs/exchange.md). Commands and a house that runs share the store and
// the folder <data>/exchange, so both see what the other does. 0: done; 1: refused, with the reason
// on standard error; 2: used wrongly; 3: ordered, but no house that runs has done it yet.
class node_commands {
 public:
  explicit node_commands(CLI::App& app);
  // None: another command was given.
  std::optional<int> run(const platform::settings& s) const;

 private:
  int create(const platform::settings& s) const;
  int join(const platform::settings& s) const;
  int list(const platform::settings& s) const;
  int requests(const platform::settings& s) const;
  int decide(const platform::settings& s, bool approve) const;
  int take(const platform::settings& s) const;
  int retire(const platform::settings& s) const;
  int order(const platform::settings& s, const std::string& what) const;

  CLI::App *create_, *join_, *list_, *requests_, *approve_, *refuse_, *drain_, *resume_, *take_,
      *release_, *retire_;
  std::string instance_ = "KR", server_, name_, at_, anchor_, request_, client_;
  std::vector<std::string> clients_;
  std::optional<int> days_;
  int seconds_ = 120;
};

}  // namespace madang::app
