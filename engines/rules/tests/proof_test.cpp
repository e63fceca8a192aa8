// Gaps, overlaps and hidden rules. Expectations are worked out by hand, unless a source is named.
#include "madang/rules/proof.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tables.hpp"

namespace madang::rules {
namespace {

using tables::column;
using tables::table;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using strings = std::vector<std::string>;

// "mistake gap: age = 65", "warning overlap_if 1, 2: x = 0 if limit < 0"
std::string line(const finding& f) {
  std::string out = std::string(name_of(f.how)) + " " + f.why.code.substr(6);
  for (std::size_t i = 0; i < f.rules.size(); ++i)
    out += (i ? ", " : " ") + std::to_string(f.rules[i]);
  const auto fact = [&](const char* name) {
    const auto found = f.why.facts.find(name);
    return found == f.why.facts.end() ? std::string() : found->second;
  };
  if (!fact("example").empty()) out += ": " + fact("example");
  if (!fact("condition").empty()) out += " if " + fact("condition");
  return out;
}

// What is found; without notes unless they are asked for.
strings found(const table& t, bool notes = false) {
  const auto m = tables::model_of(t.xml());
  if (!m) return {"no model"};
  strings out;
  for (const auto& f : prove(*m))
    if (notes || f.how != finding::weight::information) out.push_back(line(f));
  return out;
}

const column number{"x", "number", ""};

// ---- gaps ----

TEST(a_table, that_covers_everything_has_no_gap) {
  EXPECT_THAT(found({"UNIQUE", {number}, {{"< 0", "1"}, {"[0..10)", "2"}, {">= 10", "3"}}}),
              IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {number}, {{"< 0", "1"}, {"0", "2"}, {"> 0", "3"}}}), IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {number}, {{"[1..3], 7", "1"}, {"not([1..3], 7)", "2"}}}),
              IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {number}, {{"= 5", "1"}, {"!= 5", "2"}}}), IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {number}, {{"]0..5[", "1"}, {"(<= 0)", "2"}, {"(>= 5)", "3"}}}),
              IsEmpty());
}

TEST(a_gap, is_shown_by_its_simplest_value) {
  EXPECT_THAT(found({"UNIQUE", {number}, {{"< 10", "1"}, {"> 10", "2"}}}),
              ElementsAre("mistake gap: x = 10"));
  EXPECT_THAT(found({"UNIQUE", {number}, {{"[0..10)", "1"}, {"[20..30]", "2"}}}),
              ElementsAre("mistake gap: x = -1", "mistake gap: x = 10", "mistake gap: x = 31"));
  EXPECT_THAT(found({"UNIQUE", {number}, {{"<= 1000000", "1"}, {"> 1000001", "2"}}}),
              ElementsAre("mistake gap: x = 1000001"));
}

TEST(a_gap, between_whole_numbers_is_a_warning) {
  EXPECT_THAT(found({"UNIQUE", {number}, {{"<= 9", "1"}, {">= 10", "2"}}}),
              ElementsAre("warning gap_fraction: x = 9.5"));
  EXPECT_THAT(found({"UNIQUE", {number}, {{"<= 9.5", "1"}, {">= 10", "2"}}}),
              ElementsAre("mistake gap: x = 9.8"))
      << "where the table itself has fractions, they count: (9.5 + 10) / 2 = 9.75, half to even";
}

// GapsXY.dmn of the validation tests of Apache KIE Drools: three gaps, no overlap.
TEST(a_gap, in_two_columns_is_found_as_Drools_finds_it) {
  EXPECT_THAT(found({"ANY",
                     {number, {"y", "number", ""}},
                     {{"<0", "<=0", "\"R1\""}, {"0", "<0", "\"R2\""}, {">0", ">=0", "\"R3\""}}}),
              UnorderedElementsAre("mistake gap: x = 0, y = 1", "mistake gap: x = 0, y = 0",
                                   "mistake gap: x = 1, y = -1"));
}

TEST(a_gap, names_only_the_columns_that_matter) {
  const auto m = tables::model_of(
      table{"UNIQUE", {number, {"b", "boolean", ""}}, {{"< 5", "-", "1"}, {"> 5", "-", "2"}}}
          .xml());
  const auto all = prove(*m);
  const auto gap = std::ranges::find(all, finding::what::gap, &finding::is);
  ASSERT_NE(gap, all.end());
  EXPECT_THAT(gap->matters, ElementsAre("x"));
  ASSERT_EQ(gap->example.size(), 2u) << "but the example can be run";
  EXPECT_EQ(gap->example[0].second.literal(), "5");
  EXPECT_EQ(gap->example[1].first, "b");
}

