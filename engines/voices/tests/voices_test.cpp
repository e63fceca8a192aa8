#include <gtest/gtest.h>

#include <thread>

#include "both_stores.hpp"
#include "madang/voices/book.hpp"

namespace madang::voices {
namespace {

// As the pack of Korea has it, with numbers that a test can reach.
constexpr const char* petition = R"({
  "id": "petition", "name": {"ko": "청원", "en": "Petition"}, "law": "law.petition",
  "longest": {"title": 20, "body": 200},
  "categories": [{"id": "animals", "agency": "mafra", "name": {"ko": "반려동물", "en": "Pets"}},
                 {"id": "jobs", "agency": "moel", "name": {"ko": "일자리", "en": "Jobs"}}],
  "stages": [
    {"id": "seconding", "name": {"ko": "동의", "en": "Seconding"}, "says": {"ko": ".", "en": "."},
     "listed": false, "takes": ["back"], "days": 30, "goals": [{"of": "back", "count": 3}],
     "reached": "open", "ended": "lapsed"},
    {"id": "open", "name": {"ko": "진행", "en": "Open"}, "says": {"ko": ".", "en": "."},
     "takes": ["back", "comment"], "days": 30,
     "goals": [{"of": "back", "count": 5}, {"of": "comment", "count": 2}],
     "reached": "owed", "ended": "lapsed"},
    {"id": "owed", "name": {"ko": "답변", "en": "Answer owed"}, "says": {"ko": ".", "en": "."},
     "takes": ["back"], "duty": "answer", "duty_days": 22, "done": "answered"},
    {"id": "answered", "name": {"ko": "완료", "en": "Answered"}, "says": {"ko": ".", "en": "."}},
    {"id": "lapsed", "name": {"ko": "종료", "en": "Closed"}, "says": {"ko": ".", "en": "."}}]})";

rule read(std::string_view text) { return *read_rule(*json::parse(text)); }

const instant start = *instant::parse("2026-11-28T03:07:00.000Z");
instant days(int n) { return start.plus(std::chrono::hours(24 * n)); }

class asking : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    book_ = std::make_unique<book>(
        *db,
        book::options{std::string(32, 'k'),
                      [](instant from, std::int64_t n) {
                        return from.plus(std::chrono::hours(24 * n));
                      }},
        std::vector<rule>{read(petition)}, why(id{}));
  }
  static audit::access why(id person) {
    audit::actor a = audit::system_actor("test");
    a.person = person;
    return {a, {"청원", "Petition"}, {"청원법", "Petition Act"}, ""};
  }
  ask filed(instant at = start) {
    const filing f{"강아지 등록", "무료로 해 주세요.", "ko", "animals"};
    return *book_->file(why(kim), "petition", f, at);
  }
  ask now_of(const ask& a) { return *book_->find(a.key); }
  bool back(const ask& a, std::int64_t person, instant at = start) {
    return book_->say(id{person}, a, saying::back, "seoul", at).ok();
  }

  id kim = new_id();
  std::unique_ptr<book> book_;
};

TEST_P(asking, begins_unlisted_and_is_listed_when_enough_back_it) {
  const ask a = filed();
  EXPECT_EQ(a.number, "2026-000001");
  EXPECT_EQ(a.agency, "mafra");
  EXPECT_EQ(a.ends, days(30));
  EXPECT_TRUE(back(a, 1));
  EXPECT_TRUE(back(a, 1)) << "said twice";
  EXPECT_TRUE(back(a, 2));
  EXPECT_EQ(book_->counted(a.key, saying::back), 0) << "counting is not on the way of who says it";
  EXPECT_EQ(book_->turn(start), 3) << "two voices and the stage it began in";
  EXPECT_EQ(book_->counted(a.key, saying::back), 2) << "twice is once";
  EXPECT_EQ(now_of(a).stage, "seconding");
  EXPECT_FALSE(book_->comment(kim, a, "좋습니다", "seoul", start)) << "not in this stage";
  EXPECT_TRUE(back(a, 3));
  book_->turn(days(1));
  EXPECT_EQ(now_of(a).stage, "open");
  EXPECT_EQ(now_of(a).ends, days(31)) << "thirty days from when it was listed";
  EXPECT_EQ(book_->list({.rule = "petition", .stages = {"open"}}).size(), 1u);
  EXPECT_EQ(book_->list({.rule = "petition", .stages = {"seconding"}}).size(), 0u);
  EXPECT_EQ(book_->list({.rule = "petition", .category = "jobs"}).size(), 0u);
}

