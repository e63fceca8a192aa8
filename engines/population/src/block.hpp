#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "parameters.hpp"

// A block is some thousand people who are kin among themselves: who marries whom, who is whose
// child and who lives together is settled inside one block, so memory does not grow with the
// nation. Indexes (`int`) point into the vectors of the same block; -1 is nobody.
namespace madang::population {

enum class relation : std::uint8_t {
  head, spouse, child, father, mother, grandchild, sibling, child_in_law, parent_in_law, lodger
};
std::string_view code_of(relation r);

enum class entry : std::uint8_t { birth, move_in, new_household };
std::string_view code_of(entry e);

struct person {
  id key;
  date born;
  date died = end_of_days;         // end_of_days: lives
  date since;                      // lives at her address
  int origin = -1;                 // the bond she is a child of
  int spouse = -1;                 // also one who has died; not one who is divorced
  int bond = -1;                   // her own
  int household = -1;
  int surname = 0, given = 0, seat = -1;
  int base_town = 0, base_lot = 1; // base of registration, from the father
  int serial = 0;                  // among those born the same day, of the same sex
  bool female = false;
  relation is = relation::head;
  population::entry entry = entry::move_in;

  bool lives() const { return died == end_of_days; }
};

// A man and a woman who are or were married.
struct bond {
  int father = -1, mother = -1;
  bool divorced = false;
  int room = 0;                    // children it may still have
  date married;
  std::vector<int> children;
};

// A building at an address of its own; of a house of flats, one of its houses (동).
struct site {
  int town = 0;
  int street = 0, number = 0;
  int apartment = -1;              // name of the estate; -1: no house of flats
  int house = 0;                   // 101, 102 ...
  int main = 0, sub = 0;           // lot
  int dwellings = 0;               // taken so far
  int floors = 1, area = 0, structure = 0;
  int use = -1;                    // of shops: index into shop_uses; -1: people live there
  int owner = -1;                  // of shops
  date approved;
};

struct household {
  id key;
  int head = -1;
  int town = 0, site = 0, nth = 0; // nth dwelling of the site, from 0
  int owner = -1;                  // of the dwelling
  date formed;
  bool split = false;              // from another household, not moved in
  std::vector<int> members;
};

struct parcel {
  int town = 0, main = 0, sub = 0;
  int category = 0;                // index into land_categories
  std::int64_t area = 0, price = 0;
  int owner = -1;                  // -1: the owners of the flats on it together
  date acquired;
};

struct vehicle {
  int owner = -1, model = 0;
  std::int64_t number = 0;         // running, from 0: plate and chassis follow from it
  date first_registered, inspected_until;
};

struct business {
  int owner = -1, trade = 0, word = 0;
  int prefix = 0;                  // a given name that the shop is called by
  int site = -1;                   // -1: at home
  std::int64_t number = 0;
  int status = 0;                  // 0 going, 1 paused, 2 closed
  date opened;
};

struct block {
  std::vector<person> people;      // the living first, oldest first; then the dead
  std::vector<bond> bonds;
  std::vector<household> households;
  std::vector<site> sites;
  std::vector<parcel> parcels;
  std::vector<vehicle> vehicles;
  std::vector<business> businesses;
  int living = 0;

  int father_of(const person& p) const { return p.origin < 0 ? -1 : bond_at(p.origin).father; }
  int mother_of(const person& p) const { return p.origin < 0 ? -1 : bond_at(p.origin).mother; }
  const bond& bond_at(int i) const { return bonds[static_cast<std::size_t>(i)]; }
  bond& bond_at(int i) { return bonds[static_cast<std::size_t>(i)]; }
  const person& at(int i) const { return people[static_cast<std::size_t>(i)]; }
  person& at(int i) { return people[static_cast<std::size_t>(i)]; }
  household& home(int i) { return households[static_cast<std::size_t>(i)]; }
  const household& home(int i) const { return households[static_cast<std::size_t>(i)]; }
  site& site_at(int i) { return sites[static_cast<std::size_t>(i)]; }
  const site& site_at(int i) const { return sites[static_cast<std::size_t>(i)]; }
};

inline int days_of(double years) { return static_cast<int>(years * 365.2425); }
inline constexpr int adult_age = 19;          // Civil Act art. 4

// The stages of a block, in their order.
struct workshop {
  const parameters& figures;
  block& b;
  std::uint64_t seed, number;

  random stream(std::uint64_t stage) const { return random(seed, stage, number); }
};
void make_people(workshop& w, int how_many);        // ages and sexes after the pyramid
void make_bonds(workshop& w);                       // who is, or was, married to whom
void find_parents(workshop& w);                     // everybody's parents, living or dead
void date_marriages(workshop& w);
void give_names(workshop& w);
void make_households(workshop& w);                  // who lives together
void relate_to_heads(block& b);                     // relations within each household
void date_households(workshop& w);                  // since when

}  // namespace madang::population
