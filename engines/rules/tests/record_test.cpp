// Records, repeats, single changes and amendments, by a law small enough to work out by hand.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "madang/rules/live_law.hpp"
#include "madang/rules/sitting.hpp"

namespace madang::rules {
namespace {

std::string element(const char* name, std::string_view text) {
  return "<" + std::string(name) + "><text>" + std::string(text) + "</text></" + name + ">";
}
std::string rule(std::vector<const char*> conditions, std::vector<const char*> outputs,
                 const char* article) {
  std::string out = "<rule>";
  for (const char* c : conditions) out += element("inputEntry", c);
  for (const char* o : outputs) out += element("outputEntry", o);
  return out + element("annotationEntry", article) + "</rule>";
}

// A grant from an age on for those who are not married and whose income is not above the limit:
// half of what is missing to it.
std::string model_from(int from_age) {
  std::string inputs, needed, columns;
  for (const char* name : {"age", "monthly income", "married", "limit"}) {
    const std::string kind = std::string(name) == "married" ? "boolean" : "number";
    inputs += std::string("<inputData id='") + name[0] + name[1] + "' name='" + name +
              "'><variable name='" + name + "' typeRef='" + kind + "'/></inputData>";
    needed += std::string("<informationRequirement><requiredInput href='#") + name[0] + name[1] +
              "'/></informationRequirement>";
    if (std::string(name) != "limit")
      columns += "<input>" + element("inputExpression", name) + "</input>";
  }
  const std::string young = "&lt; " + std::to_string(from_age);
  return "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='grant' "
         "namespace='urn:test:grant'>" + inputs + "<decision id='e' name='entitlement'><variable "
         "name='entitlement'/>" + needed + "<decisionTable hitPolicy='FIRST'>" + columns +
         "<output name='entitled'/><output name='amount'/><output name='because'/>"
         "<annotation name='article'/>" +
         rule({young.c_str(), "-", "-"}, {"false", "0", "\"young\""}, "art. 1") +
         rule({"-", "&gt; limit", "-"}, {"false", "0", "\"over\""}, "art. 2") +
         rule({"-", "-", "true"}, {"false", "0", "\"married\""}, "art. 3") +
         rule({"-", "-", "-"}, {"true", "(limit - monthly income) / 2", "\"within\""}, "art. 4") +
         "</decisionTable></decision></definitions>";
}

class small_law : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("madang-record-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_ / "decisions");
    write("pack.yaml",
          "id: test\nname: {ko: 시험, en: Test}\nlanguages: [ko, en]\nzone: Asia/Seoul\n");
    write("decisions/grant.dmn", model_from(30));
    write("decisions/grant.yaml",
          "id: grant\nagency: any\nname: {ko: 지원금, en: Grant}\nlaw: {ko: 시험법, en: Test Act}\n"
          "line: {ko: 줄, en: line}\nsimplified: {ko: 없음, en: nothing}\n"
          "amount: {ko: '{amount}원', en: '{amount} won'}\n"
          "versions: [{from: 2020-01-01, model: grant.dmn}]\n"
          "because: {within: {ko: '기준 {limit}', en: 'limit {limit}'}}\n");
    write("decisions/parameters.yaml",
          "- {id: limit, name: {ko: 기준, en: Limit}, unit: {ko: 원, en: won}, values: [{from: "
          "2020-01-01, value: 1000, source: notice 1}]}\n");
    pack_ = std::make_unique<packs::pack>(folder_.string());
    law_ = std::make_unique<statutes>(*pack_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  static date day(const char* s) { return *date::parse(s); }
  static entries facts(int age, int income, bool married = false) {
    return {{"age", age}, {"monthly income", income}, {"married", married}};
  }
  const provision& grant() const { return *law_->find("grant"); }
  json::value record(const entries& of, const char* on = "2026-01-01") {
    auto j = law_->judge(grant(), of, day(on));
    return record_of(grant(), *j, day(on), {{{"age", "persons"}}, instant{1'000'000}});
  }

  std::filesystem::path folder_;
  std::unique_ptr<packs::pack> pack_;
  std::unique_ptr<statutes> law_;
};

TEST_F(small_law, a_record_names_everything_the_decision_rests_on) {
  const auto r = record(facts(40, 301));
  EXPECT_EQ(json::str(r, "amount"), "349.5");                    // (1000 - 301) / 2
  EXPECT_EQ(json::str(r, "model"), grant().versions.front().hash);
  EXPECT_EQ(json::str(r, "as_known"), "1970-01-01T00:00:01.000Z");
  std::map<std::string, std::string> inputs;
  for (const auto& one : json::at(r, "inputs").get_array())
    inputs[std::string(json::str(one, "name"))] =
        std::string(json::str(one, "value")) + " " + std::string(json::str(one, "kind")) + " " +
        std::string(json::str(one, "source"));
  EXPECT_EQ(inputs["age"], "40 fact persons");
  EXPECT_EQ(inputs["limit"], "1000 parameter notice 1");
  EXPECT_EQ(inputs["married"], "false fact ");
}

TEST_F(small_law, a_record_is_repeated_to_the_letter_whatever_the_figures_are_today) {
  const auto r = record(facts(40, 301));
  auto again = replay(*law_, r);
  ASSERT_TRUE(again) << again.why().code;
  EXPECT_EQ(json::print(*again), json::print(r));
  statutes later = *law_;
  ASSERT_TRUE(later.set_parameter("limit", day("2020-01-01"), 5000, "notice 2"));
  again = replay(later, r);
  ASSERT_TRUE(again);
  EXPECT_EQ(json::print(*again), json::print(r));
}

TEST_F(small_law, a_record_that_was_touched_is_not_what_follows) {
  auto r = record(facts(40, 301));
  r.as_object()["amount"] = "900";
  auto again = replay(*law_, r);
  ASSERT_TRUE(again);
  EXPECT_EQ(json::str(*again, "amount"), "349.5");
  r.as_object()["model"] = std::string(64, '0');
  EXPECT_EQ(replay(*law_, r).why().code, "rules.model_unknown");
  EXPECT_EQ(replay(*law_, json::value(json::object{{"form", "x"}})).why().code,
            "rules.record_wrong");
  EXPECT_EQ(replay(*law_, json::value("no record")).why().code, "rules.record_wrong");
}

TEST_F(small_law, literals_lose_nothing) {
  for (const char* literal : {"0.1", "12345678901234567890.123456789", "\"a \\\"b\\\"\"", "true",
                              "null", "[1, 2, 3]", "date(\"2024-02-29\")",
                              "duration(\"P1Y2M\")"}) {
    const value v = value_of_literal(literal);
    EXPECT_EQ(value_of_literal(v.literal()).literal(), v.literal()) << literal;
  }
  EXPECT_TRUE(value_of_literal("1 +").is_null());
}

TEST_F(small_law, many_are_decided_as_one_is) {
  const std::vector<std::string> names = {"monthly income", "age", "married"};
  auto s = sitting::open(*law_, grant(), day("2026-01-01"), names);
  ASSERT_TRUE(s);
  for (int age = 25; age < 36; ++age)
    for (int income = 0; income <= 1200; income += 100) {
      const std::vector<value> given = {income, age, false};
      const auto v = s->decide(given);
      const auto j = law_->judge(grant(), facts(age, income), day("2026-01-01"));
      EXPECT_EQ(v.entitled, j->entitled);
      EXPECT_EQ(v.amount, j->amount);
      EXPECT_EQ(v.because, j->because);
    }
  EXPECT_EQ(sitting::open(*law_, grant(), day("2019-12-31"), names).why().code,
            "rules.not_in_force");
}

// "age 30 > 31" style: what would change it, nearest first found.
std::string change_of(const std::vector<single_change>& all) {
  std::string out;
  for (const auto& c : all)
    out += (out.empty() ? "" : "; ") + c.fact + " " + c.is.literal() + " > " +
           c.would_be.literal() + (c.entitled ? " yes " : " no ") + c.amount.str();
  return out;
}

TEST_F(small_law, one_other_fact_that_turns_the_decision_is_found_at_its_limit) {
  const std::vector<domain> asked = {
      {"age", {}, 0, 120}, {"monthly income", {}, 0, 1'000'000}, {"married", {}, 0, 0}};
  const auto turned = [&](const entries& f) {
    return change_of(single_changes(*law_, grant(), f, day("2026-01-01"), asked));
  };
  EXPECT_EQ(turned(facts(40, 1001)), "monthly income 1001 > 1000 yes 0");
  EXPECT_EQ(turned(facts(29, 400)), "age 29 > 30 yes 300");
  EXPECT_EQ(turned(facts(40, 400, true)), "married true > false yes 300");
  EXPECT_EQ(turned(facts(29, 2000)), "");            // two things stand against it
  EXPECT_EQ(turned(facts(40, 400)),
            "age 40 > 29 no 0; monthly income 400 > 1001 no 0; married false > true no 0");
}

TEST_F(small_law, an_amendment_holds_from_its_day_and_touches_nothing_before) {
  statutes draft = *law_;
  ASSERT_TRUE(draft.amend("grant", day("2027-01-01"), "draft.dmn", model_from(35)));
  const auto entitled = [&](const statutes& by, const char* on) {
    return by.judge(*by.find("grant"), facts(32, 0), day(on))->entitled;
  };
  EXPECT_TRUE(entitled(draft, "2026-12-31"));
  EXPECT_FALSE(entitled(draft, "2027-01-01"));
  EXPECT_TRUE(entitled(*law_, "2027-01-01")) << "the law that was copied stays as it was";
  EXPECT_EQ(draft.amend("none", day("2027-01-01"), "d", model_from(1)).why().code,
            "rules.no_provision");
  EXPECT_EQ(draft.amend("grant", day("2027-01-01"), "d", "<a/>").why().code, "dmn.not_dmn");
  EXPECT_EQ(draft.amend("grant", day("2027-01-01"), "d",
                        text::replace_all(model_from(1), "&lt; 1", "&lt; &lt;")).why().code,
            "feel.syntax");
  EXPECT_EQ(draft.set_parameter("none", day("2027-01-01"), 1, "").why().code,
            "rules.no_parameter");
}

TEST_F(small_law, a_record_stays_with_the_version_it_was_decided_by) {
  const auto then = record(facts(32, 0));
  live_law live(*law_);
  for (const int from : {35, 36}) {          // twice the same day: a correction of the correction
    statutes next = live.now();
    ASSERT_TRUE(next.amend("grant", day("2027-01-01"), "d", model_from(from)));
    live.replace(std::move(next));
  }
  const auto& grant_now = *live.find("grant");
  const auto by_35 = [&] {
    statutes once = *law_;
    EXPECT_TRUE(once.amend("grant", day("2027-01-01"), "d", model_from(35)));
    const auto j = once.judge(*once.find("grant"), facts(35, 0), day("2027-06-01"));
    return record_of(*once.find("grant"), *j, day("2027-06-01"), {{}, {1'000'000}});
  }();
  EXPECT_FALSE(live.judge(grant_now, facts(35, 0), day("2027-06-01"))->entitled) << "36 holds";
  for (const auto& kept : {then, by_35}) {
    const auto again = replay(live.now(), kept);
    ASSERT_TRUE(again) << again.why().code;
    EXPECT_EQ(json::print(*again), json::print(kept));
    EXPECT_TRUE(judged_in(live.now(), kept)->entitled);
  }
}

TEST_F(small_law, one_model_is_asked_by_many_threads) {
  const auto& logic = *grant().versions.front().logic;
  const auto expected = record(facts(40, 301));
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> crew;
    for (int t = 0; t < 4; ++t)
      crew.emplace_back([&] {
        for (int i = 0; i < 300; ++i) {
          const auto j = law_->judge(grant(), facts(40, 301), day("2026-01-01"));
          if (!j || j->amount.str() != json::str(expected, "amount")) ++wrong;
        }
      });
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GE(logic.find("entitlement"), 0);
}

TEST_F(small_law, who_decides_while_the_law_is_replaced_ends_by_the_law_it_began_with) {
  live_law live(*law_);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::jthread judge([&] {
    while (!stop) {
      const statutes& law = live.now();
      const auto a = law.judge(*law.find("grant"), facts(32, 0), day("2027-01-01"));
      const auto b = law.judge(*law.find("grant"), facts(32, 0), day("2027-01-01"));
      if (a->entitled != b->entitled) ++wrong;
    }
  });
  for (int i = 0; i < 50; ++i) {
    statutes next = live.now();
    ASSERT_TRUE(next.amend("grant", day("2027-01-01"), "d", model_from(i % 2 ? 30 : 35)));
    live.replace(std::move(next));
  }
  stop = true;
  judge.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace madang::rules