// Scenario 6 of the acceptance list, in small: one below is not enough, any one goal is, what was
// taken back does not count.
TEST_P(asking, goes_on_by_any_goal_and_what_is_taken_back_does_not_count) {
  const ask a = filed();
  for (int i = 1; i <= 4; ++i) back(a, i);
  book_->turn(start);
  ASSERT_EQ(now_of(a).stage, "open");
  ASSERT_TRUE(book_->take_back(id{4}, a, saying::back, start));
  EXPECT_FALSE(book_->says(id{4}, a, saying::back));
  back(a, 5);
  EXPECT_TRUE(book_->comment(id{1}, now_of(a), "하나", "seoul", start));
  EXPECT_TRUE(book_->comment(id{1}, now_of(a), "둘", "seoul", start));
  book_->turn(start);
  EXPECT_EQ(book_->counted(a.key, saying::back), 4);
  EXPECT_EQ(book_->counted(a.key, saying::comment), 1) << "two remarks of one person";
  EXPECT_EQ(now_of(a).stage, "open");
  EXPECT_TRUE(book_->comment(id{2}, now_of(a), "셋", "busan", start));
  book_->turn(start);
  EXPECT_EQ(now_of(a).stage, "owed");
  EXPECT_EQ(now_of(a).due, days(22));
  EXPECT_EQ(book_->remarks(a.key, 10).size(), 3u);
}

TEST_P(asking, ends_with_its_days_and_takes_nothing_then) {
  const ask a = filed();
  back(a, 1);
  back(a, 2);
  EXPECT_FALSE(back(a, 3, days(30))) << "the stage is over, whether the clock came by or not";
  EXPECT_FALSE(book_->take_back(id{1}, a, saying::back, days(30)));
  book_->turn(days(30));
  EXPECT_EQ(now_of(a).stage, "lapsed");
  EXPECT_EQ(now_of(a).ends, forever);
  // The last second before counts, although it was counted after the end.
  const ask b = filed();
  for (int i = 1; i <= 3; ++i) back(b, i, days(29));
  book_->turn(days(31));
  EXPECT_EQ(now_of(b).stage, "open");
}

TEST_P(asking, is_answered_by_who_owes_it_and_then_done) {
  const ask a = filed();
  EXPECT_EQ(book_->answer(why(id{9}), a.key, "아직", start).why().code, "voices.not_owed");
  for (int i = 1; i <= 3; ++i) back(a, i);
  book_->turn(start);
  for (int i = 4; i <= 5; ++i) back(a, i);
  book_->turn(start);
  ASSERT_EQ(book_->owed("mafra").size(), 1u);
  EXPECT_EQ(book_->owed("moel").size(), 0u);
  EXPECT_EQ(book_->answer(why(id{9}), a.key, "  ", start).why().field, "body");
  EXPECT_TRUE(book_->answer(why(id{9}), a.key, "하겠습니다.", days(3)));
  EXPECT_EQ(now_of(a).stage, "answered");
  EXPECT_EQ(now_of(a).due, instant{});
  EXPECT_EQ(book_->owed("").size(), 0u);
  ASSERT_EQ(book_->replies(a.key).size(), 1u);
  EXPECT_EQ(book_->replies(a.key)[0].agency, "mafra");
}