TEST(a_column_of_yes_and_no, has_two_values) {
  const column b{"b", "boolean", ""};
  EXPECT_THAT(found({"UNIQUE", {b}, {{"true", "1"}, {"false", "2"}}}), IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {b}, {{"true", "1"}, {"not(true)", "2"}}}), IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {b}, {{"true", "1"}}}), ElementsAre("mistake gap: b = false"));
}

TEST(a_column_of_texts, has_its_allowed_values_or_any_other_text) {
  const column free{"s", "string", ""}, listed{"s", "string", "\"a\", \"b\", \"c\""};
  EXPECT_THAT(found({"UNIQUE", {listed}, {{"\"a\"", "1"}, {"\"b\", \"c\"", "2"}}}), IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {listed}, {{"\"a\"", "1"}, {"\"b\"", "2"}}}),
              ElementsAre("mistake gap: s = \"c\""));
  EXPECT_THAT(found({"UNIQUE", {free}, {{"\"a\"", "1"}, {"\"b\"", "2"}}}),
              ElementsAre("mistake gap: s = \"c\"")) << "the shortest other text";
  EXPECT_THAT(found({"UNIQUE", {free}, {{"\"a\"", "1"}, {"not(\"a\")", "2"}}}), IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {free}, {{"< \"m\"", "1"}, {"> \"m\"", "2"}}}),
              ElementsAre("mistake gap: s = \"m\""));
}

TEST(allowed_values, of_the_type_limit_the_column_too) {
  const std::string type =
      "<itemDefinition name='tAge'><typeRef>number</typeRef><allowedValues><text>[0..120]</text>"
      "</allowedValues></itemDefinition>";
  table t{"UNIQUE", {{"x", "tAge", ""}}, {{"< 65", "1"}, {">= 65", "2"}}};
  t.more = type;
  EXPECT_THAT(found(t), IsEmpty());
  t.rules = {{"[1..65)", "1"}, {"[65..120]", "2"}};
  EXPECT_THAT(found(t), ElementsAre("mistake gap: x = 0"));
  t.rules = {{"<= 120", "1"}, {"> 120", "2"}};
  EXPECT_THAT(found(t), ElementsAre("mistake not_allowed 2"));
}

// NoGapsDateAdjacent.dmn of Drools: days are next to one another, so nothing is between.
TEST(a_column_of_days, has_nothing_between_two_of_them) {
  const column d{"d", "date", ""};
  EXPECT_THAT(found({"UNIQUE",
                     {d},
                     {{"< date(\"2021-03-01\")", "\"A\""},
                      {"[date(\"2021-03-01\")..date(\"2021-03-31\")]", "\"B\""},
                      {"[date(\"2021-04-01\")..date(\"2021-04-30\")]", "\"C\""},
                      {">= date(\"2021-05-01\")", "\"D\""}}}),
              IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {d}, {{"< @\"2021-03-01\"", "1"}, {"> @\"2021-03-01\"", "2"}}}),
              ElementsAre("mistake gap: d = @\"2021-03-01\""));
  EXPECT_THAT(found({"UNIQUE", {d}, {{"<= @\"2021-03-01\"", "1"}, {">= @\"2021-03-03\"", "2"}}}),
              ElementsAre("mistake gap: d = @\"2021-03-02\""));
}

TEST(columns_of_times_and_durations, are_ordered_too) {
  EXPECT_THAT(found({"UNIQUE",
                     {{"m", "yearMonthDuration", ""}},
                     {{"< @\"P1Y\"", "1"}, {"> @\"P1Y\"", "2"}}}),
              ElementsAre("mistake gap: m = @\"P1Y\""));
  EXPECT_THAT(found({"UNIQUE",
                     {{"m", "yearMonthDuration", ""}},
                     {{"<= @\"P11M\"", "1"}, {">= @\"P1Y\"", "2"}}}),
              IsEmpty()) << "no whole month lies between eleven and twelve";
  EXPECT_THAT(found({"UNIQUE",
                     {{"t", "dayTimeDuration", ""}},
                     {{"<= @\"P1D\"", "1"}, {"> @\"P3D\"", "2"}}}),
              ElementsAre("mistake gap: t = @\"P3D\"")) << "the end that stands in the table";
  EXPECT_THAT(found({"UNIQUE",
                     {{"t", "time", ""}},
                     {{"< @\"09:00:00\"", "1"}, {"[@\"09:00:00\"..@\"18:00:00\")", "2"}}}),
              ElementsAre("mistake gap: t = @\"18:00:00\""));
  EXPECT_THAT(found({"UNIQUE",
                     {{"t", "dateTime", ""}},
                     {{"< @\"2026-01-01T00:00:00Z\"", "1"}, {"> @\"2026-01-01T00:00:00Z\"", "2"}}}),
              ElementsAre("mistake gap: t = @\"2026-01-01T00:00:00Z\""));
}

