#include "madang/population/population.hpp"

#include <set>

#include "nation_fixture.hpp"

namespace madang::population {
namespace {

constexpr int scale = 20'000;               // 2,590 people
const date as_of = *date::of(2026, 11, 1);  // population.yaml

struct resident {
  id key;
  std::string number, name;
  date born;
  std::string sex;
  id household;
  std::string relation;
  date since;
  std::string entry, status;
};
BOOST_DESCRIBE_STRUCT(resident, (),
                      (key, number, name, born, sex, household, relation, since, entry, status))
struct home {
  id key, head;
  std::string town, address;
  date formed;
};
BOOST_DESCRIBE_STRUCT(home, (), (key, head, town, address, formed))
struct kin {
  id key;
  std::string name;
  date born;
  std::string sex;
  std::optional<id> father, mother, spouse;
  std::optional<date> married, died;
};
BOOST_DESCRIBE_STRUCT(kin, (), (key, name, born, sex, father, mother, spouse, married, died))

// The whole of it, once for each store.
struct everything {
  made_nation nation;
  std::vector<resident> residents;
  std::map<id, resident> by_id;
  std::map<id, home> homes;
  std::map<id, kin> families;

  everything(const packs::pack& pack, const std::string& back_end)
      : nation(pack, back_end, scale, 7) {
    residents = nation.all<resident>(
        "residents",
        "select key, resident_number, name, born, sex, household, relation, since, entry, status "
        "from register_persons order by key");
    for (const auto& r : residents) by_id[r.key] = r;
    for (const auto& h : nation.all<home>(
             "residents", "select key, head, town, address, formed from register_households"))
      homes[h.key] = h;
    for (const auto& k : nation.all<kin>("families",
                                         "select key, name, born, sex, father, mother, spouse, "
                                         "married, died from register_families"))
      families[k.key] = k;
  }
};

const packs::pack& small_pack() {
  static const std::filesystem::path folder = make_small_pack();
  static const packs::pack pack(folder);
  static const struct remover {
    ~remover() { std::filesystem::remove_all(folder); }
  } at_the_end;
  return pack;
}

class a_nation : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string(GetParam()) == "postgres" && !std::getenv("MADANG_TEST_POSTGRES"))
      GTEST_SKIP() << "no PostgreSQL: MADANG_TEST_POSTGRES is not set";
    auto& made = made_[GetParam()];
    if (!made) made = std::make_unique<everything>(small_pack(), GetParam());
    all = made.get();
  }
  static void TearDownTestSuite() { made_.clear(); }

  const kin& family(id who) const { return all->families.at(who); }
  bool child_of(id child, id parent) const {
    const kin& k = family(child);
    return k.father == parent || k.mother == parent;
  }
  std::int64_t count(const std::string& db, const std::string& sql) {
    return all->nation.count(db, sql);
  }

  everything* all = nullptr;

 private:
  static inline std::map<std::string, std::unique_ptr<everything>> made_;
};

TEST_P(a_nation, has_as_many_people_and_things_as_its_scale_says) {
  const report& r = all->nation.said();
  EXPECT_EQ(r.persons, 51'800'000 / scale + 30);  // and 30 living persons of the cast
  EXPECT_EQ(static_cast<std::size_t>(r.persons), all->residents.size());
  EXPECT_EQ(static_cast<std::size_t>(r.households), all->homes.size());
  EXPECT_EQ(static_cast<std::size_t>(r.families), all->families.size());
  EXPECT_EQ(r.vehicles, count("vehicles", "select count(*) from register_vehicles"));
  EXPECT_EQ(r.businesses, count("businesses", "select count(*) from register_businesses"));
  EXPECT_EQ(r.parcels, count("land", "select count(*) from register_parcels"));
  EXPECT_EQ(r.buildings, count("land", "select count(*) from register_buildings"));
  EXPECT_NEAR(static_cast<double>(r.vehicles), 0.50 * 2590, 5);
  // Each home of the cast has its own.
  EXPECT_NEAR(static_cast<double>(r.parcels), 0.75 * 2590 + 19, 12);
  EXPECT_NEAR(static_cast<double>(r.businesses), 0.19 * 2590, 5);
}

TEST_P(a_nation, registers_everybody_in_one_household_with_one_head_of_age) {
  std::map<id, int> heads, members;
  for (const auto& r : all->residents) {
    ASSERT_TRUE(all->homes.count(r.household)) << "an orphan of the register";
    ++members[r.household];
    heads[r.household] += r.relation == "head";
  }
  for (const auto& [key, h] : all->homes) {
    EXPECT_EQ(heads[key], 1);
    EXPECT_GE(members[key], 1);
    const resident& head = all->by_id.at(h.head);
    EXPECT_EQ(head.household, key);
    EXPECT_EQ(head.relation, "head");
    EXPECT_GE(age(head.born, as_of), 19);
  }
}