// What a system files for a source is there once, owes from its first stage, and ends in a verdict
// of its rule.
TEST_P(asking, is_filed_for_a_source_once_and_ends_in_a_verdict_where_its_rule_has_some) {
  const auto handed = read(R"({
    "id": "handed", "name": {"ko": "결과", "en": "Result"}, "law": "law.proposal",
    "longest": {"title": 20, "body": 200},
    "categories": [{"id": "jobs", "agency": "moel", "name": {"ko": "일자리", "en": "Jobs"}}],
    "stages": [
      {"id": "review", "name": {"ko": "검토", "en": "Review"}, "says": {"ko": ".", "en": "."},
       "takes": ["like"], "duty": "review", "duty_days": 22, "done": "reviewed",
       "verdicts": [{"id": "adopted", "adopts": true, "name": {"ko": "채택", "en": "Adopted"}},
                    {"id": "not", "name": {"ko": "불채택", "en": "Not adopted"}}]},
      {"id": "reviewed", "name": {"ko": "완료", "en": "Reviewed"},
       "says": {"ko": ".", "en": "."}}]})");
  book two(*db, {std::string(32, 'k'), [](instant from, std::int64_t) { return from; }}, {handed},
           why(id{}));
  const filing f{.title = "경사로", .body = "정류장마다", .language = "ko", .category = "jobs",
                 .source = "/design/1"};
  const ask a = *two.file(why(kim), "handed", f, start);
  for (std::int64_t i = 0; i < 2 * handed.most_a_day; ++i)
    EXPECT_EQ(two.file(why(kim), "handed", f, start)->key, a.key);
  EXPECT_EQ(two.find_source("handed", "/design/1")->key, a.key);
  ASSERT_EQ(two.reviews("handed").size(), 1u);
  EXPECT_FALSE(two.reviews("handed")[0].said) << "owed still";
  EXPECT_EQ(two.answer(why(id{9}), a.key, "예", start).why().code, "voices.verdict");
  EXPECT_EQ(two.answer(why(id{9}), a.key, "예", start, "perhaps").why().field, "verdict");
  EXPECT_TRUE(two.answer(why(id{9}), a.key, "예", start, "adopted"));
  EXPECT_EQ(two.reviews("handed")[0].said->verdict, "adopted");
  EXPECT_TRUE(handed.find_verdict("adopted")->adopts);
  EXPECT_FALSE(handed.find_verdict("not")->adopts);
}

TEST_P(asking, is_hidden_with_a_reason_and_shown_again_by_another) {
  const ask a = filed();
  back(a, 1);
  EXPECT_EQ(book_->hide(why(id{8}), a.key, "").why().field, "reason");
  ASSERT_TRUE(book_->hide(why(id{8}), a.key, "남의 이름이 있습니다."));
  EXPECT_FALSE(back(a, 2)) << "what is hidden takes nothing";
  EXPECT_EQ(book_->list({.rule = "petition"}).size(), 0u);
  EXPECT_EQ(book_->appeal(why(id{1}), a.key, "내 것이 아닌데").why().kind, kind::not_found);
  ASSERT_TRUE(book_->appeal(why(kim), a.key, "공인의 이름입니다."));
  EXPECT_EQ(book_->decide_appeal(why(id{8}), a.key, true).why().code, "voices.same_official");
  ASSERT_TRUE(book_->decide_appeal(why(id{7}), a.key, true));
  EXPECT_EQ(now_of(a).hidden, "");
  EXPECT_TRUE(back(a, 2));
  ASSERT_TRUE(book_->hide(why(id{8}), a.key, "다시"));
  ASSERT_TRUE(book_->appeal(why(kim), a.key, "다시"));
  ASSERT_TRUE(book_->decide_appeal(why(id{7}), a.key, false));
  EXPECT_EQ(book_->appeal(why(kim), a.key, "또").why().code, "voices.not_hidden") << "heard once";
}

