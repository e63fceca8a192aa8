#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <set>
#include <thread>

#include "madang/search/index.hpp"
#include "titles.hpp"

using namespace madang;
using namespace madang::search;
using testing::ElementsAre;

namespace {

std::vector<std::string> said(std::string_view text, purpose why = purpose::query) {
  std::vector<std::string> out;
  for (auto& t : tokens(text, why)) out.push_back(t.text);
  return out;
}

document titled(std::string key, std::string ko, std::string en = {}, double boost = 0) {
  document d;
  d.key = std::move(key);
  d.title.set("ko", std::move(ko));
  if (!en.empty()) d.title.set("en", std::move(en));
  d.boost = boost;
  return d;
}

std::vector<std::string> keys_of(const findings& f) {
  std::vector<std::string> out;
  for (const auto& h : f.hits) out.push_back(h.key);
  return out;
}

findings ask(const search::index& in, std::string text, std::string language = "ko") {
  return in.query({std::move(text), std::move(language), 0, 20, {}});
}

// Services, as a catalogue would add them.
void fill(search::index& services) {
  auto copy = titled("copy", "주민등록표 등본 교부", "Copy of resident registration", 5);
  copy.keywords = {"초본", "주민등록등본"};
  copy.facets = {{"agency", "mois"}, {"channel", "online"}};
  auto move = titled("move", "전입신고", "Report a move", 4);
  move.body = words("이사한 날부터 14일 이내에 주민등록을 옮깁니다", "Within 14 days of moving");
  move.facets = {{"agency", "mois"}};
  auto passport = titled("passport", "여권 발급", "Passport");
  passport.facets = {{"agency", "mofa"}};
  auto register_copy = titled("register", "등기사항증명서 열람", "Extract of the land register");
  auto birth = titled("birth", "출생신고", "Birth registration");
  auto train = titled("train", "KTX 승차권 환불", "KTX ticket refund");
  services.replace({copy, move, passport, register_copy, birth, train});
}

}  // namespace

TEST(tokens, of_hangul_are_overlapping_pairs_and_when_indexed_single_letters) {
  EXPECT_THAT(said("점용허가"), ElementsAre("점용", "용허", "허가"));
  EXPECT_THAT(said("등 본"), ElementsAre("등", "본"));
  EXPECT_THAT(said("허가", purpose::index), ElementsAre("허가", "허", "가"));
  EXPECT_THAT(said("2020년도"), ElementsAre("2020", "년도"));
}

// NFKC with case folding (UAX 15): full-width letters, ligatures and circled signs are the same
// text.
TEST(tokens, compare_in_normal_form) {
  EXPECT_THAT(said("ＫＴＸ"), ElementsAre("ktx"));
  EXPECT_THAT(said("Straße ﬁle"), ElementsAre("strasse", "file"));
  EXPECT_THAT(said("\u1103\u1173\u11BC\u1107\u1169\u11AB"), ElementsAre("등본"));   // conjoining jamo
  EXPECT_THAT(said("Giấy khai sinh Đà Nẵng"), ElementsAre("giay", "khai", "sinh", "da", "nang"));
  EXPECT_THAT(said("Tugʻilganlik o'zbek don’t"), ElementsAre("tugilganlik", "ozbek", "dont"));
  EXPECT_THAT(said("'quoted'"), ElementsAre("quoted"));
  EXPECT_THAT(said("й ё"), ElementsAre("й", "ё"));   // accents go from Latin letters only
}

// Word boundaries as Intl.Segmenter of Node 20 (ICU 78) gives them; Latin ones then lose accents.
TEST(tokens, of_the_fourteen_languages_are_words_with_their_vowel_signs) {
  EXPECT_THAT(said("ขอสำเนาทะเบียนบ้าน"),
              ElementsAre("ขอ", "สำเนา", "ทะเบียน", "บ้าน"));
  EXPECT_THAT(said("សំបុត្រកំណើត និងសៀវភៅគ្រួសារ"),
              ElementsAre("សំបុត្រ", "កំណើត", "និង", "សៀវភៅ", "គ្រួសារ"));
  EXPECT_THAT(said("မွေးစာရင်း လျှောက်ထားခြင်း"),
              ElementsAre("မွေး", "စာရင်း", "လျှောက်ထား", "ခြင်း"));
  EXPECT_THAT(said("জন্ম নিবন্ধন সনদ"), ElementsAre("জন্ম", "নিবন্ধন", "সনদ"));
  EXPECT_THAT(said("උප්පැන්න සහතිකය"), ElementsAre("උප්පැන්න", "සහතිකය"));
  EXPECT_THAT(said("Төрсний гэрчилгээ"), ElementsAre("төрсний", "гэрчилгээ"));
  EXPECT_THAT(said("Akta kelahiran"), ElementsAre("akta", "kelahiran"));
  EXPECT_THAT(said("Свидетельство о рождении"), ElementsAre("свидетельство", "о", "рождении"));
  EXPECT_THAT(said("birth certificate"), ElementsAre("birth", "certificate"));
  EXPECT_THAT(said("住民票の写し"), ElementsAre("住民", "民票", "票の", "の写", "写し"));
  EXPECT_THAT(said("パスポート・センター"), testing::Contains("ート"));
  EXPECT_THAT(said("出生证明"), ElementsAre("出生", "生证", "证明"));
  EXPECT_THAT(said("ໃບຢັ້ງຢືນການເກີດ"), ElementsAre("ໃບຢັ້ງຢືນ", "ການເກີດ"));
}

