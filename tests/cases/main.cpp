// Plays text cases:  cases PACK WEB FILE...
// On SQLite, or on PostgreSQL when MADANG_STORE says so.
#include <spawn.h>
#include <sys/wait.h>
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

// Where the houses of this run stand. An empty one is opened once, with keys, tables, procedures
// and index; every case is played in a copy of it, because making those is slow and no case is
// about it.
class ground {
 public:
  ground(const platform::settings& s, std::string server)
      : settings_(s),
        server_(std::move(server)),
        folder_(fs::temp_directory_path() / ("cases-" + new_id().str())) {
    auto empty = settings_in("empty");
    if (on_server()) sql("create database " + name_of("empty"));
    platform::house house(empty);
    app::move_in(house);
    house.open();
    house.close();
  }
  ~ground() {
    if (on_server()) sql("drop database " + name_of("empty"));
    fs::remove_all(folder_);
  }
  ground(const ground&) = delete;

  platform::settings next() {
    copy_ = std::to_string(++count_);
    auto s = settings_in(copy_);
    fs::copy(folder_ / "empty", s.data, fs::copy_options::recursive);
    if (on_server())
      sql("create database " + name_of(copy_) + " template " + name_of("empty") +
          " strategy file_copy");
    return s;
  }
  void clear() {
    if (on_server()) sql("drop database " + name_of(copy_));
    fs::remove_all(folder_ / copy_);
  }

 private:
  bool on_server() const { return !server_.empty(); }
  std::string name_of(const std::string& house) const {
    return "cases_" + std::to_string(getpid()) + "_" + house;
  }
  platform::settings settings_in(const std::string& house) const {
    auto s = settings_;
    s.data = (folder_ / house).string();
    fs::create_directories(folder_);
    if (house == "empty") fs::create_directories(s.data);
    if (on_server()) {
      s.database = server_;
      const auto at = s.database.find("///postgres?");
      check(at != std::string::npos, "tests/with_postgres names the database postgres");
      s.database.replace(at, 12, "///" + name_of(house) + "?");
    }
    return s;
  }
  void sql(const std::string& statement) const {
    const char* words[] = {"psql", "-X", "-q", "-d", server_.c_str(), "-c", statement.c_str(),
                           nullptr};
    pid_t child = 0;
    int status = -1;
    if (posix_spawnp(&child, words[0], nullptr, nullptr, const_cast<char* const*>(words),
                     environ) == 0)
      waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error("psql refused: " + statement);
  }

  platform::settings settings_;
  std::string server_;
  fs::path folder_;
  std::string copy_;
  int count_ = 0;
};

// True when the case did what it says.
bool plays(const cases_of::script& script, const cases_of::one_case& c,
           const platform::settings& s) {
  platform::house house(s);
  app::move_in(house);
  cases_of::stage stage(house);
  house.open();
  auto wrong = [&]() -> std::optional<std::string> {
    for (const auto* steps : {&script.givens, &c.steps})
      for (const auto& step : *steps)
        if (auto what = stage.play(step))
          return script.file + ":" + std::to_string(step.line) + ": " + *what;
    return {};
  }();
  house.close();
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
  std::string server;
  const char* store = std::getenv("MADANG_STORE");
  if (store && std::string_view(store) == "postgres") {
    const char* url = std::getenv("MADANG_TEST_POSTGRES");
    if (!url) {
      std::puts("skipped: no PostgreSQL (Debian's postgresql-15): MADANG_TEST_POSTGRES is not set");
      return 77;
    }
    server = url;
  }
  ground where(s, server);
  int played = 0, failed = 0;
  for (int i = 3; i < argc; ++i) {
    const auto script = cases_of::read_script(argv[i]);
    for (const auto& c : script.cases) {
      ++played;
      failed += !plays(script, c, where.next());
      where.clear();
    }
  }
  std::printf("%d cases, %d failed\n", played, failed);
  return failed ? 1 : 0;
} catch (const std::exception& e) {
  std::printf("%s\n", e.what());
  return 1;
}
