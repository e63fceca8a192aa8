#include "madang/identity/passwords.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/identity/accounts.hpp"
#include "madang/identity/sessions.hpp"

namespace madang::identity {
namespace {

const common_passwords& list_of_the_pack() {
  static const common_passwords list = [] {
    std::ifstream in(std::string(MADANG_SOURCE) + "/packs/common/passwords/common.txt");
    std::ostringstream all;
    all << in.rdbuf();
    return common_passwords(all.str());
  }();
  return list;
}

struct passwords_of : testing::Test {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("p" + new_id().str());
  store::database db{{folder.string(), "identity", 2, false}};
  directory people{db};
  passwords chosen{db, people, {list_of_the_pack(), {"madang", "마당", "정부24"}}};
  accounts desk{db, people};
  id kim = new_id(), lee = new_id(), han = new_id();
  std::int64_t clock = 1'800'000'000'000'000;

  passwords_of() {
    set_clock([this] { return instant{clock}; });
    people.put_account({kim, "kim", "김하윤", "Kim Hayun", "", true, {}});
    people.put_account({lee, "lee", "이도현", "Lee Dohyeon", "", true, {}});
    people.put_account({han, "han", "한예린", "Han Yerin", "", true, {}});
    people.put_post({"jongno.resident",
                     {"주무관", "Officer"},
                     "11010",
                     {"종로구", "Jongno-gu"},
                     "1101072",
                     "resident_officer",
                     lee});
  }
  ~passwords_of() override {
    set_clock({});
    std::filesystem::remove_all(folder);
  }
  void pass(int minutes) { clock += minutes * 60'000'000ll; }
  audit::access why(id who) {
    audit::access a{{}, {"시험", "Trial"}, {"법", "Act"}, ""};
    a.who.person = who;
    a.who.name = people.find_account(who)->name;
    return a;
  }
  std::string judged(std::string_view password) {
    auto done = chosen.judge(*people.find_account(kim), password);
    return done ? "" : done.why().code;
  }
};

// Public lists of the most used passwords (NordPass 2019-2023, SplashData 2011-2019, Have I Been
// Pwned counts): those of eight letters and more.
TEST_F(passwords_of, that_stand_in_public_lists_are_refused) {
  for (const char* common :
       {"12345678",      "123456789",    "1234567890",   "password",     "Password",
        "password1",     "password123",  "Password1!",   "P@ssw0rd",     "P@ssw0rd2026",
        "5unsh1ne!",     "p@$$w0rd123",  "qwerty123",    "qwertyuiop",   "1q2w3e4r",
        "1qaz2wsx",      "1q2w3e4r5t",   "qwerty12345",  "iloveyou",     "iloveyou2",
        "sunshine1",     "princess1",    "football1",    "baseball",     "superman",
        "11111111",      "00000000",     "88888888",     "12341234",     "123123123",
        "87654321",      "0987654321",   "abcd1234",     "abc12345",     "admin123",
        "administrator", "welcome1",     "Welcome123",   "letmein1",     "trustno1",
        "starwars",      "jennifer",     "michelle",     "zaq12wsx",     "asdfghjkl",
        "asdf1234",      "qwer1234",     "q1w2e3r4",     "1234qwer",     "changeme",
        "computer",      "internet",     "whatever",     "passw0rd",     "master123",
        "dragon123",     "monkey123",    "charlie1",     "aaaaaaaa",     "abcabcabc",
        "19880412",      "20001231",     "samsung1",     "dkssudgktpdy", "tkfkdgody",
        "비밀번호1234",  "사랑해사랑해", "대한민국2026", "안녕하세요12"})
    EXPECT_EQ(judged(common), text::length(common) < 8 ? "password.short" : "password.common")
        << common;
}

TEST_F(passwords_of, of_any_letters_are_taken_when_they_are_long_enough) {
  for (const char* good :
       {"rainy crane bookshelf", "마당 앞 은행나무 두 그루", "tv7mkqzpxw", "UPPERCASEONLYXYLOPHONE",
        "83920174650281", "kim was here before the rain came", "ÄÖÜ-schöne-Brücke",
        "🦊 jumps over 🐕 slowly"})
    EXPECT_EQ(judged(good), "") << good;
  EXPECT_EQ(judged("tv7mkqz"), "password.short");
  EXPECT_EQ(judged("은행나무두그루"), "password.short") << "seven letters, not twenty-one octets";
  std::string long_one = "The ginkgo by the gate. ";
  while (text::length(long_one) < 128)
    long_one += static_cast<char>('a' + long_one.size() * 7 % 26);
  EXPECT_EQ(judged(long_one), "");
  EXPECT_EQ(judged(long_one + "q"), "password.long");
}

TEST_F(passwords_of, that_say_her_name_or_the_house_are_refused) {
  for (const char* own : {"kimhayun", "KimHayun1", "hayun1988!", "h4yun1988", "김하윤1988년",
                          "madang24!", "m4dang2026", "마당마당마당마"})
    EXPECT_TRUE(judged(own) == "password.own" || judged(own) == "password.short") << own;
  EXPECT_EQ(judged("hayun1988!"), "password.own");
  EXPECT_EQ(judged("madang24!"), "password.own");
}

TEST_F(passwords_of, chosen_end_all_other_sessions_and_are_kept_as_they_were_typed) {
  auto here = people.sign_in_as_persona(kim, "ko"), other = people.sign_in_as_persona(kim, "ko");
  ASSERT_TRUE(chosen.choose(why(kim), kim, " rainy crane bookshelf ", sid_of(here->token)));
  EXPECT_TRUE(people.find_session(here->token));
  EXPECT_FALSE(people.find_session(other->token));
  EXPECT_FALSE(people.sign_in("kim", "rainy crane bookshelf", "ko"));
  EXPECT_TRUE(people.sign_in("kim", " rainy crane bookshelf ", "ko"));
  EXPECT_EQ(chosen.choose(why(kim), kim, " rainy crane bookshelf ", "").why().code,
            "password.same");
  EXPECT_EQ(chosen.prove(kim, "wrong").why().code, "sign_in.wrong_current");
  EXPECT_TRUE(chosen.prove(kim, " rainy crane bookshelf "));
  for (int i = 0; i < 5; ++i) (void)chosen.prove(kim, "wrong");
  EXPECT_EQ(chosen.prove(kim, " rainy crane bookshelf ").why().code, "sign_in.wait");
  EXPECT_EQ(people.sign_in("kim", " rainy crane bookshelf ", "ko").why().code, "sign_in.wait")
      << "guessing in one place counts in the other";
  pass(6);
  EXPECT_TRUE(chosen.prove(kim, " rainy crane bookshelf "));
}

TEST_F(passwords_of, have_no_age) {
  ASSERT_TRUE(chosen.choose(why(kim), kim, "rainy crane bookshelf", ""));
  pass(60 * 24 * 365 * 10);
  EXPECT_TRUE(people.sign_in("kim", "rainy crane bookshelf", "ko"));
}

TEST_F(passwords_of, handed_out_let_in_once_and_for_a_day) {
  ASSERT_TRUE(chosen.choose(why(kim), kim, "rainy crane bookshelf", ""));
  auto before = people.sign_in("kim", "rainy crane bookshelf", "ko");
  const auto first = chosen.hand_out(why(lee), kim), second = chosen.hand_out(why(lee), kim);
  EXPECT_NE(first, second);
  EXPECT_EQ(second.size(), 19u) << "16 letters of 32: 80 bits";
  EXPECT_FALSE(people.find_session(before->token));
  EXPECT_EQ(people.sign_in("kim", "rainy crane bookshelf", "ko").why().code, "sign_in.wrong");
  EXPECT_EQ(people.sign_in("kim", first, "ko").why().code, "sign_in.wrong");
  EXPECT_TRUE(chosen.of(kim).one_time());
  EXPECT_TRUE(people.sign_in("kim", second, "ko"));
  EXPECT_EQ(people.sign_in("kim", second, "ko").why().code, "sign_in.expired") << "once";
  const auto third = chosen.hand_out(why(lee), kim);
  pass(24 * 60);
  EXPECT_EQ(people.sign_in("kim", third, "ko").why().code, "sign_in.expired") << "a day";
  const auto fourth = chosen.hand_out(why(lee), kim);
  ASSERT_TRUE(people.sign_in("kim", fourth, "ko"));
  ASSERT_TRUE(chosen.choose(why(kim), kim, "another crane on the roof", ""));
  EXPECT_FALSE(chosen.of(kim).one_time());
  EXPECT_TRUE(people.sign_in("kim", "another crane on the roof", "ko"));
}

TEST_F(passwords_of, closed_accounts_let_nobody_in_by_any_way) {
  ASSERT_TRUE(chosen.choose(why(kim), kim, "rainy crane bookshelf", ""));
  auto live = people.sign_in("kim", "rainy crane bookshelf", "ko");
  EXPECT_EQ(desk.close(why(lee), kim, " ").why().code, "account.grounds");
  ASSERT_TRUE(desk.close(why(lee), kim, "moved abroad"));
  EXPECT_FALSE(people.find_session(live->token));
  EXPECT_EQ(people.sign_in("kim", "rainy crane bookshelf", "ko").why().code, "sign_in.wrong");
  EXPECT_FALSE(people.sign_in_as_persona(kim, "ko"));
  sessions all(db);
  const auto forced =
      all.open(people, *people.find_account(kim), {"hwk user", ""}, "", "ko", why(kim));
  EXPECT_FALSE(people.find_session(forced.token)) << "whoever forgets to ask";
  EXPECT_EQ(desk.close(why(lee), kim, "again").why().code, "account.closed");
  ASSERT_TRUE(desk.reopen(why(lee), kim, "came back"));
  EXPECT_EQ(desk.reopen(why(lee), kim, "came back").why().code, "account.open");
  EXPECT_TRUE(people.sign_in("kim", "rainy crane bookshelf", "ko"));
}

TEST_F(passwords_of, sessions_of_others_are_ended_with_grounds_and_stand_in_her_trail) {
  auto live = people.sign_in_as_persona(kim, "ko");
  EXPECT_EQ(desk.end_sessions(why(lee), kim, "").why().code, "account.grounds");
  EXPECT_EQ(desk.end_sessions(why(lee), id{42}, "x").why().code, "account.unknown");
  EXPECT_EQ(*desk.end_sessions(why(lee), kim, "her phone was stolen"), 1);
  EXPECT_FALSE(people.find_session(live->token));
  const auto trail = db.reading([&](store::read& r) { return audit::about(r, kim); });
  EXPECT_EQ(trail.front().items, "ended by an official");
  EXPECT_EQ(trail.front().actor_person, lee);
}

TEST_F(passwords_of, accounts_with_posts_need_two_people) {
  EXPECT_TRUE(desk.needs_second(lee, account_act::one_time_password));
  EXPECT_FALSE(desk.needs_second(lee, account_act::end_sessions));
  EXPECT_FALSE(desk.needs_second(kim, account_act::one_time_password));
  const auto act = account_act::one_time_password;
  EXPECT_EQ(desk.ask(why(lee), lee, act, "lost", "card").why().code, "account.own");
  EXPECT_EQ(desk.ask(why(kim), lee, act, "lost", "").why().code, "account.proof");
  const auto key = *desk.ask(why(kim), lee, act, "lost", "card 1");
  EXPECT_EQ(desk.ask(why(han), lee, act, "lost", "card 1").why().code, "account.waits");
  EXPECT_EQ(desk.decide(why(kim), key, true).why().code, "account.four_eyes");
  EXPECT_EQ(desk.decide(why(lee), key, true).why().code, "account.four_eyes");
  audit::access in_another_post = why(kim);
  in_another_post.who.post = "mayor";
  EXPECT_EQ(desk.decide(in_another_post, key, true).why().code, "account.four_eyes");
  EXPECT_EQ(desk.decide(why(han), key, true)->act, "one_time_password");
  EXPECT_EQ(desk.decide(why(han), key, true).why().code, "account.decided") << "once";
  const auto late = *desk.ask(why(kim), lee, act, "lost again", "card 1");
  pass(48 * 60);
  EXPECT_EQ(desk.decide(why(han), late, true).why().code, "account.expired");
  EXPECT_TRUE(desk.waiting().empty());
}

// By sha1sum of coreutils: of "password", "tv7mkqz9 rain" and "correct horse battery staple".
constexpr const char* const of_password = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
constexpr const char* const of_rain = "A2592593C89A6878951A2AA2B97B5FD87D2E3F11";
constexpr const char* const of_horse = "ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42";

struct stolen : testing::Test {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("b" + new_id().str());
  std::string made = (folder / "made").string();
  stolen() { std::filesystem::create_directories(folder / "ranges"); }
  ~stolen() override { std::filesystem::remove_all(folder); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  std::string wrong(const std::string& from) const {
    auto done = make_breached((folder / from).string(), made);
    return done ? "" : done.why().code + " " + done.why().field;
  }
};

TEST_F(stolen, passwords_are_known_by_ranges_as_have_i_been_pwned_gives_them) {
  const auto line = [](const char* hash, const char* count) {
    return std::string(hash + 5) + ":" + count + "\r\n";
  };
  write(std::string("ranges/") + std::string(of_password, 5),
        line(of_password, "10434004") + "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF:0\r\n");
  write(std::string("ranges/") + std::string(of_rain, 5) + ".txt", line(of_rain, "1"));
  auto many = make_breached((folder / "ranges").string(), made);
  ASSERT_TRUE(many);
  EXPECT_EQ(*many, 2u) << "a count of 0 is padding";
  auto set = breached_passwords::open(made);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->size(), 2u);
  EXPECT_TRUE(set->holds("password"));
  EXPECT_TRUE(set->holds("tv7mkqz9 rain"));
  EXPECT_FALSE(set->holds("correct horse battery staple"));
  EXPECT_FALSE(set->holds("Password")) << "as it was typed";
  EXPECT_EQ(*make_breached((folder / "ranges").string(), made, 2), 1u);
  EXPECT_FALSE(breached_passwords::open(made)->holds("tv7mkqz9 rain"));
}

TEST_F(stolen, passwords_are_known_by_one_ordered_file_and_what_is_none_is_said) {
  std::vector<std::string> all{of_password, of_rain, of_horse};
  std::ranges::sort(all);
  write("all", all[0] + ":1\n" + all[1] + ":2\n" + all[2] + ":3\n");
  EXPECT_EQ(wrong("all"), "");
  auto set = breached_passwords::open(made);
  ASSERT_TRUE(set);
  for (const char* one : {"password", "tv7mkqz9 rain", "correct horse battery staple"})
    EXPECT_TRUE(set->holds(one));
  write("turned", all[1] + ":1\n" + all[0] + ":1\n");
  EXPECT_EQ(wrong("turned"), "breached.order turned:2");
  write("short", all[0].substr(1) + ":1\n");
  EXPECT_EQ(wrong("short"), "breached.line short:1");
  write("words", all[0] + ":many\n");
  EXPECT_EQ(wrong("words"), "breached.line words:1");
  write("none", "");
  EXPECT_TRUE(wrong("none").starts_with("breached.empty"));
  EXPECT_TRUE(wrong("nowhere").starts_with("breached.unreadable"));
  EXPECT_TRUE(breached_passwords::open(made)) << "what was there stays";
  write("made", "madang-breached1 and then something else");
  EXPECT_FALSE(breached_passwords::open(made));
  EXPECT_FALSE(breached_passwords::open((folder / "nowhere").string()));
}

TEST_F(passwords_of, nobody_chooses_one_that_was_stolen) {
  const auto from = (folder / "stolen").string(), made = (folder / "made").string();
  std::ofstream(from) << of_horse << ":7\n";
  ASSERT_TRUE(make_breached(from, made));
  passwords with{db, people, {.breached = breached_passwords::open(made)}};
  const auto a = *people.find_account(kim);
  EXPECT_EQ(with.judge(a, "correct horse battery staple").why().code, "password.breached");
  EXPECT_TRUE(with.judge(a, "correct horse battery stapler"));
}

}  // namespace
}  // namespace madang::identity
