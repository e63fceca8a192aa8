#pragma once
#include <string>

#include "madang/platform/settings.hpp"

namespace madang::app {

// Runs a tree of DMN test cases and prints those that fail and "N of M"; one line a case goes to
// the file, if it is named: "folder","file","case","SUCCESS|ERROR","message". 0 when all passed.
int run_compatibility_kit(const std::string& folder, const std::string& csv);

// What a changed figure or a draft would do to everybody in the registers of the data folder.
struct whatif_question {
  std::string decision, against;   // register: "persons"
  std::string set;                 // "livelihood ratio=0.35"; empty: a draft is tried
  std::string draft;               // a DMN file
  std::string as_of;               // empty: today
  std::string csv;                 // where the table goes; empty: standard output
};
int run_whatif(const platform::settings& s, const whatif_question& q);

}  // namespace madang::app
