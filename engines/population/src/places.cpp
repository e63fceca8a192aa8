// Where everybody lives and works.
//
// A block's homes lie near a stretch of towns that follow each other on the list, as long as the
// block's share of the nation, and some anywhere: kin moves. Each town that begins inside the
// stretch gets one of the first households, so no town stays empty while there are enough.
#include "places.hpp"

#include <numeric>

namespace madang::population {
namespace {

constexpr int streets_of_municipality = 60;
constexpr int numbers_of_street = 300;

const town& town_at(const workshop& w, int i) {
  return w.figures.towns[static_cast<std::size_t>(i)];
}

// The open houses of flats of this block, by town.
class estates {
 public:
  int with_room(const workshop& w, int town) const {
    auto found = open_.find(town);
    if (found == open_.end()) return -1;
    return w.b.site_at(found->second).dwellings < w.figures.apartment_units ? found->second : -1;
  }
  void open(int town, int site) { open_[town] = site; }

 private:
  std::unordered_map<int, int> open_;
};

}  // namespace

counters::counters(const parameters& figures)
    : figures_(figures),
      births_(2 * 80'000),
      addresses_(figures.municipalities.size()),
      lots_(figures.towns.size()) {}

id counters::next_id() { return numbered(ids_++); }

int counters::next_birth(date born, bool female) {
  constexpr std::int32_t first = -40'179;  // 1859-12-29
  const auto at = static_cast<std::size_t>(std::clamp(born.days - first, 0, 79'999)) * 2 + female;
  return births_[at]++;
}

void counters::next_address(site& s, int municipality) {
  const int m = municipality;
  const std::int64_t n = addresses_[static_cast<std::size_t>(m)]++;
  const std::int64_t all = static_cast<std::int64_t>(figures_.streets.size());
  const std::int64_t own = std::min<std::int64_t>(streets_of_municipality, all);
  const std::int64_t places = own * numbers_of_street;
  // 7,919 and 101 are primes that divide neither 60 x 300 nor a list of streets we know; where one
  // did, some addresses of the round would repeat, so the step is mended.
  const auto coprime = [](std::int64_t step, std::int64_t of) {
    while (std::gcd(step, of) != 1) ++step;
    return step;
  };
  const std::int64_t dealt = (n % places * coprime(7919, places) + m * 37) % places;
  const std::int64_t first =
      static_cast<std::int64_t>(mix(static_cast<std::uint64_t>(m)) % 100'000);
  s.street = static_cast<int>((first + dealt % own * coprime(101, all)) % all);
  s.number = static_cast<int>(1 + dealt / own + n / places * numbers_of_street);
}

void counters::next_lot(int town, int& main, int& sub) {
  const std::int32_t n = lots_[static_cast<std::size_t>(town)]++;
  main = 1 + n / 16;
  sub = n % 16;
  check(main <= 9999, "a lot number has four digits");
}

int floor_of(int nth, int floors) { return 1 + (nth * 7 + 3) % floors; }
int unit_of(int nth, int floors) { return floor_of(nth, floors) * 100 + 1 + nth / floors; }

int add_site(workshop& w, counters& count, random& r, int in, bool apartment) {
  site s;
  s.town = in;
  count.next_address(s, town_at(w, in).municipality);
  count.next_lot(in, s.main, s.sub);
  if (apartment) {
    s.apartment = r.below(static_cast<int>(w.figures.apartments.size()));
    s.house = r.between(101, 112);
    constexpr int heights[] = {11, 13, 15, 17, 19, 23, 25};  // none a multiple of 7
    s.floors = heights[r.below(std::size(heights))];
    constexpr int areas[] = {49, 59, 59, 74, 84, 84, 84, 101, 114};
    s.area = areas[r.below(std::size(areas))];
  } else {
    s.floors = r.between(1, 3);
    s.area = r.between(50, 110) * s.floors;
    if (!w.figures.structures.codes.empty()) s.structure = w.figures.structures.chances.pick(r);
  }
  s.dwellings = 0;
  s.approved = w.figures.as_of.plus(-days_of(1 + 44 * r.unit()));
  w.b.sites.push_back(s);
  return static_cast<int>(w.b.sites.size()) - 1;
}

void place_households(workshop& w, counters& count, double from, double to) {
  random r = w.stream(8);
  block& b = w.b;
  const wheel& all = w.figures.town_chances;
  // The towns that begin inside the stretch come first, one household each.
  const int last = all.at(std::min(to, 0.999999999));
  int next = all.at(from);
  if (all.before(static_cast<std::size_t>(next)) < from * all.total()) ++next;
  estates open;
  for (std::size_t i = 0; i < b.households.size(); ++i) {
    household& h = b.households[i];
    if (next <= last && all.before(static_cast<std::size_t>(next)) < to * all.total())
      h.town = next++;
    else
      h.town =
          r.per_mille(w.figures.stay_near) ? all.at(from + (to - from) * r.unit()) : all.pick(r);
    const bool flat = r.per_mille(town_at(w, h.town).apartments);
    h.site = flat ? open.with_room(w, h.town) : -1;
    if (h.site < 0) {
      h.site = add_site(w, count, r, h.town, flat);
      if (flat) open.open(h.town, h.site);
    }
    site& s = b.site_at(h.site);
    h.nth = s.dwellings++;
    // Nobody lived there before it was built.
    if (s.approved > h.formed) s.approved = h.formed.plus(-r.below(400));
    h.owner = h.head;
    while (h.owner == h.head && !r.per_mille(w.figures.owner_occupied)) {
      const int other = r.below(b.living);
      if (age(b.at(other).born, w.figures.as_of) >= 35) h.owner = other;
    }
  }
}

}  // namespace madang::population
