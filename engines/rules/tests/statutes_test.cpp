// The law of packs/korea. Expected amounts are worked out by hand from the notices that the
// parameters name; the arithmetic stands beside.
#include "madang/rules/statutes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace madang::rules {
namespace {

const packs::pack& korea() {
  static const packs::pack p(std::string(MADANG_SOURCE) + "/packs/korea");
  return p;
}
const statutes& law() {
  static const statutes s(korea());
  return s;
}

date day(const char* s) { return *date::parse(s); }

entries person(entries more) {
  entries out = {{"age", 40},           {"household size", 1},  {"married", false},
                 {"children", value::list({})}, {"single parent", false}, {"monthly income", 0},
                 {"yearly earnings", 0}, {"earners", "one"},     {"disability", "none"},
                 {"monthly rent", 0},    {"with parents", false}};
  for (auto& [name, v] : more)
    for (auto& [known, is] : out)
      if (known == name) is = std::move(v);
  return out;
}

// "342510 single" or "no too_young"
std::string judged_as(const char* id, entries more, const char* on = "2025-06-01") {
  const auto* p = law().find(id);
  if (!p) return "no such provision";
  auto j = law().judge(*p, person(std::move(more)), day(on));
  if (!j) return "!" + j.why().code;
  return (j->entitled ? j->amount.str() : "no") + " " + j->because;
}

value ages(std::vector<int> all) {
  std::vector<value> out;
  for (int a : all) out.emplace_back(a);
  return value::list(std::move(out));
}

TEST(law, pays_what_is_missing_to_the_limit_of_the_livelihood_benefit) {
  // 2025: 32 % of 2,392,013 is 765,444 (of 6,097,773 for four: 1,951,287); 2024: 32 % of 2,228,445
  // is 713,102; 2023: 30 % of 2,077,892 is 623,368; of 2020 the pack has no median income.
  EXPECT_EQ(judged_as("livelihood", {{"monthly income", 0}}), "765444 within");
  EXPECT_EQ(judged_as("livelihood", {{"household size", 4}, {"monthly income", 1'000'000}}),
            "951287 within");
  EXPECT_EQ(judged_as("livelihood", {{"monthly income", 765'444}}), "0 within");
  EXPECT_EQ(judged_as("livelihood", {{"monthly income", 765'445}}), "no over");
  EXPECT_EQ(judged_as("livelihood", {}, "2024-12-31"), "713102 within");
  EXPECT_EQ(judged_as("livelihood", {}, "2023-12-31"), "623368 within");
  EXPECT_EQ(judged_as("livelihood", {}, "2020-12-31"), "!rules.not_in_force");
  // Eight persons as the notices print it: 2025 3,171,856; 2023 2,696,116; 2021 2,509,737.
  EXPECT_EQ(judged_as("livelihood", {{"household size", 8}}), "3171856 within");
  EXPECT_EQ(judged_as("livelihood", {{"household size", 8}}, "2023-06-01"), "2696116 within");
  EXPECT_EQ(judged_as("livelihood", {{"household size", 8}}, "2021-06-01"), "2509737 within");
  EXPECT_EQ(judged_as("livelihood", {{"household size", 9}}, "2026-06-01"),
            "3658734 within");                        // 3,351,791 + 306,943
}

TEST(law, pays_the_basic_pension_from_65_on) {
  EXPECT_EQ(judged_as("basic-pension", {{"age", 64}}), "no too_young");
  EXPECT_EQ(judged_as("basic-pension", {{"age", 65}}), "342510 single");
  EXPECT_EQ(judged_as("basic-pension", {{"age", 65}}, "2024-06-01"), "334810 single");
  EXPECT_EQ(judged_as("basic-pension", {{"age", 70}, {"monthly income", 2'280'001}}), "no over");
  EXPECT_EQ(judged_as("basic-pension",
                      {{"age", 70}, {"monthly income", 3'000'000}, {"married", true}}),
            "274008 couple");                         // 342,510 x 0.8
}

TEST(law, counts_children_by_age) {
  EXPECT_EQ(judged_as("child-allowance", {{"children", ages({0, 7, 8})}}), "200000 young");
  EXPECT_EQ(judged_as("child-allowance", {}), "no none");
  EXPECT_EQ(judged_as("parental-benefit", {{"children", ages({0, 1, 5})}}), "1500000 baby");
  EXPECT_EQ(judged_as("first-meeting", {{"children", ages({0})}}), "2000000 newborn");
  EXPECT_EQ(judged_as("first-meeting", {{"children", ages({0, 3})}}), "3000000 newborn");
  // 487,000 + 679,000 + 768,000
  EXPECT_EQ(judged_as("education", {{"household size", 4}, {"children", ages({7, 13, 16})}}),
            "1934000 within");
  EXPECT_EQ(judged_as("education", {{"children", ages({3})}}), "no no_pupil");
}

TEST(law, supports_single_parents_and_young_tenants) {
  // 63 % of 3,932,658 is 2,477,574.54, printed as 2,477,575
  EXPECT_EQ(judged_as("single-parent", {{"household size", 2}, {"single parent", true},
                                        {"children", ages({4, 17})},
                                        {"monthly income", 2'477'575}}),
            "460000 within");
  EXPECT_EQ(judged_as("single-parent", {{"children", ages({4})}}), "no not_single");
  // 60 % of 2,392,013 is 1,435,207.8
  EXPECT_EQ(judged_as("youth-rent", {{"age", 25}, {"monthly rent", 350'000},
                                     {"monthly income", 1'435'207}}), "200000 within");
  EXPECT_EQ(judged_as("youth-rent", {{"age", 25}, {"monthly rent", 150'000}}), "150000 within");
  EXPECT_EQ(judged_as("youth-rent", {{"age", 35}, {"monthly rent", 150'000}}), "no age");
}

TEST(law, credits_work) {
  // alone: 3,000,000 x 165/400; 1,650,000 - (15,500,000 - 9,000,000) x 165/1300
  EXPECT_EQ(judged_as("earned-income-credit", {{"yearly earnings", 3'000'000}}), "1237500 within");
  EXPECT_EQ(judged_as("earned-income-credit", {{"yearly earnings", 15'500'000}}), "825000 within");
  EXPECT_EQ(judged_as("earned-income-credit", {{"yearly earnings", 22'000'000}}), "no over");
  EXPECT_EQ(judged_as("earned-income-credit", {{"yearly earnings", 30'500'000},
                                               {"married", true}, {"earners", "two"}}),
            "1650000 within");                        // 3,300,000 - 13,500,000 x 330/2700
  // 2 x (1,000,000 - (45,500,000 - 21,000,000) x 50/4900)
  EXPECT_EQ(judged_as("child-credit", {{"yearly earnings", 45'500'000}, {"married", true},
                                       {"children", ages({3, 9})}}), "1500000 within");
}

TEST(law, says_why_with_the_figures_and_what_was_tried) {
  const auto* p = law().find("livelihood");
  ASSERT_TRUE(p);
  auto j = law().judge(*p, person({{"household size", 3}, {"monthly income", 1'700'000}}),
                       day("2025-06-01"));
  ASSERT_TRUE(j);
  // 32 % of 5,025,353 is 1,608,112.96, printed as 1,608,113
  EXPECT_EQ(j->reason("en"),
            "Your household of 3 has 1,700,000 won, which is above the limit of 1,608,113 won.");
  EXPECT_EQ(j->reason("ko"),
            "3인 가구의 소득인정액 1,700,000원이 기준 1,608,113원보다 많습니다.");
  EXPECT_EQ(j->sources.at("median income"), "보건복지부고시 제2024-162호");
  EXPECT_EQ(j->hash.size(), 64u);
  const auto* d = j->how.find("entitlement");
  ASSERT_TRUE(d);
  ASSERT_EQ(d->rules.size(), 3u);
  EXPECT_FALSE(d->rules[1].hit);
  EXPECT_FALSE(d->rules[1].conditions[0].holds);
  EXPECT_EQ(d->rules[1].conditions[0].asked, "monthly income");
  EXPECT_EQ(d->rules[1].conditions[0].test, "<= limit");
  EXPECT_EQ(d->rules[1].conditions[0].is.literal(), "1700000");
  EXPECT_TRUE(d->rules[2].hit);
  EXPECT_EQ(d->rules[2].annotations.front(), "국민기초생활 보장법 제8조제2항");
  const auto near = near_misses(*d);
  ASSERT_EQ(near.size(), 2u);
  EXPECT_EQ(near.back().rule->number, 2);
}

TEST(law, is_decided_once_for_a_household_or_for_each_person) {
  EXPECT_EQ(law().find("livelihood")->for_whom, "household");
  EXPECT_EQ(law().find("basic-pension")->for_whom, "person");
}

// A pack of its own, with one provision and its model.
std::string wrong_in(const std::string& provision, const std::string& parameters = "[]") {
  namespace fs = std::filesystem;
  static int number = 0;
  const fs::path folder = fs::temp_directory_path() / ("madang-law-" + std::to_string(::getpid()) +
                                                       "-" + std::to_string(++number));
  fs::create_directories(folder / "duties");
  std::ofstream(folder / "pack.yaml") << "id: t\nname: {en: T}\nlanguages: [en]\n";
  std::ofstream(folder / "duties/a.yaml") << provision;
  std::ofstream(folder / "duties/parameters.yaml") << parameters;
  std::ofstream(folder / "duties/a.dmn")
      << R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="a" )"
      << R"(namespace="urn:a"><decision name="entitlement" id="e"><variable name="entitlement"/>)"
      << "<literalExpression><text>{entitled: true, amount: 0, because: \"x\"}</text>"
      << "</literalExpression></decision></definitions>";
  std::string out;
  try {
    const statutes s{packs::pack(folder), "duties"};
    out = s.provisions().front().for_whom;
  } catch (const packs::broken_pack& e) {
    out = e.what();
  }
  fs::remove_all(folder);
  return out;
}

TEST(law, stands_in_any_folder_and_says_where_it_is_wrong) {
  const std::string head = "id: a\nname: {en: A}\nlaw: {en: L}\nline: {en: L}\n";
  const std::string rest =
      "simplified: {en: S}\namount: {en: M}\nversions: [{from: 2026-01-01, model: a.dmn}]\n";
  EXPECT_EQ(wrong_in(head + rest), "person");
  EXPECT_EQ(wrong_in(head + "for: household\n" + rest), "household");
  EXPECT_EQ(wrong_in(head + "for: village\n" + rest),
            "duties/a.yaml:5: \"for\" is person, household or business, not \"village\"");
}

TEST(a_file_of_parameters, that_is_wrong_is_refused_with_its_line_and_what_to_do) {
  const std::string provision =
      "id: a\nname: {en: A}\nlaw: {en: L}\nline: {en: L}\nsimplified: {en: S}\n"
      "amount: {en: M}\nversions: [{from: 2026-01-01, model: a.dmn}]\n";
  const std::string head = "- id: limit\n  name: {en: Limit}\n  unit: {en: won}\n  values:\n"
                           "    - {from: 2025-01-01, value: 10, source: notice 1}\n";
  const auto said = [&](const std::string& rest) { return wrong_in(provision, head + rest); };
  EXPECT_EQ(said(""), "person");
  EXPECT_EQ(said("    - {from: 2026-13-01, value: 11, source: notice 2}\n"),
            "duties/parameters.yaml:6: \"from\" must be a date, such as 2026-01-01");
  EXPECT_EQ(said("    - {from: 2026-01-01, value: 11}\n"),
            "duties/parameters.yaml:6: limit: the value names no \"source\", the notice that sets "
            "it");
  EXPECT_EQ(said("    - {from: 2026-01-01, vaule: 11, source: notice 2}\n"),
            "duties/parameters.yaml:6: limit: no \"value\" from 2026-01-01 on");
  EXPECT_EQ(said("    - {from: 2026-01-01, value: 11, source: n}\n"
                 "    - {from: 2025-01-01, value: 12, source: n}\n"),
            "duties/parameters.yaml:7: limit: two values from 2025-01-01 on; give one another "
            "date");
  EXPECT_EQ(said("- {id: limit, values: [{from: 2025-01-01, value: 1, source: n}]}\n"),
            "duties/parameters.yaml:6: limit is there twice; leave one of them out");
  EXPECT_EQ(said("- {id: rate, values: []}\n"),
            "duties/parameters.yaml:6: rate has no value; give \"values: [{from, value, "
            "source}]\"");
  EXPECT_EQ(said("- {values: [{from: 2025-01-01, value: 1, source: n}]}\n"),
            "duties/parameters.yaml:6: a parameter has no \"id\"; give it the name of its input");
}

TEST(law, gives_each_provision_a_reason_for_everything_it_decides) {
  for (const auto& p : law().provisions())
    for (const int age : {0, 18, 25, 64, 66})
      for (const int income : {0, 1'500'000, 9'000'000})
        for (const bool yes : {false, true}) {
          auto j = law().judge(p, person({{"age", age}, {"monthly income", income},
                                          {"yearly earnings", income * 12}, {"married", yes},
                                          {"single parent", yes}, {"monthly rent", income / 10},
                                          {"disability", yes ? "severe" : "none"},
                                          {"children", yes ? ages({0, 10}) : ages({})}}),
                               day("2026-11-23"));
          ASSERT_TRUE(j) << p.id << " " << j.why().code;
          for (const char* language : {"ko", "en"}) {
            ASSERT_FALSE(j->reason(language).empty()) << p.id << " " << j->because;
            ASSERT_EQ(j->reason(language).find('{'), std::string::npos) << j->reason(language);
          }
        }
}

}  // namespace
}  // namespace madang::rules
