// Test cases beside a decision. The amounts of the law are those that its parameters name with
// their sources; everything else by hand.
#include "madang/rules/trial.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tables.hpp"

namespace madang::rules {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

const packs::pack& korea() {
  static const packs::pack p(std::string(MADANG_SOURCE) + "/packs/korea");
  return p;
}
const statutes& law() {
  static const statutes s(korea());
  return s;
}
const model& pension() { return *law().find("basic-pension")->versions.back().logic; }

std::vector<trial> cases(const std::string& yaml) {
  auto out = read_trials(packs::parse_yaml(yaml, "test.yaml"));
  EXPECT_TRUE(out) << (out ? "" : out.why().code + " " + out.why().field);
  return out ? *out : std::vector<trial>{};
}
std::vector<trial_result> run(const std::string& yaml, const model& m = pension(),
                              const char* today = "2026-06-01") {
  return run_trials(m, law().parameters(), *date::parse(today), cases(yaml));
}

TEST(a_trial, is_passed_when_the_law_says_what_it_expects) {
  const auto all = run(R"(
- name: a pensioner alone
  given: {age: 70, monthly income: 2000000, married: false}
  expect: {entitlement: {entitled: true, amount: 349700, because: single}}
- name: too young
  given: {age: 64, monthly income: 0, married: false}
  expect: {entitlement: {entitled: false, amount: 0, because: too_young}}
- name: a wrong amount
  given: {age: 70, monthly income: 2000000, married: false}
  expect: {entitlement: {entitled: true, amount: 349701, because: single}}
)");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_TRUE(all[0].passed);
  EXPECT_TRUE(all[1].passed);
  EXPECT_FALSE(all[2].passed);
  ASSERT_EQ(all[2].checks.size(), 1u);
  EXPECT_EQ(all[2].checks[0].is.member("amount")->literal(), "349700");
  EXPECT_EQ(all[2].checks[0].expected.member("amount")->literal(), "349701");
  const auto* told = all[2].how.find("entitlement");
  ASSERT_NE(told, nullptr);
  EXPECT_TRUE(told->rules[4].hit) << "and how it came about";
}

TEST(a_trial, has_the_parameters_of_its_day) {
  // 기준연금액: 334,810 in 2024, 342,510 in 2025.
  const auto all = run(R"(
- name: in 2024
  as_of: 2024-12-31
  given: {age: 70, monthly income: 0, married: false}
  expect: {entitlement: {entitled: true, amount: 334810, because: single}}
- name: today, which is in 2025
  given: {age: 70, monthly income: 0, married: false}
  expect: {entitlement: {entitled: true, amount: 342510, because: single}}
- name: with another amount
  given: {age: 70, monthly income: 0, married: false, basic pension amount: 500000}
  expect: {entitlement: {entitled: true, amount: 500000, because: single}}
- name: before there was any
  as_of: 2001-01-01
  given: {age: 70}
  expect: {entitlement: null}
)",
                       pension(), "2025-07-01");
  EXPECT_TRUE(all[0].passed);
  EXPECT_TRUE(all[1].passed);
  EXPECT_TRUE(all[2].passed);
  ASSERT_TRUE(all[3].why);
  EXPECT_EQ(all[3].why->code, "rules.not_in_force");
}

TEST(a_trial, that_names_what_is_not_there_is_not_passed) {
  const auto all = run(R"(
- {name: a, given: {agee: 70}, expect: {}}
- {name: b, given: {age: 70}, expect: {entitlementt: true}}
- {name: c, given: {age: old}, expect: {}}
)");
  for (const auto& r : all) {
    ASSERT_TRUE(r.why);
    EXPECT_FALSE(r.passed);
  }
  EXPECT_EQ(all[0].why->code, "trial.no_such_name");
  EXPECT_EQ(all[1].why->facts.at("name"), "entitlementt");
  EXPECT_EQ(all[2].why->code, "trial.value");
}

TEST(rules_that_no_case_tries, are_known) {
  const auto all = run(R"(
- {name: a, given: {age: 64, monthly income: 0, married: false}, expect: {entitlement: null}}
- {name: b, given: {age: 70, monthly income: 0, married: true}, expect: {entitlement: null}}
)");
  const auto tables = tried_tables(all);
  ASSERT_EQ(tables.size(), 1u);
  EXPECT_THAT(tables[0].hit, ElementsAre(1, 4));
  EXPECT_THAT(tables[0].never, ElementsAre(2, 3, 5));
}

// ---- values ----