TEST(null, is_no_gap_and_belongs_to_no_comparison) {
  EXPECT_THAT(found({"UNIQUE", {number}, {{"null", "0"}, {"< 0", "1"}, {">= 0", "2"}}}), IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {number}, {{"null", "0"}, {"not(null)", "1"}}}), IsEmpty());
  EXPECT_THAT(found({"UNIQUE", {number}, {{"null", "0"}, {"-", "1"}}}),
              ElementsAre("mistake overlap 1, 2: x = null"));
}

TEST(a_table, without_rules_covers_nothing) {
  EXPECT_THAT(found({"UNIQUE", {number}, {}}), ElementsAre("mistake gap_all"));
}

TEST(a_gap, weighs_by_the_hit_policy) {
  const auto with = [](const char* policy) {
    table t{policy, {number}, {{"< 0", "1"}, {"> 0", "2"}}};
    t.outputs = {{"", "number", "1, 2"}};
    return found(t, true);
  };
  for (const char* policy : {"UNIQUE", "ANY", "FIRST", "PRIORITY"})
    EXPECT_THAT(with(policy), ElementsAre("mistake gap: x = 0")) << policy;
  for (const char* policy : {"COLLECT", "RULE_ORDER", "OUTPUT_ORDER", "COLLECT COUNT"})
    EXPECT_THAT(with(policy), ElementsAre("information gap_meant: x = 0")) << policy;
  for (const char* policy : {"COLLECT SUM", "COLLECT MIN", "COLLECT MAX"})
    EXPECT_THAT(with(policy), ElementsAre("warning gap: x = 0")) << policy << " gives null";
}

TEST(a_default_output, leaves_no_gap) {
  table t{"UNIQUE", {number}, {{"< 0", "1"}}};
  t.otherwise = "0";
  EXPECT_THAT(found(t, true), IsEmpty());
}

// ---- overlaps ----

// GapsAndOverlaps1-domainOnTable.dmn of Drools; of its overlaps there is one: rules 1 and 3.
TEST(an_overlap, is_found_as_Drools_finds_it) {
  const auto all = found({"UNIQUE",
                          {{"x", "number", ">=0"}, {"y", "number", "[0..999)"}},
                          {{"[0..4]", "[0..2]", "\"R1\""},
                           {"[1..3]", "[5..6]", "\"R2\""},
                           {"[2..5]", "[1..4]", "\"R3\""},
                           {"[6..7]", "[0..3]", "\"R4\""}}});
  strings overlaps;
  for (const auto& one : all)
    if (one.find("overlap") != std::string::npos) overlaps.push_back(one);
  // x in [2..4], y in [1..2]: the shortest are 2 and 1.
  EXPECT_THAT(overlaps, ElementsAre("mistake overlap 1, 3: x = 2, y = 1"));
  EXPECT_THAT(all, testing::Contains("mistake gap: x = 8")) << "beyond the last rule";
}

// OverlapHitPolicy.dmn of Drools: rules 2 and 3 meet at 30, whatever the policy.
TEST(an_overlap, weighs_by_the_hit_policy) {
  const auto with = [](const char* policy, const char* last) {
    table t{policy, {number}, {{"< 20", "1"}, {"[20..30]", "2"}, {">= 30", last}}};
    t.outputs = {{"", "number", "1, 2, 3"}};
    return found(t, true);
  };
  EXPECT_THAT(with("UNIQUE", "3"), ElementsAre("mistake overlap 2, 3: x = 30"));
  EXPECT_THAT(with("UNIQUE", "2"), ElementsAre("mistake overlap 2, 3: x = 30"));
  EXPECT_THAT(with("ANY", "3"), ElementsAre("mistake overlap 2, 3: x = 30"));
  EXPECT_THAT(with("ANY", "2"), IsEmpty()) << "both say 2";
  EXPECT_THAT(with("ANY", "x - 28"), ElementsAre("warning overlap_other 2, 3: x = 30"));
  for (const char* policy : {"FIRST", "PRIORITY", "COLLECT", "RULE_ORDER", "OUTPUT_ORDER"})
    EXPECT_THAT(with(policy, "3"), ElementsAre("information overlap_meant 3, 2: x = 30")) << policy;
}

TEST(rules, that_meet_in_some_columns_only_do_not_overlap) {
  EXPECT_THAT(found({"UNIQUE",
                     {number, {"b", "boolean", ""}},
                     {{"<= 0", "-", "1"}, {"> 0", "true", "2"}, {"> 0", "false", "3"}}}),
              IsEmpty());
}

// ---- hidden rules ----

