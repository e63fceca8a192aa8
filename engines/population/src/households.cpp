// Who lives together.
//
// Married couples and minors come first: they leave no choice. The other adults then go, one after
// the other, where they would rather live (alone, with parents, with a child), leaning towards the
// sizes of household of which the nation has too few so far. That keeps the sizes near the census
// without making anybody's home implausible.
#include "block.hpp"

namespace madang::population {
namespace {

constexpr int largest = 7;
// Of those who live alone, how many are elders, against their number.
constexpr double elders_alone = 1.45;

class housing {
 public:
  housing(workshop& w, random& r) : w_(w), b_(w.b), r_(r) {
    double mean = 0;
    for (int s = 1; s <= 5; ++s) mean += w.figures.sizes[s - 1] / 1000.0 * (s == 5 ? 5.2 : s);
    for (int s = 1; s <= 5; ++s)
      target_[s] = std::max(1.0, w.figures.sizes[s - 1] / 1000.0 * b_.living / mean);
  }

  int settle(int head) {
    const int made = static_cast<int>(b_.households.size());
    b_.households.emplace_back();
    b_.households.back().head = head;
    join(head, made);
    return made;
  }
  void join(int who, int household) {
    auto& members = b_.home(household).members;
    count(members.size(), -1);
    members.push_back(who);
    count(members.size(), +1);
    b_.at(who).household = household;
  }
  bool free(int who) const { return b_.at(who).household < 0; }
  int years(int who) const { return age(b_.at(who).born, w_.figures.as_of); }

  // Of the parents, the one a minor lives with; -1: none lives.
  int keeper(int who) {
    const bond& parents = b_.bond_at(b_.at(who).origin);
    const bool father = b_.at(parents.father).lives(), mother = b_.at(parents.mother).lives();
    if (father && mother)  // children of the divorced stay together: drawn once by the bond
      return parents.divorced && mix(static_cast<std::uint64_t>(b_.at(who).origin)) % 4 != 0
                 ? parents.mother
                 : parents.father;
    return mother ? parents.mother : father ? parents.father : -1;
  }

  void place_couples() {
    for (const bond& two : b_.bonds)
      if (!two.divorced && b_.at(two.father).lives() && b_.at(two.mother).lives()) {
        const bool she = r_.per_mille(250);
        join(she ? two.father : two.mother, settle(she ? two.mother : two.father));
      }
  }
  void place_minors() {
    for (int i = 0; i < b_.living; ++i)
      if (free(i) && years(i) < adult_age) {
        int with = keeper(i);
        if (with < 0) with = guardian(i);
        join(i, free(with) ? settle(with) : b_.at(with).household);
      }
  }
  // Who have children of age or are past fifty first: the young may then join them.
  void place_others() {
    std::vector<int> elders, young;
    for (int i = 0; i < b_.living; ++i)
      if (free(i)) (years(i) >= 50 ? elders : young).push_back(i);
    shuffle(elders);
    shuffle(young);
    const double alone = target_[1];
    const double all = static_cast<double>(elders.size() + young.size());
    const double share = static_cast<double>(elders.size()) / std::max(1.0, all);
    target_[1] = std::max(1.0, alone * share * elders_alone);
    for (int i : elders) place(i);
    target_[1] = alone;
    for (int i : young) place(i);
  }

 private:
  struct choice {
    int household;  // -1: alone
    double weight;
  };

  static int slot(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, 5)); }
  void count(std::size_t size, int by) {
    if (size > 0) there_[slot(size)] += by;
  }
  // 0: enough of them already; 1: none yet.
  double need(std::size_t size) const {
    if (size == 0) return 0;
    const int s = slot(size);
    return std::clamp(1 - there_[s] / target_[s], 0.0, 1.0);
  }
  double lean(std::size_t from, std::size_t to) const {
    return (0.003 + need(to)) / (from == 0 ? 0.6 : 0.1 + need(from));
  }