// Whoever has the leaves alone comes to the same counts; nobody's number stands in them.
TEST_P(asking, leaves_say_all_that_counts_and_nobodys_name) {
  const ask a = filed(), b = filed();
  for (int i = 1; i <= 6; ++i) back(a, i);
  back(b, 1);
  book_->take_back(id{2}, a, saying::back, start);
  back(a, 2);
  book_->take_back(id{3}, a, saying::back, start);
  book_->turn(start);
  std::map<std::string, char> last;
  std::int64_t before = 0;
  std::set<std::string> of_one;
  for (const auto& l : book_->leaves_after(0, 1000)) {
    EXPECT_EQ(l.number, before + 1) << "no gaps";
    before = l.number;
    EXPECT_EQ(l.said.find(kim.str()), std::string::npos);
    const auto read = leaf::parse(l.said);
    ASSERT_TRUE(read) << l.said;
    EXPECT_EQ(read->str(), l.said);
    if (!read->said) continue;
    EXPECT_EQ(read->at.str(), "2026-11-28T03:00:00.000Z") << "the beginning of ten minutes";
    if (read->ask == a.key) last[read->pseudonym] = read->sign;
    if (read->pseudonym == book_->pseudonym(id{1}, read->ask)) of_one.insert(read->pseudonym);
  }
  EXPECT_EQ(std::ranges::count_if(last, [](const auto& v) { return v.second == '+'; }), 5);
  EXPECT_EQ(book_->counted(a.key, saying::back), 5);
  EXPECT_EQ(of_one.size(), 2u) << "one person has another name in each ask";
  std::int64_t of_hours = 0;
  for (const auto& h : book_->hours(a.key)) of_hours += h.counted;
  EXPECT_EQ(of_hours, 5);
}

TEST_P(asking, counts_each_once_however_many_speak_at_the_same_time) {
  const ask a = filed();
  std::vector<std::thread> all;
  for (int t = 0; t < 4; ++t)
    all.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) back(a, 1 + (i * 7 + t) % 20);
    });
  std::thread counter([&] {
    for (int i = 0; i < 10; ++i) book_->turn(start);
  });
  for (auto& t : all) t.join();
  counter.join();
  book_->turn(start);
  EXPECT_EQ(book_->counted(a.key, saying::back), 20);
}

TEST_P(asking, takes_many_at_once_each_once_and_no_more_than_the_stage) {
  const ask a = filed();
  const std::vector<book::given> all{{id{1}, "11", start}, {id{2}, "11", start},
                                     {id{1}, "26", start}, {id{3}, "11", days(30)},
                                     {id{4}, "11", start, "댓글"}};
  EXPECT_EQ(book_->say_all(a, saying::back, all), 3)
      << "one after the end, and a comment that the stage does not take";
  book_->turn(start);
  EXPECT_EQ(book_->counted(a.key, saying::back), 2);
  EXPECT_TRUE(book_->remarks(a.key, 10).empty());
}

TEST_P(asking, refuses_what_is_empty_too_long_of_no_category_or_too_much) {
  const auto field = [&](filing f) {
    auto r = book_->file(why(kim), "petition", std::move(f), start);
    return r ? std::string("filed") : r.why().field;
  };
  EXPECT_EQ(field({" ", "b", "ko", "jobs"}), "title");
  EXPECT_EQ(field({std::string(21, 'x'), "b", "ko", "jobs"}), "title");
  EXPECT_EQ(field({"t", "", "ko", "jobs"}), "body");
  EXPECT_EQ(field({"t", "b", "ko", "cats"}), "category");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(field({"t", "b", "ko", "jobs"}), "filed");
  EXPECT_EQ(book_->file(why(kim), "petition", {"t", "b", "ko", "jobs"}, start).why().code,
            "voices.too_many");
  EXPECT_TRUE(book_->file(why(kim), "petition", {"t", "b", "ko", "jobs"}, days(1)));
}

