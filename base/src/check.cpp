#include "madang/base/check.hpp"

#include <string>

namespace madang {

void check(bool holds, const char* what, std::source_location where) {
  if (holds) return;
  throw broken_invariant(std::string(what) + " does not hold at " + where.file_name() + ":" +
                         std::to_string(where.line()));
}

}  // namespace madang
