#include <gtest/gtest.h>

#include "both_stores.hpp"
#include "madang/trust/bytes.hpp"
#include "madang/voices/book.hpp"

namespace madang::voices {
namespace {

paper paper_of(paper_kind k, int options, std::string method = {}) {
  paper p;
  p.kind = k;
  p.most = options;
  p.method = std::move(method);
  for (int i = 1; i <= options; ++i)
    p.options.push_back({"Option " + std::to_string(i), 0, {}, {}, {}});
  return p;
}

// The capital of Tennessee, as Wikipedia works it out under "Borda count" and "Instant-runoff
// voting": 42 of Memphis, 26 of Nashville, 15 of Chattanooga, 17 of Knoxville, each preferring
// what is nearer.
const ballots tennessee{{"1,2,3,4", 42}, {"2,3,4,1", 26}, {"3,4,2,1", 15}, {"4,3,2,1", 17}};

TEST(choice, ranks_by_borda_as_the_published_example) {
  const auto c = count(paper_of(paper_kind::ranking, 4, "borda"), tennessee);
  EXPECT_EQ(c.voters, 100);
  EXPECT_EQ(c.counts, (std::vector<std::int64_t>{126, 194, 173, 107}));
  EXPECT_EQ(c.order, (std::vector<int>{2, 3, 1, 4})) << "Nashville";
}

TEST(choice, ranks_by_run_off_as_the_published_example) {
  const auto c = count(paper_of(paper_kind::ranking, 4, "runoff"), tennessee);
  ASSERT_EQ(c.rounds.size(), 3u);
  EXPECT_EQ(c.rounds[0].counts, (std::vector<std::int64_t>{42, 26, 15, 17}));
  EXPECT_EQ(c.rounds[0].out, 3);
  EXPECT_EQ(c.rounds[1].counts, (std::vector<std::int64_t>{42, 26, 0, 32}));
  EXPECT_EQ(c.rounds[1].out, 2);
  EXPECT_EQ(c.rounds[2].counts, (std::vector<std::int64_t>{42, 0, 0, 58}));
  EXPECT_EQ(c.rounds[2].out, 0);
  EXPECT_EQ(c.order, (std::vector<int>{4, 1, 2, 3})) << "Knoxville";
}

// By hand: of ballots that name one option each, 3 3 1 1, the last goes out by the order of the
// paper (4), its ballot is exhausted; then 3 (1); then 1 and 2 have 3 each and 2 stands lower.
TEST(choice, a_run_off_ends_ties_as_it_says) {
  const auto c =
      count(paper_of(paper_kind::ranking, 4, "runoff"), {{"1", 3}, {"2", 3}, {"3", 1}, {"4", 1}});
  EXPECT_EQ(c.order, (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(c.rounds.size(), 4u);
  EXPECT_TRUE(count(paper_of(paper_kind::ranking, 3, "runoff"), {}).rounds.size() == 1u);
}

// By hand: of 100, chosen 6 5 5 2 times at 60 50 30 10. 60 is taken (40 left); of the two with 5
// the cheaper comes first: 30 (10 left); 50 does not fit; 10 does. Spent: 100.
TEST(choice, a_budget_takes_what_still_fits) {
  paper p = paper_of(paper_kind::budget, 4);
  p.budget = 100;
  p.unit = "points";
  p.options[0].cost = 60;
  p.options[1].cost = 50;
  p.options[2].cost = 30;
  p.options[3].cost = 10;
  ASSERT_TRUE(judge(p));
  const auto c = count(p, {{"1,3,4", 2}, {"1,3", 3}, {"1", 1}, {"2", 5}});
  EXPECT_EQ(c.counts, (std::vector<std::int64_t>{6, 5, 5, 2}));
  EXPECT_EQ(c.funded, (std::vector<int>{1, 3, 4}));
  EXPECT_EQ(c.spent, 100);
  EXPECT_EQ(write_chosen(p, {1, 2}).why().code, "paper.over_budget") << "110 of 100";
  EXPECT_EQ(*write_chosen(p, {4, 3, 1}), "1,3,4");
}

TEST(choice, takes_what_the_paper_lets_and_writes_it_one_way) {
  EXPECT_EQ(*write_chosen(paper_of(paper_kind::one, 3), {2}), "2");
  EXPECT_EQ(write_chosen(paper_of(paper_kind::one, 3), {1, 2}).why().code, "paper.too_many");
  paper two = paper_of(paper_kind::several, 3);
  two.most = 2;
  EXPECT_EQ(*write_chosen(two, {3, 1}), "1,3");
  EXPECT_EQ(write_chosen(two, {3, 1, 2}).why().code, "paper.too_many");
  EXPECT_EQ(*write_chosen(paper_of(paper_kind::ranking, 3, "borda"), {3, 1}), "3,1");
  EXPECT_EQ(write_chosen(two, {}).why().code, "paper.nothing");
  EXPECT_EQ(write_chosen(two, {4}).why().code, "paper.unknown");
  EXPECT_EQ(write_chosen(two, {0}).why().code, "paper.unknown");
  EXPECT_EQ(write_chosen(two, {2, 2}).why().code, "paper.twice");
  for (const char* bad : {"", "0", "01", "1,", ",1", "1,1", "51", "x", "1 2", "-1", "100"})
    EXPECT_FALSE(parse_chosen(bad)) << bad;
  EXPECT_EQ(*parse_chosen("10,2"), (chosen{10, 2}));
}

TEST(choice, a_paper_is_judged_and_read_back) {
  const auto wrong = [](const std::function<void(paper&)>& how) {
    paper p = paper_of(paper_kind::several, 3);
    how(p);
    const auto r = judge(p);
    return r ? std::string("good") : r.why().field;
  };
  EXPECT_EQ(wrong([](paper&) {}), "good");
  EXPECT_EQ(wrong([](paper& p) { p.options.resize(1); }), "options");
  EXPECT_EQ(wrong([](paper& p) { p.options[1].text = " "; }), "option_2");
  EXPECT_EQ(wrong([](paper& p) { p.options[1].text = "OPTION 1"; }), "option_2");
  EXPECT_EQ(wrong([](paper& p) { p.most = 4; }), "most");
  EXPECT_EQ(wrong([](paper& p) { p.options[0].picture = "x"; }), "alt_1");
  EXPECT_EQ(wrong([](paper& p) { p.options[2].video = "http://x"; }), "video_3");
  EXPECT_EQ(wrong([](paper& p) { p.kind = paper_kind::ranking; }), "method");
  EXPECT_EQ(wrong([](paper& p) { p.kind = paper_kind::budget; }), "budget");
  paper p = paper_of(paper_kind::ranking, 3, "runoff");
  p.sealed = true;
  p.options[1].video = "https://video.example/1";
  EXPECT_EQ(json::print(written(read_paper(written(p)))), json::print(written(p)));
}

// By hand: 100, 30, 12, 5: the two below 20 are 17 together, which whoever takes 100 and 30 from
// the sum of 147 would read; so the 30 joins them.
TEST(choice, small_groups_become_one_that_is_no_small_one_either) {
  const auto g = [](const char* name, std::int64_t n, std::int64_t yes) {
    return group{name, n, {yes, n - yes}};
  };
  const auto m = merged({g("a", 12, 1), g("b", 100, 60), g("c", 5, 5), g("d", 30, 10)});
  ASSERT_EQ(m.size(), 2u);
  EXPECT_EQ(m[0].name, "b");
  EXPECT_EQ(m[1].name, "");
  EXPECT_EQ(m[1].voters, 47);
  EXPECT_EQ(m[1].counts, (std::vector<std::int64_t>{16, 31}));
  EXPECT_EQ(merged({g("a", 20, 1), g("b", 25, 2)}).size(), 2u) << "20 are enough";
  EXPECT_EQ(merged({g("a", 19, 1), g("b", 25, 2)}).size(), 0u) << "44 together is the sum";
  EXPECT_EQ(merged({g("a", 10, 1), g("b", 10, 2), g("c", 40, 2)}).size(), 2u);
  EXPECT_TRUE(merged({}).empty());
}

// ---- in the book ----
constexpr const char* vote = R"({
  "id": "vote", "name": "Vote", "law": "law", "longest": {"title": 60, "body": 200},
  "prefix": "P", "most_a_day": 2, "categories": [{"id": "all", "agency": "mois", "name": "All"}],
  "stages": [
    {"id": "draft", "name": "Draft", "says": ".", "listed": false, "by_hand": "coming"},
    {"id": "coming", "name": "Coming", "says": ".", "window": true, "ended": "open"},
    {"id": "open", "name": "Open", "says": ".", "takes": ["choice"], "window": true,
     "ended": "ended"},
    {"id": "ended", "name": "Ended", "says": "."}]})";

const instant begin = *instant::parse("2026-11-28T03:07:00.000Z");
instant hours(int n) { return begin.plus(std::chrono::hours(n)); }

class choosing : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    book_ = std::make_unique<book>(
        *db, book::options{std::string(32, 'k'), [](instant t, std::int64_t) { return t; }},
        std::vector<rule>{*read_rule(*json::parse(vote))}, why());
  }
  audit::access why() {
    audit::actor a = audit::system_actor("test");
    a.person = kim;
    return {a, {"투표", "Vote"}, {"법", "Act"}, ""};
  }
  ask opened(const paper& p) {
    return *db->writing([&](store::write& tx) -> result<ask> {
      auto a = book_->file(tx, why(), "vote", {"Lights", "Which?", "en", "all"}, begin);
      book_->set_paper(tx, a->key, p);
      book_->set_end(tx, a->key, "coming", begin);
      book_->set_end(tx, a->key, "open", hours(2));
      EXPECT_TRUE(book_->publish(tx, why(), *a, begin));
      return a;
    });
  }
  std::vector<leaf> choices_of(const ask& a) {
    std::vector<leaf> out;
    for (const auto& l : book_->leaves_of(a.key)) {
      const auto read = leaf::parse(l);
      EXPECT_TRUE(read) << l;
      if (read && read->said) out.push_back(*read);
    }
    return out;
  }
  id kim = new_id();
  std::unique_ptr<book> book_;
};

