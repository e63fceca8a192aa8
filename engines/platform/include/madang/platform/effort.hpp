#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/store/store.hpp"

namespace madang::platform {

// What somebody did on a day who looks up what is not hers: how often she was answered, and how
// often she was refused. A day's limits keep the look-up of one from being a search through all.
//
// The counts are rows of `daily_effort` in the database of the system that answers, kept for a
// week. Safe from many threads and for several programs over one database.
class effort {
 public:
  struct limits {
    std::int64_t looked = 0, refused = 0;      // a day
  };
  // Makes its table where there is none. `system` begins the codes of its refusals.
  effort(store::database& db, std::string system);

  // May go on. Refusals SYSTEM.locked (too many refusals today), SYSTEM.too_many.
  outcome may(std::string_view who, date day, const limits& most) const;
  // One look, counted before anything is answered: requests beside each other do not pass the
  // limit. Refusal SYSTEM.too_many, and nothing is counted.
  outcome looked(std::string_view who, date day, const limits& most);
  // One refusal; how many there are today with it.
  std::int64_t refused(std::string_view who, date day);

 private:
  refusal too_many() const;

  store::database& db_;
  std::string system_;
};

}  // namespace madang::platform
