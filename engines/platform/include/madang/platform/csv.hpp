#pragma once
#include <string>

namespace madang::platform {

// One field of comma-separated values (RFC 4180): in quotes where it has a comma, quote or line
// break. What a spreadsheet would take for a formula (OWASP, "CSV Injection": = + - @, tab or
// carriage return at its beginning) is made text by an apostrophe.
std::string csv_cell(std::string s);

}  // namespace madang::platform
