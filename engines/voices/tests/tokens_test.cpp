// Voices of level 1 on both stores. The client here is trust::blind_rsa, judged by the vector of
// RFC 9474 beside it; the browser's own is judged by the same vector, and by a running house.
#include <gtest/gtest.h>

#include "both_stores.hpp"
#include "madang/voices/tokens.hpp"

namespace madang::voices {
namespace {

namespace blind = trust::blind_rsa;

constexpr const char* petition = R"({
  "id": "petition", "name": {"ko": "청원", "en": "Petition"}, "law": "law.petition",
  "longest": {"title": 20, "body": 200},
  "categories": [{"id": "rights", "agency": "mogef", "level": 1,
                  "name": {"ko": "인권", "en": "Rights"}},
                 {"id": "jobs", "agency": "moel", "name": {"ko": "일자리", "en": "Jobs"}}],
  "stages": [
    {"id": "open", "name": {"ko": "진행", "en": "Open"}, "says": {"ko": ".", "en": "."},
     "takes": ["back"], "days": 30, "goals": [{"of": "back", "count": 3}],
     "reached": "done", "ended": "done"},
    {"id": "done", "name": {"ko": "종료", "en": "Closed"}, "says": {"ko": ".", "en": "."}}]})";

rule read(std::string_view text) { return *read_rule(*json::parse(text)); }

const instant start = *instant::parse("2026-11-28T03:07:00.000Z");
const instant later = start.plus(std::chrono::hours(2));

// What a browser keeps.
struct wallet {
  trust::bytes secret = trust::random_bytes(32), prepared;
  blind::blinding blinded;
  token finished;
};

class by_token : public on_both_stores {
 protected:
  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    book_ = std::make_unique<book>(
        *db,
        book::options{std::string(32, 'k'), [](instant from, std::int64_t) { return from; }},
        std::vector<rule>{read(petition)}, why(id{}));
    office_ = std::make_unique<token_office>(*db, *book_, "passphrase");
  }
  static audit::access why(id person) {
    audit::actor a = audit::system_actor("test");
    a.person = person;
    return {a, {"청원", "Petition"}, {"청원법", "Petition Act"}, ""};
  }
  ask filed(const char* category = "rights") {
    return *book_->file(why(new_id()), "petition", {"제목", "내용", "ko", category}, start);
  }
  wallet blinded(const ask& a, const std::string& bucket = "11") {
    wallet w;
    const auto key = office_->key_for(a, bucket, start).value();
    const auto by = *blind::verifier::from_der(key.spki);
    const token_message m{a.key, bucket, text::hex(trust::sha256(w.secret))};
    w.prepared = blind::prepare(trust::view_of(m.str()));
    w.blinded = blind::blind(by, w.prepared);
    return w;
  }
  result<trust::bytes> issue(id person, const ask& a, const wallet& w,
                             const std::string& bucket = "11") {
    return office_->issue(why(person), a, bucket, bucket, w.blinded.blinded, start);
  }
  void finish(wallet& w, const ask& a, const trust::bytes& signed_,
              const std::string& bucket = "11") {
    const auto by = *blind::verifier::from_der(office_->key_for(a, bucket, start).value().spki);
    w.finished = {w.prepared, *blind::finalize(by, w.prepared, signed_, w.blinded.inverse)};
  }
  wallet token_of(id person, const ask& a, const std::string& bucket = "11") {
    wallet w = blinded(a, bucket);
    finish(w, a, *issue(person, a, w, bucket), bucket);
    return w;
  }
  std::string say(const ask& a, const token& t, trust::view secret = {}, instant at = later) {
    const auto done = office_->say(a, saying::back, t, secret, at);
    return done ? "good" : done.why().code;
  }
  std::vector<std::string> lines(const ask& a) {
    std::vector<std::string> out;
    for (const auto& l : book_->leaves_of(a.key)) {
      EXPECT_EQ(leaf::parse(l)->str(), l);
      const auto parts = text::split(l, ' ');
      out.push_back(std::string(parts[2]) + " " + std::string(parts[3]));
    }
    return out;
  }

  std::unique_ptr<book> book_;
  std::unique_ptr<token_office> office_;
};