TEST_P(choosing, is_drafted_amended_published_and_open_for_its_window) {
  const ask a = *book_->file(why(), "vote", {"Lights", "Which?", "en", "all"}, begin);
  EXPECT_EQ(a.number, "P2026-000001");
  db->writing([&](store::write& tx) {
    EXPECT_TRUE(book_->amend(tx, why(), a, {"Lamps", "Which?", "en", "all", {}, false}));
    book_->set_end(tx, a.key, "coming", hours(1));
    book_->set_end(tx, a.key, "open", hours(2));
    EXPECT_TRUE(book_->publish(tx, why(), a, begin));
    EXPECT_EQ(book_->publish(tx, why(), a, begin).why().code, "voices.published");
    EXPECT_EQ(book_->amend(tx, why(), a, {"L", "W", "en", "all"}).why().code, "voices.published");
    EXPECT_EQ(book_->discard(tx, why(), a).why().code, "voices.published");
  });
  EXPECT_EQ(book_->find(a.key)->title, "Lamps");
  EXPECT_EQ(book_->find(a.key)->stage, "coming");
  EXPECT_EQ(book_->count({.rule = "vote"}), 0) << "it is not listed";
  book_->turn(hours(1));
  EXPECT_EQ(book_->find(a.key)->stage, "open");
  book_->turn(hours(2));
  EXPECT_EQ(book_->find(a.key)->stage, "ended");
  book_->file(why(), "vote", {"2", "b", "en", "all"}, begin).ok();
  EXPECT_EQ(book_->file(why(), "vote", {"3", "b", "en", "all"}, begin).why().code,
            "voices.too_many");
}

