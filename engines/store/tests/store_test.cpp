#include "madang/store/store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "both_stores.hpp"

namespace madang::store {
namespace {

struct parcel {
  id key;
  std::string name;
  std::int64_t area = 0;
  std::optional<date> sold;
  bytes map;
};
BOOST_DESCRIBE_STRUCT(parcel, (), (key, name, area, sold, map))

constexpr migration steps[] = {
    {"0001_parcel",
     "create table parcel (key bigint primary key, name text not null unique, area bigint not null,"
     " sold bigint, map blob not null);"},
    {"0002_note", "-- only: sqlite\ncreate table here (a text);\n-- end\n"
                  "-- only: postgres\ncreate table here (a text, b double);\n-- end\n"},
};

class a_store : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    db->migrate("test", steps);
  }
  std::int64_t count() {
    return *db->reading([](read& r) { return r.one<std::int64_t>("select count(*) from parcel"); });
  }
  void add(write& tx, std::string name) {
    tx.insert("parcel", parcel{new_id(), std::move(name), 1, {}, {}});
  }
};

TEST_P(a_store, gives_back_what_was_put_in) {
  parcel p{new_id(), "청운동 1-1 'quoted' ?1", -5, date::parse("2020-02-29"), {0, 255, 39, 92}};
  db->writing([&](write& tx) { tx.insert("parcel", p); });
  auto q = db->reading([&](read& r) {
    return r.one<parcel>("select " + columns<parcel>() + " from parcel where name = ?1", p.name);
  });
  ASSERT_TRUE(q);
  EXPECT_EQ(q->key, p.key);
  EXPECT_EQ(q->area, -5);
  EXPECT_EQ(q->sold, p.sold);
  EXPECT_EQ(q->map, p.map);
}

TEST_P(a_store, writes_nothing_of_a_job_that_refuses_or_throws) {
  auto refused = db->writing([&](write& tx) -> outcome {
    add(tx, "a");
    return refuse(kind::conflict, "test.no");
  });
  EXPECT_FALSE(refused);
  EXPECT_THROW(db->writing([&](write& tx) {
    add(tx, "b");
    throw std::runtime_error("changed my mind");
  }),
               std::runtime_error);
  EXPECT_EQ(count(), 0);
}

TEST_P(a_store, tells_a_broken_constraint_apart_and_goes_on) {
  db->writing([&](write& tx) { add(tx, "same"); });
  try {
    db->writing([&](write& tx) { add(tx, "same"); });
    FAIL() << "the second insert should have been refused";
  } catch (const error& e) {
    EXPECT_EQ(e.why, error::cause::constraint);
    EXPECT_EQ(std::string(e.what()).find("same"), std::string::npos) << "leaks the value";
  }
  db->writing([&](write& tx) { add(tx, "other"); });
  EXPECT_EQ(count(), 2);
}

TEST_P(a_store, keeps_every_acknowledged_write_of_many_callers) {
  constexpr int callers = 8, each = 25;
  std::vector<std::thread> threads;
  for (int c = 0; c < callers; ++c)
    threads.emplace_back([&, c] {
      for (int i = 0; i < each; ++i)
        db->writing([&](write& tx) { add(tx, std::to_string(c) + "." + std::to_string(i)); });
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(count(), callers * each);
}

// Serialisable: two callers that each read the count and add one never read the same count.
TEST_P(a_store, lets_no_two_writers_act_on_the_same_past) {
  constexpr int callers = 4, each = 10;
  std::vector<std::thread> threads;
  for (int c = 0; c < callers; ++c)
    threads.emplace_back([&] {
      for (int i = 0; i < each; ++i)
        db->writing([&](write& tx) {
          auto n = tx.one<std::int64_t>("select coalesce(max(area), 0) from parcel");
          tx.insert("parcel", parcel{new_id(), new_id().str(), *n + 1, {}, {}});
        });
    });
  for (auto& t : threads) t.join();
  auto top =
      db->reading([](read& r) { return r.one<std::int64_t>("select max(area) from parcel"); });
  EXPECT_EQ(top, callers * each);
}

TEST_P(a_store, shows_a_reader_one_moment_only) {
  db->reading([&](read& r) {
    auto before = r.one<std::int64_t>("select count(*) from parcel");
    std::thread([&] { db->writing([&](write& tx) { add(tx, "meanwhile"); }); }).join();
    EXPECT_EQ(r.one<std::int64_t>("select count(*) from parcel"), before);
  });
  EXPECT_EQ(count(), 1);
}

TEST_P(a_store, survives_reading_the_same_statement_inside_itself) {
  db->writing([&](write& tx) {
    add(tx, "a");
    add(tx, "b");
  });
  int seen = 0;
  db->reading([&](read& r) {
    r.each<std::string>("select name from parcel order by name", [&](std::string) {
      seen += static_cast<int>(r.all<std::string>("select name from parcel order by name").size());
    });
  });
  EXPECT_EQ(seen, 4);
}

// Each of them has a connection and asks for another: if that one were waited for, all would wait.
TEST_P(a_store, lets_those_who_read_read_again_however_many_they_are) {
  std::latch all_inside(opened.readers);
  std::atomic<std::int64_t> sum{0};
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < opened.readers; ++i)
      readers.emplace_back([&] {
        db->reading([&](read&) {
          all_inside.arrive_and_wait();
          db->reading([&](read& r) { sum += *r.one<std::int64_t>("select 1"); });
        });
      });
  }
  EXPECT_EQ(sum, opened.readers);
}

