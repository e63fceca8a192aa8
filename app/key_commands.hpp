#pragma once
#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "madang/platform/settings.hpp"

namespace madang::app {

// madang key convert FILE --to FORM --out FILE: a holder's key from one form to another (NPKI's
// signPri.key, PKCS#12, PEM). Passphrases are read from standard input, a line each: the one it
// has, then the one it gets (the same when there is none); never from the command line, which
// other people see. 0: written; 1: wrong passphrase or file; 2: used wrongly.
class key_commands {
 public:
  explicit key_commands(CLI::App& app);
  // None: another command was given.
  std::optional<int> run(const platform::settings& s) const;

 private:
  int convert(const platform::settings& s) const;

  CLI::App* convert_;
  std::string file_, certificate_, to_, out_;
};

}  // namespace madang::app
