// Who there is, who is married to whom, and whose child everybody is.
//
// Ages are dealt after the pyramid, then marriages and parents are matched among those who are
// there: so the pyramid holds exactly, and whoever finds no living parents of a fitting age has
// dead ones, who stand in the family register only.
#include <array>
#include <climits>

#include "block.hpp"

namespace madang::population {
namespace {

constexpr int first_cohort = 1860;
constexpr int cohorts = 200;

int cohort(date born) { return std::clamp(born.year() - first_cohort, 0, cohorts - 1); }

// The men who are still to be had, in the order of age.
class suitors {
 public:
  explicit suitors(const block& b) : b_(b) {
    for (int i = 0; i < b.living; ++i)
      if (!b.at(i).female) men_.push_back(i);
  }
  // The free man born nearest to `wanted`, at most three years off; -1: none.
  int nearest(date wanted) const {
    const auto after = std::lower_bound(men_.begin(), men_.end(), wanted,
                                        [&](int m, date d) { return b_.at(m).born < d; });
    auto up = after;
    auto down = after;
    const auto fits = [&](int m) { return b_.at(m).bond < 0; };
    int best = -1, distance = days_of(3);
    for (; up != men_.end() && b_.at(*up).born - wanted < distance; ++up)
      if (fits(*up)) {
        best = *up;
        distance = b_.at(*up).born - wanted;
        break;
      }
    while (down != men_.begin()) {
      --down;
      if (wanted - b_.at(*down).born >= distance) break;
      if (fits(*down)) return *down;
    }
    return best;
  }

 private:
  const block& b_;
  std::vector<int> men_;
};

int children_wanted(const parameters& figures, random& r, date mother_born) {
  const double mean = figures.children.at(mother_born.year()) / 100.0;
  int n = 0;
  for (int i = 0; i < 7; ++i) n += r.chance(mean / 7);
  return n;
}

int add_bond(workshop& w, random& r, int father, int mother, bool divorced) {
  const int made = static_cast<int>(w.b.bonds.size());
  w.b.bonds.push_back(
      {father, mother, divorced, children_wanted(w.figures, r, w.b.at(mother).born), {}, {}});
  w.b.at(father).bond = w.b.at(mother).bond = made;
  if (!divorced) {
    w.b.at(father).spouse = mother;
    w.b.at(mother).spouse = father;
  }
  return made;
}

int add_dead(block& b, bool female, date born, date died) {
  person p;
  p.female = female;
  p.born = born;
  p.died = died;
  b.people.push_back(p);
  return static_cast<int>(b.people.size()) - 1;
}

int gap_to_husband(const parameters& figures, random& r) {
  return days_of((figures.husband_older + figures.husband_spread * r.bell()) / 10);
}

// A spouse who has died, for one who is left.
void widow(workshop& w, random& r, int left) {
  const person p = w.b.at(left);
  const int gap = gap_to_husband(w.figures, r) * (p.female ? -1 : 1);
  const date born = p.born.plus(gap);
  const date earliest = std::max(born, p.born).plus(days_of(24));
  const int span = std::max(1, w.figures.as_of - earliest);
  // Rather of late than long ago.
  const date died = w.figures.as_of.plus(-1 - static_cast<int>(span * r.unit() * r.unit()));
  const int dead = add_dead(w.b, !p.female, born, std::max(died, earliest));
  add_bond(w, r, p.female ? dead : left, p.female ? left : dead, false);
}

// Bonds by the year in which the mother was born, to draw parents from.
class nursery {
 public:
  void add(const block& b, int i) { by_cohort_[at(b.at(b.bond_at(i).mother).born)].push_back(i); }

  // A bond whose mother was born within four years of `wanted` and that `fits`; -1: none. Those
  // without room are forgotten on the way unless room does not matter.
  template <class F>
  int find(const block& b, random& r, date wanted, bool room_matters, F&& fits) {
    static constexpr int offsets[] = {0, 1, -1, 2, -2, 3, -3, 4, -4};
    const int middle = cohort(wanted);
    for (int offset : offsets) {
      if (middle + offset < 0 || middle + offset >= cohorts) continue;
      auto& all = by_cohort_[static_cast<std::size_t>(middle + offset)];
      if (all.empty()) continue;
      std::size_t i = static_cast<std::size_t>(r.below(static_cast<int>(all.size())));
      for (std::size_t tried = 0, n = all.size(); tried < n && !all.empty(); ++tried) {
        if (i >= all.size()) i = 0;
        if (room_matters && b.bond_at(all[i]).room <= 0) {
          all[i] = all.back();
          all.pop_back();
          continue;
        }
        if (fits(all[i])) return all[i];
        ++i;
      }
    }
    return -1;
  }

