#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "madang/platform/house.hpp"

// What an official and the person whose data she read are to each other, from the registers. Each
// look leaves an entry about the person, for the purpose of inspecting access.
namespace madang::transparency {

// A person as far as relations need her; unknown to the registers: empty.
struct known_person {
  std::string name, household, town, building;  // building: the address without the flat
  std::set<std::string> before;                 // households she has left
};

// "namesake" (the same name), "household", "former_household" (either once lived in the other's),
// "neighbour" (another household of the building), "outside_district" (her town lies in none of
// `offices`; an empty office is the whole nation).
std::set<std::string> relations_between(const known_person& official, const known_person& person,
                                        const std::vector<std::string>& offices);
// "서울특별시 종로구 자하문로 12, 101동 302호" without what stands after the comma.
std::string building_of(std::string_view address);

class relations {
 public:
  explicit relations(platform::house& h) : house_(h) {}
  const std::set<std::string>& between(id official, id person);

 private:
  const known_person& known(id person);
  platform::house& house_;
  // What was looked up is not looked up again, as each look is an entry; forgotten when it is much.
  std::map<id, known_person> persons_;
  std::map<std::pair<id, id>, std::set<std::string>> pairs_;
};

}  // namespace madang::transparency