TEST(a_rule, behind_others_never_decides) {
  EXPECT_THAT(found({"FIRST", {number}, {{"< 10", "1"}, {"[0..5]", "2"}, {"-", "3"}}}),
              ElementsAre("warning masked 2, 1"));
  EXPECT_THAT(found({"FIRST",
                     {number},
                     {{"< 10", "1"}, {">= 20", "2"}, {"[10..20]", "3"}, {"[5..30]", "4"},
                      {"-", "5"}},
                     }),
              ElementsAre("warning masked 4, 1, 2, 3")) << "together they hide it";
  EXPECT_THAT(found({"FIRST", {number}, {{"< 10", "1"}, {"[5..15]", "2"}, {"-", "3"}}}), IsEmpty());
}

TEST(a_rule, that_is_left_for_missing_values_is_said_to_be_so) {
  EXPECT_THAT(found({"FIRST", {number}, {{"< 10", "1"}, {">= 10", "2"}, {"-", "3"}}}, true),
              testing::Contains("information masked_but_missing 3, 1, 2"));
}

// MaskTest.dmn of Drools: by priority "NO" stands before "OK", so rule 2 hides rule 1.
TEST(a_rule, of_lower_priority_is_hidden) {
  const std::string types =
      "<itemDefinition name='tApproval'><typeRef>string</typeRef><allowedValues><text>\"NO\", "
      "\"OK\"</text></allowedValues></itemDefinition>"
      "<itemDefinition name='tRisk'><typeRef>string</typeRef><allowedValues><text>\"H\", \"M\", "
      "\"L\"</text></allowedValues></itemDefinition>";
  table t{"PRIORITY",
          {{"Age", "number", ""}, {"Risk", "tRisk", ""}, {"Mitigated", "boolean", ""}},
          {{">=18", "\"M\", \"L\"", "true", "\"OK\""}, {"-", "-", "-", "\"NO\""}}};
  t.outputs = {{"", "tApproval", ""}};
  t.more = types;
  EXPECT_THAT(found(t), ElementsAre("warning masked 1, 2"));
  t.more = text::replace_all(types, "\"NO\", \"OK\"", "\"OK\", \"NO\"");
  EXPECT_THAT(found(t), IsEmpty());
}

TEST(rules, with_the_same_conditions_are_duplicates) {
  const auto with = [](const char* policy, const char* second) {
    table t{policy, {number}, {{"[1..5]", "1"}, {">=1", "9"}, {"[1..5]", second}, {"<1", "0"}}};
    t.outputs = {{"", "number", "1, 2, 9, 0"}};
    strings out;
    for (auto& one : found(t))
      if (one.find("duplicate") != std::string::npos) out.push_back(one);
    return out;
  };
  EXPECT_THAT(with("UNIQUE", "2"), ElementsAre("mistake duplicate_other 1, 3"));
  EXPECT_THAT(with("ANY", "2"), ElementsAre("mistake duplicate_other 1, 3"));
  EXPECT_THAT(with("ANY", "1"), ElementsAre("warning duplicate 1, 3"));
  EXPECT_THAT(with("FIRST", "2"), ElementsAre("warning duplicate_other 1, 3"));
  EXPECT_THAT(with("COLLECT", "1"), ElementsAre("warning duplicate 1, 3"));
  // The same set, written otherwise.
  EXPECT_THAT(found({"FIRST", {number}, {{"not(> 5)", "1"}, {"<= 5", "1"}, {"-", "2"}}}),
              ElementsAre("warning duplicate 1, 2"));
}

TEST(a_condition, that_nothing_fits_is_said) {
  EXPECT_THAT(found({"FIRST", {number}, {{"[10..5]", "1"}, {"-", "2"}}}),
              ElementsAre("mistake never 1"));
  EXPECT_THAT(found({"FIRST", {{"x", "number", "[0..10]"}}, {{"> 10", "1"}, {"-", "2"}}}),
              ElementsAre("mistake not_allowed 1"));
  EXPECT_THAT(
      found({"FIRST", {{"s", "string", "\"one\", \"two\""}}, {{"\"tow\"", "1"}, {"-", "2"}}}),
      ElementsAre("mistake not_allowed 1"));
}

TEST(two_columns, that_ask_the_same_are_one) {
  EXPECT_THAT(found({"UNIQUE", {number, number}, {{"> 0", "<= 5", "1"}, {"<= 0", "-", "2"},
                                                  {"-", "> 5", "3"}}}),
              IsEmpty());
  EXPECT_THAT(found({"FIRST", {number, number}, {{"> 5", "< 0", "1"}, {"-", "-", "2"}}}),
              ElementsAre("warning rule_never 1"));
}

}  // namespace
}  // namespace madang::rules
