// Numbers, vehicles, land, businesses and the cast.
#include <regex>
#include <set>

#include "madang/registers/schema.hpp"
#include "nation_fixture.hpp"

namespace madang::population {
namespace {

const date as_of = *date::of(2026, 11, 1);  // population.yaml

// Resident Registration Act, enforcement rules as of before October 2020: 11 minus the remainder
// by 11 of the digits weighted 2 to 9 and 2 to 5, of which the last digit counts.
int resident_check(const std::string& twelve) {
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += (twelve[i] - '0') * static_cast<int>(i % 8 + 2);
  return (11 - sum % 11) % 10;
}

// National Tax Service: weights 1 3 7 1 3 7 1 3 5, and the tens of nine's product with 5.
int business_check(const std::string& nine) {
  static constexpr int weights[] = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) sum += (nine[i] - '0') * weights[i];
  sum += (nine[8] - '0') * 5 / 10;
  return (10 - sum % 10) % 10;
}

struct number_row {
  id key;
  std::string number;
  date born;
  std::string sex;
};
BOOST_DESCRIBE_STRUCT(number_row, (), (key, number, born, sex))

class things : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = make_small_pack();
    pack = std::make_unique<packs::pack>(folder);
    made = std::make_unique<made_nation>(*pack, "sqlite", 10'000, 3);
    for (const auto& key : made->all<id>("residents", "select key from register_persons"))
      residents.insert(key);
  }
  static void TearDownTestSuite() {
    made.reset();
    pack.reset();
    residents.clear();
    std::filesystem::remove_all(folder);
  }
  static inline std::filesystem::path folder;
  static inline std::unique_ptr<packs::pack> pack;
  static inline std::unique_ptr<made_nation> made;
  static inline std::set<id> residents;
};

TEST(the_check_digits, are_those_of_numbers_that_are_published) {
  // Samsung Electronics prints 124-81-00998 and Naver 220-81-62517 at the foot of their pages.
  EXPECT_EQ(business_check("124810099"), 8);
  EXPECT_EQ(business_check("220816251"), 7);
  // By hand for 880412-299000?: 16+24+0+20+6+14+16+81+18 = 195, 195 mod 11 = 8, 11 - 8 = 3.
  EXPECT_EQ(resident_check("880412299000"), 3);
}

TEST_F(things, have_resident_numbers_of_valid_form_that_were_never_issued) {
  std::set<std::string> seen;
  const auto check_all = [&](const std::vector<number_row>& rows) {
    for (const auto& r : rows) {
      ASSERT_EQ(r.number.size(), 14u);
      std::string digits = r.number;
      digits.erase(6, 1);
      const std::string day = r.born.str();  // YYYY-MM-DD
      EXPECT_EQ(digits.substr(0, 6), day.substr(2, 2) + day.substr(5, 2) + day.substr(8, 2));
      const int male = day < "1900" ? 9 : day < "2000" ? 1 : 3;
      EXPECT_EQ(digits[6] - '0', (male + (r.sex == "f")) % 10);
      EXPECT_EQ(digits.substr(7, 2), "99");
      EXPECT_EQ(digits[12] - '0', resident_check(digits.substr(0, 12)));
      seen.insert(r.number);
    }
  };
  const auto persons = made->all<number_row>(
      "residents", "select key, resident_number, born, sex from register_persons");
  const auto dead = made->all<number_row>(
      "families",
      "select key, resident_number, born, sex from register_families where died is not null "
      "and resident_number is not null");
  check_all(persons);
  check_all(dead);
  EXPECT_GT(dead.size(), 100u);
  EXPECT_EQ(seen.size(), persons.size() + dead.size()) << "a number was given twice";
}

struct car {
  std::string plate;
  id owner;
  std::string owner_name, chassis;
  date registered, inspected;
};
BOOST_DESCRIBE_STRUCT(car, (), (plate, owner, owner_name, chassis, registered, inspected))

