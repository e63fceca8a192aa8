#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "madang/platform/house.hpp"
#include "madang/rules/value.hpp"

// Internal: who lives together and what they live on, as the registers have it, and what the
// decisions are told of it.
namespace madang::benefits {

enum class kinship : std::uint8_t { head, spouse, child, parent, other };
enum class work : std::uint8_t { unknown, employee, self_employed, lost_job, none };
enum class disability : std::uint8_t { none, mild, severe };
enum class study : std::uint8_t { none, school, university };

struct member {
  id key;
  date born;
  bool female = false;
  kinship is = kinship::other;
  benefits::work work = work::unknown;       // unknown: there is no record of circumstances
  benefits::disability disability = disability::none;
  benefits::study study = study::none;
  std::int64_t insured_months = 0;
  std::int64_t wage = 0, other = 0, property = 0, rent = 0;      // won a month

  std::int64_t earned() const { return work == work::lost_job ? 0 : wage; }
};
using household = std::vector<member>;

// How the registers' rows become members: by the items that are asked of each.
extern const std::vector<std::string> person_items, circumstance_items;
member member_of(const store::row& person);                       // household is the last column
void add_circumstances(member& m, const store::row& circumstances);

// The household of somebody as of a day, as it was known at an instant; each look with its entry.
// Refusals: those of registers.
result<household> look_up(platform::house& house, const audit::access& why, id person,
                          registers::moment when = registers::present());

// Names of the facts, in the order in which facts_of gives their values.
const std::vector<std::string>& fact_names();
// Texts that stand for codes, one set to a thread: a text that two threads count is slow.
struct fact_codes {
  fact_codes();
  std::vector<rules::value> works, disabilities, studies, earners, sexes;
};
// What the registers say of one member as of a day; null where they say nothing.
void facts_of(const household& all, std::size_t who, date day, const fact_codes& codes,
              std::vector<rules::value>& out);

}  // namespace madang::benefits
