// Durable commands and point reads with their audit entries, on SQLite with synchronous=FULL.
//   1. what the disk allows: one thread of bare SQLite, one insert a commit, the same pragmas
//   2. durable commands: 64 callers, each a transaction of its own (a row, its audit entry)
//   3. point read of a register with its audit entry on disk before the answer, 64 callers
//   4. the same through HTTP and JSON, 256 connections of one client thread
//   5. for scale, the same edge answering the same JSON without a register
//
//   registers_bench [seconds a row = 3] [records = 50000] [workers = 2]
#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "load.hpp"
#include "madang/base/log.hpp"
#include "madang/http/server.hpp"
#include "madang/registers/registers.hpp"

using namespace madang;

namespace {

namespace fs = std::filesystem;
int seconds_each = 3, records = 50'000;

audit::access purpose() {
  audit::access why;
  why.who.person = new_id();
  why.who.name = "bench";
  why.purpose = {"측정", "Benchmark"};
  why.law = {"시험법", "Test Act"};
  return why;
}

registers::schema persons() {
  registers::schema s;
  s.id = "persons";
  s.system = "bench";
  s.key_is_id = true;
  s.subject = "key";
  for (const char* item : {"name", "address", "born"}) {
    registers::item i;
    i.id = item;
    s.items.push_back(i);
  }
  return s;
}

// f(caller) again and again from `callers` threads; how many a second.
template <class F>
double rate(int callers, F f) {
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> done{0};
  std::vector<std::thread> crew;
  const auto began = bench::steady::now();
  for (int i = 0; i < callers; ++i)
    crew.emplace_back([&, i] {
      std::uint64_t mine = 0;
      while (!stop.load(std::memory_order_relaxed)) {
        f(i);
        ++mine;
      }
      done += mine;
    });
  std::this_thread::sleep_for(std::chrono::seconds(seconds_each));
  stop = true;
  for (auto& t : crew) t.join();
  return static_cast<double>(done) /
         std::chrono::duration<double>(bench::steady::now() - began).count();
}

double bare_commits(const fs::path& file) {
  sqlite3* db = nullptr;
  sqlite3_open(file.c_str(), &db);
  sqlite3_exec(db,
               "pragma journal_mode=wal; pragma synchronous=full; create table t (a integer "
               "primary key, b text);",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* put = nullptr;
  sqlite3_prepare_v2(db, "insert into t (b) values ('one row')", -1, &put, nullptr);
  const double out = rate(1, [&](int) {
    sqlite3_step(put);
    sqlite3_reset(put);
  });
  sqlite3_finalize(put);
  sqlite3_close(db);
  return out;
}

struct nation {
  explicit nation(const fs::path& folder)
      : db({folder.string(), "bench", 4, false}), reg(db, {persons()}) {
    for (int i = 0; i < records; ++i) keys.push_back(new_id().str());
    db.writing([&](store::write& tx) {
      tx.execute("create table note (key integer primary key, what text not null) strict");
      for (const auto& key : keys) {
        const store::parameter row[] = {std::string_view("김하윤"),
                                        std::string_view("경기도 성남시 분당구 솟대길 50"),
                                        std::string_view("1990-01-01")};
        reg.load_row(tx, reg.schemas().front(), key, row, *date::parse("2020-01-01"), now());
      }
    });
  }
  const std::string& any() {
    thread_local std::minstd_rand random{std::random_device{}()};
    return keys[random() % keys.size()];
  }
  store::database db;
  registers::registry reg;
  std::vector<std::string> keys;
  audit::access why = purpose();
};

void command(nation& n) {
  const id key = new_id();
  n.db.writing([&](store::write& tx) {
    tx.run("insert into note (key, what) values (?1, 'one row')", key);
    audit::append(tx, n.why, audit::action::changed, key, "note", key.str(), "what");
  });
}

http::response read_one(nation& n, std::string_view key) {
  auto found = n.reg.get(n.why, "persons", key);
  http::response out;
  out.content_type = "application/json";
  out.body = found ? json::print(json::value(found->items)) : "{}";
  if (!found) out.status = 404;
  return out;
}

// As platform::house does: the answer leaves when its entry is on disk.
http::response read_for_edge(nation& n, std::string_view key) {
  store::acknowledgement entries;
  http::response out = read_one(n, key);
  out.until = [told = entries.handed_over()](http::response::release let) {
    told([let](const std::exception_ptr&) { let(nullptr); });
  };
  return out;
}

double through_http(int workers, const std::function<http::response(http::request&)>& handler,
                    nation& n, const char* name) {
  http::server_options o;
  o.port = 0;
  o.workers = workers;
  http::server edge(o, handler);
  edge.start();
  std::string question;
  auto got = bench::load(static_cast<unsigned short>(edge.port()), 256, seconds_each, [&] {
    question = "GET /registers/persons/" + n.any() +
               " HTTP/1.1\r\nHost: madang.example\r\nAccept: application/json\r\n\r\n";
    return std::string_view(question);
  });
  edge.stop();
  return bench::say(name, got).first;
}

}  // namespace

int main(int count, char** given) {
  if (count > 1) seconds_each = std::atoi(given[1]);
  const int given_workers = count > 3 ? std::atoi(given[3]) : 2;
  if (count > 2) records = std::atoi(given[2]);
  log::set_level(log::level::warn);
  const fs::path folder = fs::temp_directory_path() / ("madang-bench-" + new_id().str());
  fs::create_directories(folder);
  {
    const double bare = bare_commits(folder / "bare.db");
    std::printf("bare SQLite, one commit a row    %8.0f /s\n", bare);
    nation n(folder);
    const double commands = rate(64, [&](int) { command(n); });
    std::printf("durable commands, 64 callers     %8.0f /s  %.1f times bare (bar 15,000)\n",
                commands, commands / bare);
    const double reads = rate(64, [&](int) { read_one(n, n.any()); });
    std::printf("point reads with audit, 64       %8.0f /s\n", reads);
    constexpr std::size_t path = std::string_view("/registers/persons/").size();
    const double served = through_http(
        given_workers,
        [&](http::request& r) { return read_for_edge(n, std::string_view(r.path).substr(path)); },
        n, "reads through HTTP");
    const std::string same = read_one(n, n.any()).body;
    const double plain = through_http(
        4,
        [&](http::request&) {
          http::response out;
          out.content_type = "application/json";
          out.body = same;
          return out;
        },
        n, "the same JSON, no read");
    std::printf("reads through HTTP are %.0f %% of the edge alone (bar 25,000 /s)\n",
                100 * served / plain);
  }
  fs::remove_all(folder);
}
