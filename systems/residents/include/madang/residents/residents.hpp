#pragma once
#include <string>
#include <vector>

#include "madang/base/base.hpp"

namespace madang::platform {
class house;
}

// The resident register (주민등록): see residents.md beside this folder.
namespace madang::residents {

// Registers: persons, households. Kinds of cases: move-in, birth-report, school-transfer,
// post-forward. Verbs: residents.apply. Events: residents.moved, residents.born.
void join(platform::house& house);

// A member of a household, as much as relations need.
struct member {
  id key;
  std::string relation;            // code: head, spouse, child ...
  date born;
};

// The relation codes of `members` seen from a new head among them (Enforcement Rule of the Resident
// Registration Act, annex of relations): what cannot be told from the old relations is "other".
std::string relation_to(std::string_view head_was, std::string_view person_was);

// Who heads a household when its head leaves: the spouse, else the eldest adult, else the eldest.
// 0 when nobody stays.
id next_head(const std::vector<member>& staying, date on);

// A resident number of the demonstration: birth date, sex and century, region 99 (never issued), a
// serial of the day and the check digit of the numbers before October 2020. serial: 0..999
std::string resident_number(date born, bool female, int serial);
bool has_valid_check_digit(std::string_view resident_number);

}  // namespace madang::residents
