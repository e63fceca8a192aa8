// An official's inbox when a million cases are open (bar: a page under 20 ms), and what the clock
// has to do on a day (bar: found under 5 ms), on SQLite with synchronous=FULL or on PostgreSQL.
// Beside it, for scale: reading as many rows by primary key.
//
//   cases_bench [cases = 1000000] [postgresql://... or a folder]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "madang/base/log.hpp"
#include "madang/cases/cases.hpp"

using namespace madang;

namespace {

namespace fs = std::filesystem;
using steady = std::chrono::steady_clock;

audit::access purpose() {
  audit::access why;
  why.who.person = new_id();
  why.who.name = "bench";
  why.purpose = {"측정", "Benchmark"};
  why.law = {"시험법", "Test Act"};
  return why;
}

// The middle and the worst of `rounds` runs, in milliseconds.
template <class F>
void say(const char* what, double bar, F f, int rounds = 200) {
  std::vector<double> took;
  for (int i = 0; i < rounds; ++i) {
    const auto began = steady::now();
    f(i);
    took.push_back(std::chrono::duration<double, std::milli>(steady::now() - began).count());
  }
  std::sort(took.begin(), took.end());
  std::printf("%-46s median %8.3f ms  p99 %8.3f ms  (bar %.0f ms: %.1f times under)\n", what,
              took[took.size() / 2], took[took.size() * 99 / 100], bar,
              bar / took[took.size() * 99 / 100]);
  std::fflush(stdout);
}

const char* const surnames[] = {"김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"};
const char* const syllables[] = {"가", "나", "다", "라", "마", "바", "사", "아", "자", "차", "하",
                                 "윤", "서", "준", "지", "우", "민", "예", "린", "도", "현"};

std::unique_ptr<cases::files> files_of(store::database& db) {
  static const calendar days;
  auto all = std::make_unique<cases::files>(db, days, "Asia/Seoul");
  for (const char* id : {"move-in", "birth-report", "petition", "permit"}) {
    cases::procedure p{id, {id, id}, {"법", "Act"}, "officer", 7};
    p.turns = std::string(id) == "petition";
    all->handle(p);
  }
  return all;
}

// 229 municipalities of 16 towns each; cases of 60 days.
void fill(store::database& db, int wanted_cases) {
  auto all = files_of(db);
  const audit::access why = purpose();
  std::minstd_rand random{7};
  std::int64_t tick = 0;
  date day = *date::parse("2026-06-01");
  set_clock([&] {
    return from_civil({day, 9, 0, 0}).plus(std::chrono::microseconds(tick++ * 50));
  });
  const auto began = steady::now();
  for (int done = 0; done < wanted_cases; done += 5000) {
    day = date::parse("2026-06-01")->plus(static_cast<int>(60LL * done / wanted_cases));
    db.writing([&](store::write& tx) {
      for (int i = 0; i < std::min(5000, wanted_cases - done); ++i) {
        const int m = static_cast<int>(random() % 229), t = static_cast<int>(random() % 16);
        cases::files::request r;
        r.procedure = all->procedures()[random() % 4].id;
        r.applicant = id{static_cast<std::int64_t>(random() % 400'000 + 1)};
        r.applicant_name = std::string(surnames[random() % 10]) + syllables[random() % 21] +
                           syllables[random() % 21];
        r.office = fmt::format("{:02}{:03}{:02}", 11 + m / 15, 10 + m % 15, 50 + t);
        r.answers = json::object{{"about", "x"}};
        (void)all->open(tx, why, r);
      }
    });
  }
  const double took = std::chrono::duration<double>(steady::now() - began).count();
  std::printf("%d open cases made in %.0f s (%.0f /s, with story, audit and event)\n",
              wanted_cases, took, wanted_cases / took);
  set_clock({});
}

void look(store::database& db) {
  auto all = files_of(db);
  cases::wanted w;
  w.open_only = true;
  w.limit = 51;
  auto page = [&](int i) {
    auto some = all->list(w);
    if (i % 5 == 4 || some.empty()) w.after.reset();
    else w.after = cases::position_of(some.back(), w.order);
  };
  for (const char* office : {"", "11", "11010", "1101055"})
    for (const char* order : {"due", "opened", "fair"}) {
      w.office = office;
      w.order = order;
      w.after.reset();
      say(fmt::format("inbox of '{}' by {}, 51 cases", office, order).c_str(), 20, page);
    }
  w = {};
  w.open_only = true;
  w.limit = 51;
  w.unassigned = true;
  say("inbox of the nation, nobody's", 20, page);
  w.unassigned = false;
  w.due_until = *date::parse("2026-06-20");
  say("inbox of the nation, overdue", 20, page);
  w.due_until.reset();
  say("counted up to 1,000", 20, [&](int) { (void)all->count(w, 1000); });
  w.text = "김가나";
  say("found by a name", 20, page);
  w.text = "가나";
  say("found by a part of names", 20, page, 50);
  w.office = "11010";
  say("found by a part of names in an office", 20, page, 50);
  const date due = *date::parse("2026-06-10");
  say("what the clock has to do: first 200", 5, [&](int) {
    (void)db.reading([&](store::read& r) {
      return r.all<std::int64_t>("select key from matter where state = 1 and alarm is not null "
                                 "and alarm <= ?1 order by alarm, key limit 200",
                                 due);
    });
  });
  w = {};
  w.limit = 51;
  auto some = all->list(w);
  say("for scale: 51 rows by their keys", 20, [&](int) {
    for (const auto& m : some) (void)all->find(m.key);
  });
}

}  // namespace

int main(int count, char** given) {
  const int wanted_cases = count > 1 ? std::atoi(given[1]) : 1'000'000;
  log::set_level(log::level::warn);
  const fs::path folder = fs::temp_directory_path() / ("madang-bench-" + new_id().str());
  const bool ours = count <= 2;
  const std::string where = ours ? folder.string() : given[2];
  const std::string name = "bench" + new_id().str();
  {
    store::database db({where, name, 4, ours});
    fill(db, wanted_cases);
  }
  {
    store::database db({where, name, 4, false});
    look(db);
    if (db.postgres())
      db.writing([&](store::write& tx) { tx.execute("drop schema " + name + " cascade"); });
  }
  if (ours) fs::remove_all(folder);
}
