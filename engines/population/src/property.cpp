// What people have: shops, vehicles, land.
#include "places.hpp"

namespace madang::population {
namespace {

int adult(const workshop& w, random& r, int youngest, int oldest) {
  for (int tries = 0; tries < 1000; ++tries) {
    const int who = r.below(w.b.living);
    const int years = age(w.b.at(who).born, w.figures.as_of);
    if (years >= youngest && years <= oldest) return who;
  }
  return w.b.households.front().head;
}

const town& town_at(const workshop& w, int i) {
  return w.figures.towns[static_cast<std::size_t>(i)];
}

// Prices are published in tens of won.
std::int64_t won(double price) {
  return std::max<std::int64_t>(100, static_cast<std::int64_t>(price) / 10 * 10);
}

// Between the day somebody came of age and the reference day.
date while_adult(const workshop& w, random& r, int who, double mean_years) {
  const date earliest = w.b.at(who).born.plus(days_of(adult_age) + 2);
  const double u = r.unit();
  const date wanted = w.figures.as_of.plus(-days_of(mean_years * 3 * u * u) - r.below(28));
  return std::min(w.figures.as_of, std::max(earliest, wanted));
}

}  // namespace

void place_businesses(workshop& w, counters& count, std::int64_t how_many) {
  random r = w.stream(9);
  block& b = w.b;
  std::vector<int> open;           // shops stand four to a building
  for (std::int64_t i = 0; i < how_many; ++i) {
    business one;
    one.owner = adult(w, r, 22, 78);
    one.trade = w.figures.trade_chances.pick(r);
    const auto& trade = w.figures.trades[static_cast<std::size_t>(one.trade)];
    one.word = r.below(static_cast<int>(trade.words.size()));
    one.prefix = w.figures.called.pick_given(r, r.chance(0.6), r.between(1960, 2015));
    one.number = count.businesses++;
    const int u = r.below(1000);
    one.status = u < 870 ? 0 : u < 915 ? 1 : 2;
    one.opened = while_adult(w, r, one.owner, 6);
    if (!r.per_mille(300)) {
      if (open.empty() || r.per_mille(250)) {
        const household& h = b.home(r.below(static_cast<int>(b.households.size())));
        const int made = add_site(w, count, r, h.town, false);
        site& s = b.site_at(made);
        s.use = r.below(static_cast<int>(w.figures.shop_uses.size()));
        s.owner = adult(w, r, 40, 85);
        s.area *= 3;
        if (open.size() < 64) open.push_back(made);
        else open[static_cast<std::size_t>(r.below(64))] = made;
      }
      one.site = open[static_cast<std::size_t>(r.below(static_cast<int>(open.size())))];
      site& s = b.site_at(one.site);
      if (s.approved > one.opened) s.approved = one.opened.plus(-r.below(300));
    }
    b.businesses.push_back(one);
  }
}

vehicle vehicle_of(workshop& w, counters& count, random& r, int owner) {
  vehicle v;
  v.owner = owner;
  v.model = w.figures.model_chances.pick(r);
  v.number = count.vehicles++;
  v.first_registered = while_adult(w, r, owner, 5);
  // Private cars are inspected four years after they were registered, then every two (enforcement
  // rules of the Motor Vehicle Management Act, annex 15-2); one in thirty is late.
  const int years = age(v.first_registered, w.figures.as_of);
  const int until = years < 4 ? 4 : 4 + (years - 4) / 2 * 2 + (r.below(30) == 0 ? 0 : 2);
  v.inspected_until = v.first_registered.plus(days_of(until) - 1);
  return v;
}

void make_vehicles(workshop& w, counters& count, std::int64_t how_many) {
  random r = w.stream(10);
  block& b = w.b;
  for (std::int64_t i = 0; i < how_many; ++i) {
    int owner = -1;
    for (int tries = 0; tries < 20 && owner < 0; ++tries) {
      const household& h = b.home(r.below(static_cast<int>(b.households.size())));
      if (h.members.size() == 1 && !r.per_mille(450)) continue;
      const int who = r.per_mille(600)
                          ? h.head
                          : h.members[static_cast<std::size_t>(
                                r.below(static_cast<int>(h.members.size())))];
      const int years = age(b.at(who).born, w.figures.as_of);
      if (years >= adult_age && (years < 75 || r.per_mille(250))) owner = who;
    }
    b.vehicles.push_back(vehicle_of(w, count, r, owner >= 0 ? owner : adult(w, r, 25, 75)));
  }
}

parcel parcel_under(workshop& w, random& r, int at, int owner) {
  const site& s = w.b.site_at(at);
  const town& in = town_at(w, s.town);
  parcel p;
  p.town = s.town;
  p.main = s.main;
  p.sub = s.sub;
  p.category = -1;                 // a building plot
  p.area = s.apartment >= 0 ? r.between(3000, 20'000) : s.area * 2 + r.between(20, 200);
  p.price = won(static_cast<double>(in.price) * (0.6 + 0.8 * r.unit()));
  p.owner = owner;
  p.acquired = s.approved;
  if (owner >= 0)
    p.acquired = std::max(p.acquired, w.b.at(owner).born.plus(days_of(adult_age)));
  return p;
}

void make_parcels(workshop& w, counters& count, std::int64_t how_many) {
  random r = w.stream(11);
  block& b = w.b;
  std::vector<int> owners(b.sites.size(), -1);
  for (const household& h : b.households)
    if (b.site_at(h.site).apartment < 0) owners[static_cast<std::size_t>(h.site)] = h.owner;
  for (std::size_t i = 0; i < b.sites.size(); ++i) {
    if (b.sites[i].use >= 0) owners[i] = b.sites[i].owner;
    b.parcels.push_back(parcel_under(w, r, static_cast<int>(i), owners[i]));
  }
  const auto& kinds = w.figures.land_categories;
  while (static_cast<std::int64_t>(b.parcels.size()) < how_many) {
    parcel p;
    // Fields and forests lie about where people live, and most of them in the country.
    for (int tries = 0; tries < 100; ++tries) {
      p.town = b.home(r.below(static_cast<int>(b.households.size()))).town;
      if (r.chance(town_at(w, p.town).land / 30.0)) break;
    }
    count.next_lot(p.town, p.main, p.sub);
    const auto code = [&] { return kinds.codes[static_cast<std::size_t>(p.category)]; };
    for (int tries = 0; tries < 100; ++tries) {
      p.category = kinds.chances.pick(r);
      if (code() != w.figures.plot) break;
    }
    const bool forest = code() == w.figures.forest;
    const double u = r.unit();
    p.area = static_cast<std::int64_t>(forest ? 1000 + 60'000 * u * u : 100 + 4000 * u * u);
    p.price = won(static_cast<double>(town_at(w, p.town).price) * (forest ? 0.02 : 0.25) *
                  (0.5 + r.unit()));
    p.owner = adult(w, r, 35, 99);
    p.acquired = while_adult(w, r, p.owner, 9);
    b.parcels.push_back(p);
  }
}

}  // namespace madang::population