// Who had joined online counts once, and the sheet says how many stand on it all the same.
TEST_P(asking, takes_a_sheet_of_paper_once_and_each_who_stands_on_it_once) {
  const ask a = filed();
  EXPECT_TRUE(back(a, 1));
  const std::vector<book::given> people{
      {.person = id{1}, .bucket = "seoul", .at = start},
      {.person = id{2}, .bucket = "jeju", .at = start},
      {.person = id{2}, .bucket = "jeju", .at = start}};
  const sheet s{new_id(), a.key, "binder 3", start};
  EXPECT_TRUE(book_->enter_sheet(why(kim), s, saying::back, people));
  EXPECT_TRUE(book_->take_back(id{2}, a, saying::back, start));
  EXPECT_TRUE(book_->enter_sheet(why(kim), s, saying::back, people)) << "sent twice";
  book_->turn(start);
  EXPECT_EQ(book_->counted(a.key, saying::back), 1) << "what was taken back stays so";
  ASSERT_EQ(book_->sheets(a.key).size(), 1U);
  EXPECT_EQ(book_->sheets(a.key).front().entered, 2);
  EXPECT_EQ(book_->enter_sheet(why(kim), {new_id(), a.key, " ", start}, saying::back, people)
                .why().field, "reference");
  book_->turn(days(31));
  EXPECT_EQ(book_->enter_sheet(why(kim), {new_id(), a.key, "binder 4", start}, saying::back, people)
                .why().code, "voices.closed");
  EXPECT_EQ(book_->sheets(a.key).size(), 1U);
}

TEST_P(asking, voices_are_struck_out_with_a_reason_and_put_back_by_another_who_heard_why_not) {
  const ask a = filed();
  EXPECT_TRUE(back(a, 1));
  EXPECT_TRUE(back(a, 2));
  const auto pseudonyms = book_->pseudonyms_of(a.key, saying::back, slot_of(start));
  ASSERT_EQ(pseudonyms.size(), 2U);
  const std::vector<std::string> hers{book_->pseudonym(id{1}, a.key)};
  const id first = new_id(), second = new_id();
  const auto strike = [&](std::string_view reason) {
    const auto done = book_->strike_out(why(first), a.key, saying::back, hers, reason, start);
    return done ? std::string() : done.why().code;
  };
  EXPECT_EQ(strike(" "), "voices.reason");
  EXPECT_EQ(strike("One machine gave them."), "");
  EXPECT_EQ(strike("Again."), "voices.no_voice");
  book_->turn(start);
  EXPECT_EQ(book_->counted(a.key, saying::back), 1);
  EXPECT_EQ(book_->say(id{1}, a, saying::back, "seoul", start).why().code, "voices.struck");
  ASSERT_EQ(book_->struck_of(id{1}).size(), 1U);
  EXPECT_TRUE(book_->struck_of(id{2}).empty());
  EXPECT_EQ(book_->object(why(id{2}), a, saying::back, "I am.").why().code, "voices.not_hidden");
  EXPECT_TRUE(book_->object(why(id{1}), a, saying::back, "I am nobody's machine."));
  const auto decide = [&](id who) {
    return book_->decide_objection(why(who), a.key, saying::back, hers.front(), true, start);
  };
  EXPECT_EQ(decide(first).why().code, "voices.same_official");
  EXPECT_TRUE(decide(second));
  EXPECT_EQ(decide(second).why().code, "voices.not_hidden");
  book_->turn(start);
  EXPECT_EQ(book_->counted(a.key, saying::back), 2);
  EXPECT_TRUE(book_->struck_of(id{1}).empty());
  EXPECT_EQ(strike("And yet."), "voices.heard");
  // What anybody reads in the log: said, struck out, counted again.
  std::string signs;
  for (const auto& line : book_->leaves_of(a.key))
    if (const auto l = leaf::parse(line); l && l->said && l->pseudonym == hers.front())
      signs += l->sign;
  EXPECT_EQ(signs, "+xo");
}

INSTANTIATE_TEST_SUITE_P(stores, asking, both_stores);

