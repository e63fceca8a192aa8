// FEEL and decision tables on one core.
//   1. a medium expression (a condition, a filter with count, a loop with an interval and a sum,
//      decimal arithmetic over a household of three), compiled once
//   2. the same, parsed each time
//   3. a table of 10 rules, 3 inputs, 2 outputs, hit policy FIRST; the sixth rule hits
//   4. the same with full explanation: of every rule every condition, its value and what it gives
//   5. sums of decimals, as the limit of what 1 and 3 do
// Rates are per second of the processor's time, the best of eight slices, as benchmarks share their
// machine. Peers in JavaScript, Rust and Java, the same work: bench/rules_peers/run.
//
//   rules_bench [seconds a row = 2] [--json | only rows with this in their name]
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "madang/rules/feel.hpp"
#include "madang/rules/model.hpp"

using namespace madang;
using namespace madang::rules;

namespace {

double seconds_each = 2;
bool as_json = false;
std::string_view only;
const date_time some_day{{2026, 11, 23}, {0, zone::utc()}};

constexpr const char* medium =
    "if household.income < 3000000 and count(household.members[age < 18]) >= 1 "
    "then sum(for m in household.members return if m.age in [0..7] then 100000 else 0) "
    "+ household.income * 0.015 else 0";

value household() {
  const auto member = [](int age) { return value::context({{"age", age}, {"income", 0}}); };
  return value::context(
      {{"income", 1'890'000}, {"members", value::list({member(38), member(36), member(5)})}});
}

type_ptr household_type() {
  auto member = std::make_shared<rules::type>();
  member->kind = rules::type::how::context;
  member->fields = {{"age", builtin_type("number")}, {"income", builtin_type("number")}};
  auto t = std::make_shared<rules::type>();
  t->kind = rules::type::how::context;
  t->fields = {{"income", builtin_type("number")}, {"members", list_of(member)}};
  return t;
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class F>
double rate(const char* name, F f) {
  if (std::string_view(name).find(only) == std::string_view::npos) return 0;
  constexpr int slices = 8;
  double best = 0;
  for (int i = 0; i < slices; ++i) {
    const double began = cpu_seconds();
    double spent = 0;
    std::uint64_t done = 0;
    while (spent < seconds_each / slices) {
      for (int j = 0; j < 1000; ++j) f();
      done += 1000;
      spent = cpu_seconds() - began;
    }
    best = std::max(best, static_cast<double>(done) / spent);
  }
  std::printf(as_json ? "{\"name\": \"Madang, %s\", \"rate\": %.0f}\n" : "%-44s %12.0f /s\n", name,
              best);
  std::fflush(stdout);
  return best;
}

std::string table() {
  std::string rules;
  for (int i = 0; i < 10; ++i) {
    const std::string low = std::to_string(i * 10), high = std::to_string(i * 10 + 10);
    rules += "<rule><inputEntry><text>[" + low + ".." + high + ")</text></inputEntry>" +
             "<inputEntry><text>\"A\", \"B\"</text></inputEntry>" +
             "<inputEntry><text>&gt; 100</text></inputEntry>" +
             "<outputEntry><text>\"class " + low + "\"</text></outputEntry>" +
             "<outputEntry><text>" + high + "</text></outputEntry></rule>";
  }
  const auto input = [](const char* name, const char* type) {
    return std::string("<input><inputExpression typeRef=\"") + type + "\"><text>" + name +
           "</text></inputExpression></input>";
  };
  const auto data = [](const char* name, const char* type) {
    return std::string("<inputData name=\"") + name + "\" id=\"" + name + "\"><variable name=\"" +
           name + "\" typeRef=\"" + type + "\"/></inputData>";
  };
  const auto needs = [](const char* name) {
    return std::string("<informationRequirement><requiredInput href=\"#") + name +
           "\"/></informationRequirement>";
  };
  return "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"b\" "
         "namespace=\"urn:b\">" +
         data("age", "number") + data("kind", "string") + data("sum", "number") +
         "<decision name=\"d\" id=\"d\"><variable name=\"d\"/>" + needs("age") + needs("kind") +
         needs("sum") + "<decisionTable hitPolicy=\"FIRST\">" + input("age", "number") +
         input("kind", "string") + input("sum", "number") +
         "<output name=\"class\"/><output name=\"amount\"/>" + rules +
         "</decisionTable></decision></definitions>";
}

}  // namespace

int main(int count, char** given) {
  if (count > 1) seconds_each = std::atof(given[1]);
  as_json = count > 2 && std::string_view(given[2]) == "--json";
  if (count > 2 && !as_json) only = given[2];
  const value who = household();
  const variable names[] = {{"household", household_type()}};
  auto compiled = compile(medium, names);
  if (!compiled) return 1;
  if (!as_json) {
    evaluation once(some_day);
    std::printf("%s = %s\n", medium, compiled->run(once, std::span(&who, 1)).literal().c_str());
  }
  evaluation e(some_day, {.steps = INT64_MAX});
  const double medium_rate =
      rate("medium expression, compiled", [&] { compiled->run(e, std::span(&who, 1)); });
  const double parsed_rate = rate("medium expression, parsed each time", [&] {
    auto each = compile(medium, names);
    each->run(e, std::span(&who, 1));
  });
  auto m = model::load({{"t.dmn", table()}});
  if (!m) return 1;
  const int d = (*m)->find("d");
  const auto decide = [&] {
    decision_run run(**m);
    run.set(0, 55);
    run.set(1, "B");
    run.set(2, 150);
    run.get(e, d);
  };
  const double table_rate = rate("table", decide);
  const double told_rate = rate("table, with full explanation", [&] {
    explanation how;
    e.told = &how;
    decide();
    e.told = nullptr;
  });
  decimal sum(0);
  const decimal tenth = *decimal::parse("0.1");
  rate("decimal addition", [&] { sum += tenth; });
  if (as_json) return 0;
  std::printf("of the bars: compiled %.0f %% of 1,000,000; parsed %.0f %% of 200,000; "
              "table %.0f %% of 1,000,000; explained %.0f %% of 300,000\n",
              medium_rate / 1e4, parsed_rate / 2e3, table_rate / 1e4, told_rate / 3e3);
}
