#pragma once
#include <string>
#include <vector>

#include "madang/registers/registers.hpp"
#include "madang/residents/residents.hpp"

// Moving people between households inside one transaction.
namespace madang::residents {

struct move {
  date on;
  std::string town, address;
  std::string address_en;          // as the building register has it; empty: unknown
  std::vector<id> who;
  id applicant;
  id joined;                       // household that is joined; 0: a household of their own
};

struct moved {
  std::string from_town;           // of the household that was left
  id to_household;
};

result<moved> move_people(store::write& tx, registers::registry& reg, const audit::access& why,
                          const move& m);

// Everything a register says about the members of a household.
result<std::vector<member>> members_of(store::write& tx, registers::registry& reg,
                                       const audit::access& why, id household);

}  // namespace madang::residents
