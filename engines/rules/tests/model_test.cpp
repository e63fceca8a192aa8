// Decision tables and models. Expected values by hand, from chapters 6 to 8 of DMN 1.5.
#include "madang/rules/model.hpp"

#include <gtest/gtest.h>

namespace madang::rules {
namespace {

std::string definitions(const std::string& inside, const std::string& more = {}) {
  return R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="test" id="t" )"
         R"(namespace="urn:test" )" +
         more + ">" + inside + "</definitions>";
}

// A decision "d" that is a table over the inputs a and b.
std::string table(const std::string& attributes, const std::string& outputs,
                  const std::string& rules) {
  return definitions(R"(
<inputData name="a" id="a"><variable name="a" typeRef="number"/></inputData>
<inputData name="b" id="b"><variable name="b" typeRef="string"/></inputData>
<decision name="d" id="d"><variable name="d"/>
  <informationRequirement><requiredInput href="#a"/></informationRequirement>
  <informationRequirement><requiredInput href="#b"/></informationRequirement>
  <decisionTable )" + attributes + R"(>
    <input><inputExpression typeRef="number"><text>a</text></inputExpression></input>
    <input><inputExpression typeRef="string"><text>b</text></inputExpression></input>)" +
                     outputs + rules + "</decisionTable></decision>");
}

std::string rule(const std::string& a, const std::string& b, std::vector<std::string> outputs) {
  std::string out = "<rule><inputEntry><text>" + a + "</text></inputEntry><inputEntry><text>" + b +
                    "</text></inputEntry>";
  for (const auto& o : outputs) out += "<outputEntry><text>" + o + "</text></outputEntry>";
  return out + "</rule>";
}

const std::string one_output = "<output/>";

// The decision "d" as a literal; "!code" of the first diagnostic when it is null.
std::string decide(const std::string& xml, value a = {}, value b = {}) {
  auto m = model::load({{"test.dmn", xml}});
  if (!m) return "!" + m.why().code;
  evaluation e(date_time{{2026, 11, 23}, {0, zone::utc()}});
  decision_run run(**m);
  run.set("a", std::move(a));
  run.set("b", std::move(b));
  const value out = run.decide(e, "d");
  if (out.is_null() && !e.diagnostics.empty()) return "!" + e.diagnostics.front().code;
  return out.literal();
}

const std::string three = rule("&lt; 10", "-", {"1"}) + rule("[5..20]", "\"x\"", {"2"}) +
                          rule("&gt; 15", "-", {"3"});

TEST(a_table, with_hit_policy_unique_has_one_rule_or_none) {
  const auto t = table("", one_output, three);
  EXPECT_EQ(decide(t, 3, "y"), "1");
  EXPECT_EQ(decide(t, 12, "x"), "2");
  EXPECT_EQ(decide(t, 12, "y"), "null") << "no rule";
  EXPECT_EQ(decide(t, 7, "x"), "!dmn.not_unique");
}

TEST(a_table, with_hit_policy_any_may_hit_often_if_it_says_the_same) {
  const auto t = table(R"(hitPolicy="ANY")", one_output,
                       rule("&lt; 10", "-", {"1"}) + rule("&lt; 20", "-", {"1"}) +
                           rule("&lt; 5", "-", {"2"}));
  EXPECT_EQ(decide(t, 7, "x"), "1");
  EXPECT_EQ(decide(t, 3, "x"), "!dmn.not_any");
}

TEST(a_table, with_hit_policy_first_takes_the_first) {
  const auto t = table(R"(hitPolicy="FIRST")", one_output, three);
  EXPECT_EQ(decide(t, 7, "x"), "1");
  EXPECT_EQ(decide(t, 18, "x"), "2");
  EXPECT_EQ(decide(t, 18, "y"), "3");
}

TEST(a_table, with_hit_policy_priority_takes_what_stands_first_among_the_values) {
  const auto t = table(
      R"(hitPolicy="PRIORITY")",
      R"(<output><outputValues><text>"high", "middle", "low"</text></outputValues></output>)",
      rule("&gt; 0", "-", {"\"low\""}) + rule("&gt; 10", "-", {"\"high\""}) +
          rule("&gt; 5", "-", {"\"middle\""}));
  EXPECT_EQ(decide(t, 1, "x"), "\"low\"");
  EXPECT_EQ(decide(t, 7, "x"), "\"middle\"");
  EXPECT_EQ(decide(t, 11, "x"), "\"high\"");
}

TEST(a_table, that_collects_lists_or_sums_up) {
  const auto with = [&](const char* attributes) { return table(attributes, one_output, three); };
  EXPECT_EQ(decide(with(R"(hitPolicy="COLLECT")"), 7, "x"), "[1, 2]");
  EXPECT_EQ(decide(with(R"(hitPolicy="COLLECT")"), 12, "y"), "[]");
  EXPECT_EQ(decide(with(R"(hitPolicy="COLLECT" aggregation="SUM")"), 18, "x"), "5");
  EXPECT_EQ(decide(with(R"(hitPolicy="COLLECT" aggregation="MIN")"), 18, "x"), "2");
  EXPECT_EQ(decide(with(R"(hitPolicy="COLLECT" aggregation="MAX")"), 18, "x"), "3");
  EXPECT_EQ(decide(with(R"(hitPolicy="COLLECT" aggregation="COUNT")"), 18, "x"), "2");
  EXPECT_EQ(decide(with(R"(hitPolicy="COLLECT" aggregation="COUNT")"), 12, "y"), "0");
}