TEST_P(a_nation, names_the_relation_to_the_head_as_the_family_register_has_it) {
  std::map<std::string, int> seen;
  for (const auto& r : all->residents) {
    const id head = all->homes.at(r.household).head;
    const auto partner = family(head).spouse;
    ++seen[r.relation];
    if (r.relation == "spouse") {
      EXPECT_EQ(partner, r.key);
    }
    if (r.relation == "child") {
      EXPECT_TRUE(child_of(r.key, head) || (partner && child_of(r.key, *partner)));
    }
    if (r.relation == "father" || r.relation == "mother") {
      EXPECT_TRUE(child_of(head, r.key));
      EXPECT_EQ(r.sex, r.relation == "father" ? "m" : "f");
    }
    if (r.relation == "parent_in_law") {
      EXPECT_TRUE(partner && child_of(*partner, r.key));
    }
    if (r.relation == "sibling") {
      EXPECT_EQ(family(r.key).father, family(head).father);
    }
    if (r.relation == "lodger") {
      EXPECT_FALSE(child_of(r.key, head));
    }
  }
  for (const char* usual : {"head", "spouse", "child", "mother", "parent_in_law", "sibling"})
    EXPECT_GT(seen[usual], 0) << usual;
}

TEST_P(a_nation, keeps_spouses_together_and_each_pointing_at_the_other) {
  int couples = 0;
  for (const auto& [key, k] : all->families) {
    if (!k.spouse) continue;
    const kin& other = family(*k.spouse);
    EXPECT_EQ(other.spouse, key);
    EXPECT_NE(other.sex, k.sex);
    ASSERT_TRUE(k.married);
    EXPECT_EQ(other.married, k.married);
    EXPECT_GE(age(k.born, *k.married), 18);
    EXPECT_LE(*k.married, k.died.value_or(as_of));
    if (k.died || other.died) continue;
    ++couples;
    EXPECT_EQ(all->by_id.at(key).household, all->by_id.at(*k.spouse).household);
  }
  EXPECT_GT(couples, 400);
}

TEST_P(a_nation, gives_everybody_parents_18_to_48_years_older_and_the_name_of_the_father) {
  int children = 0;
  for (const auto& [key, k] : all->families) {
    ASSERT_EQ(k.father.has_value(), k.mother.has_value());
    if (!k.father) continue;
    ++children;
    const kin &father = family(*k.father), &mother = family(*k.mother);
    EXPECT_EQ(father.sex, "m");
    EXPECT_EQ(mother.sex, "f");
    for (const kin* parent : {&father, &mother}) {
      EXPECT_GE(age(parent->born, k.born), 18);
      EXPECT_LE(age(parent->born, k.born), 48);
    }
    EXPECT_GE(mother.died.value_or(as_of), k.born);
    EXPECT_GE(father.died.value_or(as_of), k.born.plus(-300));
    EXPECT_EQ(text::head(k.name, 1), text::head(father.name, 1));
  }
  EXPECT_GE(children, 2590);
}

TEST_P(a_nation, marries_no_near_kin_and_bears_siblings_apart) {
  std::map<std::pair<id, id>, std::vector<date>> births;
  for (const auto& [key, k] : all->families) {
    if (k.father) births[{*k.father, *k.mother}].push_back(k.born);
    if (!k.spouse || !k.father) continue;
    const kin& other = family(*k.spouse);
    if (other.father) {
      EXPECT_NE(k.father, other.father) << "siblings";
    }
    const auto grandparents = [&](const kin& of) {
      std::set<id> out;
      if (of.father)
        for (const auto& parent : {family(*of.father), family(*of.mother)})
          if (parent.father) out.insert(*parent.father);
      return out;
    };
    for (id g : grandparents(k)) EXPECT_FALSE(grandparents(other).count(g)) << "first cousins";
  }
  std::size_t siblings = 0;
  for (auto& [parents, days] : births) {
    std::sort(days.begin(), days.end());
    for (std::size_t i = 1; i < days.size(); ++i, ++siblings) EXPECT_GE(days[i] - days[i - 1], 300);
  }
  EXPECT_GT(siblings, 300u);
}

TEST_P(a_nation, reaches_over_three_generations_and_keeps_the_dead_in_the_family_register_only) {
  int living_grandparents = 0, apart = 0, dead = 0;
  for (const auto& [key, k] : all->families) {
    EXPECT_EQ(k.died.has_value(), !all->by_id.count(key));
    if (k.died) {
      ++dead;
      EXPECT_GT(*k.died, k.born);
      EXPECT_LT(*k.died, as_of);
      continue;
    }
    EXPECT_EQ(all->by_id.at(key).name, k.name);
    EXPECT_EQ(all->by_id.at(key).born, k.born);
    if (!k.father) continue;
    const kin& mother = family(*k.mother);
    if (mother.mother && !mother.died && !family(*mother.mother).died) ++living_grandparents;
    if (age(k.born, as_of) >= 30 && !mother.died)
      apart += all->by_id.at(key).household != all->by_id.at(*k.mother).household;
  }
  EXPECT_GT(living_grandparents, 200);
  EXPECT_GT(apart, 300) << "adult children who live elsewhere";
  EXPECT_GT(dead, 300);
  for (const auto& r : all->residents)
    if (age(r.born, as_of) < 15) {
      EXPECT_FALSE(family(*family(r.key).mother).died) << "a small child without a mother";
    }
}

