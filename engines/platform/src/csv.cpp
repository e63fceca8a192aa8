#include "madang/platform/csv.hpp"

#include "madang/base/text.hpp"

namespace madang::platform {

std::string csv_cell(std::string s) {
  if (!s.empty() && std::string_view("=+-@\t\r").find(s.front()) != std::string_view::npos)
    s.insert(s.begin(), '\'');
  if (s.find_first_of(",\"\r\n") == std::string::npos) return s;
  return "\"" + text::replace_all(std::move(s), "\"", "\"\"") + "\"";
}

}  // namespace madang::platform