TEST(tokens, know_where_they_stood) {
  const std::string text = "㈜마당 Ｇov";
  for (const auto& t : tokens(text, purpose::index)) {
    EXPECT_LT(t.begin, t.end);
    EXPECT_LE(t.end, text.size());
    const auto shown = text.substr(t.begin, t.end - t.begin);
    if (t.text == "마당") {
      EXPECT_EQ(shown, "마당");
    }
    if (t.text == "gov") {
      EXPECT_EQ(shown, "Ｇov");
    }
  }
}

TEST(tokens, of_ill_formed_text_are_those_that_can_be_read) {
  EXPECT_THAT(said("a\xFF" "b"), ElementsAre("a", "b"));
  EXPECT_TRUE(said("\xEB\x8B").empty());
  EXPECT_TRUE(said("").empty());
}

// KS X 5002: e ㄷ, m ㅡ, d ㅇ, q ㅂ, h ㅗ, s ㄴ and so on.
TEST(keyboard, in_the_wrong_language_is_read_in_the_right_one) {
  EXPECT_EQ(hangul_from_keys("emdqhs"), "등본");
  EXPECT_EQ(hangul_from_keys("wnalsemdfhr"), "주민등록");
  EXPECT_EQ(hangul_from_keys("RhkfEo"), "꽐때");
  EXPECT_EQ(hangul_from_keys("djqtek"), "없다");
  EXPECT_EQ(hangul_from_keys("ekfrdl"), "닭이");
  EXPECT_EQ(hangul_from_keys("ekfrl"), "달기");
  EXPECT_EQ(hangul_from_keys("dlrhkf 3"), "이괄 3");
  EXPECT_EQ(hangul_from_keys("hello"), "");
  EXPECT_EQ(hangul_from_keys("등본"), "");
  EXPECT_EQ(hangul_from_keys("123"), "");
}

TEST(highlight, joins_what_touches) {
  using r = range;
  // each Hangul letter is 3 bytes
  EXPECT_THAT(highlight("도로점용허가 신청", "점용허가"), ElementsAre(r{6, 18}));
  EXPECT_THAT(highlight("허가와 불허가", "허가"), ElementsAre(r{0, 6}, r{13, 19}));
  EXPECT_THAT(highlight("Report a Move", "move rep"), ElementsAre(r{0, 6}, r{9, 13}));
  EXPECT_TRUE(highlight("등본", "여권").empty());
}

