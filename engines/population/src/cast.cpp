// cast.yaml, and the block that is made of it.
//
// Ids: household h of the file has number 32 h, its members the next ones in their order; the
// deceased begin at 4096. So what is added at the end of a list changes nobody else's id.
#include "cast.hpp"

#include <map>
#include <set>

#include "madang/population/population.hpp"
#include "nation.hpp"

namespace madang::population {
namespace {

constexpr const char* cast_file = "cast.yaml";
constexpr int seats = 32, first_deceased = 4096;

date date_in(const json::value& v, const char* item, date otherwise) {
  const std::string_view said = json::str(v, item);
  if (said.empty()) return otherwise;
  auto d = date::parse(said);
  if (!d) broken(cast_file, std::string(item) + ": '" + std::string(said) + "' is no date");
  return *d;
}

cast_person person_in(const json::value& v, std::int64_t number) {
  cast_person p;
  const std::pair<const char*, std::string*> texts[] = {
      {"key", &p.key},           {"surname", &p.surname}, {"name", &p.name},
      {"father", &p.father},     {"mother", &p.mother},   {"spouse", &p.spouse},
      {"relation", &p.relation}};
  for (const auto& [name, text] : texts) *text = json::str(v, name);
  if (p.key.empty() || p.surname.empty() || p.name.empty())
    broken(cast_file, "a person has key, surname and name");
  // "Kim Hayun"; a country that writes in Latin letters needs it no second time.
  const std::string_view latin = json::str(v, "latin");
  const auto space = latin.find(' ');
  if (!latin.empty() && space == std::string_view::npos)
    broken(cast_file, p.key + ": latin is surname and name");
  p.latin_surname = latin.empty() ? p.surname : std::string(latin.substr(0, space));
  p.latin_name = latin.empty() ? p.name : std::string(latin.substr(space + 1));
  p.female = json::str(v, "sex") == "f";
  p.born = date_in(v, "born", end_of_days);
  if (p.born == end_of_days) broken(cast_file, p.key + " was never born");
  p.died = date_in(v, "died", end_of_days);
  p.married = date_in(v, "married", end_of_days);
  p.circumstances = json::at(v, "circumstances");
  p.number = numbered(number);
  return p;
}

std::vector<std::string> keys_in(const json::value& v, const char* item) {
  std::vector<std::string> out;
  if (const auto& list = json::at(v, item); list.is_array())
    for (const auto& key : list.get_array()) out.emplace_back(key.as_string());
  return out;
}

void check_keys(const cast_list& all) {
  std::set<std::string> keys;
  const auto take = [&](const cast_person& p) {
    if (!keys.insert(p.key).second) broken(cast_file, p.key + " is given twice");
  };
  for (const auto& p : all.deceased) take(p);
  for (const auto& h : all.households)
    for (const auto& p : h.members) take(p);
  const auto known = [&](const std::string& key) {
    if (!key.empty() && !keys.count(key)) broken(cast_file, key + " is nobody of the cast");
  };
  for (const auto& h : all.households) {
    known(h.owner);
    for (const auto& key : h.vehicles) known(key);
    for (const auto& key : h.businesses) known(key);
    for (const auto& p : h.members)
      for (const auto* key : {&p.father, &p.mother, &p.spouse}) known(*key);
  }
  for (const auto& p : all.deceased) known(p.spouse);
}

std::string squeezed(std::string s) { return text::replace_all(std::move(s), " ", ""); }

int town_of(const parameters& figures, const cast_household& h) {
  for (std::size_t i = 0; i < figures.towns.size(); ++i) {
    const town& t = figures.towns[i];
    const auto m = static_cast<std::size_t>(t.municipality);
    const auto& in = figures.language;
    if (t.place->name(in) == h.town && figures.province_of[m](in) == h.province &&
        squeezed(figures.municipalities[m]->name(in)) == squeezed(h.municipality))
      return static_cast<int>(i);
  }
  return 0;
}

relation relation_of(const std::string& code) {
  for (int i = 0; i <= static_cast<int>(relation::lodger); ++i)
    if (code_of(static_cast<relation>(i)) == code) return static_cast<relation>(i);
  broken(cast_file, "relation '" + code + "' is unknown");
}

class casting {
 public:
  casting(const parameters& figures, counters& count)
      : w_{figures, b_, 0, 0}, count_(count), r_(w_.stream(20)) {}

  block make() {
    const cast_list& all = w_.figures.cast;
    for (const auto& h : all.households)
      for (const auto& p : h.members) add(p);
    b_.living = static_cast<int>(b_.people.size());
    for (const auto& p : all.deceased) add(p);
    for (const auto& h : all.households)
      for (const auto& p : h.members) tie(p);
    for (const auto& p : all.deceased) tie(p);
    for (const auto& h : all.households) house(h);
    for (auto& p : b_.people)
      if (p.origin >= 0) p.base_town = b_.at(b_.father_of(p)).base_town;
    return std::move(b_);
  }

 private:
  int index(const std::string& key) const { return key.empty() ? -1 : by_key_.at(key); }

  void add(const cast_person& said) {
    by_key_[said.key] = static_cast<int>(b_.people.size());
    person p;
    p.key = said.number;
    p.born = said.born;
    p.died = said.died;
    p.female = said.female;
    p.surname = w_.figures.called.find_surname(said.surname, said.latin_surname);
    p.given = w_.figures.called.find_given(said.name, said.latin_name);
    p.seat = w_.figures.called.surnames[static_cast<std::size_t>(p.surname)].seats.empty() ? -1 : 0;
    p.serial = count_.next_birth(p.born, p.female);
    b_.people.push_back(p);
  }

