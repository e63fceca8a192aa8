#include "madang/html/texts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "madang/html/assets.hpp"

namespace madang::html {
namespace {

const std::vector<std::string> both = {"ko", "en"};

struct folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() /
      ("madang_texts_" + std::to_string(::getpid()) + "_" + std::to_string(++made));
  inline static int made = 0;
  folder() { std::filesystem::create_directories(path); }
  ~folder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(path / name, std::ios::binary) << bytes;
  }
};

TEST(texts, are_found_by_dotted_key_in_the_readers_language_or_english) {
  folder f;
  f.write("a.yaml", "shell:\n  sign_in: {ko: 로그인, en: Sign in}\n");
  f.write("b.yaml", "move:\n  title:\n    ko: 전입\n    en: Move\n    vi: Chuyển\n");
  auto t = texts::load({f.path}, both);
  ASSERT_TRUE(t);
  EXPECT_EQ((*t)("shell.sign_in", "ko"), "로그인");
  EXPECT_EQ((*t)("shell.sign_in", "vi"), "Sign in");
  EXPECT_EQ((*t)("move.title", "vi"), "Move");   // nobody here is served in it
  EXPECT_EQ(t->size(), 2u);
  EXPECT_EQ(t->missing(), 0u);
}

TEST(texts, are_read_in_a_visitors_language_as_far_as_it_says_them) {
  folder f;
  f.write("a.yaml", "a: {ko: 가, en: one}\nb: {ko: 나, en: two}\n");
  auto t = texts::load({f.path}, both);
  ASSERT_TRUE(t);
  ASSERT_TRUE(t->add_language("vi", {{"a", "một"}}));
  EXPECT_EQ((*t)("a", "vi"), "một");
  EXPECT_EQ((*t)("b", "vi"), "two");
  EXPECT_EQ((*t)("a", "ko"), "가");
  const auto wrong = t->add_language("vi", {{"c", "ba"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.why().code, "texts.unknown_key");
  EXPECT_EQ(wrong.why().field, "c");
}

TEST(texts, a_missing_key_is_shown_in_brackets_and_counted) {
  folder f;
  f.write("a.yaml", "a: {ko: 가, en: a}\n");
  auto t = texts::load({f.path}, both);
  ASSERT_TRUE(t);
  EXPECT_EQ((*t)("no.such", "ko"), "[no.such]");
  EXPECT_EQ((*t)("no.such", "en"), "[no.such]");
  EXPECT_EQ(t->missing(), 2u);
}

TEST(texts, files_that_are_wrong_are_refused_by_name_and_key) {
  const std::pair<const char*, const char*> wrong[] = {
      {"a: {ko: 가}\n", "texts.leaf"},                 // no English
      {"a: 가\n", "texts.leaf"},                       // not in languages
      {"a: {ko: 가, en: a, b c: d}\n", "texts.leaf"},  // no such language
      {"a: {ko: 가, en: a}\na: {ko: 나, en: b}\n", "texts.duplicate"},
      {"a: {ko: [\n", "texts.syntax"},
  };
  for (const auto& [bytes, code] : wrong) {
    folder f;
    f.write("a.yaml", bytes);
    auto t = texts::load({f.path}, both);
    ASSERT_FALSE(t) << bytes;
    EXPECT_EQ(t.why().code, code) << bytes;
  }
  EXPECT_EQ(texts::load({"/no/such/folder"}, both).why().code, "texts.folder");
}

TEST(texts, of_a_folder_above_hide_those_of_the_one_beneath_key_by_key) {
  folder above, beneath;
  above.write("a.yaml", "shell: {help: {ko: 나라, en: Own}}\n");
  beneath.write("b.yaml", "shell:\n  help: {ko: 공통, en: Common}\n  skip: {ko: 본문, en: Skip}\n");
  auto t = texts::load({above.path, beneath.path}, both);
  ASSERT_TRUE(t);
  EXPECT_EQ((*t)("shell.help", "en"), "Own");
  EXPECT_EQ((*t)("shell.skip", "en"), "Skip");
  EXPECT_EQ(t->size(), 2u);
  EXPECT_TRUE(texts::load({"/no/such/folder", beneath.path}, both));   // nothing of its own to say
}

TEST(texts, are_said_in_the_languages_of_the_country_and_in_no_others) {
  folder f;
  f.write("a.yaml", "a: {ko: 가, en: a}\nb: {en: b}\n");
  EXPECT_EQ(texts::load({f.path}, both).why().facts.at("key"), "b");
  auto t = texts::load({f.path}, {"en"});
  ASSERT_TRUE(t);
  EXPECT_EQ((*t)("a", "ko"), "a");
  EXPECT_EQ((*t)("b", "en"), "b");
}

TEST(texts, two_files_may_not_say_the_same_key) {
  folder f;
  f.write("a.yaml", "a: {ko: 가, en: a}\n");
  f.write("b.yaml", "a: {ko: 나, en: b}\n");
  auto t = texts::load({f.path}, both);
  ASSERT_FALSE(t);
  EXPECT_EQ(t.why().code, "texts.duplicate");
  EXPECT_TRUE(t.why().facts.at("file").ends_with("/b.yaml"));
}

// Particles after the National Institute of Korean Language, Standard Grammar of 2019: 이/가,
// 을/를, 은/는, 과/와 by a final consonant; 으로 becomes 로 after a vowel or ㄹ. Digits as they are
// read.
TEST(fill, korean_particles_follow_the_last_sound) {
  const std::vector<std::array<const char*, 3>> cases = {
      {"{x}{x|이/가}", "김하윤", "김하윤이"}, {"{x}{x|이/가}", "최지우", "최지우가"},
      {"{x}{x|을/를}", "등본", "등본을"},     {"{x}{x|을/를}", "여권 사본 2", "여권 사본 2를"},
      {"{x}{x|은/는}", "3", "3은"},           {"{x}{x|과/와}", "배우자", "배우자와"},
      {"{x}{x|으로/로}", "서울", "서울로"},   {"{x}{x|으로/로}", "부산", "부산으로"},
      {"{x}{x|으로/로}", "제주", "제주로"},   {"{x}{x|으로/로}", "1", "1로"}};
  for (const auto& [pattern, fact, said] : cases)
    EXPECT_EQ(fill(pattern, "ko", {{"x", fact}}), said);
}

TEST(fill, english_counts_one_and_many) {
  EXPECT_EQ(fill("{n} {n|day/days}", "en", {{"n", "1"}}), "1 day");
  EXPECT_EQ(fill("{n} {n|day/days}", "en", {{"n", "0"}}), "0 days");
}

TEST(fill, what_is_unknown_or_unclosed_stays_as_it_is) {
  EXPECT_EQ(fill("{a} {b|c/d} {x", "ko", {{"x", "1"}}), "{a} {b|c/d} {x");
  EXPECT_EQ(fill("{x}", "ko", {{"x", "{y}"}, {"y", "no"}}), "{y}");  // facts are not patterns
}

TEST(assets, are_found_by_plain_name_and_by_address) {
  folder f;
  f.write("manifest.json", R"({"main.css": "main-1.css", "sw.js": "sw.js"})");
  f.write("main-1.css", "body{}");
  f.write("main-1.css.gz", "packed");
  f.write("sw.js", "0");
  auto a = assets::load(f.path);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->url("main.css"), "/assets/main-1.css");
  EXPECT_EQ(a->url("sw.js"), "/sw.js");
  EXPECT_EQ(a->url("absent.css"), "/assets/absent.css");
  const assets::file* css = a->find("/assets/main-1.css");
  ASSERT_TRUE(css);
  EXPECT_EQ(*css->bytes, "body{}");
  EXPECT_EQ(*css->gzip, "packed");
  EXPECT_TRUE(css->immutable);
  EXPECT_EQ(css->content_type, "text/css; charset=utf-8");
  EXPECT_FALSE(a->find("/sw.js")->immutable);
  EXPECT_EQ(a->find("/assets/main.css"), nullptr);
}

TEST(assets, a_manifest_that_leaves_its_folder_is_refused) {
  folder f;
  for (const char* name : {"../secret", "/etc/passwd", ".hidden", "a/b.css"}) {
    f.write("manifest.json", std::string(R"({"x": ")") + name + "\"}");
    EXPECT_EQ(assets::load(f.path).why().code, "assets.file") << name;
  }
  EXPECT_EQ(assets::load(f.path / "none").why().code, "assets.manifest");
}

}  // namespace
}  // namespace madang::html
