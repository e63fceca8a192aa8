#pragma once
// A database of its own for each test, on SQLite and on PostgreSQL:
//
//   class a_thing : public on_both_stores { ... };
//   TEST_P(a_thing, does_what_it_says) { db->writing(...); }
//   INSTANTIATE_TEST_SUITE_P(stores, a_thing, madang::both_stores);
//
// PostgreSQL is tried where MADANG_TEST_POSTGRES names one (tests/with_postgres starts its own);
// otherwise that half reports itself as skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

namespace madang {

inline const auto both_stores = testing::Values("sqlite", "postgres");

class on_both_stores : public testing::TestWithParam<const char*> {
 protected:
  // Skips in SetUp of the class that inherits: `if (!open()) GTEST_SKIP() << none;`
  static constexpr const char* none = "no PostgreSQL: MADANG_TEST_POSTGRES is not set";
  bool open(int readers = 4) {
    std::string where;
    if (std::string(GetParam()) == "postgres") {
      const char* url = std::getenv("MADANG_TEST_POSTGRES");
      if (!url) return false;
      where = url;
    } else {
      folder = std::filesystem::temp_directory_path() / ("t" + new_id().str());
      where = folder.string();
    }
    opened = store::options{where, "t" + new_id().str(), readers, false};
    db = std::make_unique<store::database>(opened);
    return true;
  }
  void TearDown() override {
    if (db && db->postgres())
      db->writing(
          [&](store::write& tx) { tx.execute("drop schema " + opened.name + " cascade"); });
    db.reset();
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }

  store::options opened;
  std::unique_ptr<store::database> db;
  std::filesystem::path folder;                // of SQLite
};

}  // namespace madang
