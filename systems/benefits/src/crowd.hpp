#pragma once
#include <atomic>
#include <functional>
#include <vector>

#include "household.hpp"
#include "madang/platform/house.hpp"

// Internal: everybody, household by household.
namespace madang::benefits {

struct batch {
  std::vector<household> homes;
  std::vector<std::string> towns;            // of each home; empty unless they were asked for
  std::size_t persons = 0;
};
std::vector<id> keys_of(const std::vector<household>& homes);

// Calls `work` with each batch, from two threads, while a third reads on. `done` goes from 0 to 1.
// Ends early when `stop` is set. What work throws is thrown. Refusals: those of registers::sweep.
outcome look_at_everybody(platform::house& house, const audit::access& why, date day,
                          const std::atomic<bool>& stop,
                          const std::function<void(const batch&)>& work,
                          std::atomic<double>& done, bool with_towns = false);

}  // namespace madang::benefits
