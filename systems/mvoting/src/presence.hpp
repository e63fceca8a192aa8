#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "madang/base/base.hpp"

// That somebody is where a vote is held.
//
// At the venue, a code on the screen that is another one every half minute: HMAC-SHA-256 of the
// vote and the half minute with the venue's key. Who has scanned it is let in for some minutes,
// time enough to sign in, and then once: `present` remembers the pseudonym.
//
// By place, the phone tests the area itself and says only in which cell of 0.02 degrees (some two
// kilometres) it is. Whoever writes a request by hand can say any cell: place alone is weak.
namespace madang::mvoting {

inline constexpr auto code_lasts = std::chrono::seconds(30);
inline constexpr auto admission_lasts = std::chrono::minutes(10);

// "58741234-9f..": the half minute and 32 digits. Good in its own and the next half minute, and in
// the one before for a clock that goes fast.
std::string venue_code(std::string_view key, id vote, instant at);
bool is_venue_code(std::string_view key, id vote, std::string_view code, instant at);
instant code_ends(instant at);

// What a good code is changed into.
std::string admission(std::string_view key, id vote, instant at);
bool is_admission(std::string_view key, id vote, std::string_view said, instant at);

struct spot {
  std::int64_t lat = 0, lon = 0;   // millionths of a degree
  std::int64_t radius = 0;         // metres
};
inline constexpr std::int64_t cell_side = 20'000;          // millionths of a degree
// "1878:6349": the cell as whole numbers of sides north and east. Whether the circle touches it.
bool touches(const spot& s, std::string_view cell);

}  // namespace madang::mvoting