TEST_P(choosing, the_last_choice_counts_and_what_is_taken_back_does_not) {
  const ask a = opened(paper_of(paper_kind::one, 3));
  for (int i = 1; i <= 4; ++i) EXPECT_TRUE(book_->choose(id{i}, a, {1}, "11-20-f", begin));
  EXPECT_TRUE(book_->choose(id{1}, a, {1}, "11-20-f", begin)) << "the same again is no news";
  EXPECT_TRUE(book_->choose(id{2}, a, {3}, "11-20-f", begin));
  EXPECT_TRUE(book_->take_back(id{3}, a, saying::choice, begin));
  EXPECT_TRUE(book_->take_back(id{9}, a, saying::choice, begin)) << "nothing was there";
  EXPECT_EQ(book_->choose(id{5}, a, {4}, "11-20-f", begin).why().code, "paper.unknown");
  book_->turn(begin);
  EXPECT_EQ(book_->chosen_counts(a.key), (ballots{{"1", 2}, {"3", 1}}));
  EXPECT_EQ(book_->counted(a.key, saying::choice), 3);
  EXPECT_EQ(*book_->chosen_by(id{2}, a), chosen{3});
  EXPECT_FALSE(book_->chosen_by(id{3}, a));
  EXPECT_EQ(book_->chosen_by_group(a.key).at("11-20-f"), (ballots{{"1", 2}, {"3", 1}}));
  EXPECT_EQ(choices_of(a).size(), 7u) << "4 given, 1 changed by two, 1 taken back";
  for (const auto& l : choices_of(a)) EXPECT_EQ(l.bucket, "all");
  EXPECT_EQ(book_->choose(id{5}, a, {1}, "", hours(2)).why().code, "voices.closed");
  book_->turn(hours(2));
  EXPECT_EQ(book_->take_back(id{1}, a, saying::choice, hours(2)).why().code, "voices.closed");
}

