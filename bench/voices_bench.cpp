// A storm of voices on one ask: 64 callers, 5 in 100 say it twice, each acknowledged when it is on
// disk (SQLite, synchronous=FULL), while the counting thread works beside them. Beside it the same
// rows by SQLite alone, one transaction for as many as wait: the physical limit of this disk and
// library. At the end the count must be exact.
#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "madang/voices/book.hpp"

using namespace madang;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr int callers = 64;
constexpr auto how_long = std::chrono::seconds(10);

double since(clock_type::time_point t) {
  return std::chrono::duration<double>(clock_type::now() - t).count();
}

voices::rule one_stage() {
  return *voices::read_rule(*json::parse(R"({
    "id": "petition", "name": "Petition", "law": "law", "longest": {"title": 60, "body": 3000},
    "categories": [{"id": "all", "agency": "mois", "name": "All"}],
    "stages": [
      {"id": "open", "name": "Open", "says": ".", "takes": ["back"], "days": 30,
       "goals": [{"of": "back", "count": 100000000}], "reached": "owed", "ended": "over"},
      {"id": "owed", "name": "Owed", "says": ".", "duty": "answer", "duty_days": 1, "done": "over"},
      {"id": "over", "name": "Over", "says": "."}]})"));
}

struct storm {
  double per_second = 0, counted_after = 0;
  std::int64_t accepted = 0, counted = 0;
};

storm run(const std::filesystem::path& folder) {
  store::database db({folder.string(), "petitions"});
  audit::access why;
  why.who.name = "bench";
  why.purpose = why.law = {"bench", "bench"};
  voices::book book(db, {std::string(32, 'k'), [](instant t, std::int64_t) { return t; }},
                    {one_stage()}, why);
  const auto a = *book.file(why, "petition", {"Title", "Body", "en", "all"}, now());
  std::atomic<std::int64_t> next{1}, said{0};
  std::atomic<bool> stop{false};
  std::thread counting([&] {
    while (!stop) {
      book.turn(now());
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  });
  std::vector<std::thread> all;
  const auto begun = clock_type::now();
  for (int t = 0; t < callers; ++t)
    all.emplace_back([&] {
      while (clock_type::now() - begun < how_long) {
        const std::int64_t n = next++;
        // Every twentieth says again what the one before has said.
        const id who{n % 20 == 0 ? n - 1 : n};
        if (book.say(who, a, voices::saying::back, "11", now()).ok()) ++said;
      }
    });
  for (auto& t : all) t.join();
  const double took = since(begun);
  const auto after = clock_type::now();
  stop = true;
  counting.join();
  book.turn(now());
  storm out{static_cast<double>(said) / took, since(after), 0,
            book.counted(a.key, voices::saying::back)};
  out.accepted = db.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from voice where state = 1").value();
  });
  return out;
}

// The two rows of a voice, as many to a transaction as callers wait.
double bare(const std::filesystem::path& folder) {
  sqlite3* db = nullptr;
  sqlite3_open((folder / "bare.db").c_str(), &db);
  const auto run = [&](const char* sql) { sqlite3_exec(db, sql, nullptr, nullptr, nullptr); };
  run("pragma journal_mode=wal; pragma synchronous=full");
  run("create table voice (ask bigint, pseudonym text, saying text, bucket text, at bigint, "
      "state bigint, primary key (ask, pseudonym, saying)); "
      "create table leaf (number integer primary key, ask bigint, said text)");
  sqlite3_stmt *voice = nullptr, *leaf = nullptr;
  sqlite3_prepare_v2(db, "insert into voice values (1, ?1, 'back', '11', 1, 1)", -1, &voice,
                     nullptr);
  sqlite3_prepare_v2(db, "insert into leaf (ask, said) values (1, ?1)", -1, &leaf, nullptr);
  const auto begun = clock_type::now();
  std::int64_t n = 0;
  while (since(begun) < 3) {
    run("begin immediate");
    for (int i = 0; i < callers; ++i, ++n) {
      const std::string who = voices::pseudonym_of(std::string(32, 'k'), id{n}, id{1});
      const std::string line = "madang-voices/1 0000000000001 back + " + who + " 11 2026-11-28";
      for (auto [s, text] : {std::pair{voice, &who}, {leaf, &line}}) {
        sqlite3_bind_text(s, 1, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
        sqlite3_step(s);
        sqlite3_reset(s);
      }
    }
    run("commit");
  }
  const double out = static_cast<double>(n) / since(begun);
  sqlite3_finalize(voice);
  sqlite3_finalize(leaf);
  sqlite3_close(db);
  return out;
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / ("voices-" + new_id().str());
  std::filesystem::create_directories(folder);
  const storm s = run(folder);
  const double limit = bare(folder);
  std::printf("voices, durable, %d callers, 5 %% twice: %.0f/s (bar 2,000)\n", callers,
              s.per_second);
  std::printf("the same rows by SQLite alone:            %.0f/s; ours %.0f %%\n", limit,
              100 * s.per_second / limit);
  std::printf("accepted %lld, counted %lld, %s; counted to the end in %.2f s\n",
              static_cast<long long>(s.accepted), static_cast<long long>(s.counted),
              s.accepted == s.counted ? "exact" : "WRONG", s.counted_after);
  std::filesystem::remove_all(folder);
  return s.accepted == s.counted ? 0 : 1;
}
