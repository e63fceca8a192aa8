#pragma once
#include "block.hpp"
#include "places.hpp"

namespace madang::population {

// Makes the nation block by block: the cast first, then the others. Whoever makes it again gets the
// same, which is how several databases are loaded at once without holding anything in memory.
class nation {
 public:
  nation(const parameters& figures, int scale, std::uint64_t seed);

  // The next block; false after the last.
  bool next(block& b);
  double done() const;             // 0 to 1

 private:
  void number(block& b);

  const parameters& figures_;
  std::int64_t people_, blocks_;
  std::int64_t made_ = -1;         // -1: the cast comes next
  std::uint64_t seed_;
  counters count_;
};

// The cast as a block, with its ids.
block make_cast(const parameters& figures, counters& count);

}  // namespace madang::population
