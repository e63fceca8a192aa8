// Choices by token (level 1) on both stores: what is chosen cannot be joined with who got a token,
// and is sealed, changed, taken back and opened like any other choice.
#include <gtest/gtest.h>

#include "both_stores.hpp"
#include "madang/voices/tokens.hpp"

namespace madang::voices {
namespace {

namespace blind = trust::blind_rsa;

constexpr const char* poll = R"({
  "id": "poll", "name": {"ko": "투표", "en": "Poll"}, "law": "law.participation",
  "longest": {"title": 20, "body": 200}, "prefix": "P",
  "categories": [{"id": "rights", "agency": "mogef", "level": 1,
                  "name": {"ko": "인권", "en": "Rights"}}],
  "stages": [
    {"id": "open", "name": {"ko": "진행", "en": "Open"}, "says": {"ko": ".", "en": "."},
     "takes": ["choice"], "days": 7, "ended": "ended"},
    {"id": "ended", "name": {"ko": "종료", "en": "Ended"}, "says": {"ko": ".", "en": "."}}]})";

const instant start = *instant::parse("2026-11-28T03:07:00.000Z");
const instant later = start.plus(std::chrono::hours(2)), over = start.plus(std::chrono::hours(200));

struct wallet {
  trust::bytes secret = trust::random_bytes(32);
  token finished;
};

class chosen_by_token : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    book_ = std::make_unique<book>(
        *db,
        book::options{std::string(32, 'k'), [](instant from, std::int64_t) { return from; }},
        std::vector<rule>{*read_rule(*json::parse(poll))}, why(id{}));
    office_ = std::make_unique<token_office>(*db, *book_, "passphrase");
  }
  static audit::access why(id person) {
    audit::actor a = audit::system_actor("test");
    a.person = person;
    return {a, {"투표", "Poll"}, {"참여법", "Participation Act"}, ""};
  }
  ask opened(bool sealed = false) {
    const ask a = *book_->file(why(new_id()), "poll", {"제목", "내용", "ko", "rights"}, start);
    paper p;
    p.sealed = sealed;
    for (const char* text : {"A", "B", "C"}) p.options.push_back({text, 0, {}, {}, {}});
    db->writing([&](store::write& tx) { book_->set_paper(tx, a.key, p); });
    return a;
  }
  wallet token_of(const ask& a) {
    wallet w;
    const std::string all(one_bucket);
    const auto by =
        *blind::verifier::from_der(office_->key_for(a, all, start).value().spki);
    w.finished.prepared = blind::prepare(
        trust::view_of(token_message{a.key, all, text::hex(trust::sha256(w.secret))}.str()));
    const auto made = blind::blind(by, w.finished.prepared);
    const auto got = office_->issue(why(new_id()), a, all, all, made.blinded, start).value();
    w.finished.signature = *blind::finalize(by, w.finished.prepared, got, made.inverse);
    return w;
  }
  std::string choose(const ask& a, const wallet& w, chosen c, bool with_secret = false,
                     instant at = later) {
    const trust::view secret = with_secret ? trust::view(w.secret) : trust::view();
    const auto done = office_->choose(a, c, w.finished, secret, at);
    return done ? "good" : done.why().code;
  }
  std::string take_back(const ask& a, const wallet& w, instant at = later) {
    const auto done = office_->take_back(a, saying::choice, w.finished.prepared, w.secret, at);
    return done ? "good" : done.why().code;
  }
  // "choice + 2", of a sealed one "choice + #".
  std::vector<std::string> lines(const ask& a) {
    std::vector<std::string> out;
    for (const auto& l : book_->leaves_of(a.key)) {
      EXPECT_EQ(leaf::parse(l)->str(), l);
      const auto p = text::split(l, ' ');
      if (p[2] == "choice") out.push_back(std::string(p[3]) + " " + std::string(p[6].substr(0, 1)));
      else out.emplace_back(p[2]);
    }
    return out;
  }
  ballots counted(const ask& a) {
    book_->turn(later);
    return book_->chosen_counts(a.key);
  }

  std::unique_ptr<book> book_;
  std::unique_ptr<token_office> office_;
};

