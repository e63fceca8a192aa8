#pragma once
#include "snapshot.hpp"

namespace madang::search {
// Internal: answers one question from one snapshot. `q.limit` and `q.offset` are within bounds.
findings answer(const index::snapshot& in, const question& q);
}  // namespace madang::search
