#pragma once
#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "block.hpp"
#include "cast.hpp"

// Running numbers of the whole nation. They advance from block to block, so blocks are made in
// order; every thread that makes the nation anew has its own.
namespace madang::population {

class counters {
 public:
  explicit counters(const parameters& figures);

  id next_id();
  // How many of that day and sex were numbered before.
  int next_birth(date born, bool female);
  // A street and number that no building of the municipality has yet.
  void next_address(site& s, int municipality);
  // A lot that no other parcel of the town has.
  void next_lot(int town, int& main, int& sub);

  std::int64_t vehicles = 0, businesses = 0;

 private:
  const parameters& figures_;
  std::int64_t ids_ = cast_ids;
  std::vector<std::uint16_t> births_;
  std::vector<std::int32_t> addresses_, lots_;
};

// Homes and shops with their addresses; then lots.
void place_households(workshop& w, counters& count, double from, double to);
void place_businesses(workshop& w, counters& count, std::int64_t how_many);
void make_vehicles(workshop& w, counters& count, std::int64_t how_many);
void make_parcels(workshop& w, counters& count, std::int64_t how_many);
// A new site with address and lot; apartment: a house of flats.
int add_site(workshop& w, counters& count, random& r, int town, bool apartment);
vehicle vehicle_of(workshop& w, counters& count, random& r, int owner);
parcel parcel_under(workshop& w, random& r, int site, int owner);

// Dwellings of a house of flats are dealt over its floors, four to each.
int floor_of(int nth, int floors);
int unit_of(int nth, int floors);    // as on the door: 1203

}  // namespace madang::population