TEST(index, finds_exactly_what_holds_the_words) {
  const auto titles = synthetic_titles(20'000);
  search::index in;
  std::vector<document> all;
  for (std::size_t i = 0; i < titles.size(); ++i)
    all.push_back(titled(std::to_string(i), titles[i]));
  in.replace(std::move(all));
  for (const auto& query : fourteen_queries()) {
    std::set<std::string> truth;
    for (std::size_t i = 0; i < titles.size(); ++i)
      if (holds_all(titles[i], query)) truth.insert(std::to_string(i));
    EXPECT_EQ(ask(in, query).complete, truth.size()) << query;
    std::set<std::string> found;
    for (std::size_t offset = 0; offset < std::min<std::size_t>(truth.size(), 10'000);
         offset += 100)
      for (const auto& h : in.query({query, "ko", offset, 100, {}}).hits)
        if (h.complete && !found.insert(h.key).second) ADD_FAILURE() << "twice: " << query;
    if (truth.size() <= 10'000) {
      EXPECT_EQ(found, truth) << query;
    }
  }
}

TEST(index, puts_the_title_itself_first) {
  search::index in;
  in.replace({titled("1", "여권 발급 수수료 안내와 여권 재발급"), titled("2", "여권 발급"),
              titled("3", "여권 발급 신청"), titled("4", "관용여권 발급")});
  EXPECT_THAT(keys_of(ask(in, "여권 발급")), ElementsAre("2", "3", "1", "4"));
}

TEST(index, finds_by_keyword_body_and_half_a_word) {
  search::index in;
  fill(in);
  EXPECT_THAT(keys_of(ask(in, "초본")), ElementsAre("copy"));
  EXPECT_THAT(keys_of(ask(in, "이사")), ElementsAre("move"));
  EXPECT_THAT(keys_of(ask(in, "regis", "en")),
              testing::UnorderedElementsAre("copy", "birth", "register"));
  EXPECT_EQ(ask(in, "registration birth", "en").hits.at(0).key, "birth");
  EXPECT_EQ(ask(in, "ktx", "en").hits.at(0).title, "KTX ticket refund");
  EXPECT_TRUE(ask(in, "없는말").hits.empty());
  EXPECT_TRUE(ask(in, "  ?! ").hits.empty());
}

TEST(index, follows_complete_hits_by_those_that_hold_most) {
  search::index in;
  in.replace({titled("whole", "도로점용허가"), titled("apart", "도로점용 및 허가"), titled("other", "여권")});
  const auto found = ask(in, "도로점용허가");
  EXPECT_EQ(found.complete, 1u);
  EXPECT_THAT(keys_of(found), ElementsAre("whole", "apart"));
  EXPECT_TRUE(found.hits[0].complete);
  EXPECT_FALSE(found.hits[1].complete);
}

TEST(index, filters_by_all_facets_asked_for) {
  search::index in;
  fill(in);
  auto by = [&](std::vector<std::pair<std::string, std::string>> facets) {
    return keys_of(in.query({"주민등록", "ko", 0, 20, std::move(facets)}));
  };
  EXPECT_THAT(by({{"agency", "mois"}}), ElementsAre("copy", "move"));
  EXPECT_THAT(by({{"agency", "mois"}, {"channel", "online"}}), ElementsAre("copy"));
  EXPECT_TRUE(by({{"agency", "mofa"}}).empty());
}

TEST(index, reads_a_query_typed_in_the_wrong_language_when_it_finds_nothing) {
  search::index in;
  fill(in);
  const auto found = ask(in, "emdqhs");
  EXPECT_EQ(found.read_as, "등본");
  EXPECT_THAT(keys_of(found), ElementsAre("copy"));
  EXPECT_EQ(ask(in, "passport", "en").read_as, "");
}

TEST(suggestions, follow_the_typing_of_a_syllable) {
  search::index in;
  fill(in);
  // what an input method shows on the way to "등본"
  for (auto typed : {"등", "등ㅂ", "등보", "등본", "ㄷㅂ", "emd", "emdqhs", "EMDQ", "주민등록표등"}) {
    const auto all = in.suggest(typed, "ko");
    ASSERT_FALSE(all.empty()) << typed;
    std::set<std::string> keys;
    for (const auto& s : all) keys.insert(s.key);
    EXPECT_TRUE(keys.contains("copy")) << typed;
  }
  EXPECT_EQ(in.suggest("등기", "ko").at(0).key, "register");
  EXPECT_EQ(in.suggest("ㅈㅇㅅㄱ", "ko").at(0).key, "move");       // 전입신고
  EXPECT_EQ(in.suggest("ㅔㅁㄴㄴㅔㅐㄱㅅ", "en").at(0).key, "passport");
  EXPECT_EQ(in.suggest("ktx ㅅ", "ko").at(0).key, "train");
  EXPECT_EQ(in.suggest("move", "en").at(0).key, "move");           // a later word of the title
  EXPECT_TRUE(in.suggest("zzz", "ko").empty());
  EXPECT_TRUE(in.suggest("", "ko").empty());
}

TEST(suggestions, show_which_part_was_typed) {
  search::index in;
  fill(in);
  const auto found = in.suggest("등보", "ko");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].title.substr(found[0].matched.begin,
                                  found[0].matched.end - found[0].matched.begin), "등본");
  const auto english = in.suggest("pass", "en");
  EXPECT_EQ(english.at(0).matched, (range{0, 4}));
}

TEST(suggestions, put_what_everybody_wants_first) {
  search::index in;
  in.replace({titled("a", "등록면허세 신고"), titled("b", "등본 교부", "", 5), titled("c", "등기 열람", "", 1)});
  const auto found = in.suggest("ㄷ", "ko");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].key, "b");
  EXPECT_EQ(found[1].key, "c");
}