 private:
  static std::size_t at(date born) { return static_cast<std::size_t>(cohort(born)); }
  std::array<std::vector<int>, cohorts> by_cohort_;
};

bool parent_age(date parent, date child) {
  // Inside 18 to 48 whole years whatever the leap days.
  const int days = child - parent;
  return days >= days_of(18) + 2 && days < days_of(48);
}

// Marriage is barred between siblings and between first cousins (Civil Act art. 809).
bool near_kin(const block& b, int origin, const person& spouse) {
  if (spouse.origin < 0) return false;
  if (spouse.origin == origin) return true;
  const bond &mine = b.bond_at(origin), &hers = b.bond_at(spouse.origin);
  for (int m : {mine.father, mine.mother})
    for (int h : {hers.father, hers.mother}) {
      const int a = b.at(m).origin, c = b.at(h).origin;
      if (a >= 0 && (a == c || a == spouse.origin)) return true;
      if (c >= 0 && c == origin) return true;
    }
  return false;
}

bool can_be_child_of(const block& b, int child, int origin) {
  const person& p = b.at(child);
  const bond& parents = b.bond_at(origin);
  const person &father = b.at(parents.father), &mother = b.at(parents.mother);
  if (p.bond == origin || !parent_age(father.born, p.born) || !parent_age(mother.born, p.born))
    return false;
  if (mother.died < p.born || father.died < p.born.plus(-240)) return false;
  for (int sibling : parents.children)
    if (std::abs(b.at(sibling).born - p.born) < 330) return false;
  return p.spouse < 0 || !near_kin(b, origin, b.at(p.spouse));
}

// Two who have died, the parents of a person born on `child`.
int dead_parents(workshop& w, random& r, date child, date mother_born) {
  const date as_of = w.figures.as_of;
  date father_born = mother_born.plus(-gap_to_husband(w.figures, r));
  if (!parent_age(father_born, child)) father_born = mother_born.plus(-200);
  if (!parent_age(father_born, child)) father_born = mother_born.plus(30);
  const auto death = [&](date born, double mean) {
    const date age = born.plus(days_of(mean + 12 * r.bell()));
    const date earliest = child.plus(days_of(0.5 + 12 * r.unit()));
    return std::clamp(age, std::min(earliest, as_of.plus(-30)), as_of.plus(-1 - r.below(900)));
  };
  const date father_died = death(father_born, 68), mother_died = death(mother_born, 74);
  const int father = add_dead(w.b, false, father_born, std::max(father_died, child.plus(1)));
  const int mother = add_dead(w.b, true, mother_born, std::max(mother_died, child.plus(1)));
  const int made = add_bond(w, r, father, mother, false);
  w.b.bond_at(made).room = std::max(1, w.b.bond_at(made).room);
  return made;
}

date mother_wanted(const parameters& figures, random& r, date child) {
  const double years =
      (figures.mother_age.at(child.year()) + figures.mother_age_spread * r.bell()) / 10;
  return child.plus(-days_of(std::clamp(years, 18.5, 45.5)));
}

}  // namespace

void make_people(workshop& w, int how_many) {
  random r = w.stream(1);
  auto& people = w.b.people;
  people.reserve(static_cast<std::size_t>(how_many) * 2);
  people.resize(static_cast<std::size_t>(how_many));
  for (int i = 0; i < how_many; ++i) {
    const int g = w.figures.group_chances.at((i + r.unit()) / how_many);
    const age_group& group = w.figures.groups[static_cast<std::size_t>(g)];
    person& p = people[static_cast<std::size_t>(i)];
    p.female = group.female;
    p.born = w.figures.as_of.plus(-days_of(group.from + 5 * r.unit()));
  }
  std::stable_sort(people.begin(), people.end(),
                   [](const person& a, const person& b) { return a.born < b.born; });
  w.b.living = how_many;
}

void make_bonds(workshop& w) {
  random r = w.stream(2);
  block& b = w.b;
  const suitors men(b);
  const auto match = [&](const steps& shares, bool divorced) {
    for (int i = 0; i < b.living; ++i) {
      if (!b.at(i).female || b.at(i).bond >= 0) continue;
      const int years = age(b.at(i).born, w.figures.as_of);
      if (!r.per_mille(shares.at(years))) continue;
      const int husband = men.nearest(b.at(i).born.plus(-gap_to_husband(w.figures, r)));
      if (husband < 0 || age(b.at(husband).born, w.figures.as_of) < 20) continue;
      add_bond(w, r, husband, i, divorced);
    }
  };
  match(w.figures.married_women, false);
  for (int i = 0; i < b.living; ++i) {
    if (b.at(i).bond >= 0) continue;
    const int years = age(b.at(i).born, w.figures.as_of);
    const steps& shares = b.at(i).female ? w.figures.widowed_women : w.figures.widowed_men;
    if (years >= 30 && r.per_mille(shares.at(years))) widow(w, r, i);
  }
  match(w.figures.divorced_women, true);
}

void find_parents(workshop& w) {
  random r = w.stream(3);
  block& b = w.b;
  nursery living, everybody_living, dead;
  for (int i = 0; i < static_cast<int>(b.bonds.size()); ++i) {
    const bool lives = b.at(b.bond_at(i).mother).lives();
    (lives ? living : dead).add(b, i);
    if (lives) everybody_living.add(b, i);
  }
  for (int i = 0; i < b.living; ++i) {
    const date born = b.at(i).born;
    const date wanted = mother_wanted(w.figures, r, born);
    const auto fits = [&](int origin) { return can_be_child_of(b, i, origin); };
    int found = -1;
    const bool young = age(born, w.figures.as_of) < 25;
    if (young || r.per_mille(w.figures.mothers_alive.at(age(wanted, w.figures.as_of)))) {
      found = living.find(b, r, wanted, true, fits);
      // The young are not orphans for want of a small family: one gets larger.
      if (found < 0 && young) found = everybody_living.find(b, r, wanted, false, fits);
    }
    if (found < 0) found = dead.find(b, r, wanted, true, fits);
    if (found < 0) {
      found = dead_parents(w, r, born, wanted);
      dead.add(b, found);
    }
    b.at(i).origin = found;
    b.bond_at(found).children.push_back(i);
    --b.bond_at(found).room;
  }
}

void date_marriages(workshop& w) {
  random r = w.stream(4);
  block& b = w.b;
  for (bond& two : b.bonds) {
    const person &father = b.at(two.father), &mother = b.at(two.mother);
    // Civil Act art. 807: from 18. No later than a year before one of them died.
    const date earliest = std::max(father.born, mother.born).plus(days_of(18) + 2);
    date latest = std::min({father.died, mother.died, w.figures.as_of}).plus(-1);
    date wanted = mother.born.plus(days_of(23 + 9 * r.unit()));
    if (!two.children.empty()) {
      const date first = b.at(two.children.front()).born;
      latest = std::min(latest, first.plus(-1));
      wanted = first.plus(-240 - r.below(1100));
    }
    two.married = std::max(earliest, std::min(wanted, latest));
  }
}

void give_names(workshop& w) {
  random r = w.stream(5);
  block& b = w.b;
  const names& called = w.figures.called;
  const auto root = [&](person& p) {
    p.surname = called.pick_surname(r);
    const auto& seats = called.surnames[static_cast<std::size_t>(p.surname)].seats;
    if (!seats.empty()) {
      // The first seats are the large ones.
      const double u = r.unit();
      p.seat = static_cast<int>(u * u * static_cast<double>(seats.size()));
    }
    p.base_town = w.figures.town_chances.pick(r);
    p.base_lot = r.between(1, 980);
  };
  const auto given = [&](const person& p) { return called.pick_given(r, p.female, p.born.year()); };
  for (std::size_t i = static_cast<std::size_t>(b.living); i < b.people.size(); ++i) {
    root(b.people[i]);
    b.people[i].given = given(b.people[i]);
  }
  for (int i = 0; i < b.living; ++i) {  // fathers are older, so they come first
    person& p = b.at(i);
    const person& father = b.at(b.father_of(p));
    p.surname = father.surname;
    p.seat = father.seat;
    p.base_town = father.base_town;
    p.base_lot = father.base_lot;
    const auto taken = [&](int name) {
      for (int s : b.bond_at(p.origin).children)
        if (s != i && b.at(s).origin >= 0 && s < i && b.at(s).given == name) return true;
      return false;
    };
    p.given = given(p);
    for (int tries = 0; tries < 4 && taken(p.given); ++tries) p.given = given(p);
  }
}

}  // namespace madang::population
