#include "madang/audit/audit.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "both_stores.hpp"

namespace madang::audit {
namespace {

class a_trail : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open(2)) GTEST_SKIP() << none;
    prepare(*db);
    officer.who.person = new_id();
    officer.who.name = "이도현";
    officer.who.post = "jongno.resident";
    officer.who.post_title = {"주무관", "Resident officer"};
    officer.who.agency_name = {"종로구 주민센터", "Jongno-gu community centres"};
    officer.purpose = {"전입신고", "Move-in report"};
    officer.law = {"주민등록법 제16조", "Resident Registration Act art. 16"};
    officer.reference = "2026-1123-000418";
  }
  void add(const access& why, action what, id subject, std::string_view record,
           std::string_view items = {}) {
    db->writing([&](store::write& tx) {
      append(tx, why, what, subject, "persons", record, items);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(2));   // the next is later
  }
  template <class F>
  auto look(F f) {
    return db->reading([&](store::read& r) { return f(r); });
  }
  static std::vector<std::string> records(const std::vector<entry>& entries) {
    std::vector<std::string> out;
    for (const auto& e : entries) out.push_back(e.record);
    return out;
  }
  using list = std::vector<std::string>;

  access officer;
  id kim = new_id(), park = new_id();
};

TEST_P(a_trail, keeps_the_actor_as_she_was_called_then_and_why_in_both_languages) {
  const instant before = now();
  add(officer, action::read, kim, kim.str(), "name,address");
  auto found = look([&](auto& r) { return about(r, kim); });
  ASSERT_EQ(found.size(), 1u);
  const entry& e = found.front();
  EXPECT_EQ(e.what, action::read);
  EXPECT_EQ(e.record_of, "persons");
  EXPECT_EQ(e.record, kim.str());
  EXPECT_EQ(e.items, "name,address");
  EXPECT_EQ(e.actor_person, officer.who.person);
  EXPECT_EQ(json::str(e.actor, "name"), "이도현");
  EXPECT_EQ(json::words_of(json::at(e.actor, "post"))("en"), "Resident officer");
  EXPECT_EQ(json::words_of(json::at(e.actor, "agency"))("ko"), "종로구 주민센터");
  EXPECT_EQ(e.purpose("ko"), "전입신고");
  EXPECT_EQ(e.law("en"), "Resident Registration Act art. 16");
  EXPECT_EQ(e.reference, "2026-1123-000418");
  EXPECT_GE(e.at, before);
  EXPECT_LE(e.at, now());
  EXPECT_FALSE(e.hidden_until);
}

TEST_P(a_trail, tells_a_person_what_concerns_her_newest_first_and_nothing_else) {
  add(officer, action::read, kim, "1");
  add(officer, action::changed, park, "2");
  add(officer, action::changed, kim, "3");
  EXPECT_EQ(records(look([&](auto& r) { return about(r, kim); })), (list{"3", "1"}));
  EXPECT_EQ(records(look([&](auto& r) { return about(r, kim, action::read); })), (list{"1"}));
  EXPECT_EQ(look([&](auto& r) { return count_about(r, kim); }), 2);
  EXPECT_EQ(look([&](auto& r) { return count_about(r, new_id()); }), 0);
}

TEST_P(a_trail, is_turned_page_by_page) {
  for (const char* record : {"1", "2", "3", "4", "5"}) add(officer, action::read, kim, record);
  auto page = [&](id before) {
    return look([&](auto& r) {
      return about(r, kim, wanted{.what = {}, .not_by = {}, .limit = 2, .before = before});
    });
  };
  auto first = look([&](auto& r) { return about(r, kim, {}, 2); });
  EXPECT_EQ(records(first), (list{"5", "4"}));
  auto second = page(first.back().key);
  EXPECT_EQ(records(second), (list{"3", "2"}));
  EXPECT_EQ(records(page(second.back().key)), (list{"1"}));
  auto all = look([&](auto& r) { return latest(r, wanted{.what = {}, .not_by = {}, .limit = 3}); });
  EXPECT_EQ(records(all), (list{"5", "4", "3"}));
  EXPECT_EQ(records(look([&](auto& r) {
              return latest(r, wanted{{}, {}, 9, all.back().key});
            })),
            (list{"2", "1"}));
}

