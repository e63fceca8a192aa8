#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "crowd.hpp"
#include "madang/rules/sitting.hpp"

// Internal: what a changed rule would do to everybody, compared with the one in force.
namespace madang::benefits {

// Of one group of persons. Nothing smaller than `fewest` is ever told.
struct effect {
  std::int64_t persons = 0;
  std::int64_t before = 0, after = 0;        // entitled
  std::int64_t winners = 0, losers = 0;      // entitled only after; only before
  std::int64_t more = 0, less = 0;           // entitled both times, with another amount
  decimal cost_before, cost_after;           // sums of the amounts

  void add(const rules::sitting::verdict& was, const rules::sitting::verdict& would_be);
  void add(const effect& other);
};

struct effect_line {
  std::string group;               // "11": a province; "11010": a municipality; "30": an age
                                   // from; "3": persons at home
  effect is;
  bool suppressed = false;         // too few to be told
};

struct whatif_report {
  std::string provision;
  date day;
  effect all;
  bool all_suppressed = false;
  std::vector<effect_line> provinces, municipalities, ages, sizes;
  bool stopped = false;
};

inline constexpr std::int64_t fewest = 5;

class whatif {
 public:
  // `draft`: the law as it would be. Both outlive this.
  whatif(platform::house& house, const rules::statutes& law, const rules::statutes& draft)
      : house_(house), law_(law), draft_(draft) {}

  // Refusals: rules.not_in_force, those of look_at_everybody.
  result<whatif_report> run(const audit::access& why, std::string_view provision, date day,
                            const std::atomic<bool>& stop, std::atomic<double>& done);

 private:
  platform::house& house_;
  const rules::statutes& law_;
  const rules::statutes& draft_;
};

// A line for each group and the whole: RFC 4180, with "hidden" where too few would be told of.
std::string as_csv(const whatif_report& r);

}  // namespace madang::benefits