TEST_P(choosing, a_sealed_vote_tells_nothing_before_its_end_and_opens_each_voice) {
  paper p = paper_of(paper_kind::several, 3);
  p.sealed = true;
  const ask a = opened(p);
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(book_->choose(id{i}, a, {1, 2}, "", begin));
  EXPECT_TRUE(book_->choose(id{1}, a, {3}, "", begin));
  EXPECT_TRUE(book_->take_back(id{2}, a, saying::choice, begin));
  book_->turn(begin);
  EXPECT_TRUE(book_->chosen_counts(a.key).empty());
  EXPECT_EQ(book_->counted(a.key, saying::choice), 2);
  std::map<std::string, std::string> committed;
  for (const auto& l : choices_of(a)) {
    EXPECT_EQ(l.chosen.size(), 65u);
    EXPECT_EQ(l.chosen.front(), '#');
    committed[l.pseudonym] = l.sign == '+' ? l.chosen : "";
  }
  db->writing([&](store::write& tx) {
    EXPECT_TRUE(book_->end_now(tx, why(), a, hours(1)));
    EXPECT_EQ(book_->end_now(tx, why(), a, hours(1)).why().code, "voices.closed");
  });
  book_->turn(hours(1));
  EXPECT_EQ(book_->find(a.key)->stage, "ended");
  EXPECT_EQ(book_->chosen_counts(a.key), (ballots{{"1,2", 1}, {"3", 1}}));
  EXPECT_EQ(book_->counted(a.key, saying::choice), 2) << "opened is not given again";
  int opened = 0;
  for (const auto& l : choices_of(a)) {
    if (l.sign != '=') continue;
    ++opened;
    const auto colon = l.chosen.find(':');
    const std::string said = "madang-voices/1 choice " + a.key.str() + " " + l.pseudonym + " " +
                             l.chosen.substr(0, colon) + " " + l.chosen.substr(colon + 1);
    EXPECT_EQ(committed[l.pseudonym], "#" + trust::sha256_hex(said));
  }
  EXPECT_EQ(opened, 2);
}

INSTANTIATE_TEST_SUITE_P(stores, choosing, both_stores);

TEST(choice, leaves_of_choices_are_read_one_way) {
  const std::string p(64, 'a'), salt(32, 'b'), head = "madang-voices/1 " + id{7}.str();
  const std::string at = " 2026-11-28T03:00:00.000Z";
  for (const auto& good :
       {" choice + " + p + " all 3,1" + at, " choice - " + p + " all 2" + at,
        " choice + " + p + " all #" + p + at, " choice = " + p + " all 3,1:" + salt + at})
    EXPECT_TRUE(leaf::parse(head + good)) << good;
  for (const auto& bad :
       {" choice + " + p + " all" + at, " choice + " + p + " all 3:" + salt + at,
        " choice = " + p + " all 3" + at, " choice = " + p + " all #" + p + at,
        " choice + " + p + " all #" + salt + at, " choice + " + p + " all 3,3" + at,
        " back + " + p + " all 3" + at, " back = " + p + " all" + at})
    EXPECT_FALSE(leaf::parse(head + bad)) << bad;
}

}  // namespace
}  // namespace madang::voices
