// Registers that a pack fills by rules (population-registers.yaml of the pack of Korea).
#include <set>

#include "madang/registers/schema.hpp"
#include "nation_fixture.hpp"

namespace madang::population {
namespace {

const date as_of = *date::of(2026, 11, 1);             // population.yaml

struct held {
  std::string key;
  id holder;
  date since, until;
};
BOOST_DESCRIBE_STRUCT(held, (), (key, holder, since, until))
struct liable {
  id key;
  std::string state;
};
BOOST_DESCRIBE_STRUCT(liable, (), (key, state))
struct citizen {
  id key;
  date born;
  std::string sex;
};
BOOST_DESCRIBE_STRUCT(citizen, (), (key, born, sex))

class ruled : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = make_small_pack();
    pack = std::make_unique<packs::pack>(folder);
    made = std::make_unique<made_nation>(*pack, "sqlite", 10'000, 3);
    for (const auto& c :
         made->all<citizen>("residents", "select key, born, sex from register_persons"))
      citizens.emplace(c.key, c);
  }
  static void TearDownTestSuite() {
    made.reset();
    pack.reset();
    citizens.clear();
    std::filesystem::remove_all(folder);
  }
  static double age(id who) { return (as_of - citizens.at(who).born) / 365.2425; }
  static std::size_t between(double from, double before, const char* sex) {
    return static_cast<std::size_t>(std::ranges::count_if(citizens, [&](const auto& c) {
      const double years = (as_of - c.second.born) / 365.2425;
      return years >= from && years < before && (!*sex || c.second.sex == sex);
    }));
  }

  static inline std::filesystem::path folder;
  static inline std::unique_ptr<packs::pack> pack;
  static inline std::unique_ptr<made_nation> made;
  static inline std::map<id, citizen> citizens;
};

TEST_F(ruled, passports_are_those_of_living_residents_and_last_ten_years) {
  const auto all = made->all<held>(
      "agencies", "select key, holder, issued as since, expires as until from register_passports");
  std::set<std::string> numbers;
  std::set<id> holders;
  for (const auto& p : all) {
    EXPECT_TRUE(citizens.contains(p.holder));
    EXPECT_TRUE(numbers.insert(p.key).second) << p.key;
    EXPECT_TRUE(holders.insert(p.holder).second);
    EXPECT_TRUE(std::regex_match(p.key, std::regex("M[0-9]{8}"))) << p.key;
    EXPECT_GE(p.since, citizens.at(p.holder).born.plus(365)) << "nobody has one in the first year";
    EXPECT_EQ(p.until - p.since, 3652) << "ten years of 365.2425 days";
  }
  // 460 per mille of those from 1 to 95; five spreads of a binomial distribution either way.
  const double n = static_cast<double>(between(1, 96, "")), mean = 0.46 * n;
  EXPECT_NEAR(static_cast<double>(all.size()), mean, 5 * std::sqrt(mean * 0.54));
}

TEST_F(ruled, military_service_is_of_every_man_of_age_and_of_his_age) {
  const auto all =
      made->all<liable>("agencies", "select key, state from register_military_service");
  EXPECT_EQ(all.size(), between(18, 111, "m"));
  for (const auto& one : all) {
    ASSERT_TRUE(citizens.contains(one.key));
    EXPECT_EQ(citizens.at(one.key).sex, "m");
    const double years = age(one.key);
    if (years < 20) EXPECT_EQ(one.state, "before");
    if (years >= 40) EXPECT_EQ(one.state, "over");
    if (years >= 25 && years < 40)
      EXPECT_TRUE(one.state == "served" || one.state == "social" || one.state == "exempt");
  }
}

TEST_F(ruled, registers_are_the_same_when_they_are_made_again) {
  made_nation again(*pack, "sqlite", 10'000, 3);
  const char* sql = "select key, holder, issued as since, test_until as until "
                    "from register_driving_licences order by key";
  const auto first = made->all<held>("agencies", sql), second = again.all<held>("agencies", sql);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].key, second[i].key);
    EXPECT_EQ(first[i].holder, second[i].holder);
    EXPECT_EQ(first[i].since, second[i].since);
  }
}

TEST_F(ruled, a_broken_rule_is_named) {
  const auto file = folder / "population-registers.yaml";
  std::stringstream before;
  before << std::ifstream(file).rdbuf();
  std::ofstream(file) << "registers:\n  - register: passports\n    key: \"M#\"\n    from: issued\n"
                         "    items:\n      - {id: issued, days_ago: [1, 2]}\n"
                         "      - {id: expires, after: printed, years: 10}\n";
  try {
    packs::pack broken(folder);
    const auto where = std::filesystem::temp_directory_path() / ("nation" + new_id().str());
    std::ignore = generate(broken, where.string(), 50'000, 1);
    std::filesystem::remove_all(where);
    ADD_FAILURE() << "nobody noticed";
  } catch (const packs::broken_pack& e) {
    EXPECT_NE(std::string(e.what()).find("passports.expires: 'printed'"), std::string::npos)
        << e.what();
  }
  std::ofstream(file) << before.str();
}

}  // namespace
}  // namespace madang::population
