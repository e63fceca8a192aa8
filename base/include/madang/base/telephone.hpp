#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace madang {

// A telephone number as ITU-T E.164 has it: "+" and 8 to 15 digits. What people type may have
// spaces, hyphens, dots and brackets; a number as it is dialled within the country
// ("010-1234-5678") gets `country_code` ("82") in place of its 0. Nothing: it is no such number, or
// one of a country whose code is not known.
std::optional<std::string> telephone_number(std::string_view typed, std::string_view country_code);

}  // namespace madang
