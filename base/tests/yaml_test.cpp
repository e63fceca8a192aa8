#include "madang/base/yaml.hpp"

#include <gtest/gtest.h>

namespace madang::yaml {
namespace {

std::string refused(std::string_view text, bounds most = {}) {
  try {
    read(text, most);
    return "";
  } catch (const broken& e) {
    return std::to_string(e.line) + " " + e.what();
  }
}

TEST(yaml, keeps_order_lines_and_what_was_quoted) {
  const node top = read("b: 1\na: [x, '12', ~]\n\nc: |\n  two\n  lines\nd:\n");
  ASSERT_TRUE(top.is_map());
  ASSERT_EQ(top.members().size(), 4u);
  EXPECT_EQ(top.members()[0].first.text(), "b");
  EXPECT_FALSE(top.find("b")->is_quoted());
  const auto& a = top.find("a")->items();
  ASSERT_EQ(a.size(), 3u);
  EXPECT_TRUE(a[1].is_quoted());
  EXPECT_TRUE(a[2].is_null());
  EXPECT_EQ(top.find("c")->line(), 4);
  EXPECT_EQ(top.find("c")->text(), "two\nlines\n");
  EXPECT_TRUE(top.find("c")->is_quoted());
  EXPECT_TRUE(top.find("d")->is_null());
  EXPECT_EQ(top.find("e"), nullptr);
  EXPECT_TRUE(read("").is_null());
  EXPECT_TRUE(read("# only a remark\n").is_null());
}

TEST(yaml, refuses_what_is_endless_or_ambiguous_and_names_the_line) {
  EXPECT_EQ(refused("a: 1\nb: &x [1]\n"), "2 an anchor");
  EXPECT_EQ(refused("a: *x\n"), "1 an alias");
  EXPECT_EQ(refused("a: 1\nb: !!str 3\n"), "2 a tag");
  EXPECT_EQ(refused("a: 1\n---\nb: 2\n"), "2 a second document");
  EXPECT_EQ(refused("a: 1\n? [b]\n: 2\n"), "2 a key must be plain text");
  EXPECT_EQ(refused(std::string(100, '['), {.depth = 20}), "1 nested too deep");
  EXPECT_EQ(refused("[1, 2, 3]", {.nodes = 3}), "1 too many values in one file");
  EXPECT_TRUE(refused("a: 1\n b: 2\n").starts_with("2 ")) << refused("a: 1\n b: 2\n");
  EXPECT_TRUE(refused("a: [1\n").starts_with("2 ")) << refused("a: [1\n");
}

}  // namespace
}  // namespace madang::yaml
