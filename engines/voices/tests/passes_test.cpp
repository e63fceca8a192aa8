// Voices of level 2 on both stores. The client here is trust::arc, judged by the vectors of
// draft-yun-cfrg-arc-01 beside it; the browser's own is judged by the same, and by a running house.
#include <gtest/gtest.h>

#include "both_stores.hpp"
#include "madang/voices/passes.hpp"

namespace madang::voices {
namespace {

namespace arc = trust::arc;

constexpr const char* petition = R"({
  "id": "petition", "name": {"ko": "청원", "en": "Petition"}, "law": "law.petition",
  "longest": {"title": 20, "body": 200},
  "categories": [{"id": "politics", "agency": "mois", "level": 2,
                  "name": {"ko": "정치", "en": "Politics"}},
                 {"id": "jobs", "agency": "moel", "name": {"ko": "일자리", "en": "Jobs"}}],
  "stages": [
    {"id": "open", "name": {"ko": "진행", "en": "Open"}, "says": {"ko": ".", "en": "."},
     "takes": ["back"], "days": 30, "goals": [{"of": "back", "count": 3}],
     "reached": "done", "ended": "done"},
    {"id": "done", "name": {"ko": "종료", "en": "Closed"}, "says": {"ko": ".", "en": "."}}]})";

// Of the fourth quarter; the day before its last is of the same.
const instant start = *instant::parse("2026-12-30T03:07:00.000Z");
const instant next_quarter = *instant::parse("2027-01-01T00:00:00.000Z");

class by_pass : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    book_ = std::make_unique<book>(
        *db,
        book::options{std::string(32, 'k'), [](instant from, std::int64_t) { return from; }},
        std::vector<rule>{*read_rule(*json::parse(petition))}, why(id{}));
    office_ = std::make_unique<pass_office>(*db, *book_, "passphrase");
  }
  static audit::access why(id person) {
    audit::actor a = audit::system_actor("test");
    a.person = person;
    return {a, {"청원", "Petition"}, {"청원법", "Petition Act"}, ""};
  }
  ask filed(instant at = start, const char* category = "politics") {
    return *book_->file(why(new_id()), "petition", {"제목", "내용", "ko", category}, at);
  }
  static std::string asked(const ask& a) {
    return "madang-voice/2 " + quarter::of(a.filed).str();
  }
  trust::bytes pass_of(id person, const ask& a) {
    const auto key = office_->key_for(a, start).value();
    const std::string context = asked(a);
    const auto r = arc::request(trust::view_of(context));
    const auto made = office_->issue(why(person), a, r.request, start);
    return *arc::finalize(key.shown, r.request, r.secrets, *made);
  }
  shown_pass show(const trust::bytes& pass, const ask& a, char sign, instant at) {
    shown_pass out{saying::back, sign, at.micros / 1000, {}};
    const std::string context = "madang-voice/2 " + a.key.str(), said = out.message(a.key);
    out.presentation = *arc::present(pass, trust::view_of(context), trust::view_of(said));
    return out;
  }
  std::string act(const ask& a, const shown_pass& s, instant at) {
    const auto done = office_->act(a, s, at);
    return done ? "good" : done.why().code;
  }
  std::string act(const trust::bytes& pass, const ask& a, char sign, instant at) {
    return act(a, show(pass, a, sign, at), at);
  }
  std::int64_t counted(const ask& a) {
    book_->turn(start);
    return book_->counted(a.key, saying::back);
  }
  static instant minute(int n) { return start.plus(std::chrono::minutes(n)); }

  std::unique_ptr<book> book_;
  std::unique_ptr<pass_office> office_;
};