TEST_P(by_token, a_person_has_one_token_and_the_same_question_gets_the_same_answer) {
  const ask a = filed();
  EXPECT_EQ(a.level, 1);
  const id kim = new_id(), lee = new_id();
  const wallet w = blinded(a), other = blinded(a);
  const auto first = issue(kim, a, w);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*issue(kim, a, w), *first) << "an answer that was lost";
  EXPECT_EQ(issue(kim, a, other).why().code, "voices.token_had");
  EXPECT_EQ(*office_->issue(why(kim), a, "26", "11", w.blinded.blinded, start), *first)
      << "also when she has moved";
  EXPECT_TRUE(issue(lee, a, other).ok());
  EXPECT_EQ(office_->keys(a.key).at(0).issued, 2);
  // In the trail of each, once.
  db->reading([&](store::read& q) {
    const auto seen = audit::about(q, kim);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].what, audit::action::issued);
    EXPECT_EQ(seen[0].items, "token");
  });
}

TEST_P(by_token, what_cannot_be_signed_costs_nobody_the_token) {
  const ask a = filed();
  const id kim = new_id();
  wallet w = blinded(a);
  const trust::view all(w.blinded.blinded);
  EXPECT_EQ(office_->issue(why(kim), a, "11", "11", all.first(9), start).why().code,
            "voices.token_blinded");
  EXPECT_EQ(office_->issue(why(kim), a, "26", "26", all, start).why().code, "voices.token_bucket")
      << "a bucket that has no key";
  EXPECT_EQ(office_->issue(why(kim), a, "26", "11", all, start).why().code, "voices.token_bucket")
      << "she lives in another";
  EXPECT_TRUE(issue(kim, a, w).ok());
}

TEST_P(by_token, a_token_is_one_voice_in_its_bucket) {
  const ask a = filed();
  const wallet w = token_of(new_id(), a);
  EXPECT_EQ(say(a, w.finished), "good");
  EXPECT_EQ(say(a, w.finished), "voices.token_spent");
  EXPECT_EQ(say(a, w.finished, w.secret), "voices.token_spent") << "it was not taken back";
  book_->turn(later);
  EXPECT_EQ(book_->counted(a.key, saying::back), 1);
  const auto hours = book_->hours(a.key);
  ASSERT_EQ(hours.size(), 1u);
  EXPECT_EQ(hours[0].bucket, "11");
  EXPECT_EQ(lines(a), (std::vector<std::string>{"stage open", "key 11", "issued 11", "back +"}));
}

TEST_P(by_token, whoever_has_the_secret_takes_it_back_and_gives_it_again) {
  const ask a = filed();
  const wallet w = token_of(new_id(), a), other = token_of(new_id(), a);
  ASSERT_EQ(say(a, w.finished), "good");
  EXPECT_EQ(
      office_->take_back(a, saying::back, w.prepared, other.secret, later).why().code,
      "voices.token_secret");
  EXPECT_TRUE(office_->take_back(a, saying::back, w.prepared, w.secret, later).ok());
  EXPECT_TRUE(office_->take_back(a, saying::back, w.prepared, w.secret, later).ok()) << "twice";
  book_->turn(later);
  EXPECT_EQ(book_->counted(a.key, saying::back), 0);
  EXPECT_EQ(say(a, w.finished), "voices.token_taken") << "without the secret";
  EXPECT_EQ(say(a, w.finished, other.secret), "voices.token_secret");
  EXPECT_EQ(say(a, w.finished, w.secret), "good");
  book_->turn(later);
  EXPECT_EQ(book_->counted(a.key, saying::back), 1);
  const auto key = office_->keys(a.key).at(0);
  EXPECT_EQ(key.spent, 1) << "given again is no other token";
  EXPECT_EQ(key.issued, 2);
}

TEST_P(by_token, of_another_ask_or_bucket_or_forged_it_is_refused) {
  const ask a = filed(), b = filed();
  const wallet w = token_of(new_id(), a), there = token_of(new_id(), b);
  token_of(new_id(), a, "26");     // so that the other bucket has a key
  EXPECT_EQ(say(a, there.finished), "voices.token");
  EXPECT_EQ(say(b, w.finished), "voices.token");
  token changed = w.finished;
  changed.signature[7] ^= 1;
  EXPECT_EQ(say(a, changed), "voices.token");
  // The same words for another bucket, under the signature of this one.
  const token_message m = *token_message::parse(w.prepared);
  const token_message elsewhere{m.ask, "26", m.lock};
  token moved{trust::bytes(w.prepared.begin(), w.prepared.begin() + 32), w.finished.signature};
  const std::string words = elsewhere.str();
  moved.prepared.insert(moved.prepared.end(), words.begin(), words.end());
  EXPECT_EQ(say(a, moved), "voices.token");
  // Blinded for the key of one bucket, saying the other.
  wallet mixed;
  mixed.prepared = moved.prepared;
  mixed.blinded = blind::blind(
      *blind::verifier::from_der(office_->key_for(a, "11", start).value().spki), mixed.prepared);
  finish(mixed, a, *issue(new_id(), a, mixed));
  EXPECT_EQ(say(a, mixed.finished), "voices.token") << "a token of province 11 that says 26";
  EXPECT_EQ(say(a, {{}, {}}), "voices.token");
  EXPECT_EQ(book_->leaves_of(b.key).size(), 2u) << "its stage and its key";
}

