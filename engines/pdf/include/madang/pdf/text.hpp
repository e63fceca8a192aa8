#pragma once
#include <string>
#include <string_view>

namespace madang::pdf {

// A text string of a file (ISO 32000-1 section 7.9.2: UTF-16BE with a mark, or single octets) as
// people may be shown it: `most` characters, no control characters; "?" when it is no text.
std::string shown_text(std::string_view s, std::size_t most);

}  // namespace madang::pdf