  int guardian(int who) {
    for (int s : b_.bond_at(b_.at(who).origin).children)
      if (years(s) >= adult_age) return s;
    for (int tries = 0; tries < 1000; ++tries) {  // nobody of the kin: a family takes the child in
      const int other = r_.below(b_.living);
      if (years(other) >= 30) return other;
    }
    return 0;  // the oldest
  }
  void consider(std::vector<choice>& choices, int household, double wish) const {
    if (household < 0 || wish <= 0) return;
    const std::size_t size = b_.home(household).members.size();
    if (size < largest) choices.push_back({household, wish * lean(size, size + 1)});
  }
  void place(int who) {
    const person& p = b_.at(who);
    const double with_parents = w_.figures.with_parents.at(years(who)) / 1000.0;
    const double with_child = w_.figures.with_child.at(years(who)) / 1000.0;
    std::vector<choice> choices{{-1, lean(0, 1)}};
    const bond& parents = b_.bond_at(p.origin);
    const int father = b_.at(parents.father).household, mother = b_.at(parents.mother).household;
    consider(choices, mother, with_parents);
    if (father != mother) consider(choices, father, with_parents * 0.4);
    if (p.bond >= 0)
      for (int child : b_.bond_at(p.bond).children)
        if (years(child) >= adult_age) consider(choices, b_.at(child).household, with_child);
    for (int sibling : parents.children)
      if (years(sibling) >= adult_age && b_.at(sibling).bond < 0)
        consider(choices, b_.at(sibling).household, 0.15);
    double total = 0;
    for (const choice& c : choices) total += c.weight;
    double u = r_.unit() * total;
    for (const choice& c : choices) {
      u -= c.weight;
      if (u < 0 && c.household >= 0) return join(who, c.household);
      if (u < 0) break;
    }
    settle(who);
  }
  void shuffle(std::vector<int>& all) {
    for (std::size_t i = all.size(); i > 1; --i)
      std::swap(all[i - 1], all[static_cast<std::size_t>(r_.below(static_cast<int>(i)))]);
  }

  workshop& w_;
  block& b_;
  random& r_;
  double target_[6] = {};
  int there_[6] = {};
};

relation relation_to(const block& b, int head_index, int who) {
  const person &head = b.at(head_index), &p = b.at(who);
  const auto is_child = [&](const person& child, int of) {
    return of >= 0 && child.origin >= 0 && (b.father_of(child) == of || b.mother_of(child) == of);
  };
  const int partner = head.spouse;
  if (who == partner) return relation::spouse;
  if (is_child(p, head_index) || is_child(p, partner)) return relation::child;
  if (is_child(head, who)) return p.female ? relation::mother : relation::father;
  if (partner >= 0 && is_child(b.at(partner), who)) return relation::parent_in_law;
  if (p.spouse >= 0 && is_child(b.at(p.spouse), head_index)) return relation::child_in_law;
  if (p.origin >= 0 && p.origin == head.origin) return relation::sibling;
  for (int parent : {b.father_of(p), b.mother_of(p)})
    if (parent >= 0 && (is_child(b.at(parent), head_index) || is_child(b.at(parent), partner)))
      return relation::grandchild;
  return relation::lodger;
}

}  // namespace

std::string_view code_of(relation r) {
  static constexpr std::string_view codes[] = {
      "head",       "spouse",  "child",        "father",        "mother",
      "grandchild", "sibling", "child_in_law", "parent_in_law", "lodger"};
  return codes[static_cast<std::size_t>(r)];
}

std::string_view code_of(entry e) {
  static constexpr std::string_view codes[] = {"birth", "move_in", "new_household"};
  return codes[static_cast<std::size_t>(e)];
}

void make_households(workshop& w) {
  random r = w.stream(6);
  housing all(w, r);
  all.place_couples();
  all.place_minors();
  all.place_others();
}

void relate_to_heads(block& b) {
  for (const household& h : b.households)
    for (int m : h.members) b.at(m).is = m == h.head ? relation::head : relation_to(b, h.head, m);
}

void date_households(workshop& w) {
  random r = w.stream(7);
  block& b = w.b;
  const date as_of = w.figures.as_of;
  for (household& h : b.households) {
    person& head = b.at(h.head);
    date earliest = head.born.plus(days_of(adult_age) + 2);
    if (head.spouse >= 0) {
      const person& partner = b.at(head.spouse);
      if (partner.household == head.household)
        earliest = std::max(earliest, b.bond_at(head.bond).married);
    }
    earliest = std::min(earliest, as_of);
    // People have lived where they live for seven years on average; half the time short of five.
    const double u = r.unit();
    const date wanted = as_of.plus(-days_of(20 * u * u) - r.below(30));
    h.formed = std::min(as_of, std::max(earliest, wanted));
    h.split = r.per_mille(300);
    for (int m : h.members) {
      person& p = b.at(m);
      p.since = std::max(h.formed, p.born);
      if (m != h.head && p.is != relation::spouse && p.since > p.born && r.per_mille(120))
        p.since = p.since.plus(r.below(as_of - p.since + 1));  // came later
      p.entry = p.since == p.born ? entry::birth
                : m == h.head     ? entry::new_household
                                  : entry::move_in;
    }
  }
}

}  // namespace madang::population