// Somebody who got hold of the key could make tokens; more than were issued never count.
TEST_P(by_token, never_more_are_spent_than_were_issued) {
  const ask a = filed();
  const wallet w = token_of(new_id(), a);
  std::string kept;
  db->reading([&](store::read& q) {
    kept = *q.one<std::string>("select kept from token_key where ask = ?1", a.key);
  });
  EXPECT_FALSE(blind::signer::open(kept, "another passphrase"));
  const auto stolen = *blind::signer::open(kept, "passphrase");
  wallet forged = blinded(a);
  finish(forged, a, *stolen.blind_sign(forged.blinded.blinded));
  EXPECT_EQ(say(a, forged.finished), "good") << "one was issued, and is spent by the thief";
  EXPECT_EQ(say(a, w.finished), "voices.token_excess") << "and so it comes out";
}

TEST_P(by_token, nothing_in_the_store_joins_the_person_to_the_voice) {
  const ask a = filed();
  const id kim = new_id();
  const wallet w = token_of(kim, a);
  ASSERT_EQ(say(a, w.finished), "good");
  const std::string who = pseudonym_of(w.prepared), holder = book_->pseudonym(kim, a.key);
  EXPECT_NE(who, holder);
  db->reading([&](store::read& q) {
    const auto count = [&](const std::string& sql, const std::string& of) {
      return q.one<std::int64_t>(sql, of).value();
    };
    EXPECT_EQ(count("select count(*) from voice where pseudonym = ?1", holder), 0);
    EXPECT_EQ(count("select count(*) from token_issue where holder = ?1", holder), 1);
    EXPECT_EQ(count("select count(*) from token_issue where asked = ?1", who), 0);
    EXPECT_EQ(count("select count(*) from audit_entry where items like '%' || ?1 || '%'", who), 0);
  });
}

TEST_P(by_token, a_level_is_of_the_ask_and_voices_come_in_its_way_alone) {
  const ask a = filed(), ordinary = filed("jobs");
  EXPECT_EQ(ordinary.level, 0);
  EXPECT_EQ(book_->say(new_id(), a, saying::back, "11", start).why().code, "voices.by_token");
  EXPECT_EQ(office_->key_for(ordinary, "11", start).why().code, "voices.closed");
  const wallet w = token_of(new_id(), a);
  const instant over = start.plus(std::chrono::hours(24 * 31));
  EXPECT_EQ(say(a, w.finished, {}, over), "voices.closed");
  EXPECT_EQ(office_->take_back(a, saying::back, w.prepared, w.secret, over).why().code,
            "voices.closed");
}

TEST(token_rule, a_level_is_zero_to_two_and_only_zero_takes_comments) {
  const std::string good = petition;
  const auto field = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const auto r = read_rule(*json::parse(text));
    return r ? "good" : r.why().field;
  };
  EXPECT_EQ(field("\"level\": 1", "\"level\": 1"), "good");
  EXPECT_EQ(field("\"level\": 1", "\"level\": 2"), "good");
  EXPECT_EQ(field("\"level\": 1", "\"level\": 3"), "categories[0].level");
  EXPECT_EQ(field("[\"back\"]", "[\"back\", \"comment\"]"), "categories[0].level");
}

TEST(token_message, there_is_one_way_to_write_each) {
  const token_message m{id{7}, "11", std::string(64, 'a')};
  const auto with = [](std::string line, std::size_t random = 32) {
    trust::bytes out(random);
    out.insert(out.end(), line.begin(), line.end());
    return out;
  };
  EXPECT_EQ(token_message::parse(with(m.str()))->str(), m.str());
  EXPECT_FALSE(token_message::parse(with(m.str(), 31)));
  EXPECT_FALSE(token_message::parse(with(m.str() + " ")));
  EXPECT_FALSE(token_message::parse(with(m.str() + std::string(200, 'a'))));
  EXPECT_FALSE(token_message::parse({}));
  EXPECT_FALSE(leaf::parse("madang-voices/1 0000000000007 issued 11 01 2026-11-28T03:00:00.000Z"));
}

INSTANTIATE_TEST_SUITE_P(stores, by_token, both_stores);

}  // namespace
}  // namespace madang::voices