std::string wrong(const std::function<void(json::object&)>& how) {
  json::object v = json::parse(petition)->as_object();
  how(v);
  auto r = read_rule(v);
  return r ? "good" : r.why().field;
}
json::object& stage_in(json::object& v, std::size_t i) {
  return v["stages"].as_array()[i].as_object();
}

TEST(a_rule, that_leads_nowhere_or_cannot_be_reached_is_refused_by_its_place) {
  EXPECT_EQ(wrong([](auto&) {}), "good");
  EXPECT_EQ(wrong([](auto& v) { v["law"] = ""; }), "law");
  EXPECT_EQ(wrong([](auto& v) { v["longest"].as_object().erase("body"); }), "longest");
  EXPECT_EQ(wrong([](auto& v) { v["categories"] = json::array(); }), "categories");
  EXPECT_EQ(wrong([](auto& v) { v["stages"] = json::array(); }), "stages");
  EXPECT_EQ(wrong([](auto& v) { stage_in(v, 0)["reached"] = "nowhere"; }), "stages[0].reached");
  EXPECT_EQ(wrong([](auto& v) { stage_in(v, 0)["ended"] = "seconding"; }), "stages[0].ended");
  EXPECT_EQ(wrong([](auto& v) { stage_in(v, 0).erase("days"); }), "stages[0].days");
  EXPECT_EQ(wrong([](auto& v) { stage_in(v, 1).erase("goals"); }), "stages[1].reached");
  EXPECT_EQ(wrong([](auto& v) { stage_in(v, 2).erase("done"); }), "stages[2].done");
  EXPECT_EQ(wrong([](auto& v) { stage_in(v, 2)["duty_days"] = 0; }), "stages[2].duty_days");
  EXPECT_EQ(wrong([](auto& v) { stage_in(v, 1)["takes"] = json::array{"comment"}; }),
            "stages[1].goals[0]") << "nobody can reach it";
  EXPECT_EQ(wrong([](auto& v) { stage_in(v, 3)["id"] = "open"; }), "stages[2].done");
  EXPECT_EQ(wrong([](auto& v) {
              auto more = stage_in(v, 4);
              more["id"] = "alone";
              v["stages"].as_array().push_back(more);
            }), "stages[5]") << "nothing leads there";
}

TEST(a_leaf, is_read_only_as_it_is_written) {
  const std::string name(64, 'a');
  const std::string good = "madang-voices/1 " + id{7}.str() + " back + " + name +
                           " seoul 2026-11-28T03:00:00.000Z";
  ASSERT_TRUE(leaf::parse(good));
  EXPECT_EQ(leaf::parse(good)->bucket, "seoul");
  for (const std::string& bad :
       {good + " ", " " + good, good.substr(1), text::replace_all(good, " + ", " * "),
        text::replace_all(good, "seoul", "se oul"), text::replace_all(good, "back", "stab"),
        text::replace_all(good, "aaaa", "AAAA"), text::replace_all(good, ".000Z", "Z"),
        std::string(), std::string(5, ' ')})
    EXPECT_FALSE(leaf::parse(bad)) << bad;
}

// By openssl: printf '%s %s' 0000000000001 0000000000002 | openssl dgst -sha256 -hmac KEY
TEST(a_pseudonym, is_of_one_person_in_one_ask) {
  const std::string key(32, 'k');
  EXPECT_EQ(pseudonym_of(key, id{1}, id{2}),
            "a5697a8b44aab1eeab87dd2a8c83126c7648370434ccc71b82bef4679553478f");
  EXPECT_NE(pseudonym_of(key, id{1}, id{3}), pseudonym_of(key, id{1}, id{2}));
  EXPECT_NE(pseudonym_of(key, id{2}, id{2}), pseudonym_of(key, id{1}, id{2}));
  EXPECT_NE(pseudonym_of(std::string(32, 'l'), id{1}, id{2}), pseudonym_of(key, id{1}, id{2}));
}

}  // namespace
}  // namespace madang::voices