TEST_P(a_store, wakes_the_readers_of_events_after_the_commit_only) {
  std::atomic<int> woken{0};
  db->on_events([&] { ++woken; });
  db->writing([&](write& tx) { tx.emit("test.happened", "7", {{"a", 1}}); });
  for (int i = 0; i < 200 && woken == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_GE(woken, 1);
  auto payload =
      db->reading([](read& r) { return r.one<json::value>("select payload from outbox"); });
  EXPECT_EQ(json::num(*payload, "a"), 1);
  // A write that tells nothing wakes nobody.
  woken = 0;
  for (int i = 0; i < 10; ++i)
    db->writing([&](write& tx) { add(tx, "silent " + std::to_string(i)); });
  EXPECT_EQ(woken, 0);
  db->on_events({});   // the counter ends here
}

TEST_P(a_store, refuses_a_migration_that_was_edited_after_it_ran) {
  constexpr migration edited[] = {{"0001_parcel", "create table other (a text);"}};
  EXPECT_THROW(db->migrate("test", edited), broken_invariant);
  db->migrate("test", steps);   // as it was: nothing to do
}

TEST_P(a_store, has_everything_again_after_it_was_closed) {
  db->writing([&](write& tx) { add(tx, "lasting"); });
  db.reset();
  db = std::make_unique<database>(opened);
  EXPECT_EQ(count(), 1);
}

TEST_P(a_store, tells_when_what_was_handed_over_is_on_disk) {
  std::atomic<bool> told{false};
  std::exception_ptr failed;
  std::function<void(acknowledgement::listener)> then;
  {
    acknowledgement answer;
    for (const char* name : {"a", "b", "c"})
      db->later([this, name = std::string(name)](write& tx) { add(tx, name); });
    then = answer.handed_over();
  }
  then([&](std::exception_ptr why) {
    failed = why;
    told = true;
    told.notify_one();
  });
  told.wait(false);
  EXPECT_FALSE(failed);
  EXPECT_EQ(count(), 3);
}

TEST_P(a_store, waits_for_what_nobody_was_handed) {
  {
    acknowledgement answer;
    db->later([this](write& tx) { add(tx, "a"); });
  }
  EXPECT_EQ(count(), 1);
  db->later([this](write& tx) { add(tx, "outside"); });
  EXPECT_EQ(count(), 2) << "without a scope it is a write like another";
}

TEST_P(a_store, tells_what_failed_and_keeps_the_rest) {
  if (db->postgres()) GTEST_SKIP() << "PostgreSQL fails at once, in the caller";
  acknowledgement answer;
  db->later([this](write& tx) { add(tx, "a"); });
  db->later([this](write& tx) { add(tx, "a"); });
  EXPECT_THROW(answer.wait(), error);
  EXPECT_TRUE(answer.pending()) << "an answer that was not asked about stays back";
  std::exception_ptr failed;
  answer.handed_over()([&](std::exception_ptr why) { failed = why; });
  EXPECT_TRUE(failed);
  EXPECT_EQ(count(), 1);
}

TEST_P(a_store, lets_no_other_database_run_ahead_of_what_was_handed_over) {
  database other({opened.where, opened.name + "_other", 2, false});
  {
    acknowledgement answer;
    db->later([this](write& tx) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      add(tx, "a");
    });
    other.writing([](write& tx) { tx.execute("create table t (a text)"); });
    EXPECT_FALSE(answer.pending());
    EXPECT_EQ(count(), 1);
  }
  if (other.postgres())
    other.writing([&](write& tx) { tx.execute("drop schema " + other.name() + " cascade"); });
}

INSTANTIATE_TEST_SUITE_P(stores, a_store, both_stores);

}  // namespace
}  // namespace madang::store