TEST_P(chosen_by_token, one_choice_each_changed_and_taken_back_by_who_has_the_secret) {
  const ask a = opened();
  const wallet w = token_of(a), other = token_of(a);
  EXPECT_EQ(choose(a, w, {2}), "good");
  EXPECT_EQ(choose(a, w, {2}), "voices.token_spent");
  EXPECT_EQ(choose(a, w, {3}), "voices.token_spent") << "changed without the secret";
  EXPECT_EQ(choose(a, other, {1}), "good");
  EXPECT_EQ(counted(a), (ballots{{"1", 1}, {"2", 1}}));
  EXPECT_EQ(choose(a, w, {3}, true), "good");
  EXPECT_EQ(choose(a, w, {3}, true), "good") << "chosen again alike is nothing";
  EXPECT_EQ(counted(a), (ballots{{"1", 1}, {"3", 1}}));
  EXPECT_EQ(take_back(a, w), "good");
  EXPECT_EQ(choose(a, w, {1}), "voices.token_taken");
  EXPECT_EQ(counted(a), (ballots{{"1", 1}}));
  EXPECT_EQ(choose(a, w, {1}, true), "good");
  EXPECT_EQ(counted(a), (ballots{{"1", 2}}));
  EXPECT_EQ(book_->counted(a.key, saying::choice), 2);
  EXPECT_EQ(lines(a), (std::vector<std::string>{"stage", "key", "issued", "+ 2", "+ 1", "- 2",
                                                "+ 3", "- 3", "+ 1"}));
  EXPECT_EQ(office_->keys(a.key).at(0).spent, 2);
  // Nothing is known of who chose: one group, of everybody.
  EXPECT_EQ(book_->chosen_by_group(a.key), (std::map<std::string, ballots>{{"all", {{"1", 2}}}}));
}

TEST_P(chosen_by_token, what_is_not_on_the_paper_of_another_ask_or_forged_is_refused) {
  const ask a = opened(), b = opened();
  const wallet w = token_of(a);
  wallet wrong = w;
  wrong.secret[0] ^= 1;
  EXPECT_EQ(choose(a, w, {}), "paper.nothing");
  EXPECT_EQ(choose(a, w, {4}), "paper.unknown");
  EXPECT_EQ(choose(a, w, {1, 2}), "paper.too_many");
  EXPECT_EQ(choose(b, w, {1}), "voices.token");
  EXPECT_EQ(office_->say(a, saying::choice, w.finished, {}, later).why().code, "voices.closed");
  EXPECT_EQ(office_->keys(a.key).at(0).spent, 0) << "nothing of it used the token up";
  EXPECT_EQ(choose(a, w, {1}), "good");
  EXPECT_EQ(choose(a, wrong, {2}, true), "voices.token_secret");
  EXPECT_EQ(take_back(a, wrong), "voices.token_secret");
  wallet forged = w;
  forged.finished.signature[9] ^= 1;
  EXPECT_EQ(choose(a, forged, {2}, true), "voices.token");
  EXPECT_EQ(counted(a), (ballots{{"1", 1}}));
}

TEST_P(chosen_by_token, sealed_it_is_opened_at_the_end_and_nothing_comes_after) {
  const ask a = opened(true);
  const wallet w = token_of(a), other = token_of(a), kept = token_of(a);
  EXPECT_EQ(choose(a, w, {2}), "good");
  EXPECT_EQ(choose(a, other, {2}), "good");
  EXPECT_EQ(choose(a, w, {1}, true), "good");
  EXPECT_EQ(counted(a), ballots{}) << "until the end nobody reads it";
  EXPECT_EQ(lines(a), (std::vector<std::string>{"stage", "key", "issued", "+ #", "+ #", "- #",
                                                "+ #"}));
  EXPECT_EQ(choose(a, kept, {3}, false, over), "voices.closed");
  book_->turn(over);
  book_->turn(over);
  EXPECT_EQ(book_->find(a.key)->stage, "ended");
  EXPECT_EQ(counted(a), (ballots{{"1", 1}, {"2", 1}}));
  for (const wallet& one : {w, kept}) EXPECT_EQ(choose(a, one, {3}, true), "voices.closed");
  EXPECT_EQ(take_back(a, w), "voices.closed");
  EXPECT_EQ(office_->key_for(opened(), "all", over).why().code, "voices.closed");
  // What is opened is what was sealed: SHA-256 as leaf.hpp says.
  std::map<std::string, std::string> last;
  int openings = 0;
  for (const auto& l : book_->leaves_of(a.key)) {
    const auto said = *leaf::parse(l);
    if (!said.said) continue;
    if (said.sign == '+') last[said.pseudonym] = said.chosen;
    if (said.sign != '=') continue;
    const auto colon = said.chosen.find(':');
    EXPECT_EQ(last.at(said.pseudonym),
              "#" + trust::sha256_hex("madang-voices/1 choice " + a.key.str() + " " +
                                      said.pseudonym + " " + said.chosen.substr(0, colon) + " " +
                                      said.chosen.substr(colon + 1)));
    ++openings;
  }
  EXPECT_EQ(openings, 2);
}

TEST(choice_rule, choices_come_at_level_0_or_1) {
  const auto field = [](const std::string& level) {
    std::string text = poll;
    text.replace(text.find("\"level\": 1"), 10, "\"level\": " + level);
    const auto r = read_rule(*json::parse(text));
    return r ? "good" : r.why().field;
  };
  EXPECT_EQ(field("0"), "good");
  EXPECT_EQ(field("1"), "good");
  EXPECT_EQ(field("2"), "categories[0].level") << "a pass does not bind what is chosen";
}

INSTANTIATE_TEST_SUITE_P(stores, chosen_by_token, both_stores);

}  // namespace
}  // namespace madang::voices