TEST_P(by_pass, a_person_has_one_a_quarter_and_the_same_request_gets_one_again) {
  const ask a = filed(), b = filed();
  const id kim = new_id(), lee = new_id();
  const auto key = office_->key_for(a, start).value();
  const std::string context = asked(a);
  const auto hers = arc::request(trust::view_of(context)),
             other = arc::request(trust::view_of(context));
  const auto first = office_->issue(why(kim), a, hers.request, start);
  ASSERT_TRUE(first.ok());
  const auto again = office_->issue(why(kim), b, hers.request, start);
  ASSERT_TRUE(again.ok()) << "an answer that was lost, asked at another ask of the quarter";
  EXPECT_EQ(office_->issue(why(kim), b, other.request, start).why().code, "voices.pass_had");
  EXPECT_TRUE(office_->issue(why(lee), a, other.request, start).ok());
  EXPECT_EQ(office_->find(a)->issued, 2);
  // Two answers to one request are the same person still.
  const auto one = *arc::finalize(key.shown, hers.request, hers.secrets, *first),
             two = *arc::finalize(key.shown, hers.request, hers.secrets, *again);
  EXPECT_NE(one, two);
  EXPECT_EQ(act(one, a, '+', minute(1)), "good");
  EXPECT_EQ(act(two, a, '+', minute(2)), "voices.pass_spent");
  EXPECT_EQ(counted(a), 1);
  // In the trail of each, once, with the quarter and no ask.
  db->reading([&](store::read& q) {
    const auto seen = audit::about(q, kim);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].what, audit::action::issued);
    EXPECT_EQ(seen[0].record, "2026-4");
  });
}

TEST_P(by_pass, it_is_one_voice_in_each_ask_under_pseudonyms_that_are_not_alike) {
  const ask a = filed(), b = filed();
  const auto pass = pass_of(new_id(), a);
  EXPECT_EQ(act(pass, a, '+', minute(1)), "good");
  EXPECT_EQ(act(pass, b, '+', minute(1)), "good") << "without asking for another";
  EXPECT_EQ(act(pass, a, '+', minute(2)), "voices.pass_spent");
  EXPECT_EQ(counted(a), 1);
  EXPECT_EQ(counted(b), 1);
  const auto names = db->reading([](store::read& q) {
    return q.all<std::string>("select pseudonym from voice");
  });
  ASSERT_EQ(names.size(), 2u);
  EXPECT_NE(names[0], names[1]);
  EXPECT_EQ(book_->hours(a.key).at(0).bucket, "all");
  std::vector<std::string> told;
  for (const auto& l : book_->leaves_of(b.key)) {
    EXPECT_EQ(leaf::parse(l)->str(), l);
    const auto parts = text::split(l, ' ');
    told.push_back(std::string(parts[2]) + " " + std::string(parts[3]));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"stage open", "key all", "issued all", "back +"}));
  EXPECT_NE(book_->leaves_of(b.key)[1].find(
                trust::sha256_hex(text::chars_of(office_->find(b)->shown))),
            std::string::npos);
}

TEST_P(by_pass, it_is_taken_back_and_given_again_and_what_was_sent_before_does_nothing) {
  const ask a = filed();
  const auto pass = pass_of(new_id(), a);
  const auto first = show(pass, a, '+', minute(1)), back = show(pass, a, '-', minute(2));
  EXPECT_EQ(act(a, back, minute(2)), "good") << "what does not count is taken back already";
  EXPECT_EQ(act(a, first, minute(1)), "good");
  EXPECT_EQ(act(a, back, minute(2)), "good");
  EXPECT_EQ(counted(a), 0);
  EXPECT_EQ(act(a, first, minute(3)), "voices.pass_old") << "by whoever has seen it";
  EXPECT_EQ(act(pass, a, '+', minute(2)), "voices.pass_old") << "of the same time";
  EXPECT_EQ(act(pass, a, '+', minute(3)), "good");
  EXPECT_EQ(act(a, back, minute(4)), "voices.pass_old");
  EXPECT_EQ(counted(a), 1);
  const auto key = *office_->find(a);
  EXPECT_EQ(key.spent, 1) << "given again is no other pass";
  EXPECT_EQ(key.issued, 1);
}

