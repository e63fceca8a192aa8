#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "madang/population/population.hpp"
#include "madang/store/store.hpp"

// A nation of twelve towns, with the registers, figures and cast of packs/korea and with invented
// lists in place of those that other rooms own: what is tested is the generator, not the lists.
namespace madang::population {

inline std::filesystem::path make_small_pack() {
  namespace fs = std::filesystem;
  const fs::path at = fs::temp_directory_path() / ("pack" + new_id().str());
  const fs::path korea = fs::path(MADANG_SOURCE) / "packs/korea";
  fs::create_directories(at);
  for (const char* part :
       {"registers", "codes", "population.yaml", "population-registers.yaml", "cast.yaml"})
    fs::copy(korea / part, at / part, fs::copy_options::recursive);
  // Databases of its own: on a PostgreSQL that is shared, "residents" may be somebody else's.
  for (const auto& file : fs::directory_iterator(at / "registers")) {
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    std::ofstream(file.path()) << std::regex_replace(text.str(), std::regex("\nsystem: ([a-z]+)"),
                                                     "\nsystem: tested_$1");
  }
  const auto put = [&](const char* file, const std::string& text) {
    fs::create_directories((at / file).parent_path());
    std::ofstream(at / file) << text;
  };
  put("pack.yaml",
      "id: small\nname: {ko: 작은 나라, en: Small}\nzone: Asia/Seoul\nlanguages: [ko, en]\n"
      "stands_on: " + std::string(MADANG_SOURCE) + "/packs/common\n");
  put("districts/provinces.csv",
      "code,ko,en,lon,lat\n11,서울특별시,Seoul,127,37\n31,경기도,Gyeonggi-do,127,37\n");
  put("districts/municipalities.csv",
      "code,ko,en,lon,lat\n11010,종로구,Jongno-gu,127,37\n11140,마포구,Mapo-gu,127,37\n"
      "31380,양평군,Yangpyeong-gun,127,37\n");
  std::string towns =
      "code,ko,en,lon,lat\n1101072,청운효자동,Cheongunhyoja-dong,127,37\n"
      "1101053,사직동,Sajik-dong,127,37\n1114066,서교동,Seogyo-dong,127,37\n"
      "3138011,양평읍,Yangpyeong-eup,127,37\n";
  for (int i = 31; i < 39; ++i)
    towns += "31380" + std::to_string(i) + ",마을" + std::to_string(i) + "면,Myeon " +
             std::to_string(i) + ",127,37\n";
  put("districts/towns.csv", towns);
  put("names/surnames.csv",
      "ko,hanja,latin,count\n김,金,Kim,10\n이,李,Lee,7\n박,朴,Park,4\n최,崔,Choi,2\n");
  std::string given = "ko,latin,sex,from,to,weight\n";
  const std::vector<std::string> first = {"민", "서", "영", "정"},
                                 second = {"수", "호", "우", "진"};
  for (const auto& a : first)
    for (const auto& b : second) {
      given += a + b + ",Old,m,1900,1979,5\n" + b + a + ",Old,f,1900,1979,5\n";
      given += a + b + "이,Young,m,1980,2030,5\n" + b + a + "이,Young,f,1980,2030,5\n";
    }
  put("names/given.csv", given);
  put("addresses/streets.csv", "ko,en\n가온로,Gaon-ro\n나래길,Narae-gil\n다솜로,Dasom-ro\n");
  put("addresses/apartments.csv", "ko,en\n햇살마을,Haetsal\n");
  put("businesses/types.csv",
      "code,ko,en,weight,words_ko\na,음식점,Food,5,식당 밥집\nb,소매,Retail,5,상회\n");
  put("codes/industries.csv", "code,ko,en\na,음식점,Food\nb,소매,Retail\n");
  put("vehicles/models.csv", "ko,en,fuel,cc,weight\n승용 중형,Medium car,휘발유,1998,5\n");
  put("land/categories.csv", "code,ko,en,weight\n01,전,Field,5\n05,임야,Forest,5\n08,대,Plot,5\n");
  put("land/structures.csv",
      "code,ko,en,weight\nmasonry,벽돌,Masonry,5\nconcrete,철근콘크리트구조,Concrete,5\n");
  return at;
}

// One made nation, in SQLite or PostgreSQL; gone when the test is over.
class made_nation {
 public:
  made_nation(const packs::pack& pack, const std::string& back_end, int scale, std::uint64_t seed)
      : scale_(scale) {
    if (back_end == "postgres") {
      where_ = std::getenv("MADANG_TEST_POSTGRES");
      drop();
    } else {
      folder_ = std::filesystem::temp_directory_path() / ("nation" + new_id().str());
      where_ = folder_.string();
    }
    auto made = generate(pack, where_, scale, seed);
    if (made) report_ = *made;
    else ADD_FAILURE() << made.why().code;
  }
  ~made_nation() {
    open_.clear();
    if (folder_.empty()) drop();
    else std::filesystem::remove_all(folder_);
  }
  made_nation(const made_nation&) = delete;

  const std::string& where() const { return where_; }
  const report& said() const { return report_; }
  int scale() const { return scale_; }

  store::database& in(const std::string& name) {
    auto& db = open_[name];
    if (!db)
      db = std::make_unique<store::database>(store::options{where_, "tested_" + name, 2, false});
    return *db;
  }
  std::int64_t count(const std::string& database, const std::string& sql) {
    return in(database)
        .reading([&](store::read& r) { return r.one<std::int64_t>(sql); })
        .value_or(-1);
  }
  template <class T>
  std::vector<T> all(const std::string& database, const std::string& sql) {
    return in(database).reading([&](store::read& r) { return r.all<T>(sql); });
  }

 private:
  void drop() {
    open_.clear();
    store::database db(store::options{where_, "tested_dropping", 1, false});
    db.writing([](store::write& tx) {
      for (const char* s : {"residents", "families", "land", "vehicles", "businesses", "benefits",
                            "agencies", "dropping"})
        tx.execute("drop schema if exists tested_" + std::string(s) + " cascade");
    });
  }

  std::filesystem::path folder_;
  std::string where_;
  int scale_;
  report report_;
  std::map<std::string, std::unique_ptr<store::database>> open_;
};

}  // namespace madang::population