TEST_P(a_nation, lets_nobody_live_anywhere_before_she_was_born_or_after_today) {
  for (const auto& r : all->residents) {
    EXPECT_LE(r.born, as_of);
    EXPECT_GE(r.since, r.born);
    EXPECT_LE(r.since, as_of);
    EXPECT_GE(r.since, all->homes.at(r.household).formed);
    EXPECT_EQ(r.entry == "birth", r.since == r.born);
    EXPECT_EQ(r.status, "resident");
  }
  for (const auto& [key, h] : all->homes) EXPECT_LE(h.formed, as_of);
}

TEST_P(a_nation, has_households_of_the_sizes_of_the_census) {
  std::map<id, int> members;
  for (const auto& r : all->residents) ++members[r.household];
  double share[6] = {};
  for (const auto& [key, n] : members)
    share[std::min(n, 5)] += 100.0 / static_cast<double>(members.size());
  // Statistics Korea, census 2023; the small nation may be off by so many points.
  const double census[] = {0, 35.5, 28.8, 19.2, 13.0, 3.4};
  for (int n = 1; n <= 5; ++n) EXPECT_NEAR(share[n], census[n], 3) << n << " persons";
}

TEST_P(a_nation, has_the_ages_of_its_pyramid) {
  int women = 0, minors = 0, old = 0;
  for (const auto& r : all->residents) {
    const int years = age(r.born, as_of);
    women += r.sex == "f";
    minors += years < 15;
    old += years >= 65;
  }
  // Sums of population.yaml: 25,534 of 50,944 are women, 5,160 under 15, 10,263 from 65.
  const auto of = [&](int n) { return 1000.0 * n / static_cast<double>(all->residents.size()); };
  EXPECT_NEAR(of(women), 501, 8);
  EXPECT_NEAR(of(minors), 101, 4);
  EXPECT_NEAR(of(old), 201, 4);
}

TEST_P(a_nation, settles_every_town) {
  std::set<std::string> towns;
  for (const auto& [key, h] : all->homes) towns.insert(h.town);
  EXPECT_EQ(towns.size(), 12u);
}

TEST(the_generator, makes_the_same_nation_from_the_same_seed_and_another_from_another) {
  const auto rows = [](made_nation& n) {
    std::vector<std::string> out;
    const std::pair<const char*, const char*> tables[] = {
        {"residents", "persons"},    {"residents", "households"}, {"families", "families"},
        {"land", "parcels"},         {"land", "buildings"},       {"vehicles", "vehicles"},
        {"businesses", "businesses"}};
    for (const auto& [db, table] : tables) {
      std::string schema = std::string("pragma table_info(register_") + table + ")";
      std::string columns;
      n.in(db).reading([&](store::read& r) {
        r.each_row(schema, {}, [&](const store::row& row) {
          const std::string name(row.text(1));
          if (name != "version")
            columns += (columns.empty() ? "quote(" : " || '|' || quote(") + name + ")";
        });
      });
      for (auto& line : n.all<std::string>(
               db, "select " + columns + " from register_" + table + " order by key"))
        out.push_back(std::move(line));
    }
    return out;
  };
  made_nation first(small_pack(), "sqlite", scale, 1), again(small_pack(), "sqlite", scale, 1),
      other(small_pack(), "sqlite", scale, 2);
  const auto lines = rows(first);
  EXPECT_GT(lines.size(), 10'000u);
  EXPECT_TRUE(lines == rows(again));
  const auto others = rows(other);
  std::size_t alike = 0;
  const std::set<std::string> known(lines.begin(), lines.end());
  for (const auto& line : others) alike += known.count(line);
  EXPECT_LT(alike, others.size() / 20);
}

TEST(the_generator, refuses_what_it_cannot_do) {
  const auto folder = std::filesystem::temp_directory_path() / ("nation" + new_id().str());
  EXPECT_EQ(generate(small_pack(), folder.string(), 1, 1).why().code, "population.scale_wrong");
  EXPECT_EQ(generate(small_pack(), folder.string(), 100'001, 1).why().code,
            "population.scale_wrong");
  ASSERT_TRUE(generate(small_pack(), folder.string(), 50'000, 1));
  EXPECT_EQ(generate(small_pack(), folder.string(), 50'000, 1).why().code, "population.exists");
  std::filesystem::remove_all(folder);
}

TEST(the_generator, says_how_far_it_is) {
  const auto folder = std::filesystem::temp_directory_path() / ("nation" + new_id().str());
  double last = 0;
  int said = 0;
  ASSERT_TRUE(generate(small_pack(), folder.string(), scale, 1, [&](double f, const words& doing) {
    EXPECT_GE(f, last);
    EXPECT_FALSE(doing("ko").empty());
    EXPECT_NE(doing("en"), doing("ko"));
    last = f;
    ++said;
  }));
  EXPECT_EQ(last, 1);
  EXPECT_GT(said, 10);
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(stores, a_nation, testing::Values("sqlite", "postgres"),
                         [](const auto& p) { return std::string(p.param); });

}  // namespace
}  // namespace madang::population
