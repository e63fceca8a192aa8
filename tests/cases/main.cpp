// Plays text cases:  cases PACK WEB FILE...
// On SQLite, or on PostgreSQL when MADANG_STORE says so.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "../../app/house_of_korea.hpp"
#include "madang/base/log.hpp"
#include "madang/packs/packs.hpp"
#include "stage.hpp"

using namespace madang;

namespace {

namespace fs = std::filesystem;

// A folder for all houses of this run. The keys are made once: making them is slow and no case is
// about them.
class ground {
 public:
  ground() : folder_(fs::temp_directory_path() / ("cases-" + new_id().str())) {
    fs::create_directories(folder_ / "first");
  }
  ~ground() { fs::remove_all(folder_); }
  fs::path next() {
    const fs::path data = folder_ / std::to_string(++count_);
    fs::create_directories(data);
    if (fs::exists(folder_ / "keys")) {
      fs::copy(folder_ / "keys", data / "keys", fs::copy_options::recursive);
      if (fs::exists(folder_ / "passphrase")) fs::copy(folder_ / "passphrase", data / "passphrase");
    }
    return data;
  }
  void keep_keys(const fs::path& data) {
    if (fs::exists(folder_ / "keys")) return;
    fs::copy(data / "keys", folder_ / "keys", fs::copy_options::recursive);
    if (fs::exists(data / "passphrase")) fs::copy(data / "passphrase", folder_ / "passphrase");
  }

 private:
  fs::path folder_;
  int count_ = 0;
};

void empty_postgres(platform::house& house) {
  for (auto* db : house.databases())
    if (db->postgres())
      db->writing([&](store::write& tx) { tx.execute("drop schema " + db->name() + " cascade"); });
}

// True when the case did what it says.
bool plays(const cases_of::script& script, const cases_of::one_case& c, platform::settings s,
           ground& where) {
  const fs::path data = where.next();
  s.data = data.string();
  platform::house house(s);
  app::move_in(house);
  cases_of::stage stage(house);
  house.open();
  where.keep_keys(data);
  auto wrong = [&]() -> std::optional<std::string> {
    for (const auto* steps : {&script.givens, &c.steps})
      for (const auto& step : *steps)
        if (auto what = stage.play(step))
          return script.file + ":" + std::to_string(step.line) + ": " + *what;
    return {};
  }();
  house.close();
  empty_postgres(house);
  if (wrong) std::printf("FAILED %s\n  %s\n", c.name.c_str(), wrong->c_str());
  return !wrong;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) {
    std::puts("cases PACK WEB FILE...");
    return 2;
  }
  log::set_level(log::level::error);
  platform::settings s;
  s.nightly = false;
  s.pack = argv[1];
  s.web = argv[2];
  const char* store = std::getenv("MADANG_STORE");
  if (store && std::string_view(store) == "postgres") {
    const char* url = std::getenv("MADANG_TEST_POSTGRES");
    if (!url) {
      std::puts("skipped: no PostgreSQL (Debian's postgresql-15): MADANG_TEST_POSTGRES is not set");
      return 77;
    }
    s.database = url;
  }
  ground where;
  int played = 0, failed = 0;
  for (int i = 3; i < argc; ++i) {
    const auto script = cases_of::read_script(argv[i]);
    for (const auto& c : script.cases) {
      ++played;
      failed += !plays(script, c, s, where);
    }
  }
  std::printf("%d cases, %d failed\n", played, failed);
  return failed ? 1 : 0;
} catch (const std::exception& e) {
  std::printf("%s\n", e.what());
  return 1;
}