TEST(a_table, may_list_in_the_order_of_rules_or_of_outputs) {
  EXPECT_EQ(decide(table(R"(hitPolicy="RULE ORDER")", one_output, three), 7, "x"), "[1, 2]");
  EXPECT_EQ(decide(table(R"(hitPolicy="OUTPUT ORDER")",
                         "<output><outputValues><text>3, 2, 1</text></outputValues></output>",
                         three),
                   18, "x"),
            "[3, 2]");
}

TEST(a_table, with_several_outputs_gives_a_context_and_defaults) {
  const auto t = table(
      "",
      R"(<output name="grade"/><output name="due days"><defaultOutputEntry><text>30</text>)"
      "</defaultOutputEntry></output>",
      rule("&lt; 10", "-", {"\"A\"", "14"}));
  EXPECT_EQ(decide(t, 1, "x"), "{grade: \"A\", due days: 14}");
  EXPECT_EQ(decide(t, 50, "x"), "{grade: null, due days: 30}");
}

TEST(a_table, refuses_inputs_that_are_not_among_the_values) {
  const auto t = definitions(R"(
<inputData name="a" id="a"><variable name="a"/></inputData>
<decision name="d" id="d"><variable name="d"/>
  <informationRequirement><requiredInput href="#a"/></informationRequirement>
  <decisionTable><input><inputExpression><text>a</text></inputExpression>
    <inputValues><text>"x", "y"</text></inputValues></input><output/>
    <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
  </decisionTable></decision>)");
  EXPECT_EQ(decide(t, "x"), "1");
  EXPECT_EQ(decide(t, "z"), "!dmn.input_not_allowed");
}

TEST(a_table, with_a_cell_that_is_no_expression_says_so_and_spoils_nothing_else) {
  auto m = model::load({{"t.dmn", table("", one_output, rule("[1..", "-", {"1"}) +
                                                            rule("&gt; 0", "-", {"2"}))}});
  ASSERT_TRUE(m);
  const auto& d = (*m)->elements()[std::size_t((*m)->find("d"))];
  ASSERT_EQ(d.mistakes.size(), 1u);
  EXPECT_EQ(d.mistakes.front().code, "feel.syntax");
  EXPECT_EQ(decide(table("", one_output, rule("[1..", "-", {"1"}) + rule("&gt; 0", "-", {"2"})), 5,
                   "x"),
            "2");
}

TEST(a_table, that_is_explained_decides_as_it_does_without) {
  auto m = model::load({{"t.dmn", table("", one_output, rule("&lt; 10", "-", {"1"}) +
                                                            rule("&gt; 15", "-", {"a / 0"}))}});
  ASSERT_TRUE(m);
  evaluation e(date_time{{2026, 11, 23}, {0, zone::utc()}});
  explanation how;
  e.told = &how;
  decision_run run(**m);
  run.set("a", 3);
  run.set("b", "x");
  EXPECT_EQ(run.decide(e, "d").literal(), "1");
  ASSERT_EQ(how.decisions.size(), 1u);
  const auto& rules = how.decisions.front().rules;
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_TRUE(rules[0].hit && rules[0].conditions[0].holds);
  EXPECT_FALSE(rules[1].hit || rules[1].conditions[0].holds);
  EXPECT_EQ(rules[1].conditions[0].test, "> 15");
  EXPECT_EQ(rules[1].conditions[0].is.literal(), "3");
  EXPECT_TRUE(e.diagnostics.empty()) << "a rule that does not hit divides by zero unseen";
}

// ---- models ----

TEST(a_model, knows_versions_of_the_standard_by_their_namespaces) {
  for (const char* space : {"http://www.omg.org/spec/DMN/20151101/dmn.xsd",
                            "http://www.omg.org/spec/DMN/20180521/MODEL/",
                            "https://www.omg.org/spec/DMN/20191111/MODEL/",
                            "https://www.omg.org/spec/DMN/20211108/MODEL/",
                            "https://www.omg.org/spec/DMN/20230324/MODEL/"}) {
    const std::string xml = std::string(R"(<definitions xmlns=")") + space +
                            R"(" name="t" namespace="urn:t"><decision name="d" id="d">)"
                            "<variable name=\"d\"/><literalExpression><text>1 + 1</text>"
                            "</literalExpression></decision></definitions>";
    EXPECT_EQ(decide(xml), "2") << space;
  }
  EXPECT_EQ(decide("<definitions xmlns='urn:other'/>"), "!dmn.not_dmn");
}

