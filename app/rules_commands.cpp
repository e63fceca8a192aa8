#include "rules_commands.hpp"

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "madang/base/text.hpp"
#include "madang/rules/tck.hpp"

namespace madang::app {
namespace {

std::string quoted(const std::string& s) {
  return "\"" + text::replace_all(s, "\"", "\"\"") + "\"";
}

}  // namespace

int run_compatibility_kit(const std::string& folder, const std::string& csv) {
  std::ofstream lines;
  if (!csv.empty()) {
    lines.open(csv, std::ios::binary);
    if (!lines) throw std::runtime_error(csv + " cannot be written");
  }
  const auto sum = rules::run_tck(folder, [&](const rules::tck_case& c) {
    if (!c.passed)
      std::printf("%s %s %s: %s\n", c.folder.c_str(), c.file.c_str(), c.id.c_str(),
                  c.message.c_str());
    if (lines)
      lines << quoted(c.folder) << ',' << quoted(c.file) << ',' << quoted(c.id) << ','
            << quoted(c.passed ? "SUCCESS" : "ERROR") << ',' << quoted(c.message) << '\n';
  });
  std::printf("%d of %d\n", sum.passed, sum.all);
  return sum.all > 0 && sum.passed == sum.all ? 0 : 1;
}

}  // namespace madang::app
