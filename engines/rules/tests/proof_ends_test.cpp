// Ends that are no literals, conditions that are no comparisons, and what is not about covering.
// Expectations by hand.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>

#include "madang/packs/packs.hpp"
#include "madang/rules/feel.hpp"
#include "madang/rules/proof.hpp"
#include "madang/rules/statutes.hpp"
#include "tables.hpp"

namespace madang::rules {
namespace {

using tables::column;
using tables::table;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using strings = std::vector<std::string>;
using weight = finding::weight;

std::string fact(const finding& f, const char* name) {
  const auto found = f.why.facts.find(name);
  return found == f.why.facts.end() ? std::string() : found->second;
}

std::string line(const finding& f) {
  std::string out = std::string(name_of(f.how)) + " " + f.why.code.substr(6);
  for (std::size_t i = 0; i < f.rules.size(); ++i)
    out += (i ? ", " : " ") + std::to_string(f.rules[i]);
  if (!fact(f, "example").empty()) out += ": " + fact(f, "example");
  if (!fact(f, "condition").empty()) out += " if " + fact(f, "condition");
  return out;
}

strings of(const std::vector<finding>& all, weight least = weight::warning) {
  strings out;
  for (const auto& f : all)
    if (f.how >= least) out.push_back(line(f));
  return out;
}

strings found(const table& t, weight least = weight::warning) {
  const auto m = tables::model_of(t.xml());
  return m ? of(prove(*m), least) : strings{"no model"};
}

const column x{"x", "number", ""}, limit{"limit", "number", ""}, rate{"rate", "number", ""};

table with_names(std::vector<column> names, std::vector<std::vector<std::string>> rules,
                 std::string policy = "UNIQUE", std::vector<column> inputs = {x}) {
  table t{std::move(policy), std::move(inputs), std::move(rules)};
  t.names = std::move(names);
  return t;
}

// ---- symbols ----

TEST(the_same_symbol, in_tests_that_complete_each_other_leaves_no_gap) {
  EXPECT_THAT(found(with_names({limit}, {{"<= limit", "1"}, {"> limit", "2"}})), IsEmpty());
  EXPECT_THAT(found(with_names({limit}, {{"[limit..limit]", "1"}, {"not(limit)", "2"}})),
              IsEmpty());
  EXPECT_THAT(found(with_names({limit}, {{"< limit * 2", "1"}, {">= limit  *  2", "2"}})),
              IsEmpty()) << "blanks do not count";
  EXPECT_THAT(found(with_names({limit, rate}, {{"<= limit", "<= rate", "1"},
                                               {"<= limit", "> rate", "2"},
                                               {"> limit", "-", "3"}},
                               "UNIQUE", {x, {"y", "number", ""}})),
              IsEmpty());
}

TEST(a_symbol, itself_can_be_left_out_whatever_it_is) {
  EXPECT_THAT(found(with_names({limit}, {{"< limit", "1"}, {"> limit", "2"}})),
              ElementsAre("mistake gap: x = 10, limit = 10"));
  // The literals of another rule do not make it conditional.
  EXPECT_THAT(found(with_names({limit},
                               {{"< limit", "-", "1"},
                                {"> limit", "-", "2"},
                                {"[5..6]", "true", "3"}},
                               "FIRST", {x, {"b", "boolean", ""}})),
              Contains(testing::StartsWith("mistake gap")));
}

TEST(what_depends_on_the_order_of_symbols, is_a_warning_with_its_condition) {
  EXPECT_THAT(found(with_names({limit}, {{"< 10", "1"}, {"> limit", "2"}})),
              UnorderedElementsAre("warning gap_if: x = 10, limit = 20 if 10 <= limit",
                                   "warning overlap_if 1, 2: x = 1, limit = 0 if limit < 10"))
      << "with limit 10 the one gap is 10; below 10 both hold between limit and 10";
  EXPECT_THAT(found(with_names({limit}, {{"< 0", "1"}, {"[0..limit]", "2"}, {"> limit", "3"}})),
              ElementsAre("warning overlap_if 1, 3: x = -9, limit = -10 if limit < 0"));
  EXPECT_THAT(found(with_names({limit}, {{"[0..limit)", "1"}, {">= limit", "2"}, {"< 0", "3"}})),
              Contains(testing::HasSubstr("overlap_if 2, 3")));
  EXPECT_THAT(found(with_names({limit, rate}, {{"<= limit", "1"}, {"> rate", "2"}})),
              UnorderedElementsAre(testing::HasSubstr("gap_if"), testing::HasSubstr("overlap_if")));
}

TEST(conditions, between_two_literals_are_said_with_both) {
  // Only with 5 < limit < 10 is anything between limit and the ten of the second rule.
  const auto all = found(with_names({limit}, {{"<= 5", "1"}, {"(5..limit]", "2"}, {">= 10", "3"},
                                              {"(limit..5)", "4"}}));
  EXPECT_THAT(all, Contains(testing::AllOf(testing::HasSubstr("gap_if"),
                                           testing::HasSubstr("if 5 <= limit < 10"))));
  EXPECT_THAT(all, Contains(testing::AllOf(testing::HasSubstr("overlap_if 2, 3"),
                                           testing::HasSubstr("10 <= limit"))));
  EXPECT_THAT(all, Contains(testing::AllOf(testing::HasSubstr("overlap_if 1, 4"),
                                           testing::HasSubstr("limit < 5"))));
}

TEST(a_gap, that_is_there_in_every_order_is_a_mistake_even_if_it_moves) {
  // Below nought there is always something: with limit >= 0 it is -1.
  const auto all = found(with_names({limit}, {{"[0..limit]", "1"}, {"> limit", "2"}}));
  ASSERT_FALSE(all.empty());
  EXPECT_THAT(all.front(), testing::StartsWith("mistake gap"));
}

TEST(a_symbol, that_a_column_asks_is_that_column) {
  // Two columns, one compared with the other: every pair is covered.
  EXPECT_THAT(found(with_names({}, {{"<= limit", "-", "1"}, {"> limit", "-", "2"}}, "UNIQUE",
                               {x, limit})),
              Contains("warning unused_column"));
  EXPECT_THAT(found(with_names({}, {{"<= limit", "> 0", "1"}, {"> limit", "-", "2"}}, "UNIQUE",
                               {x, limit})),
              ElementsAre("mistake gap: x = 0, limit = 0"))
      << "it is an input like the other, so the gap is one for everybody";
}

TEST(calculated_ends, are_claimed_only_when_values_bring_it_about) {
  // limit + 100 is never below limit, so that the rules cannot meet.
  const auto all = found(with_names({limit}, {{"<= limit", "1"}, {"(limit..limit + 100]", "2"},
                                              {"> limit + 100", "3"}}),
                         weight::information);
  EXPECT_THAT(all, ElementsAre("information not_proven_ends"));
  // Twice a negative limit is below it.
  const auto doubled = found(with_names({limit}, {{"<= limit", "1"}, {"(limit..limit * 2]", "2"},
                                                  {"> limit * 2", "3"}}));
  ASSERT_EQ(doubled.size(), 1u);
  EXPECT_THAT(doubled[0], testing::HasSubstr("overlap_if 1, 3"));
  EXPECT_THAT(doubled[0], testing::HasSubstr("limit = -1")) << doubled[0];
}

TEST(ends_of_days, may_be_symbols) {
  const column d{"d", "date", ""}, start{"start", "date", ""};
  EXPECT_THAT(found(with_names({start}, {{"< start", "1"}, {">= start", "2"}}, "UNIQUE", {d})),
              IsEmpty());
  EXPECT_THAT(found(with_names({start}, {{"< start", "1"}, {"> start", "2"}}, "UNIQUE", {d})),
              ElementsAre(testing::StartsWith("mistake gap: d = @\"2000-01-")));
  EXPECT_THAT(found(with_names({}, {{"< today()", "1"}, {">= today()", "2"}}, "UNIQUE", {d})),
              IsEmpty());
}

TEST(a_name_of_another_type, never_fits) {
  const column word{"word", "string", ""};
  EXPECT_THAT(found(with_names({word}, {{"<= word", "1"}, {"-", "2"}}, "FIRST")),
              Contains("mistake wrong_type 1"));
}

// ---- opaque conditions ----

TEST(opaque_conditions, are_listed_and_nothing_is_claimed_about_them) {
  const auto all = found({"UNIQUE", {x}, {{"odd(?)", "1"}, {"even(?)", "2"}}},
                         weight::information);
  EXPECT_THAT(all, UnorderedElementsAre("information opaque 1", "information opaque 2",
                                        "information not_proven_opaque"));
  EXPECT_THAT(found({"FIRST", {x}, {{"modulo(?, 7) = 3", "1"}, {"-", "2"}}}), IsEmpty());
}

TEST(a_gap, beside_what_is_opaque_is_found) {
  EXPECT_THAT(found({"UNIQUE",
                     {x, {"b", "boolean", ""}},
                     {{"? * ? > 50", "true", "1"}, {"-", "false", "2"}}}),
              ElementsAre("mistake gap: x = 0, b = true"));
}

// ---- columns by themselves ----

TEST(conditions_of_another_type, are_mistakes) {
  EXPECT_THAT(found({"FIRST", {x}, {{"\"five\"", "1"}, {"-", "2"}}}),
              Contains("mistake wrong_type 1"));
  EXPECT_THAT(found({"FIRST", {{"d", "date", ""}}, {{"< \"2026-01-01\"", "1"}, {"-", "2"}}}),
              Contains("mistake wrong_type 1")) << "a text is no date";
  EXPECT_THAT(found({"FIRST", {{"b", "boolean", ""}}, {{"\"yes\"", "1"}, {"-", "2"}}}),
              Contains("mistake wrong_type 1"));
  EXPECT_THAT(found({"FIRST", {{"d", "date", ""}}, {{"< @\"2026-01-01\"", "1"}, {"-", "2"}}}),
              IsEmpty());
}

TEST(columns_without_a_type, take_it_from_their_conditions) {
  EXPECT_THAT(found({"UNIQUE", {{"x", "", ""}}, {{"< 5", "1"}, {"> 5", "2"}}}),
              ElementsAre("mistake gap: x = 5"));
  const auto mixed = found({"FIRST", {{"x", "", ""}}, {{"5", "1"}, {"\"five\"", "2"}, {"-", "3"}}},
                           weight::information);
  EXPECT_THAT(mixed, Contains("information opaque 1")) << "numbers and texts: nothing is claimed";
}

TEST(outputs, must_fit_their_column) {
  table t{"FIRST", {x}, {{"< 0", "\"a\""}, {"-", "\"z\""}}};
  t.outputs = {{"grade", "string", "\"a\", \"b\""}};
  EXPECT_THAT(found(t), ElementsAre("mistake output_not_allowed 2"));
  t.outputs = {{"grade", "number", ""}};
  EXPECT_THAT(found(t), ElementsAre("mistake output_type 1", "mistake output_type 2"));
  t.outputs = {{"grade", "number", ""}};
  t.rules = {{"< 0", ""}, {"-", "x + 1"}};
  EXPECT_THAT(found(t), ElementsAre("warning output_empty 1"));
  t.rules = {{"< 0", "x > 3"}, {"-", "1"}};
  EXPECT_THAT(found(t), ElementsAre("mistake output_type 1")) << "calculated, but surely a boolean";
}

TEST(priorities, must_be_given) {
  table t{"PRIORITY", {x}, {{"< 5", "\"a\""}, {"-", "\"b\""}}};
  EXPECT_THAT(found(t), ElementsAre("mistake no_priority"));
  t.outputs = {{"", "", "\"b\", \"a\""}};
  EXPECT_THAT(found(t), ElementsAre("warning masked 1, 2"));
}

TEST(a_column, without_conditions_is_not_needed) {
  EXPECT_THAT(found({"FIRST", {x, {"y", "number", ""}}, {{"< 0", "-", "1"}, {"-", "", "2"}}}),
              ElementsAre("warning unused_column"));
}

// ---- the model ----

const std::string inputs =
    "<inputData name='day' id='day'><variable name='day' typeRef='date'/></inputData>"
    "<inputData name='n' id='n'><variable name='n' typeRef='number'/></inputData>"
    "<inputData name='spare' id='spare'><variable name='spare' typeRef='number'/></inputData>";

std::vector<finding> logic(const std::string& text, const std::string& required = "day n") {
  std::string out = inputs + "<decision name='d' id='d'><variable name='d'/>";
  for (const auto& one : text::split(required, ' '))
    out += "<informationRequirement><requiredInput href='#" + one + "'/></informationRequirement>";
  out += "<literalExpression><text>" + tables::escaped(text) + "</text></literalExpression>";
  const auto m = tables::model_of(tables::definitions(out + "</decision>"));
  return prove(*m);
}

strings codes(const std::vector<finding>& all, weight least = weight::warning) {
  strings out;
  for (const auto& f : all)
    if (f.how >= least && fact(f, "name") != "spare") out.push_back(f.why.code.substr(6));
  return out;
}

TEST(logic, that_is_no_expression_or_names_strangers_is_a_mistake) {
  EXPECT_THAT(codes(logic("n +")), Contains("uncompiled"));
  const auto strange = logic("n + nn");
  EXPECT_THAT(codes(strange), Contains("unknown_name"));
  EXPECT_FALSE(may_publish(strange));
  EXPECT_THAT(codes(logic("n + 1, 2")), Contains("uncompiled"));
  EXPECT_THAT(codes(logic("for i in 1..n return i * n")), testing::Not(Contains("unknown_name")));
  EXPECT_THAT(codes(logic("n", "day n nobody")), Contains("reference"));
}

TEST(inputs_and_requirements, that_nothing_uses_are_said) {
  const auto all = logic("n + 1");
  const auto has = [&](const char* code, const char* name) {
    return std::ranges::any_of(all, [&](const auto& f) {
      return f.why.code == code && fact(f, "name") == name;
    });
  };
  EXPECT_TRUE(has("proof.unused_input", "spare"));
  EXPECT_TRUE(has("proof.unused_input", "day"));
  EXPECT_FALSE(has("proof.unused_input", "n"));
  EXPECT_TRUE(has("proof.unused_requirement", "day"));
  EXPECT_TRUE(may_publish(all));
}

TEST(a_date_and_months, may_fall_on_a_day_that_is_not_there) {
  const auto rounding = [](const std::string& text) {
    for (const auto& f : logic(text))
      if (f.is == finding::what::rounding) return fact(f, "from") + " -> " + fact(f, "to");
    return std::string("none");
  };
  EXPECT_EQ(rounding("day + duration(\"P1M\")"), "2024-01-30 -> 2024-02-29")
      << "2024 is a leap year: 30 January has no day in February";
  EXPECT_EQ(rounding("duration(\"P1M\") + day"), "2024-01-30 -> 2024-02-29");
  EXPECT_EQ(rounding("day - duration(\"P1M\")"), "2024-03-30 -> 2024-02-29");
  EXPECT_EQ(rounding("day + duration(\"P1Y\")"), "2024-02-29 -> 2025-02-28");
  EXPECT_EQ(rounding("day + duration(\"P30D\")"), "none");
  EXPECT_EQ(rounding("day + duration(\"P1D\") + duration(\"P1M\")"), "2024-01-30 -> 2024-02-29");
  EXPECT_EQ(rounding("date(\"2026-01-28\") + duration(\"P1M\")"), "none");
  EXPECT_EQ(rounding("date(\"2026-01-31\") + duration(\"P1M\")"), "2026-01-31 -> 2026-02-28");
  EXPECT_EQ(rounding("date(\"2026-01-31\") + duration(\"P2M\")"), "none") << "31 March is there";
  EXPECT_EQ(rounding("n + 1"), "none");
}

TEST(circles, are_mistakes) {
  const auto m = tables::model_of(tables::definitions(
      "<decision name='a' id='a'><variable name='a'/><informationRequirement><requiredDecision "
      "href='#b'/></informationRequirement><literalExpression><text>b</text></literalExpression>"
      "</decision><decision name='b' id='b'><variable name='b'/><informationRequirement>"
      "<requiredDecision href='#a'/></informationRequirement><literalExpression><text>a</text>"
      "</literalExpression></decision>"));
  EXPECT_THAT(codes(prove(*m)), ElementsAre("circle", "circle"));
}

TEST(tables, in_knowledge_and_in_boxes_are_proven_too) {
  const auto m = tables::model_of(tables::definitions(
      "<businessKnowledgeModel name='f' id='f'><variable name='f'/><encapsulatedLogic>"
      "<formalParameter name='p' typeRef='number'/>" +
      table{"UNIQUE", {{"p", "number", ""}}, {{"< 1", "1"}, {"> 1", "2"}}}.decision_table() +
      "</encapsulatedLogic></businessKnowledgeModel>"
      "<inputData name='x' id='x'><variable name='x' typeRef='number'/></inputData>"
      "<decision name='d' id='d'><variable name='d'/><informationRequirement><requiredInput "
      "href='#x'/></informationRequirement><context><contextEntry><variable name='most'/>"
      "<literalExpression><text>x * 2</text></literalExpression></contextEntry><contextEntry>" +
      table{"UNIQUE", {x}, {{"< most", "1"}, {"> most", "2"}}}.decision_table() +
      "</contextEntry></context></decision>"));
  const auto all = prove(*m);
  EXPECT_THAT(of(all), ElementsAre("mistake gap: p = 1", testing::StartsWith("mistake gap: x = ")));
  EXPECT_EQ(all[0].decision, "f");
}

TEST(columns, that_depend_on_one_input_give_warnings_only) {
  // age 70 and "young" never come together, but no part of the table says so.
  table t{"UNIQUE",
          {{"age", "number", ""}, {"kind", "string", "\"young\", \"old\""}},
          {{"< 65", "\"young\"", "1"}, {">= 65", "\"old\"", "2"}}};
  auto xml = t.xml();
  xml = text::replace_all(xml, "<inputData name='kind' id='in-kind'><variable name='kind' "
                               "typeRef='string'/></inputData>",
                          "<decision name='kind' id='in-kind'><variable name='kind' "
                          "typeRef='string'/><informationRequirement><requiredInput "
                          "href='#in-age'/></informationRequirement><literalExpression><text>if "
                          "age &lt; 65 then \"young\" else \"old\"</text></literalExpression>"
                          "</decision>");
  xml = text::replace_all(xml, "<requiredInput href='#in-kind'/>",
                          "<requiredDecision href='#in-kind'/>");
  const auto all = prove(*tables::model_of(xml));
  EXPECT_TRUE(may_publish(all));
  EXPECT_THAT(codes(all), UnorderedElementsAre("gap_related", "gap_related"));
}

// ---- the pack, size, and a comparison with running ----

TEST(the_decisions_of_the_pack, have_no_mistake) {
  const packs::pack korea(std::string(MADANG_SOURCE) + "/packs/korea");
  std::size_t proven = 0;
  for (const char* folder : {"decisions", "programmes"}) {
    const statutes law(korea, folder);
    for (const auto& p : law.provisions())
      for (const auto& v : p.versions) {
        EXPECT_THAT(of(prove(*v.logic)), IsEmpty()) << v.file;
        ++proven;
      }
  }
  EXPECT_GE(proven, 57u);          // every provision has a version
}

TEST(a_table, of_two_hundred_rules_is_proven) {
  table t{"UNIQUE", {x, {"y", "number", ""}, {"b", "boolean", ""}}, {}};
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < 10; ++j)
      for (const char* b : {"true", "false"}) {
        const auto band = [](int n) {
          if (n == 0) return std::string("< 10");
          return n == 9 ? std::string(">= 90")
                        : "[" + std::to_string(n * 10) + ".." + std::to_string(n * 10 + 10) + ")";
        };
        t.rules.push_back({band(i), band(j), b, std::to_string(i * 10 + j)});
      }
  EXPECT_THAT(found(t), IsEmpty());
  t.rules.erase(t.rules.begin() + 111);      // i = 5, j = 5, false
  EXPECT_THAT(found(t), ElementsAre("mistake gap: x = 50, y = 50, b = false"));
}

TEST(a_proof, that_is_cut_short_says_so) {
  table t{"UNIQUE", {x}, {}};
  for (int i = 0; i < 40; ++i)
    t.rules.push_back({"[" + std::to_string(i) + ".." + std::to_string(i + 1) + ")", "1"});
  const auto m = tables::model_of(t.xml());
  EXPECT_THAT(of(prove(*m, {.steps = 100})), Contains("warning not_proven_limit"));
}

TEST(findings, of_one_kind_are_listed_up_to_a_limit) {
  table t{"UNIQUE", {x}, {}};
  for (int i = 0; i < 9; ++i) t.rules.push_back({"-", std::to_string(i)});
  const auto all = prove(*tables::model_of(t.xml()), {.findings = 3});
  EXPECT_EQ(std::ranges::count(all, finding::what::duplicate, &finding::is), 1);
  t.rules = {{"< 5", "1"}, {"< 6", "1"}, {"< 7", "1"}, {"-", "1"}};
  const auto pairs = prove(*tables::model_of(t.xml()), {.findings = 3});
  EXPECT_EQ(std::ranges::count(pairs, finding::what::overlap, &finding::is), 3) << "of six";
  EXPECT_TRUE(std::ranges::any_of(pairs, [](const auto& f) { return f.why.code == "proof.more"; }));
}

// Random tables: every combination of the ends and of points between them is run. What is found
// must be so when it is run, and what runs into must have been found.
struct random_tables {
  std::mt19937 random;
  int pick(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
  std::string condition() {
    const int a = pick(5), b = pick(5);
    switch (pick(8)) {
      case 0: return "-";
      case 1: return "< " + std::to_string(a);
      case 2: return ">= " + std::to_string(a);
      case 3: return std::to_string(a);
      case 4: return "not(" + std::to_string(a) + ", > 3)";
      case 5: return std::to_string(a) + ", [" + std::to_string(b) + "..4)";
      default:
        return std::string(pick(2) ? "[" : "(") + std::to_string(std::min(a, b)) + ".." +
               std::to_string(std::max(a, b)) + (pick(2) ? "]" : ")");
    }
  }
};

TEST(what_is_proven, is_what_running_shows) {
  random_tables r{std::mt19937(20261124)};
  const variable names[] = {{"?", builtin_type("number")}};
  for (int round = 0; round < 300; ++round) {
    table t{"UNIQUE", {x, {"y", "number", ""}}, {}};
    for (int i = 1 + r.pick(6); i > 0; --i) t.rules.push_back({r.condition(), r.condition(), "1"});
    const auto m = tables::model_of(t.xml());
    const auto all = prove(*m);
    bool gap = false;
    std::set<std::pair<int, int>> meet;
    evaluation e(date_time{});
    std::vector<std::pair<expression, expression>> tests;
    for (const auto& rule : t.rules)
      tests.emplace_back(std::move(*compile_tests(rule[0], builtin_type("number"), {})),
                         std::move(*compile_tests(rule[1], builtin_type("number"), {})));
    const auto hits = [&](const value& a, const value& b) {
      std::vector<int> out;
      for (std::size_t i = 0; i < tests.size(); ++i)
        if (tests[i].first.run(e, std::span(&a, 1)).is_true() &&
            tests[i].second.run(e, std::span(&b, 1)).is_true())
          out.push_back(static_cast<int>(i) + 1);
      return out;
    };
    for (int a = -1; a <= 11; ++a)
      for (int b = -1; b <= 11; ++b) {
        const auto hit = hits(decimal::of(a * 5, -1), decimal::of(b * 5, -1));
        gap = gap || hit.empty();
        for (std::size_t i = 0; i < hit.size(); ++i)
          for (std::size_t j = i + 1; j < hit.size(); ++j) meet.insert({hit[i], hit[j]});
      }
    bool says_gap = false;
    std::set<std::pair<int, int>> says_meet;
    for (const auto& f : all) {
      if (f.is == finding::what::gap) {
        says_gap = true;
        EXPECT_THAT(hits(f.example[0].second, f.example[1].second), IsEmpty()) << line(f);
      } else if (f.is == finding::what::overlap || f.is == finding::what::duplicate) {
        for (std::size_t i = 0; i < f.rules.size(); ++i)
          for (std::size_t j = i + 1; j < f.rules.size(); ++j)
            says_meet.insert({f.rules[i], f.rules[j]});
      }
    }
    EXPECT_EQ(says_gap, gap) << t.xml();
    EXPECT_EQ(says_meet, meet) << t.xml();
  }
}

TEST(every_finding, is_said_in_both_languages_with_the_facts_it_has) {
  const packs::pack korea(std::string(MADANG_SOURCE) + "/packs/korea");
  const json::value texts = korea.yaml("texts/rules.yaml");
  const auto& said = json::at(json::at(texts, "rules"), "proof");
  ASSERT_TRUE(said.is_object());
  std::vector<finding> all = logic("n + nn + day");
  for (const auto& t :
       {with_names({limit}, {{"< 10", "1"}, {"> limit", "2"}, {"[5..6]", ""}}),
        with_names({limit},
                   {{"\"a\"", "1"}, {"odd(?)", "1"}, {"[3..1]", "2"}, {"-", "3"}, {"-", "4"}},
                   "FIRST"),
        with_names({limit}, {{"<= limit", "1"}, {"(limit..limit + 100]", "2"}})})
    for (auto& f : prove(*tables::model_of(t.xml()))) all.push_back(std::move(f));
  EXPECT_GT(all.size(), 12u);
  for (const auto& f : all) {
    const auto& words = json::at(said, f.why.code.substr(6));
    for (const char* language : {"ko", "en"}) {
      std::string sentence(json::str(words, language));
      EXPECT_FALSE(sentence.empty()) << f.why.code;
      for (const auto& [name, is] : f.why.facts)
        sentence = text::replace_all(sentence, "{" + name + "}", is);
      for (std::size_t at = sentence.find('{'); at != std::string::npos;
           at = sentence.find('{', at + 1))
        EXPECT_NE(sentence.find('|', at), std::string::npos) << f.why.code << ": " << sentence;
    }
  }
}

}  // namespace
}  // namespace madang::rules
