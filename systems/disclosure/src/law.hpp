#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/packs/packs.hpp"

// The law of disclosure as disclosure/law.yaml of the pack says it.
namespace madang::disclosure {

struct ground {
  std::string id;         // "6"
  words name, law, text;  // short, the article, the words of the law
};
struct fee_rule {
  std::string form;  // view, copy, file, film
  words unit, law;
  int first_units = 0;               // covered by `first`
  std::int64_t first = 0, more = 0;  // won for those, and for each `more_units` further begun
  int more_units = 1;
};
struct reduction {
  std::string id;
  words name;
  int percent = 0;
};

struct law {
  std::string role;
  words name, act;                         // of the procedure; of deciding
  int decide_days = 10, extend_days = 10;  // working days, the first is counted
  int hear_days = 3, between_days = 30, third_objection_days = 7;  // days
  int object_days = 30, object_decide_days = 7, object_extend_days = 7;
  int disclose_days = 10;  // days from the decision within which it is disclosed
  bool committee_on_objection = true;
  words committee_law;
  std::vector<ground> grounds;
  std::vector<fee_rule> fees;
  std::vector<reduction> reductions;

  const ground* find_ground(std::string_view id) const;
  const fee_rule* find_fee(std::string_view form) const;
  const reduction* find_reduction(std::string_view id) const;
};

// Throws packs::broken_pack.
law read_law(const packs::pack& pack);

// The last day of a period of working days whose first day is counted (Official Information
// Disclosure Act art. 29(2)).
date last_of_working(const calendar& days, date first, int n);
// The last day of a period of days whose first is not counted and that does not end on a holiday
// (art. 29(1); Civil Act arts. 157 and 161).
date last_of_days(const calendar& days, date from, int n);

struct fee_sum {
  std::int64_t full = 0, reduced = 0;
};
// Of `quantity` units. What is below a hundred won is left out (Enforcement Rule, schedule, note).
fee_sum fee_of(const fee_rule& r, std::int64_t quantity, int percent);

}  // namespace madang::disclosure
