// Codes are reckoned with trust::hotp, which is judged by the vectors of RFC 4226 and 6238.
#include "madang/signon/one_time.hpp"

#include <set>

#include "both_stores.hpp"
#include "madang/signon/provider.hpp"
#include "madang/trust/otp.hpp"

namespace madang::signon {
namespace {

// The inverse of base32, for a phone.
trust::bytes from_base32(std::string_view s) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  trust::bytes out;
  unsigned held = 0;
  int bits = 0;
  for (const char c : s) {
    held = held << 5 | static_cast<unsigned>(letters.find(c));
    if ((bits += 5) < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(held >> bits & 255u));
  }
  return out;
}

struct a_phone : on_both_stores {
  std::unique_ptr<provider> tables;
  std::unique_ptr<one_time_codes> codes;
  id kim = new_id();
  instant at{1'800'000'000'000'000};
  trust::bytes secret;
  audit::access why{{}, {"목적", "Purpose"}, {"법", "Act"}, ""};

  void SetUp() override {
    if (!open()) GTEST_SKIP() << none;
    set_clock([this] { return at; });
    signon::options o;
    o.issuer = "https://gov.example";
    o.passphrase = "a long enough passphrase";
    tables = std::make_unique<provider>(*db, std::vector<client>{}, o);
    codes = std::make_unique<one_time_codes>(*db, "a long enough passphrase");
  }
  void TearDown() override {
    codes.reset();
    tables.reset();
    on_both_stores::TearDown();
    set_clock({});
  }
  std::string shown(int steps = 0) {
    const auto step = trust::totp_step(at.micros / 1'000'000) + static_cast<std::uint64_t>(steps);
    return trust::hotp(secret, step);
  }
  std::vector<std::string> enrol() {
    secret = from_base32(codes->begin(kim));
    auto done = codes->confirm(why, kim, shown());
    EXPECT_TRUE(done) << done.why().code;
    at = at.plus(std::chrono::seconds(90));
    return done ? *done : std::vector<std::string>{};
  }
  std::string tried(std::string_view code) {
    auto done = codes->check(kim, code);
    return done ? "good" : done.why().code;
  }
};
INSTANTIATE_TEST_SUITE_P(stores, a_phone, both_stores);

TEST_P(a_phone, is_hers_once_it_has_shown_a_code) {
  EXPECT_FALSE(codes->has(kim));
  secret = from_base32(codes->begin(kim));
  EXPECT_EQ(secret.size(), 20u);
  EXPECT_FALSE(codes->has(kim)) << "begun is not confirmed";
  EXPECT_EQ(codes->confirm(why, kim, "000000").why().code, "one_time.wrong");
  EXPECT_EQ(codes->confirm(why, kim, shown())->size(), 10u);
  EXPECT_TRUE(codes->has(kim));
  EXPECT_EQ(tried(shown()), "one_time.used") << "the code that confirmed it";
}

TEST_P(a_phone, gives_codes_that_are_good_once_and_a_step_early_or_late) {
  enrol();
  EXPECT_EQ(tried(shown()), "good");
  EXPECT_EQ(tried(shown()), "one_time.used");
  EXPECT_EQ(tried(shown(-1)), "one_time.used") << "nor one before it";
  EXPECT_EQ(tried(shown(1)), "good");
  at = at.plus(std::chrono::seconds(300));
  EXPECT_EQ(tried(shown(-1)), "good");
  EXPECT_EQ(tried(shown(-2)), "one_time.wrong");
  EXPECT_EQ(tried(shown(2)), "one_time.wrong");
}

TEST_P(a_phone, is_not_guessed) {
  enrol();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(tried("12345"), "one_time.wrong");
  EXPECT_EQ(tried(shown()), "one_time.wait") << "also the right one";
  at = at.plus(std::chrono::minutes(5));
  EXPECT_EQ(tried("12345"), "one_time.wrong");
  EXPECT_EQ(tried(shown()), "one_time.wait");
  at = at.plus(std::chrono::minutes(5));
  EXPECT_EQ(tried(shown()), "one_time.wait") << "twice as long";
  at = at.plus(std::chrono::minutes(5));
  EXPECT_EQ(tried(shown()), "good");
}

TEST_P(a_phone, that_was_lost_is_stood_in_for_by_each_recovery_code_once) {
  const auto recovery = enrol();
  ASSERT_EQ(recovery.size(), 10u);
  EXPECT_TRUE(codes->recover(why, kim, recovery[3]));
  EXPECT_EQ(codes->recover(why, kim, recovery[3]).why().code, "one_time.wrong");
  EXPECT_EQ(codes->recover(why, new_id(), recovery[4]).why().code, "one_time.none");
  EXPECT_EQ(codes->recovery_left(kim), 9);
  EXPECT_TRUE(codes->recover(why, kim, " " + text::replace_all(recovery[4], "-", "")));
  EXPECT_TRUE(codes->remove(why, kim));
  EXPECT_EQ(tried(shown()), "one_time.none");
  EXPECT_EQ(codes->recover(why, kim, recovery[5]).why().code, "one_time.none");
}

TEST_P(a_phone, keeps_recovery_codes_of_fifty_bits_as_hashes) {
  const auto recovery = enrol();
  std::set<char> letters;
  for (const auto& one : recovery) {
    ASSERT_EQ(one.size(), 11u) << "ten letters and a hyphen: 32^10 is 2^50";
    EXPECT_EQ(one[5], '-');
    for (const char c : one) letters.insert(c);
  }
  EXPECT_EQ(std::set<std::string>(recovery.begin(), recovery.end()).size(), 10u);
  EXPECT_GT(letters.size(), 20u) << "a hundred letters of 32: fewer than 21 happen by no chance";
  const auto kept = db->reading([&](store::read& r) {
    return r.all<std::string>("select hash from recovery_code where person = ?1", kim);
  });
  ASSERT_EQ(kept.size(), 10u);
  for (const auto& hash : kept) {
    EXPECT_EQ(hash.size(), 64u) << "SHA-256 in hexadecimal";
    for (const auto& one : recovery) EXPECT_EQ(hash.find(one.substr(0, 5)), hash.npos);
  }
}

TEST_P(a_phone, keeps_its_secret_under_the_passphrase_of_the_house) {
  enrol();
  one_time_codes other(*db, "another passphrase");
  EXPECT_THROW((void)other.check(kim, shown()), broken_invariant);
}

TEST_P(a_phone, half_way_is_ten_minutes_long) {
  const auto ticket = codes->half_way(kim);
  EXPECT_EQ(codes->who_is_half_way(ticket), kim);
  EXPECT_EQ(codes->who_is_half_way("x"), std::nullopt);
  at = at.plus(std::chrono::minutes(10));
  EXPECT_EQ(codes->who_is_half_way(ticket), std::nullopt);
}

TEST_P(a_phone, a_form_waits_for_whoever_sent_it) {
  const auto ticket = codes->hold(kim, "/desk/x", {{"_csrf", "t"}, {"a", "1"}, {"b[]", "2"}});
  auto held = codes->held_for(kim, ticket);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->path, "/desk/x");
  EXPECT_EQ(held->fields, (one_time_codes::fields{{"a", "1"}, {"b[]", "2"}}));
  EXPECT_FALSE(codes->held_for(new_id(), ticket));
  at = at.plus(std::chrono::minutes(10));
  EXPECT_FALSE(codes->held_for(kim, ticket));
}

}  // namespace
}  // namespace madang::signon
