#include "madang/packs/packs.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace madang::packs {
namespace {

int line_of(std::string_view yaml) {
  try {
    parse_yaml(yaml, "x.yaml");
  } catch (const broken_pack& e) {
    return e.found.line;
  }
  return -1;
}

TEST(a_yaml_file, keeps_codes_as_text_and_reads_numbers) {
  json::value v = parse_yaml("code: 011\nn: 12\nq: \"12\"\nyes: true\nlist: [a, b]\n", "x.yaml");
  EXPECT_EQ(json::str(v, "code"), "011");
  EXPECT_EQ(json::num(v, "n"), 12);
  EXPECT_EQ(json::str(v, "q"), "12");
  EXPECT_TRUE(json::flag(v, "yes"));
}

TEST(a_yaml_file, names_the_line_of_what_is_wrong) {
  EXPECT_EQ(line_of("a: 1\nb: 2\na: 3\n"), 3);
  EXPECT_EQ(line_of("a: [1,\n"), 2);
  EXPECT_EQ(line_of("a: \xFF\n"), 0);
}

TEST(a_yaml_file, does_not_let_aliases_explode) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    std::string prev(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += (i ? ",*" : "*") + prev;
    bomb += "]\n";
  }
  EXPECT_THROW(parse_yaml(bomb, "bomb.yaml"), broken_pack);
  EXPECT_THROW(parse_yaml(std::string(100000, '['), "deep.yaml"), broken_pack);
}

TEST(a_table, follows_rfc_4180) {
  table t = table::parse("# source\ncode,ko\n1,\"a, \"\"b\"\"\"\n", "t.csv");
  ASSERT_EQ(t.size(), 1u);
  EXPECT_EQ(t.at(0, "ko"), "a, \"b\"");
  EXPECT_THROW(table::parse("a,b\n1\n", "t.csv"), broken_pack);
  EXPECT_THROW(table::parse("a,b\n\"1,2\n", "t.csv"), broken_pack);
}

// Packs side by side in a folder that goes when the test is over.
struct packs_folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("packs" + new_id().str());
  ~packs_folder() { std::filesystem::remove_all(path); }
  void write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((path / file).parent_path());
    std::ofstream(path / file) << text;
  }
  std::string refused(const std::string& name) {
    try {
      pack(path / name);
    } catch (const broken_pack& e) {
      return e.what();
    }
    return {};
  }
};

TEST(a_pack, reads_what_it_lacks_from_the_one_it_stands_on) {
  packs_folder f;
  f.write("common/codes/sexes.csv", "code,ko,en\nm,남,Male\n");
  f.write("common/codes/states.csv", "code,ko,en\na,가,Beneath\n");
  f.write("common/news/first.yaml", "id: first\n");
  f.write("land/pack.yaml", "id: land\nlanguages: [en]\nstands_on: ../common\n");
  f.write("land/codes/states.csv", "code,en\na,Own\n");
  f.write("land/news/second.yaml", "id: second\n");
  const pack p(f.path / "land");
  EXPECT_EQ(p.folders().size(), 2u);
  EXPECT_EQ(p.id(), "land");
  EXPECT_TRUE(p.has("codes/sexes.csv"));
  EXPECT_EQ(p.codes("sexes").at("m")("en"), "Male");
  EXPECT_EQ(p.codes("states").at("a")("en"), "Own");
  EXPECT_EQ(p.list("news", ".yaml"),
            (std::vector<std::string>{"news/first.yaml", "news/second.yaml"}));
  EXPECT_EQ(p.text("news/first.yaml"), "id: first\n");
  EXPECT_FALSE(p.has("news/third.yaml"));
}

TEST(a_pack, takes_over_only_the_languages_it_speaks) {
  packs_folder f;
  f.write("common/codes/sexes.csv", "code,ko,en\nm,남,Male\n");
  f.write("land/pack.yaml", "id: land\nlanguages: [en]\nstands_on: ../common\n");
  EXPECT_FALSE(pack(f.path / "land").codes("sexes").at("m").has("ko"));
}

TEST(a_pack, that_stands_on_nothing_sound_is_refused) {
  packs_folder f;
  f.write("lost/pack.yaml", "id: lost\nstands_on: ../nowhere\n");
  f.write("self/pack.yaml", "id: self\nstands_on: .\n");
  f.write("a/pack.yaml", "id: a\nstands_on: ../b\n");
  f.write("b/pack.yaml", "id: b\nstands_on: ../a\n");
  for (int i = 0; i < 5; ++i)
    f.write("deep" + std::to_string(i) + "/pack.yaml",
            "id: deep\nstands_on: ../deep" + std::to_string(i + 1) + "\n");
  f.write("deep5/pack.yaml", "id: deep\n");
  EXPECT_NE(f.refused("lost").find("is no folder"), std::string::npos);
  EXPECT_NE(f.refused("self").find("leads back"), std::string::npos);
  EXPECT_NE(f.refused("a").find("b/pack.yaml: stands_on"), std::string::npos);
  EXPECT_NE(f.refused("deep0").find("four deep"), std::string::npos);
  EXPECT_EQ(f.refused("deep2"), "");
}

}  // namespace
}  // namespace madang::packs