TEST_F(things, have_plates_of_private_cars_each_once_and_owners_of_age) {
  const std::regex form(
      "(0[1-9]|[1-6][0-9])(가|나|다|라|마|거|너|더|러|머|버|서|어|저|고|노|도|로|모|보|소|오|조|구|"
      "누|두|루|"
      "무|부|수|우|주)[0-9]{4}");
  const std::regex chassis("[A-HJ-NPR-Z0-9]{17}");
  std::map<id, number_row> people;
  for (const auto& p :
       made->all<number_row>("residents", "select key, name, born, sex from register_persons"))
    people[p.key] = p;
  std::set<std::string> plates, numbers;
  const auto cars = made->all<car>("vehicles",
                                   "select key, owner, owner_name, chassis, first_registered, "
                                   "inspected_until from register_vehicles");
  for (const auto& c : cars) {
    EXPECT_TRUE(std::regex_match(c.plate, form)) << c.plate;
    EXPECT_TRUE(std::regex_match(c.chassis, chassis)) << c.chassis;
    ASSERT_TRUE(people.count(c.owner));
    EXPECT_EQ(people[c.owner].number, c.owner_name);
    EXPECT_GE(age(people[c.owner].born, c.registered), 19);
    EXPECT_LE(c.registered, as_of);
    EXPECT_GT(c.inspected, c.registered);
    plates.insert(c.plate);
    numbers.insert(c.chassis);
  }
  EXPECT_EQ(plates.size(), cars.size());
  EXPECT_EQ(numbers.size(), cars.size());
}

struct lot {
  std::string key, town, lot, category;
  std::int64_t area = 0, price = 0;
  std::optional<id> owner;
  date acquired;
};
BOOST_DESCRIBE_STRUCT(lot, (), (key, town, lot, category, area, price, owner, acquired))
struct house {
  std::string key, parcel, town, address;
  id owner;
  date approved;
};
BOOST_DESCRIBE_STRUCT(house, (), (key, parcel, town, address, owner, approved))

TEST_F(things, have_parcels_of_19_digits_that_say_town_kind_and_lot) {
  std::set<std::string> keys;
  int mountains = 0;
  const auto lots = made->all<lot>(
      "land",
      "select key, town, lot, category, area, price, owner, acquired from register_parcels");
  for (const auto& p : lots) {
    ASSERT_TRUE(std::regex_match(p.key, std::regex("[0-9]{19}"))) << p.key;
    EXPECT_EQ(p.key.substr(0, 10), p.town + "000");
    const bool mountain = p.key[10] == '2';
    EXPECT_EQ(mountain, p.category == "05");
    mountains += mountain;
    const int main = std::stoi(p.key.substr(11, 4)), sub = std::stoi(p.key.substr(15, 4));
    EXPECT_EQ(p.lot, (mountain ? "산 " : "") + std::to_string(main) +
                         (sub ? "-" + std::to_string(sub) : ""));
    EXPECT_GT(p.area, 0);
    EXPECT_GT(p.price, 0);
    EXPECT_LE(p.acquired, as_of);
    if (p.owner) {
      EXPECT_TRUE(residents.count(*p.owner));
    }
    keys.insert(p.key);
  }
  EXPECT_EQ(keys.size(), lots.size());
  EXPECT_GT(mountains, 100);
}

TEST_F(things, have_a_building_for_each_household_at_its_address_on_a_parcel_of_its_town) {
  std::set<std::string> parcels, keys, addresses;
  for (const auto& p : made->all<std::string>("land", "select key from register_parcels"))
    parcels.insert(p);
  std::map<std::string, house> at;
  const auto houses = made->all<house>(
      "land", "select key, parcel, town, address, owner, approved from register_buildings");
  for (const auto& h : houses) {
    EXPECT_TRUE(parcels.count(h.parcel));
    EXPECT_EQ(h.parcel.substr(0, 7), h.town);
    EXPECT_TRUE(residents.count(h.owner));
    at[h.address] = h;
    keys.insert(h.key);
  }
  EXPECT_EQ(keys.size(), houses.size());
  made->in("residents").reading([&](store::read& r) {
    r.each_row("select town, address, address_en, formed from register_households", {},
               [&](const store::row& row) {
                 const std::string address(row.text(1)), english(row.text(2));
                 ASSERT_TRUE(at.count(address)) << address;
                 EXPECT_EQ(at[address].town, row.text(0));
                 EXPECT_LE(at[address].approved.days, row.integer(3)) << "lived in before built";
                 EXPECT_TRUE(addresses.insert(address).second) << "two households at " << address;
                 EXPECT_TRUE(std::regex_match(
                     address, std::regex("(서울특별시 (종로구|마포구)|경기도 양평군) "
                                         "(가온로|나래길|다솜로) [0-9]+(, 햇살마을 1[01][0-9]동 "
                                         "[0-9]{1,2}0[0-9]호)?")))
                     << address;
                 EXPECT_NE(english.find(", Seoul"), english.find(", Gyeonggi-do"));
               });
  });
  EXPECT_EQ(static_cast<std::int64_t>(addresses.size()), made->said().households);
}

