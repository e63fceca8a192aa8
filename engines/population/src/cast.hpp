#pragma once
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/packs/packs.hpp"

// The persons of the demonstration, as cast.yaml describes them.
namespace madang::population {

struct cast_person {
  std::string key, surname, name, latin_surname, latin_name;
  bool female = false;
  date born, died = end_of_days, married = end_of_days;
  std::string relation, father, mother, spouse;
  json::value circumstances;       // what she lives on, by items of that register
  id number;
};

struct cast_household {
  std::string province, municipality, town, owner;
  bool flat = false;
  date formed;
  std::vector<cast_person> members;         // the head first
  std::vector<std::string> vehicles, businesses;   // keys of their owners
  id number;
};

struct cast_list {
  std::vector<cast_household> households;
  std::vector<cast_person> deceased;
};

// How a person is called: population.yaml forms.name and forms.latin, "{given} {surname}" where it
// says nothing.
std::string name_form(const packs::pack& p, const char* which);
std::string called_by(std::string_view form, const std::string& surname, const std::string& given);

// Throws packs::broken_pack. Empty when the pack has no cast.yaml.
cast_list read_cast(const packs::pack& p);

// The n-th id of the generator; the first 8,192 are the cast's.
id numbered(std::int64_t n);
inline constexpr std::int64_t cast_ids = 8192;

}  // namespace madang::population