TEST(index, changes_when_published_and_not_before) {
  search::index in;
  fill(in);
  in.add(titled("new", "반려동물 등록"));
  in.remove("passport");
  EXPECT_TRUE(ask(in, "반려동물").hits.empty());
  EXPECT_EQ(in.size(), 6u);
  in.publish();
  EXPECT_THAT(keys_of(ask(in, "반려동물")), ElementsAre("new"));
  EXPECT_TRUE(ask(in, "여권").hits.empty());
  EXPECT_THAT(keys_of(ask(in, "이사")), ElementsAre("move"));   // bodies survive
}

TEST(index, is_read_while_it_is_replaced) {
  search::index in;
  fill(in);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      while (!stop) {
        const auto found = ask(in, "등본");
        wrong += found.hits.size() != 1 || found.hits[0].key != "copy";
        wrong += in.suggest("전입", "ko").size() != 1;
      }
    });
  for (int i = 0; i < 50; ++i) fill(in);
  stop = true;
  for (auto& r : readers) r.join();
  EXPECT_EQ(wrong, 0);
}

TEST(query, has_limits_that_hostile_input_meets) {
  search::index in;
  fill(in);
  std::string endless;
  for (int i = 0; i < 100'000; ++i) endless += "등본 ";
  EXPECT_EQ(ask(in, endless).complete, 1u);
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "w" + std::to_string(i) + " ";
  EXPECT_TRUE(ask(in, many).hits.empty());
  EXPECT_LE(in.query({"등본", "ko", ~0ull, ~0ull, {}}).hits.size(), 100u);
}

namespace {

// FTS5 as the judge of the words made for it.
class full_text {
 public:
  explicit full_text(const std::string& tokenizer) {
    sqlite3_open(":memory:", &db_);
    run("CREATE VIRTUAL TABLE f USING fts5(t, content='', tokenize='" + tokenizer + "')");
    sqlite3_exec(db_, "BEGIN", nullptr, nullptr, nullptr);
  }
  ~full_text() { sqlite3_close(db_); }
  void run(const std::string& sql) {
    ASSERT_EQ(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db_);
  }
  void add(const std::string& text) {
    run("INSERT INTO f(rowid, t) VALUES (" + std::to_string(++rows_) + ", '" + index_text(text) +
        "')");
  }
  int count(const std::string& query) {
    sqlite3_stmt* s = nullptr;
    sqlite3_prepare_v2(db_, "SELECT count(*) FROM f WHERE f MATCH ?1", -1, &s, nullptr);
    const auto match = match_expression(query, store_kind::sqlite);
    sqlite3_bind_text(s, 1, match.c_str(), -1, SQLITE_TRANSIENT);
    const int out = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int(s, 0) : -1;
    sqlite3_finalize(s);
    return out;
  }

 private:
  sqlite3* db_ = nullptr;
  int rows_ = 0;
};

}  // namespace

TEST(words_for_a_database, let_fts5_find_exactly_what_holds_the_words) {
  const auto titles = synthetic_titles(3'000);
  for (const std::string tokenizer : {"unicode61", "ascii"}) {
    full_text table(tokenizer);
    for (const auto& t : titles) table.add(t);
    for (const auto& query : fourteen_queries()) {
      int truth = 0;
      for (const auto& t : titles) truth += holds_all(t, query);
      EXPECT_EQ(table.count(query), truth) << tokenizer << ": " << query;
    }
  }
}

TEST(words_for_a_database, never_let_a_phrase_cross_a_blank) {
  full_text table("unicode61");
  table.add("점용 용허 허가");
  table.add("점용허가 제123호");
  table.add("ທະບຽນ ทะเบียนบ้าน");
  EXPECT_EQ(table.count("점용허가"), 1);
  EXPECT_EQ(table.count("허가"), 2);
  EXPECT_EQ(table.count("제123호"), 1);
  EXPECT_EQ(table.count("123호"), 1);
  EXPECT_EQ(table.count("12호"), 0);
  EXPECT_EQ(table.count("호"), 1);
  EXPECT_EQ(table.count("ทะเบียน"), 1);
}

TEST(words_for_a_database, are_ascii_letters_and_digits) {
  const auto text = index_text("민원 Giấy ทะเบียน 𠀀字 a_b'c\"d 2020년");
  for (char c : text)
    EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ') << text;
  // U+BBFC U+C6D0
  EXPECT_EQ(index_text("민원"), "pbbfcc6d0 sbbfc sc6d0");
  EXPECT_EQ(match_expression("민원 pdf", store_kind::sqlite), "\"pbbfcc6d0\" AND \"apdf\"");
  EXPECT_EQ(match_expression("민원실", store_kind::postgres), "(pbbfcc6d0 <-> pc6d0c2e4)");
  EXPECT_EQ(match_expression("원", store_kind::postgres), "sc6d0");
  EXPECT_EQ(match_expression("?!", store_kind::sqlite), "");
}
