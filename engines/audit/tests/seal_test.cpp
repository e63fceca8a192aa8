// Numbers and salts for a log, and what an auditor asks of the trail.
#include <gtest/gtest.h>

#include <thread>

#include "both_stores.hpp"
#include "madang/audit/search.hpp"
#include "madang/audit/seal.hpp"

using namespace madang;
using namespace madang::audit;

namespace {

class a_sealed_trail : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    prepare(*db);
  }
  void look(id subject, const std::string& name, const std::string& purpose = "Move-in report",
            const std::string& reference = "") {
    actor who = system_actor(name);
    who.person = id{7};
    who.post = "p1";
    who.post_title = {"주무관", "Officer"};
    who.agency_name = {"종로구", "Jongno"};
    const audit::access why{who, {"전입신고", purpose}, {"주민등록법", "Resident Act"}, reference};
    db->writing([&](store::write& tx) {
      append(tx, why, action::read, subject, "persons", "1", "name");
    });
  }
  sealing seal(id after, int limit = 100) {
    return seal_new(*db, after, limit, [] { return std::vector<std::uint8_t>(32, 5); });
  }
  std::vector<entry> ask(const question& q) {
    return db->reading([&](store::read& r) { return search(r, q); });
  }
};

TEST_P(a_sealed_trail, is_numbered_once_without_gaps) {
  for (int n = 0; n < 5; ++n) look(id{1}, "Lee");
  EXPECT_EQ(seal({}, 3).count, 3u);
  EXPECT_EQ(seal({}, 3).count, 2u);
  EXPECT_EQ(seal({}, 3).count, 0u);
  look(id{2}, "Lee");
  EXPECT_EQ(seal({}).count, 1u);
  const auto all = sealed_after(*db, 0, 100);
  ASSERT_EQ(all.size(), 6u);
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(all[i].number, static_cast<std::int64_t>(i + 1));
  EXPECT_EQ(sealed_after(*db, 4, 100).size(), 2u);
  EXPECT_EQ(sealed_after(*db, 0, 2).size(), 2u);
}

TEST_P(a_sealed_trail, gives_an_entry_that_appears_late_its_number_when_it_is_looked_for_again) {
  look(id{1}, "Lee");
  const id first = ask({}).front().key;
  look(id{1}, "Park");
  const auto done = seal(first);   // as if the first had been committed after the second
  EXPECT_EQ(done.count, 1u);
  EXPECT_GT(done.reached, first);
  EXPECT_EQ(seal({first.value - 1}).count, 1u);
  EXPECT_EQ(sealed_after(*db, 0, 10)[1].entry, first);
}

TEST_P(a_sealed_trail, says_of_an_entry_always_the_same_and_all_of_it) {
  look(id{12345}, "Lee \"Do\"", "Move-in report", "M-1");
  seal({});
  const auto e = ask({}).front();
  const auto s = db->reading([&](store::read& r) { return seal_of(r, "residents", e.key); });
  ASSERT_TRUE(s);
  EXPECT_EQ(s->salt, std::vector<std::uint8_t>(32, 5));
  const json::value v = boost::json::parse(s->statement);
  EXPECT_EQ(json::str(v, "database"), "residents");
  EXPECT_EQ(json::str(v, "entry"), e.key.str());
  EXPECT_EQ(json::num(v, "at"), e.at.micros);
  EXPECT_EQ(json::str(v, "action"), "read");
  EXPECT_EQ(json::str(v, "subject"), id{12345}.str());
  EXPECT_EQ(json::str(v, "reference"), "M-1");
  EXPECT_EQ(json::str(json::at(v, "actor"), "name"), "Lee \"Do\"");
  EXPECT_EQ(json::str(json::at(v, "purpose"), "en"), "Move-in report");
  EXPECT_FALSE(db->reading([&](store::read& r) { return seal_of(r, "residents", id{1}); }));
}

TEST_P(a_sealed_trail, is_searched_by_person_official_agency_purpose_reference_and_time) {
  const id first_person = new_id();         // as large as ids are
  look(first_person, "Lee Dohyun", "Move-in report", "M-1");
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const instant between = now();
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  look(id{2}, "Park 50%_!", "Tax", "M-2");
  const auto count = [&](auto set) {
    question q;
    set(q);
    return ask(q).size();
  };
  EXPECT_EQ(count([](question&) {}), 2u);
  EXPECT_EQ(count([&](question& q) { q.subject = first_person; }), 1u);
  EXPECT_EQ(count([](question& q) { q.who = "lee"; }), 1u);
  // What stands for anything in a pattern stands for itself.
  EXPECT_EQ(count([](question& q) { q.who = "%"; }), 1u);
  EXPECT_EQ(count([](question& q) { q.who = "0%_!"; }), 1u);
  EXPECT_EQ(count([](question& q) { q.agency = "종로"; }), 2u);
  EXPECT_EQ(count([](question& q) { q.agency = "Busan"; }), 0u);
  EXPECT_EQ(count([](question& q) { q.purpose = "move"; }), 1u);
  EXPECT_EQ(count([](question& q) { q.purpose = "resident act"; }), 2u);
  EXPECT_EQ(count([](question& q) { q.reference = "M-2"; }), 1u);
  EXPECT_EQ(count([](question& q) { q.reference = "M-"; }), 0u);
  EXPECT_EQ(count([&](question& q) { q.from = between; }), 1u);
  EXPECT_EQ(count([&](question& q) { q.until = between; }), 1u);
  EXPECT_EQ(count([](question& q) { q.what = action::changed; }), 0u);
  EXPECT_EQ(count([](question& q) { q.limit = 1; }), 1u);
  question older;
  older.before = ask({}).front().key;
  EXPECT_EQ(ask(older).front().reference, "M-1");
}

INSTANTIATE_TEST_SUITE_P(stores, a_sealed_trail, both_stores);

}  // namespace