  int bond_of(int father, int mother) {
    for (std::size_t i = 0; i < b_.bonds.size(); ++i)
      if (b_.bonds[i].father == father && b_.bonds[i].mother == mother) return static_cast<int>(i);
    b_.bonds.push_back({father, mother, false, 0, {}, {}});
    return static_cast<int>(b_.bonds.size()) - 1;
  }

  void tie(const cast_person& said) {
    const int i = index(said.key);
    person& p = b_.at(i);
    if (int s = index(said.spouse); s >= 0) {
      p.spouse = s;
      p.bond = p.female ? bond_of(s, i) : bond_of(i, s);
      if (said.married != end_of_days) b_.bond_at(p.bond).married = said.married;
    }
    if (!said.father.empty() && !said.mother.empty()) {
      p.origin = bond_of(index(said.father), index(said.mother));
      b_.bond_at(p.origin).children.push_back(i);
    }
  }

  void house(const cast_household& said) {
    const int made = static_cast<int>(b_.households.size());
    household h;
    h.key = said.number;
    h.town = town_of(w_.figures, said);
    h.formed = said.formed;
    h.site = add_site(w_, count_, r_, h.town, said.flat);
    site& s = b_.site_at(h.site);
    s.approved = said.formed.plus(-1500);
    s.dwellings = 1;
    h.nth = said.flat ? 9 + made % 5 : 0;
    for (const auto& m : said.members) {
      const int i = index(m.key);
      person& p = b_.at(i);
      p.household = made;
      p.is = relation_of(m.relation);
      p.since = std::max(said.formed, p.born);
      p.base_town = h.town;
      p.base_lot = 10 + made;
      p.entry = p.since == p.born ? entry::birth
                : p.is == relation::head ? entry::new_household : entry::move_in;
      if (p.is == relation::head) h.head = i;
      h.members.push_back(i);
    }
    if (h.head < 0) broken(cast_file, "a household has a head");
    h.owner = said.owner.empty() ? h.head : index(said.owner);
    b_.households.push_back(h);
    if (w_.figures.parcels > 0) b_.parcels.push_back(parcel_under(w_, r_, h.site, h.owner));
    if (w_.figures.vehicles > 0)
      for (const auto& key : said.vehicles)
        b_.vehicles.push_back(vehicle_of(w_, count_, r_, index(key)));
    for (const auto& key : said.businesses) {
      if (w_.figures.businesses == 0) break;
      business one;
      one.owner = index(key);
      one.number = count_.businesses++;
      one.prefix = b_.at(one.owner).given;
      one.opened = said.formed.plus(400);
      b_.businesses.push_back(one);
    }
  }

  block b_;
  workshop w_;
  counters& count_;
  random r_;
  std::map<std::string, int, std::less<>> by_key_;
};

}  // namespace

id numbered(std::int64_t n) {
  // 2025-01-01T00:00:00Z in milliseconds since 2020; node 255; see madang/base/id.hpp.
  constexpr std::int64_t base = std::int64_t{1827} * 86'400'000, node = 255;
  return {((base + (n >> 13)) << 21) | (node << 13) | (n & 8191)};
}

cast_list read_cast(const packs::pack& p) {
  cast_list out;
  const json::value v = p.yaml(cast_file);
  if (const auto& list = json::at(v, "deceased"); list.is_array())
    for (const auto& one : list.get_array()) {
      out.deceased.push_back(
          person_in(one, first_deceased + static_cast<std::int64_t>(out.deceased.size())));
      if (out.deceased.back().died == end_of_days) broken(cast_file, "a deceased person has died");
    }
  const auto& homes = json::at(v, "households");
  if (homes.is_array())
    for (const auto& one : homes.get_array()) {
      cast_household h;
      const std::int64_t number = static_cast<std::int64_t>(out.households.size()) * seats;
      h.number = numbered(number);
      h.province = json::str(one, "province");
      h.municipality = json::str(one, "municipality");
      h.town = json::str(one, "town");
      h.owner = json::str(one, "owner");
      h.flat = json::str(one, "dwelling") == "flat";
      h.formed = date_in(one, "formed", end_of_days);
      if (h.formed == end_of_days) broken(cast_file, "a household has been formed");
      if (const auto& members = json::at(one, "members"); members.is_array())
        for (const auto& m : members.get_array())
          h.members.push_back(
              person_in(m, number + 1 + static_cast<std::int64_t>(h.members.size())));
      h.vehicles = keys_in(one, "vehicles");
      h.businesses = keys_in(one, "businesses");
      if (h.members.empty() || h.members.size() >= seats)
        broken(cast_file, "a household has 1 to 31 members");
      out.households.push_back(std::move(h));
    }
  if (out.households.size() > first_deceased / seats || out.deceased.size() > first_deceased)
    broken(cast_file, "the cast has at most 128 households");
  check_keys(out);
  return out;
}

block make_cast(const parameters& figures, counters& count) {
  return casting(figures, count).make();
}

std::vector<cast_member> cast(const packs::pack& pack) {
  std::vector<cast_member> out;
  const std::string form = name_form(pack, "name");
  for (const auto& h : read_cast(pack).households)
    for (const auto& p : h.members)
      out.push_back({p.key, p.number, h.number, called_by(form, p.surname, p.name)});
  return out;
}

}  // namespace madang::population
