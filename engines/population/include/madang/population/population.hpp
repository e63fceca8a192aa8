#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/packs/packs.hpp"

// The synthetic people of a demonstration nation: persons, households, families over three
// generations, vehicles, parcels, buildings and businesses that agree with each other.
//
// The same pack, scale and seed give the same rows (but for `version` and nothing else). Everything
// that differs by country is in the pack: population.yaml (figures with their sources), cast.yaml,
// names/, addresses/, vehicles/, land/, businesses/, districts/.
//
// Nobody here is anybody. So that no made-up number can be a real person's or firm's:
//   resident number   YYMMDD-G99NNNC: the digits 99 (then 98, 97) stand where a region code of 00
//                     to 96 stood in every number issued before October 2020; the check digit
//                     follows the rule of that time for everybody, also for those born later.
//   business number   0TTKKNNNNC: tax office codes begin at 101, ours at 001; with check digit.
//   parcel number     statistical town code (7 digits) + 000, land kind (1, or 2 for mountain),
//   main
//                     and secondary lot number: legal town codes differ from the statistical ones.
//   chassis number    00MADANG + 9 digits: ISO 3780 assigns no maker a code that begins with 0.
//   plates            of the form of private cars; the last digits are dealt like cards.
//
// Ids have the time-ordered shape of new_id(), but are counted from 2025-01-01T00:00:00Z in node
// 255, 8,192 to a millisecond, the cast first: they do not depend on the clock.
namespace madang::population {

// A person of the demonstration, the same in each scale and seed.
struct cast_member {
  std::string key;        // "kim_hayun"
  id person;
  id household;
  std::string name;       // as registered
};
// As cast.yaml lists them; empty when the pack has none. Throws packs::broken_pack.
std::vector<cast_member> cast(const packs::pack& pack);

struct report {
  std::int64_t persons = 0, households = 0;
  std::int64_t families = 0;          // records of the family register, the dead included
  std::int64_t vehicles = 0, parcels = 0, buildings = 0, businesses = 0;
  double seconds = 0;
  std::vector<cast_member> cast;
};

// How much is done (0 to 1) and what is being done (texts/population.yaml). Called from the threads
// that load, never by two at once.
using progress = std::function<void(double fraction, const words& doing)>;

// Makes 1/scale of the nation's people and loads the databases that the schemas of the registers
// name ("residents"; and "families", "land", "vehicles", "businesses" where the pack keeps such
// registers: what it lacks is not made) at `where`: a folder, or
// postgresql://... Nobody else may use them meanwhile. Takes less than 400 MB at 1:10, whatever the
// number of rows. Refusals:
//   population.scale_wrong   scale is not 2 to 100,000 (the spare region codes serve no 1:1 nation)
//   population.exists        a register holds rows already (also of an attempt that was broken off)
// Throws packs::broken_pack and store::error.
result<report> generate(const packs::pack& pack, const std::string& where, int scale,
                        std::uint64_t seed, const progress& tell = {});

}  // namespace madang::population
