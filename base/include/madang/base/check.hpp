#pragma once
#include <source_location>
#include <stdexcept>

namespace madang {

// A broken invariant: our own mistake, never a citizen's. It ends the request, not the program.
struct broken_invariant : std::logic_error {
  using std::logic_error::logic_error;
};

// Throws broken_invariant, naming the place, when what must hold does not.
void check(bool holds, const char* what = "invariant",
           std::source_location where = std::source_location::current());

}  // namespace madang
