// Models asked in JSON. Expected values by hand; the forms of dates and durations are those of DMN
// 1.5, 10.3.4.1.
#include "madang/rules/answer.hpp"

#include <gtest/gtest.h>

namespace madang::rules {
namespace {

const char* const loan = R"(
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="loan" namespace="urn:l">
<itemDefinition name="tPerson">
  <itemComponent name="birth date"><typeRef>date</typeRef></itemComponent>
  <itemComponent name="waits" isCollection="true">
    <typeRef>days and time duration</typeRef></itemComponent>
</itemDefinition>
<inputData name="person" id="person"><variable name="person" typeRef="tPerson"/></inputData>
<decision name="of age" id="age"><variable name="of age"/>
  <informationRequirement><requiredInput href="#person"/></informationRequirement>
  <literalExpression><text>person.birth date + @"P19Y"</text></literalExpression></decision>
<decision name="wait" id="wait"><variable name="wait"/>
  <informationRequirement><requiredInput href="#person"/></informationRequirement>
  <literalExpression><text>sum(person.waits)</text></literalExpression></decision>
<decision name="share" id="share"><variable name="share"/>
  <informationRequirement><requiredDecision href="#age"/></informationRequirement>
  <literalExpression><text>{third: 1 / 3, on: of age}</text></literalExpression></decision>
<decision name="broken" id="broken"><variable name="broken"/>
  <literalExpression><text>1 +</text></literalExpression></decision>
</definitions>)";

std::string ask_loan(const char* facts, std::string decision = {}) {
  auto m = model::load({{"loan.dmn", loan}});
  if (!m) return m.why().code;
  question q{json::parse(facts)->get_object(), {{2026, 11, 23}, {0, zone::utc()}},
             std::move(decision)};
  const auto a = ask(**m, q);
  return a ? json_text(**m, *a) : "!" + a.why().code + " " + a.why().facts.at("name");
}

TEST(an_answer, has_every_decision_in_the_order_of_the_model) {
  EXPECT_EQ(
      ask_loan(R"({"person": {"birth date": "2007-02-28", "waits": ["PT36H", "P1D"]}})"),
      R"({"decisions":{"of age":"2026-02-28","wait":"P2DT12H",)"
      R"("share":{"third":0.3333333333333333333333333333333333,"on":"2026-02-28"},"broken":null},)"
      R"("diagnostics":[{"code":"feel.syntax","place":"broken","at":3,"facts":{"near":""}}],)"
      R"("mistakes":[{"element":"broken","code":"feel.syntax",)"
      R"("facts":{"at":"3","line":"19","near":""}}]})");
}

TEST(an_answer, may_be_of_one_decision_and_take_another_as_given) {
  EXPECT_TRUE(ask_loan(R"({"of age": "2030-01-01"})", "share").starts_with(
      R"({"decisions":{"share":{"third":0.3333333333333333333333333333333333,)"
      R"("on":"2030-01-01"}},"diagnostics":[],)"));
}

TEST(an_answer, says_which_fact_is_of_a_wrong_type) {
  const std::string said = ask_loan(R"({"person": {"birth date": "28 February", "waits": []}})",
                                    "of age");
  EXPECT_NE(said.find(R"("decisions":{"of age":null})"), std::string::npos) << said;
  EXPECT_NE(said.find(R"("code":"dmn.input_type")"), std::string::npos) << said;
}

TEST(an_answer, is_refused_for_names_that_the_model_has_not) {
  EXPECT_EQ(ask_loan(R"({"persons": null})"), "!dmn.no_such_input persons");
  EXPECT_EQ(ask_loan("{}", "age"), "!dmn.no_such_decision age");
}

}  // namespace
}  // namespace madang::rules
