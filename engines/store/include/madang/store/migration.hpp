#pragma once
#include <string_view>

namespace madang::store {

// One forward-only step of a room's tables. The same text runs on both back ends: columns are
// text, bigint, double or blob; lines between "-- only: sqlite" (or postgres) and "-- end" run on
// that one alone. What has been applied is remembered with the hash of its text and may not change.
struct migration {
  std::string_view name;    // "0001_residents"
  std::string_view sql;
};

}  // namespace madang::store