TEST_F(things, have_businesses_with_numbers_that_check_and_residents_behind_them) {
  std::set<std::string> numbers;
  made->in("businesses").reading([&](store::read& r) {
    r.each_row("select key, name, representative, opened, status from register_businesses", {},
               [&](const store::row& row) {
                 const std::string number(row.text(0));
                 ASSERT_TRUE(std::regex_match(number, std::regex("[0-9]{10}")));
                 EXPECT_EQ(number[9] - '0', business_check(number.substr(0, 9)));
                 const int office = std::stoi(number.substr(0, 3));
                 EXPECT_GE(office, 1);
                 EXPECT_LT(office, 100) << "tax offices begin at 101";
                 EXPECT_FALSE(row.text(1).empty());
                 EXPECT_TRUE(residents.count(id{row.integer(2)}));
                 EXPECT_LE(row.integer(3), as_of.days);
                 EXPECT_TRUE(numbers.insert(number).second);
               });
  });
  EXPECT_GT(numbers.size(), 900u);
}

TEST_F(things, carry_only_codes_that_stand_in_the_lists_of_the_pack) {
  int checked = 0;
  for (const auto& file : pack->list("registers", ".yaml")) {
    const auto schema = registers::parse_schema(pack->yaml(file), file);
    if (schema.id == "licences") continue;   // begins empty: nothing is made for it
    for (const auto& item : schema.items) {
      if (item.type != registers::type::code) continue;
      const auto& list = pack->codes(item.code_list);
      for (const auto& code :
           made->all<std::string>(schema.system.substr(7),  // "tested_": see nation_fixture.hpp
                                  "select distinct " + item.id + " from register_" + schema.id +
                                      " where " + item.id + " is not null")) {
        EXPECT_TRUE(list.count(code)) << item.code_list << " lacks " << code;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 25);
}

TEST_F(things, know_the_cast_by_the_same_ids_in_each_nation) {
  std::map<std::string, cast_member> by_key;
  for (const auto& c : cast(*pack)) by_key[c.key] = c;
  EXPECT_EQ(by_key.size(), 30u);
  ASSERT_EQ(made->said().cast.size(), 30u);
  made_nation other(*pack, "sqlite", 20'000, 99);
  for (made_nation* n : {made.get(), &other})
    for (const auto& [key, c] : by_key) {
      const std::string who = std::to_string(c.person.value);
      EXPECT_EQ(n->count("residents", "select household from register_persons where key = " + who),
                c.household.value)
          << key;
      EXPECT_EQ(
          n->all<std::string>("residents", "select name from register_persons where key = " + who),
          std::vector{c.name});
    }
  const auto address = [&](made_nation& n) {
    return n.all<std::string>("residents", "select address from register_households where key = " +
                                               std::to_string(by_key["kim_hayun"].household.value));
  };
  EXPECT_EQ(address(*made), address(other));
}

TEST_F(things, give_kim_hayun_her_family_her_car_and_her_home) {
  std::map<std::string, cast_member> by_key;
  for (const auto& c : cast(*pack)) by_key[c.key] = c;
  const auto number = [&](const char* key) { return std::to_string(by_key.at(key).person.value); };
  const std::string hayun = number("kim_hayun");
  EXPECT_EQ(made->count("families", "select count(*) from register_families where key = " + hayun +
                                        " and father = " + number("kim_yeongho") +
                                        " and mother = " + number("park_sunja") +
                                        " and spouse = " + number("jung_yujin")),
            1);
  EXPECT_EQ(made->count("families", "select count(*) from register_families where mother = " +
                                        hayun + " and key = " + number("jung_doyun")),
            1);
  EXPECT_EQ(made->count("families",
                        "select count(*) from register_families a join "
                        "register_families b on a.father = b.father and a.mother = "
                        "b.mother where a.key = " +
                            hayun + " and b.key = " + number("kim_seojun")),
            1);
  EXPECT_EQ(made->count("residents", "select count(*) from register_persons where key = " + hayun +
                                         " and relation = 'head' and resident_number = "
                                         "'880412-2990003'"),
            1);
  EXPECT_EQ(made->all<std::string>("residents",
                                   "select town from register_households where head = " + hayun),
            std::vector<std::string>{"1101072"});
  EXPECT_EQ(made->all<std::string>("vehicles",
                                   "select key from register_vehicles where owner = " + hayun),
            std::vector<std::string>{"12가3456"});
  const auto owned = [&](const char* table) {
    return made->count(
        "land", std::string("select count(*) from register_") + table + " where owner = " + hayun);
  };
  EXPECT_EQ(owned("parcels"), 1);
  EXPECT_EQ(owned("buildings"), 1);
  EXPECT_EQ(made->count("businesses",
                        "select count(*) from register_businesses where "
                        "representative = " +
                            number("han_yerin")),
            1);
}

}  // namespace
}  // namespace madang::population
