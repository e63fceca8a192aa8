#pragma once
#include <string>
#include <utility>
#include <vector>

#include "madang/base/base.hpp"
#include "cast.hpp"
#include "madang/packs/packs.hpp"
#include "random.hpp"

// What the pack says about its people, read once and not changed afterwards.
namespace madang::population {

// A step function: the value of the last step that begins at or before x.
class steps {
 public:
  void add(int from, int value) { steps_.emplace_back(from, value); }
  int at(int x) const;

 private:
  std::vector<std::pair<int, int>> steps_;
};

struct age_group {
  int from = 0;
  bool female = false;
};

struct town {
  const packs::district* place = nullptr;
  int municipality = 0;            // index into parameters::municipalities
  double weight = 0;               // people
  int apartments = 0, land = 0;    // per mille; weight of lots beside building plots
  std::int64_t price = 0;
};

struct surname {
  std::string said, latin;         // in the country's first language, and in Latin letters
  std::vector<std::string> seats;
};
struct given_name {
  std::string said, latin;
};

struct model {
  std::string said, en, fuel;
  int cc = 0;
};

struct trade {
  std::string code, said;
  std::vector<std::string> words;   // that shops of this trade call themselves by
};

// A row of a code list that is picked by weight.
struct coded {
  std::vector<std::string> codes, called;
  wheel chances;
  // The code that is `wanted` or is called so; nullptr: none.
  const std::string* find(std::string_view wanted) const;
};

class names {
 public:
  explicit names(const packs::pack& p);

  int pick_surname(random& r) const { return surname_wheel_.pick(r); }
  int pick_given(random& r, bool female, int year) const;
  // Names that stand in no list are added: the cast's.
  void add(const cast_person& p);
  // -1: no such name.
  int find_surname(std::string_view said, std::string_view latin) const;
  int find_given(std::string_view said, std::string_view latin) const;

  std::vector<surname> surnames;
  std::vector<given_name> given;

 private:
  static constexpr int first_year = 1900, last_year = 2040;
  struct by_year {
    std::vector<int> which;
    wheel chances;
  };
  wheel surname_wheel_;
  std::vector<by_year> by_year_[2];    // [female][year - first_year]
};

struct household_forms {
  words lot, mountain_lot, house, flat;
  std::string name, latin;         // of a person, of {surname} and {given}
};

struct livelihood_figures {
  steps employed, wage, pension, disabled, university;   // shares per mille; thousands a month
  int self_employed = 0, lost_job = 0, wage_spread = 0, severe = 0, property = 0, rent = 0,
      renting = 0;
};

struct parameters {
  explicit parameters(const packs::pack& p);

  const packs::pack& pack;
  std::string language;            // the registers are kept in it
  date as_of;
  std::int64_t people = 0;
  std::vector<age_group> groups;
  wheel group_chances;
  int sizes[5] = {};               // households of 1 .. 5 and more, per mille
  steps married_women, widowed_women, widowed_men, divorced_women, children, mother_age,
      mothers_alive, with_parents, with_child;
  int mother_age_spread = 0, husband_older = 0, husband_spread = 0;
  int vehicles = 0, parcels = 0, businesses = 0, stay_near = 0, owner_occupied = 0;
  int apartment_units = 0;

  std::vector<town> towns;
  wheel town_chances;
  std::vector<words> province_of;          // by municipality index
  std::vector<const packs::district*> municipalities;

  names called;
  std::vector<words> streets, apartments;
  std::vector<model> models;
  wheel model_chances;
  std::vector<trade> trades;
  wheel trade_chances;
  coded land_categories, structures;
  std::vector<std::string> shop_uses, syllables;
  std::string plot, forest, house_use, flat_use, flat_structure;
  household_forms forms;
  livelihood_figures livelihood;
  cast_list cast;

 private:
  void read_figures(const json::value& v);
  void read_numbers(const json::value& v);
  void read_forms(const json::value& v);
  void read_codes(const json::value& v);
  void read_towns(const json::value& v);
  void read_tables();
  void read_vehicles(const json::value& v);
  void read_businesses(const json::value& v);
  void read_land(const json::value& v);
  void read_livelihood(const json::value& v);
};

// Whether the country keeps a register; what would fill one that it lacks is not asked for either.
bool keeps(const packs::pack& p, const std::string& reg);

[[noreturn]] void broken(const std::string& file, const std::string& message);

}  // namespace madang::population