TEST_P(a_trail, of_one_instant_is_turned_without_losing_an_entry) {
  const instant noon = now();
  set_clock([&] { return noon; });
  db->writing([&](store::write& tx) {
    for (int i = 0; i < 7; ++i)
      append(tx, officer, action::read, kim, "persons", std::to_string(i));
  });
  set_clock({});
  wanted w{.what = {}, .not_by = {}, .limit = 3};
  list seen;
  for (;;) {
    auto page = look([&](auto& r) { return about(r, kim, w); });
    if (page.empty()) break;
    for (const auto& e : page) seen.push_back(e.record);
    w.before = page.back().key;
  }
  EXPECT_EQ(seen, (list{"6", "5", "4", "3", "2", "1", "0"}));
}

TEST_P(a_trail, can_leave_out_what_the_person_did_herself) {
  add(officer, action::read, kim, "1");
  access herself = officer;
  herself.who.person = kim;
  for (const char* record : {"2", "3", "4"}) add(herself, action::read, kim, record);
  const wanted others{.what = {}, .not_by = kim, .limit = 2};
  EXPECT_EQ(records(look([&](auto& r) { return about(r, kim, others); })), (list{"1"}))
      << "her own looks do not push those of others off the page";
  EXPECT_EQ(look([&](auto& r) { return count_about(r, kim, kim); }), 1);
  EXPECT_EQ(look([&](auto& r) { return count_about(r, kim); }), 4);
}

TEST_P(a_trail, is_asked_by_the_number_of_the_matter_and_by_what_was_done) {
  add(officer, action::read, kim, "1");
  access other = officer;
  other.reference.clear();
  add(other, action::decided, park, "2");
  EXPECT_EQ(records(look([&](auto& r) { return of_reference(r, "2026-1123-000418"); })),
            (list{"1"}));
  EXPECT_TRUE(look([&](auto& r) { return of_reference(r, ""); }).empty())
      << "what serves no matter is not one matter";
  const wanted decided{.what = action::decided, .not_by = {}, .limit = 9};
  EXPECT_EQ(records(look([&](auto& r) { return latest(r, decided); })), (list{"2"}));
}

TEST_P(a_trail, holds_nothing_of_a_write_that_is_refused) {
  auto done = db->writing([&](store::write& tx) -> outcome {
    append(tx, officer, action::changed, kim, "persons", "1");
    return refuse(kind::conflict, "move.not_member");
  });
  EXPECT_FALSE(done.ok());
  EXPECT_EQ(look([&](auto& r) { return count_about(r, kim); }), 0);
}

TEST_P(a_trail, of_a_citizen_or_the_house_itself_names_no_post) {
  access mine = officer;
  mine.who.post.clear();
  add(mine, action::read, kim, "1");
  access house{system_actor("families"), officer.purpose, officer.law, ""};
  add(house, action::changed, kim, "2");
  auto found = look([&](auto& r) { return about(r, kim); });
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(json::str(found[0].actor, "name"), "families");
  EXPECT_FALSE(found[0].actor_person);
  EXPECT_TRUE(json::at(found[1].actor, "post").is_null());
}

INSTANTIATE_TEST_SUITE_P(stores, a_trail, both_stores);

TEST(an_access, without_purpose_or_law_is_refused) {
  access why;
  EXPECT_EQ(why.stated().why().code, "access.unsaid");
  why.purpose = {"시험", "Test"};
  EXPECT_EQ(why.stated().why().code, "access.unsaid");
  why.law = {"시험법", "Test Act"};
  EXPECT_TRUE(why.stated().ok());
}

TEST(an_actor, has_the_roles_of_her_post_and_no_others) {
  actor who;
  who.roles = {"resident_officer", "register_reader"};
  EXPECT_TRUE(who.has_role("register_reader"));
  EXPECT_FALSE(who.has_role("register"));
  EXPECT_FALSE(who.has_role(""));
}

}  // namespace
}  // namespace madang::audit
