#pragma once
#include <string>

namespace madang::app {

// Runs a tree of DMN test cases and prints those that fail and "N of M"; one line a case goes to
// the file, if it is named: "folder","file","case","SUCCESS|ERROR","message". 0 when all passed.
int run_compatibility_kit(const std::string& folder, const std::string& csv);

}  // namespace madang::app
