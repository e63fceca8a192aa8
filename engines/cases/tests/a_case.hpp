#pragma once
#include <gtest/gtest.h>

#include "both_stores.hpp"
#include "madang/cases/cases.hpp"

namespace madang::cases {

// Friday 2026-12-18, 10:00 in Seoul. Christmas is a Friday; 2027-01-01 too.
struct a_case : on_both_stores {
  calendar days;
  std::unique_ptr<files> made;
  date today_ = *date::parse("2026-12-18");
  id kim = new_id(), park = new_id();
  audit::access citizen, officer, colleague, stranger;
  bool may_accept = true;

  void SetUp() override {
    if (!on_both_stores::open()) GTEST_SKIP() << none;
    days.add_holiday(*date::parse("2026-12-25"), "Christmas");
    days.add_holiday(*date::parse("2027-01-01"), "New Year");
    set_clock([this] {
      return from_civil({today_, 10, 0, 0}).plus(std::chrono::microseconds(++tick_));
    });
    made = std::make_unique<files>(*db, days, "Asia/Seoul");
    made->handle({"move-in", {"전입신고", "Move-in"}, {"법", "Act"}, "resident_officer", 3, {},
                  [this](store::write& tx, const audit::access&, const matter&,
                         procedure::consequences&) -> outcome {
                    tx.run("insert into inbox (reader, event_id, at) values ('accepted', ?1, 1)",
                           new_id());
                    if (!may_accept) return refuse(kind::conflict, "test.cannot");
                    return nothing{};
                  }});
    for (auto* a : {&citizen, &officer, &colleague, &stranger}) {
      a->purpose = {"전입신고", "Move-in"};
      a->law = {"법", "Act"};
    }
    citizen.who.person = kim;
    citizen.who.name = "김하윤";
    officer.who.person = new_id();
    officer.who.name = "이도현";
    officer.who.post = "jongno.resident";
    officer.who.post_title = {"주무관", "Officer"};
    officer.who.agency_name = {"종로구", "Jongno"};
    officer.who.office = "11010";
    officer.who.roles = {"resident_officer"};
    colleague = officer;
    colleague.who.person = new_id();
    colleague.who.name = "박가람";
    colleague.who.post = "jongno.second";
    stranger = officer;
    stranger.who.person = new_id();
    stranger.who.post = "busan.resident";
    stranger.who.office = "26010";
  }
  void TearDown() override {
    made.reset();
    on_both_stores::TearDown();
    set_clock({});
  }
  files& all() { return *made; }
  void on(const char* day) { today_ = *date::parse(day); }
  matter open(std::vector<consent> consents = {}) {
    return *db->writing([&](store::write& tx) {
      return all().open(tx, citizen, {"move-in", kim, "김하윤", "1101072", json::object{},
                                      std::move(consents), ""});
    });
  }
  matter of(id applicant, const std::string& name, const std::string& office = "1101072",
            const std::string& procedure = "move-in") {
    return *db->writing([&](store::write& tx) {
      return all().open(tx, citizen, {procedure, applicant, name, office, json::object{}, {}, ""});
    });
  }
  matter now_of(const matter& m) { return *all().find(m.key); }
  std::vector<std::string> story_of(const matter& m) {
    std::vector<std::string> out;
    for (const auto& e : all().story(m.key)) out.push_back(e.what);
    return out;
  }

 private:
  int tick_ = 0;
};

}  // namespace madang::cases