TEST(a_model, decides_through_requirements_and_sees_nothing_else) {
  const std::string with_requirement = definitions(R"(
<inputData name="a" id="a"><variable name="a" typeRef="number"/></inputData>
<decision name="half" id="half"><variable name="half" typeRef="number"/>
  <informationRequirement><requiredInput href="#a"/></informationRequirement>
  <literalExpression><text>a / 2</text></literalExpression></decision>
<businessKnowledgeModel name="twice" id="twice"><variable name="twice"/>
  <encapsulatedLogic><formalParameter name="n" typeRef="number"/>
    <literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic>
</businessKnowledgeModel>
<decision name="d" id="d"><variable name="d" typeRef="number"/>
  <informationRequirement><requiredDecision href="#half"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="#twice"/></knowledgeRequirement>
  <literalExpression><text>twice(half) + 1</text></literalExpression></decision>)");
  EXPECT_EQ(decide(with_requirement, 10), "11");
  EXPECT_EQ(decide(definitions(R"(
<inputData name="a" id="a"><variable name="a"/></inputData>
<decision name="d" id="d"><variable name="d"/><literalExpression><text>a</text></literalExpression>
</decision>)"), 10), "!feel.unknown_name");
}

TEST(a_model, that_goes_in_a_circle_or_calls_itself_for_ever_ends) {
  EXPECT_EQ(decide(definitions(R"(
<decision name="d" id="d"><variable name="d"/>
  <informationRequirement><requiredDecision href="#e"/></informationRequirement>
  <literalExpression><text>e + 1</text></literalExpression></decision>
<decision name="e" id="e"><variable name="e"/>
  <informationRequirement><requiredDecision href="#d"/></informationRequirement>
  <literalExpression><text>d + 1</text></literalExpression></decision>)")), "!dmn.circle");
  EXPECT_EQ(decide(definitions(R"(
<businessKnowledgeModel name="f" id="f"><variable name="f"/>
  <encapsulatedLogic><formalParameter name="n"/><literalExpression><text>f(n + 1)</text>
  </literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decision name="d" id="d"><variable name="d"/>
  <knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>
  <literalExpression><text>f(1)</text></literalExpression></decision>)")), "!feel.too_deep");
}

TEST(a_model, converts_and_constrains_by_item_definitions) {
  const std::string xml = definitions(R"(
<itemDefinition name="tGrade"><typeRef>string</typeRef>
  <allowedValues><text>"A", "B"</text></allowedValues></itemDefinition>
<inputData name="a" id="a"><variable name="a" typeRef="tGrade"/></inputData>
<decision name="d" id="d"><variable name="d" typeRef="string"/>
  <informationRequirement><requiredInput href="#a"/></informationRequirement>
  <literalExpression><text>a</text></literalExpression></decision>)");
  EXPECT_EQ(decide(xml, "A"), "\"A\"");
  EXPECT_EQ(decide(xml, value::list({"B"})), "\"B\"") << "a list of one stands for it";
  EXPECT_EQ(decide(xml, "C"), "!dmn.input_type");
  EXPECT_EQ(decide(xml, 1), "!dmn.input_type");
}

TEST(a_model, imports_others_under_a_name) {
  const std::string lib = R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" )"
                          R"(name="lib" namespace="urn:lib"><businessKnowledgeModel name="inc" )"
                          R"(id="inc"><variable name="inc"/><encapsulatedLogic>)"
                          R"(<formalParameter name="n" typeRef="number"/><literalExpression>)"
                          "<text>n + 1</text></literalExpression></encapsulatedLogic>"
                          "</businessKnowledgeModel></definitions>";
  const std::string main = definitions(
      R"(<import name="lib" namespace="urn:lib" importType="http://www.omg.org/spec/DMN/2023/"/>
<decision name="d" id="d"><variable name="d"/>
  <knowledgeRequirement><requiredKnowledge href="urn:lib#inc"/></knowledgeRequirement>
  <literalExpression><text>lib.inc(41)</text></literalExpression></decision>)");
  auto m = model::load({{"main.dmn", main}, {"lib.dmn", lib}});
  ASSERT_TRUE(m) << m.why().code;
  evaluation e(date_time{{2026, 11, 23}, {}});
  decision_run run(**m);
  EXPECT_EQ(run.decide(e, "d").literal(), "42");
  EXPECT_EQ(decide(main), "!dmn.import");
}

TEST(a_hostile_model, is_refused_and_fetches_nothing) {
  EXPECT_EQ(decide("<"), "!xml.malformed");
  EXPECT_EQ(decide("<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" +
                   definitions("<decision name='d'><question>&x;</question></decision>")),
            "!xml.doctype");
  std::string bomb = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c < 'm'; ++c) {
    bomb += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
    bomb += "\">";
  }
  EXPECT_TRUE(decide(bomb + "]>" + definitions("&l;")).starts_with("!xml."));
  std::string deep;
  for (int i = 0; i < 240; ++i) deep += "<context><contextEntry>";
  for (int i = 0; i < 240; ++i) deep += "</contextEntry></context>";
  EXPECT_EQ(decide(definitions("<decision name='d'>" + deep + "</decision>")), "!xml.malformed")
      << "libxml2 itself goes 256 deep";
  EXPECT_EQ(decide(std::string(17u << 20, ' ')), "!xml.too_large");
}

}  // namespace
}  // namespace madang::rules