std::shared_ptr<const model> typed(const std::string& type, const std::string& logic) {
  const std::string of = type.empty() ? "" : " typeRef='" + type + "'";
  return tables::model_of(tables::definitions(
      "<inputData name='x' id='x'><variable name='x'" + of + "/></inputData><decision name='d' "
      "id='d'><variable name='d'/><informationRequirement><requiredInput href='#x'/>"
      "</informationRequirement><literalExpression><text>" + tables::escaped(logic) +
      "</text></literalExpression></decision>"));
}
bool passes(const std::string& type, const std::string& logic, const std::string& x,
            const std::string& expected) {
  return run("- {name: t, given: {x: " + x + "}, expect: {d: " + expected + "}}",
             *typed(type, logic))
      .front()
      .passed;
}

TEST(values, are_read_by_the_type_of_their_input) {
  EXPECT_TRUE(passes("date", "x + duration(\"P1D\")", "\"2026-02-28\"", "\"2026-03-01\""));
  EXPECT_FALSE(passes("date", "x + duration(\"P1D\")", "\"2026-02-28\"", "\"2026-03-02\""));
  EXPECT_TRUE(passes("number", "x * 3", "\"0.1\"", "0.3"));
  EXPECT_TRUE(passes("number", "1 / 3", "0", "0.3333333333")) << "within 1e-8";
  EXPECT_FALSE(passes("number", "1 / 3", "0", "0.3333"));
  EXPECT_TRUE(passes("string", "x", "\"2026-02-28\"", "\"2026-02-28\""));
  EXPECT_TRUE(passes("", "x instance of date", "\"@2026-02-28\"", "true"));
  EXPECT_TRUE(passes("", "x instance of string", "\"2026-02-28\"", "true"));
  EXPECT_TRUE(passes("yearMonthDuration", "x.years", "\"P2Y\"", "2"));
  EXPECT_TRUE(passes("", "{a: [1, 2], b: x}", "true", "{b: true, a: [1, 2]}"));
  EXPECT_FALSE(passes("", "[1, 2]", "0", "[2, 1]"));
  EXPECT_TRUE(passes("", "if x > 5 then 1 else null", "1", "null"));
}

TEST(cases, that_are_no_cases_are_refused) {
  EXPECT_EQ(read_trials(packs::parse_yaml("- {name: a}", "t")).why().code, "json.missing");
  EXPECT_EQ(read_trials(packs::parse_yaml("- {name: a, given: {}, expect: {}, other: 1}", "t"))
                .why()
                .code,
            "json.unknown");
  EXPECT_THAT(*read_trials(json::value()), IsEmpty());
}

TEST(a_case_without_end, is_cut_short) {
  const auto all = run("- {name: t, given: {x: 1}, expect: {d: 1}}",
                       *typed("", "count(for a in 1..100000, b in 1..100000 return 1)"));
  EXPECT_FALSE(all.front().passed);
  EXPECT_THAT(all.front().diagnostics, testing::Not(IsEmpty()));
}

// ---- the kit ----

std::string slurp(const fs::path& p) {
  std::ifstream in(p, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

// Its cases are passed as trials, and again when they are written and read.
TEST(cases_of_the_conformance_kit, are_trials) {
  const char* suites = std::getenv("MADANG_SUITES");
  const fs::path kit = suites ? fs::path(suites) / "dmn-tck"
                              : fs::path(MADANG_SOURCE) / "../../shared/suites/dmn-tck";
  if (!fs::exists(kit)) GTEST_SKIP() << "no conformance kit";
  int run_through = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kit)) {
    const auto& file = entry.path();
    if (file.filename().string().find("-test-") == std::string::npos ||
        file.extension() != ".xml")
      continue;
    const auto of = file.parent_path() / (file.parent_path().filename().string() + ".dmn");
    if (!fs::exists(of)) continue;
    auto m = model::load({{"m.dmn", slurp(of)}});
    if (!m) continue;                        // with imports
    auto trials = read_tck(**m, slurp(file));
    ASSERT_TRUE(trials) << file;
    for (int round = 0; round < 2; ++round) {
      for (const auto& r : run_trials(**m, {}, *date::parse("2026-11-23"), *trials)) {
        std::string is;
        for (const auto& c : r.checks)
          if (!c.passed) is += c.expected.literal() + " came " + c.is.literal() + "; ";
        EXPECT_TRUE(r.passed) << file << " " << r.name << " " << is;
        ++run_through;
      }
      trials = read_tck(**m, write_tck(**m, "m.dmn", *trials));
      ASSERT_TRUE(trials);
    }
  }
  EXPECT_GE(run_through, 2000);
}

}  // namespace
}  // namespace madang::rules
