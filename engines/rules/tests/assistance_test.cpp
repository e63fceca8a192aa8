// Remarks and completions while somebody writes. Expectations by hand.
#include "madang/rules/assistance.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "madang/packs/packs.hpp"
#include "tables.hpp"

namespace madang::rules {
namespace {

using tables::table;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using strings = std::vector<std::string>;

table benefit() {
  table t{"FIRST",
          {{"monthly income", "number", "[0..1000]"},
           {"kind", "string", "\"alone\", \"couple\""},
           {"day", "date", ""},
           {"married", "boolean", ""}},
          {{"<= limit", "-", "-", "-", "\"yes\""}, {"-", "-", "-", "-", "\"no\""}}};
  t.names = {{"limit", "number", ""}, {"applicant", "tPerson", ""}};
  t.outputs = {{"answer", "string", "\"yes\", \"no\""}};
  t.more = "<itemDefinition name='tPerson'><itemComponent name='birth date'><typeRef>date</typeRef>"
           "</itemComponent><itemComponent name='age'><typeRef>number</typeRef></itemComponent>"
           "</itemDefinition>";
  return t;
}

assistant helper() {
  return std::move(*assistant::of_table(tables::model_of(benefit().xml()), {"d", 0}));
}

// "wrong_type@2"
strings said(const std::vector<remark>& all) {
  strings out;
  for (const auto& r : all) out.push_back(r.code.substr(5) + "@" + std::to_string(r.at));
  return out;
}

TEST(a_condition, that_is_right_has_no_remark) {
  const auto a = helper();
  for (const char* text : {"", "-", "< 10", "[1..limit]", "not(5, 7)", "> limit * 2", "null"})
    EXPECT_THAT(said(a.check_condition(0, text)), IsEmpty()) << text;
  EXPECT_THAT(said(a.check_condition(1, "\"alone\", \"couple\"")), IsEmpty());
  EXPECT_THAT(said(a.check_condition(2, "< @\"2026-01-01\"")), IsEmpty());
}

TEST(a_condition, that_is_wrong_says_where_and_why) {
  const auto a = helper();
  EXPECT_THAT(said(a.check_condition(0, "< ")), ElementsAre("syntax@1"));
  EXPECT_THAT(said(a.check_condition(0, "[1..")), ElementsAre("syntax@4"));
  EXPECT_THAT(said(a.check_condition(0, "  [1..")), ElementsAre("syntax@6"));
  EXPECT_THAT(said(a.check_condition(0, "<= limitt")), Contains("unknown_name@3"));
  EXPECT_THAT(said(a.check_condition(0, " <= limitt")), Contains("unknown_name@4"));
  EXPECT_THAT(said(a.check_condition(0, "5, \"five\"")), ElementsAre("wrong_type@3"));
  EXPECT_THAT(said(a.check_condition(0, "5, > 2000")), ElementsAre("not_allowed@3"));
  EXPECT_THAT(said(a.check_condition(0, "[9..3]")), ElementsAre("never@0"));
  EXPECT_THAT(said(a.check_condition(1, "\"alone\", \"cuople\"")), ElementsAre("not_allowed@9"));
  EXPECT_THAT(said(a.check_condition(2, "\"2026-01-01\"")), ElementsAre("wrong_type@0"));
  EXPECT_THAT(said(a.check_condition(2, "> limit")), ElementsAre("wrong_type@0"));
  const auto opaque = a.check_condition(0, "odd(?)");
  ASSERT_THAT(said(opaque), ElementsAre("opaque@0"));
  EXPECT_EQ(opaque[0].how, finding::weight::information);
}

TEST(an_output, must_fit_its_column) {
  const auto a = helper();
  EXPECT_THAT(said(a.check_output(0, "\"yes\"")), IsEmpty());
  EXPECT_THAT(said(a.check_output(0, "if limit > 5 then \"yes\" else \"no\"")), IsEmpty());
  EXPECT_THAT(said(a.check_output(0, "\"perhaps\"")), ElementsAre("output_not_allowed@0"));
  EXPECT_THAT(said(a.check_output(0, "5")), ElementsAre("output_type@0"));
  EXPECT_THAT(said(a.check_output(0, "\"yes")), ElementsAre("syntax@4"));
  EXPECT_THAT(said(a.check_expression("monthly income + nothing")),
              ElementsAre("unknown_name@17"));
}

TEST(a_literal, has_an_assistant_too) {
  const auto m = tables::model_of(tables::definitions(
      "<inputData name='x' id='x'><variable name='x' typeRef='number'/></inputData><decision "
      "name='d' id='d'><variable name='d'/><informationRequirement><requiredInput href='#x'/>"
      "</informationRequirement><literalExpression><text>x</text></literalExpression></decision>"));
  const auto a = assistant::of_literal(m, {"d", 0});
  ASSERT_TRUE(a);
  EXPECT_THAT(said(a->check_expression("x + y")), ElementsAre("unknown_name@4"));
  EXPECT_EQ(assistant::of_literal(m, {"d", 1}).why().code, "grid.no_such_logic");
  EXPECT_EQ(assistant::of_table(m, {"d", 0}).why().code, "grid.no_such_logic");
  EXPECT_EQ(assistant::of_table(m, {"nobody", 0}).why().code, "grid.no_such_logic");
}

// ---- completions ----

// "|" is the cursor; what the text becomes.
strings applied(const std::vector<completion>& all, const std::string& text) {
  strings out;
  for (const auto& c : all) {
    std::string s = text;
    s.replace(static_cast<std::size_t>(c.from), static_cast<std::size_t>(c.to - c.from), c.text);
    out.push_back(s);
  }
  return out;
}
strings completed(const assistant& a, std::string text, int input = -1) {
  const auto cursor = text.find('|');
  text.erase(cursor, 1);
  return applied(input < 0 ? a.complete_expression(text, cursor)
                           : a.complete_condition(static_cast<std::size_t>(input), text, cursor),
                 text);
}

TEST(completions, go_on_with_names_that_have_blanks) {
  const auto a = helper();
  EXPECT_THAT(completed(a, "mon|"), Contains("monthly income"));
  EXPECT_THAT(completed(a, "monthly |"), Contains("monthly income"));
  EXPECT_EQ(completed(a, "monthly in|").front(), "monthly income");
  EXPECT_THAT(completed(a, "1 + LIM| * 2"), Contains("1 + limit * 2"));
  EXPECT_THAT(completed(a, "limit + mon|"), Contains("limit + monthly income"));
  EXPECT_THAT(completed(a, "<= |", 0), Contains("<= limit"));
  EXPECT_THAT(completed(a, "xyz|"), IsEmpty());
}

TEST(completions, say_what_they_are) {
  const auto a = helper();
  const auto all = a.complete_expression("", 0);
  const auto find = [&](const std::string& text) {
    return *std::ranges::find(all, text, &completion::text);
  };
  EXPECT_EQ(find("limit").kind, "input");
  EXPECT_EQ(find("limit").detail, "number");
  EXPECT_EQ(find("substring(").kind, "function");
  EXPECT_EQ(find("substring(").detail, "substring(string, start position, length?)");
  EXPECT_EQ(find("substring(").description, "rules.builtin.substring");
  EXPECT_EQ(find("sum(").detail, "sum(list...)");
}

TEST(completions, offer_allowed_values_first) {
  const auto a = helper();
  const auto all = completed(a, "|", 1);
  ASSERT_GE(all.size(), 2u);
  EXPECT_EQ(all[0], "\"alone\"");
  EXPECT_EQ(all[1], "\"couple\"");
  EXPECT_EQ(completed(a, "\"al|", 1), strings{"\"alone\""});
  EXPECT_EQ(completed(a, "\"al|\"", 1), strings{"\"alone\""}) << "the mark behind is taken along";
  EXPECT_EQ(completed(a, "\"alone\", \"c|\"", 1), strings{"\"alone\", \"couple\""});
  EXPECT_THAT(completed(a, "co|", 1), Contains("\"couple\""));
  EXPECT_EQ(completed(a, "tr|", 3).front(), "true");
  EXPECT_EQ(applied(a.complete_output(0, "", 0), "").front(), "\"yes\"");
}

TEST(completions, know_the_members_of_what_stands_before_a_dot) {
  const auto a = helper();
  EXPECT_THAT(completed(a, "applicant.|"),
              ElementsAre("applicant.birth date", "applicant.age"));
  EXPECT_EQ(completed(a, "1 + applicant.bir|"), strings{"1 + applicant.birth date"});
  EXPECT_EQ(completed(a, "applicant.birth d|"), strings{"applicant.birth date"});
  EXPECT_THAT(completed(a, "applicant.birth date.|"), Contains("applicant.birth date.year"));
  EXPECT_THAT(completed(a, "limit.|"), IsEmpty());
  EXPECT_THAT(completed(a, "[1..|"), Contains("[1..limit")) << "two dots are no member";
}

TEST(words_of_the_language, are_offered_once_they_are_begun) {
  const auto a = helper();
  EXPECT_THAT(completed(a, "sati|"), ElementsAre("satisfies"));
  EXPECT_THAT(completed(a, "|"), Not(Contains("satisfies")));
}

TEST(every_function, is_described_in_both_languages) {
  const packs::pack korea(std::string(MADANG_SOURCE) + "/packs/korea");
  const json::value texts = korea.yaml("texts/feel.yaml");
  const auto& said = json::at(json::at(texts, "rules"), "builtin");
  const auto a = helper();
  int functions = 0;
  for (const auto& c : a.complete_expression("", 0)) {
    if (c.kind != "function") continue;
    const auto& words = json::at(said, c.description.substr(14));
    EXPECT_FALSE(json::str(words, "ko").empty()) << c.description;
    EXPECT_FALSE(json::str(words, "en").empty()) << c.description;
    ++functions;
  }
  EXPECT_GE(functions, 86) << "those of the standard";
}

}  // namespace
}  // namespace madang::rules
