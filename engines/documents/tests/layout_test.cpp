#include <gtest/gtest.h>

#include "madang/documents/examine.hpp"
#include "sample_set.hpp"

using namespace madang;
using namespace madang::documents;

namespace {

refusal fault(std::string_view yaml) {
  auto l = layout::compile(yaml);
  return l ? refusal{} : l.why();
}

const std::string head = "name: a\ntitle: {ko: 가, en: A}\nbody:\n";

TEST(layout, of_every_paper_in_the_pack_compiles) {
  for (const char* kind : samples::kinds) {
    const layout l = samples::layout_of(kind);
    EXPECT_EQ(l.name(), kind);
    EXPECT_TRUE(l.title().has("ko") && l.title().has("en")) << kind;
    EXPECT_EQ(l.version().size(), 64u);
  }
}

TEST(layout, fault_names_the_line_and_the_mend) {
  auto unknown = fault(head + "  - seal: x\n  - pargraph: x\n");
  EXPECT_EQ(unknown.code, "layout.unknown_key");
  EXPECT_EQ(unknown.facts["line"], "5");
  EXPECT_EQ(unknown.facts["found"], "pargraph");
  EXPECT_NE(unknown.facts["known"].find("paragraph"), std::string::npos);

  auto missing = fault("name: a\nbody: []\n");
  EXPECT_EQ(missing.code, "layout.missing");
  EXPECT_EQ(missing.facts["key"], "title");

  auto size = fault(head + "  - seal: x\n  - text: x\n    size: 400\n");
  EXPECT_EQ(size.code, "layout.expected");
  EXPECT_EQ(size.facts["line"], "6");
  EXPECT_EQ(size.facts["wanted"], "6 .. 40");

  EXPECT_EQ(fault(head + "  - text: x\n").code, "layout.no_seal");
  EXPECT_EQ(fault(head + "  - seal: x\n  - seal: y\n").code, "layout.twice");
  EXPECT_EQ(fault(head + "  - seal: '{person.name'\n").code, "layout.template");
  auto format = fault(head + "  - seal: '{person.name|shout}'\n");
  EXPECT_EQ(format.code, "layout.format");
  EXPECT_NE(format.facts["known"].find("mask:N"), std::string::npos);
  EXPECT_EQ(fault("name: [").code, "layout.syntax");
  EXPECT_EQ(fault(std::string(70'000, ' ')).code, "layout.too_large");
  EXPECT_EQ(fault("a: &x [1]\nb: *x\n").facts["found"], "an anchor");
  EXPECT_EQ(fault(std::string(5000, '[')).facts["found"], "nested too deep");
}

TEST(layout, has_the_hash_of_its_text_for_a_version) {
  // printf of the text below | sha256sum
  const std::string yaml = "name: a\ntitle: {ko: b}\nbody: [{seal: c}]\n";
  EXPECT_EQ(layout::compile(yaml)->version(), trust::sha256_hex(yaml));
  EXPECT_NE(layout::compile(yaml)->version(), layout::compile(yaml + "\n")->version());
}

struct draft : ::testing::Test {
  static const documents::press& press() {
    static const documents::press p;
    return p;
  }
  static std::vector<std::string> lines(const std::string& body, const json::value& data,
                                        const std::string& language = "ko") {
    auto l = layout::compile(head + body + "  - seal: x\n");
    EXPECT_TRUE(l) << l.why().code;
    issue i;
    i.number = "1";
    i.agency = words("기관", "agency");
    i.language = language;
    auto pdf = press().draft(*l, data, i);
    if (!pdf) return {pdf.why().code + " " + pdf.why().field};
    return *text_lines(*pdf);
  }
};

TEST_F(draft, fills_paths_and_formats) {
  const json::value data = {{"day", "2026-03-05"}, {"sum", 1234567}, {"who", "김하윤"},
                            {"yes", true},         {"area", 330.5},
                            {"name", {{"ko", "가"}, {"en", "A"}}}};
  auto one = [&](const std::string& t, const std::string& language = "ko") {
    return lines("  - text: '" + t + "'\n", data, language).front();
  };
  EXPECT_EQ(one("{day|date}"), "2026년 3월 5일");
  EXPECT_EQ(one("{day|date}", "en"), "5 March 2026");
  EXPECT_EQ(one("{day|short}"), "2026.03.05");
  EXPECT_EQ(one("{sum|number}원"), "1,234,567원");
  EXPECT_EQ(one("{area|number} m"), "330.5 m");
  EXPECT_EQ(one("{who|mask:1}"), "김**");
  EXPECT_EQ(one("{yes|yesno:예/아니오}"), "예");
  EXPECT_EQ(one("{name}/{name}", "en"), "A/A");
  EXPECT_EQ(one("a{{b} {none?}c"), "a{b} c");
  EXPECT_EQ(one("{none}"), "document.missing none");
  EXPECT_EQ(one("{who|date}"), "document.format who");
}

TEST_F(draft, leaves_out_what_has_no_reason_to_be_there) {
  const json::value data = {{"there", 1}, {"empty", ""}, {"zero", 0}};
  EXPECT_EQ(lines("  - {text: shown, when: there}\n  - {text: hidden, when: empty}\n"
                  "  - {text: hidden, when: zero}\n  - {text: also, when: not gone}\n",
                  data)[1], "also");
}

TEST_F(draft, refuses_a_table_without_its_rows_and_says_when_it_is_empty) {
  const std::string table = "  - table: {rows: list, columns: [{label: L, value: '{.a}'}]";
  EXPECT_EQ(lines(table + "}\n", json::object{}).front(), "document.missing list");
  EXPECT_EQ(lines(table + ", empty: none}\n", json::object{})[1], "none");
}

TEST_F(draft, shows_the_geta_mark_for_a_letter_the_font_lacks) {
  EXPECT_EQ(lines("  - text: '{x}'\n", {{"x", "\xF0\xA0\x80\x80"}}).front(), "〓");
}

}  // namespace