TEST_P(by_pass, of_another_quarter_or_ask_or_changed_it_is_refused) {
  const ask a = filed(), b = filed(), later = filed(next_quarter);
  const auto pass = pass_of(new_id(), a), there = pass_of(new_id(), later);
  EXPECT_EQ(act(there, a, '+', minute(1)), "voices.pass");
  const instant then = next_quarter.plus(std::chrono::minutes(1));
  EXPECT_EQ(act(pass, later, '+', then), "voices.pass");
  EXPECT_EQ(act(there, later, '+', then), "good");
  const auto shown = show(pass, a, '+', minute(1));
  EXPECT_EQ(act(b, shown, minute(1)), "voices.pass");
  auto changed = shown;
  changed.sign = '-';
  EXPECT_EQ(act(a, changed, minute(1)), "voices.pass");
  changed = shown;
  changed.time += 1;
  EXPECT_EQ(act(a, changed, minute(1)), "voices.pass");
  EXPECT_EQ(act(a, {}, instant{}), "voices.pass");
  EXPECT_EQ(act(a, shown, minute(12)), "voices.pass_time") << "eleven minutes too late";
  EXPECT_EQ(act(a, shown, minute(-10)), "voices.pass_time") << "eleven minutes too early";
  changed.time = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(act(a, changed, minute(1)), "voices.pass_time");
  EXPECT_EQ(act(a, shown, minute(11)), "good") << "ten minutes are not too late";
}

// Whoever got hold of the key could make passes; more than were issued never count.
TEST_P(by_pass, never_more_are_used_in_an_ask_than_were_issued) {
  const ask a = filed();
  const auto one = pass_of(new_id(), a), two = pass_of(new_id(), a);
  ASSERT_EQ(act(one, a, '+', minute(1)), "good");
  db->writing([&](store::write& tx) { tx.run("update pass_key set issued = 1"); });
  EXPECT_EQ(act(two, a, '+', minute(2)), "voices.token_excess");
  db->writing([&](store::write& tx) { tx.run("update pass_key set issued = 2"); });
  EXPECT_EQ(act(two, a, '+', minute(2)), "good");
}

TEST_P(by_pass, keys_open_after_a_restart_and_with_no_other_passphrase) {
  const ask a = filed();
  const auto pass = pass_of(new_id(), a);
  pass_office again(*db, *book_, "passphrase"), other(*db, *book_, "another");
  EXPECT_THROW((void)other.act(a, show(pass, a, '+', minute(1)), minute(1)), std::runtime_error);
  EXPECT_TRUE(again.act(a, show(pass, a, '+', minute(1)), minute(1)).ok());
  EXPECT_EQ(again.key_for(a, start).value().shown, office_->find(a)->shown);
}

TEST_P(by_pass, other_levels_are_closed_to_it_and_rubbish_costs_nobody_hers) {
  const ask plain = filed(start, "jobs"), a = filed();
  EXPECT_EQ(office_->key_for(plain, start).why().code, "voices.closed");
  EXPECT_FALSE(office_->find(a)) << "nobody asked";
  EXPECT_EQ(office_->issue(why(new_id()), a, {}, start).why().code, "voices.pass_request");
  (void)office_->key_for(a, start);
  const id kim = new_id();
  const trust::bytes zeros(arc::request_size);
  EXPECT_EQ(office_->issue(why(kim), a, zeros, start).why().code, "voices.pass_request");
  const auto pass = pass_of(kim, a);
  EXPECT_EQ(act(plain, show(pass, plain, '+', minute(1)), minute(1)), "voices.closed");
  EXPECT_EQ(book_->say(kim, a, saying::back, "11", start).why().code, "voices.by_token");
}

TEST(pass_quarter, is_of_the_day_in_utc) {
  const auto of = [](const char* at) { return quarter::of(*instant::parse(at)).str(); };
  EXPECT_EQ(of("2026-03-31T23:59:59.999Z"), "2026-1");
  EXPECT_EQ(of("2026-04-01T00:00:00.000Z"), "2026-2");
  EXPECT_EQ(of("2026-12-31T23:59:59.999Z"), "2026-4");
  EXPECT_EQ(quarter::of(start).key().value, 20264);
}

INSTANTIATE_TEST_SUITE_P(stores, by_pass, both_stores);

}  // namespace
}  // namespace madang::voices
