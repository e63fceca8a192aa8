#include "madang/packs/packs.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace madang::packs
