#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// zlib streams (RFC 1950). Compressors are kept one a thread: they are large and cost a page fault
// each time.
namespace madang::pdf {

// Level 1 is what the press uses: level 6 takes three times as long for 3 % less.
std::string deflate(std::string_view plain, int level = 1);

// Nothing when it is not a zlib stream or would become longer than `most`. Octets after the stream
// are ignored when `tail` is allowed, as PDF readers do.
std::optional<std::string> inflate(std::string_view packed, std::size_t most, bool tail = false);

}  // namespace madang::pdf
