#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "madang/platform/house.hpp"
#include "madang/voices/book.hpp"

// Internal: the voices of districts are held against the people who live there. More than them
// cannot have joined: it is told to all on the page of what is unusual, and to the agency.
namespace madang::assembly {

struct excess_line {
  id ask;
  std::string saying, district;
  instant since;
  std::int64_t counted = 0, people = 0;
};
BOOST_DESCRIBE_STRUCT(excess_line, (), (ask, saying, district, since, counted, people))

class district_watch {
 public:
  // `by` is whose trail and reason a look at the register has. Tables of hearing.hpp's database.
  district_watch(platform::house& h, store::database& db, audit::access by)
      : house_(h), db_(db), by_(std::move(by)) {}

  // What was counted since the last look, every few seconds. One thread at a time. The register is
  // counted when something has been joined first, and again each month, and before it is said that
  // somewhere too many did. Emits voices.excess {rule, number, district, counted, people}, once for
  // each ask, saying and district.
  void look(const voices::book& b, instant at, const std::function<bool()>& stopped);
  std::vector<excess_line> of(id ask) const;

 private:
  std::vector<excess_line> found_in(const voices::book& b, id ask) const;
  bool count_people(instant at, const std::function<bool()>& stopped);
  void keep(const voices::book& b, const excess_line& one);

  platform::house& house_;
  store::database& db_;
  audit::access by_;
  std::int64_t looked_ = 0;        // the last leaf
  instant next_, counted_at_, tried_;
  std::map<std::string, std::int64_t> people_;
};

}  // namespace madang::assembly
