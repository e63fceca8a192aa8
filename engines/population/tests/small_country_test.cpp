#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "madang/population/population.hpp"
#include "madang/store/store.hpp"

// packs/example keeps persons and households only, and speaks no Korean.
namespace madang::population {
namespace {

namespace fs = std::filesystem;

struct tidewater {
  packs::pack pack{fs::path(MADANG_SOURCE) / "packs/example"};
  fs::path folder = fs::temp_directory_path() / ("tidewater" + new_id().str());
  report made;

  explicit tidewater(int scale) {
    auto done = generate(pack, folder.string(), scale, 1);
    if (done) made = *done;
    else ADD_FAILURE() << done.why().code;
  }
  ~tidewater() { fs::remove_all(folder); }
};

TEST(a_small_country, is_made_without_the_registers_that_it_does_not_keep) {
  const tidewater t(1000);
  EXPECT_GE(t.made.persons, 60);
  EXPECT_GT(t.made.households, 5);
  EXPECT_EQ(t.made.families + t.made.vehicles + t.made.parcels + t.made.buildings +
                t.made.businesses,
            0);
  for (const char* system : {"families", "land", "vehicles", "businesses"})
    EXPECT_FALSE(fs::exists(t.folder / (std::string(system) + ".db"))) << system;
}

TEST(a_small_country, calls_people_and_writes_addresses_in_its_own_way) {
  const tidewater t(100);
  ASSERT_FALSE(t.made.cast.empty());
  EXPECT_EQ(t.made.cast.front().name, "Alma Ashdown");
  store::database db(store::options{t.folder.string(), "residents", 2, false});
  const auto names = db.reading([](store::read& r) {
    return r.all<std::string>("select name from register_persons");
  });
  const auto addresses = db.reading([](store::read& r) {
    return r.all<std::string>("select address from register_households");
  });
  for (const auto* list : {&names, &addresses})
    for (const auto& said : *list)
      for (const char c : said) EXPECT_TRUE(static_cast<unsigned char>(c) < 0x80) << said;
  EXPECT_TRUE(std::set<std::string>(names.begin(), names.end()).count("Alma Ashdown"));
  for (const auto& address : addresses)
    EXPECT_TRUE(address.ends_with(", Port Amber") || address.ends_with(", Fern Valley")) << address;
}

TEST(a_small_country, can_be_loaded_nearly_whole) {
  EXPECT_GE(tidewater(2).made.persons, 29'900);
}

}  // namespace
}  // namespace madang::population
