// FEEL, by the examples of the standard itself (DMN 1.5, chapter 10; the table is named beside) and
// by hand. The conformance kit is run apart (tests/CMakeLists.txt: conformance.dmn).
#include "madang/rules/feel.hpp"

#include <gtest/gtest.h>

namespace madang::rules {
namespace {

const date_time some_day{{2026, 11, 23}, {0, zone::utc()}};


std::string run(const std::string& text, const std::vector<std::pair<std::string, std::string>>&
                                             names = {}) {
  std::vector<variable> variables;
  std::vector<value> values;
  evaluation e(some_day);
  for (const auto& [name, literal] : names) {
    auto v = compile(literal);
    values.push_back(v ? v->run(e) : value());
    variables.push_back({name, v ? v->type() : nullptr});
  }
  auto made = compile(text, variables);
  if (!made) return "!" + made.why().code;
  const value out = made->run(e, values);
  if (out.is_null() && !e.diagnostics.empty()) return "!" + e.diagnostics.front().code;
  return out.literal();
}

struct example {
  const char *text, *means;
};

void check_all(std::initializer_list<example> all) {
  for (const auto& one : all) EXPECT_EQ(run(one.text), one.means) << one.text;
}

TEST(feel, calculates_with_decimals) {
  check_all({{"0.1 + 0.2 = 0.3", "true"},
             {"1 / 3 * 3", "0.9999999999999999999999999999999999"},
             {"2 ** 3 ** 2", "64"},
             {"-2 ** 2", "4"},                      // negation binds closer (rule 4)
             {"10 - 4 - 3", "3"},
             {"1 + 2 * 3", "7"},
             {"(1 + 2) * 3", "9"},
             {"1 / 0", "!feel.division_by_zero"},
             {"\"a\" + \"b\"", "\"ab\""},
             {"\"a\" + 1", "!feel.arithmetic"},
             {"null + 1", "!feel.arithmetic"}});
}

TEST(feel, knows_three_truths) {                    // tables 49 and 50
  check_all({{"true and null", "null"},
             {"false and null", "false"},
             {"null and false", "false"},
             {"true or null", "true"},
             {"null or false", "null"},
             {"1 and true", "!feel.logic"},
             {"not(null)", "null"},
             {"null = null", "true"},
             {"1 = null", "false"},
             {"1 = \"1\"", "!feel.comparison"},
             {"1 < null", "!feel.comparison"},
             {"if null then 1 else 2", "2"},
             {"5 between 1 and 10 and true", "true"}});
}

TEST(feel, understands_names_with_blanks_and_operators) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"Monthly Salary", "1000"}, {"a-b", "7"}, {"a", "10"}, {"b", "4"}, {"가구원 수", "3"}};
  EXPECT_EQ(run("12 * Monthly   Salary", names), "12000");
  EXPECT_EQ(run("a-b", names), "7") << "the longest name there is";
  EXPECT_EQ(run("a - b", names), "7") << "blanks around signs do not count";
  EXPECT_EQ(run("a- 4", names), "6");
  EXPECT_EQ(run("가구원 수 + 1", names), "4");
  EXPECT_EQ(run("unknown + 1", names), "!feel.unknown_name");
  EXPECT_EQ(run("Monthly", names), "!feel.unknown_name");
}

TEST(feel, filters_and_projects) {                  // 10.3.2.5, and the examples of chapter 11
  check_all({{"[1, 2, 3, 4][item > 2]", "[3, 4]"},
             {"[1, 2, 3][-1]", "3"},
             {"[1, 2, 3][4]", "!feel.index"},
             {"[{x: 1, y: 2}, {x: 2, y: 3}][x = 1]", "[{x: 1, y: 2}]"},
             {"[{x: 1, y: 2}, {x: 2, y: 3}].y", "[2, 3]"},
             {"{a: 1, b: a + 1}.b", "2"},
             {"{first name: \"Kim\"}.first name", "\"Kim\""},
             {"{a: {b: {c: 5}}}.a.b.c", "5"},
             {"{a: 1}.b", "!feel.no_such_member"},
             {"100[1]", "100"},
             {"[[1, 2], [3]][count(item) = 2]", "[[1, 2]]"}});
}

TEST(feel, loops_and_quantifies) {                  // tables 51 and 52
  check_all({{"for i in [1, 2, 3] return i * 2", "[2, 4, 6]"},
             {"for i in 1..3, j in i..3 return i * 10 + j", "[11, 12, 13, 22, 23, 33]"},
             {"for i in 3..1 return i", "[3, 2, 1]"},
             {"for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"},
             {"for d in @\"2026-02-27\"..@\"2026-03-01\" return d.day", "[27, 28, 1]"},
             {"some x in [1, 2] satisfies x > 1", "true"},
             {"every x in [1, 2] satisfies x > 1", "false"},
             {"every x in [] satisfies false", "true"},
             {"some x in [1], y in [2] satisfies x > y", "false"}});
}

TEST(feel, tests_intervals) {
  check_all({{"5 in [1..10]", "true"},
             {"1 in (1..10]", "false"},
             {"1 in ]1..10[", "false"},
             {"5 in (< 6, 10)", "true"},
             {"5 in > 6", "false"},
             {"[1..10].start", "1"},
             {"(1..10].start included", "false"},
             {"(< 5) = (< 5)", "true"},
             {"before(1, 10)", "true"},               // table 78
             {"before([1..10], [10..20])", "false"},
             {"overlaps([1..5], [3..8])", "true"},
             {"meets([1..5], [5..10])", "true"},
             {"during(4, [1..5])", "true"},
             {"coincides([1..5], [1..5])", "true"}});
}

TEST(feel, calls_functions) {
  check_all({{"(function(a, b) a + b)(1, 2)", "3"},
             {"{f: function(x: number) x * 2, y: f(x: 4)}.y", "8"},
             {"{add: function(n) function(m) n + m, y: add(3)(4)}.y", "7"},
             {"(function(x: number) x)(\"a\")", "!feel.type"},
             {"(function(x) x)(1, 2)", "!feel.argument_count"},
             {"{f: function(x) x, y: f(z: 1)}.y", "!feel.argument_name"},
             {"5(3)", "!feel.no_function"},
             {"sort([3, 1, 2], function(x, y) x < y)", "[1, 2, 3]"},
             {"sort(list: [3, 1, 2], precedes: function(x, y) x > y)", "[3, 2, 1]"}});
}

TEST(feel, has_the_texts_of_table_69) {
  check_all({{"substring(\"foobar\", 3)", "\"obar\""},
             {"substring(\"foobar\", 3, 3)", "\"oba\""},
             {"substring(\"foobar\", -2, 1)", "\"a\""},
             {"substring(\"\\U01F40Eab\", 2)", "\"ab\""},
             {"string length(\"foo\")", "3"},
             {"string length(\"\\U01F40Eab\")", "3"},
             {"string length(\"가나다\")", "3"},
             {"upper case(\"aBc4\")", "\"ABC4\""},
             {"lower case(\"aBc4\")", "\"abc4\""},
             {"substring before(\"foobar\", \"bar\")", "\"foo\""},
             {"substring before(\"foobar\", \"xyz\")", "\"\""},
             {"substring after(\"foobar\", \"ob\")", "\"ar\""},
             {"replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""},
             {"contains(\"foobar\", \"of\")", "false"},
             {"starts with(\"foobar\", \"fo\")", "true"},
             {"matches(\"foobar\", \"^fo*b\")", "true"},
             {"split(\"a;b;c;;\", \";\")", "[\"a\", \"b\", \"c\", \"\", \"\"]"},
             {"string join([\"a\", \"b\", \"c\"], \"_and_\")", "\"a_and_b_and_c\""},
             {"matches(\"abc\", \"(?=a)\")", "!feel.pattern"},
             {"matches(\"hello\", \"[a-z-[aeiou]]ello\")", "true"},
             {"matches(\"abab\", \"(ab)\\\\1\")", "true"},
             {"matches(\"a\", \"\\\\3\")", "!feel.pattern"}});
}

TEST(feel, has_the_lists_of_table_70) {
  check_all({{"list contains([1, 2, 3], 2)", "true"},
             {"count([])", "0"},
             {"min(1, 2, 3)", "1"},
             {"max([1, 2, 3])", "3"},
             {"min([])", "null"},
             {"sum([1, 2, 3])", "6"},
             {"mean(1, 2, 3)", "2"},
             {"all([false, null, true])", "false"},
             {"any([false, null, true])", "true"},
             {"all([])", "true"},
             {"any(0)", "!feel.argument"},
             {"sublist([4, 5, 6], 1, 2)", "[4, 5]"},
             {"append([1], 2, 3)", "[1, 2, 3]"},
             {"concatenate([1, 2], [3])", "[1, 2, 3]"},
             {"insert before([1, 3], 1, 2)", "[2, 1, 3]"},
             {"remove([1, 2, 3], 2)", "[1, 3]"},
             {"list replace([2, 4, 7, 8], 3, 6)", "[2, 4, 6, 8]"},
             {"list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)",
              "[5, 5, 7, 8]"},
             {"reverse([1, 2, 3])", "[3, 2, 1]"},
             {"index of([1, 2, 3, 2], 2)", "[2, 4]"},
             {"union([1, 2], [2, 3])", "[1, 2, 3]"},
             {"distinct values([1, 2, 3, 2, 1])", "[1, 2, 3]"},
             {"flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"},
             {"product(2, 3, 4)", "24"},
             {"median(8, 2, 5, 3, 4)", "4"},
             {"median([6, 1, 2, 3])", "2.5"},
             {"stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"},
             {"mode(6, 3, 9, 6, 6)", "[6]"},
             {"mode([6, 1, 9, 6, 1])", "[1, 6]"}});
}

TEST(feel, has_the_numbers_of_table_72) {
  check_all({{"decimal(1/3, 2)", "0.33"},
             {"decimal(1.5, 0)", "2"},
             {"decimal(2.5, 0)", "2"},
             {"floor(-1.5)", "-2"},
             {"floor(-1.56, 1)", "-1.6"},
             {"ceiling(-1.5)", "-1"},
             {"round up(5.5, 0)", "6"},
             {"round up(-1.126, 2)", "-1.13"},
             {"round down(-5.5, 0)", "-5"},
             {"round half up(-5.5, 0)", "-6"},
             {"round half down(5.5, 0)", "5"},
             {"abs(-10)", "10"},
             {"modulo(-12, 5)", "3"},
             {"sqrt(16)", "4"},
             {"odd(5)", "true"},
             {"even(2.5)", "!feel.argument"}});
}

TEST(feel, has_dates_times_and_durations) {
  check_all({{"date(\"2012-12-25\") - date(\"2012-12-24\")", "@\"P1D\""},
             {"date and time(\"2012-12-24T23:59:00\") + duration(\"PT1M\")",
              "@\"2012-12-25T00:00:00\""},
             {"time(\"23:59:00z\") + duration(\"PT2M\")", "@\"00:01:00Z\""},
             {"years and months duration(date(\"2011-12-22\"), date(\"2013-08-24\"))",
              "@\"P1Y8M\""},
             {"@\"2026-01-31\" + @\"P1M\"", "@\"2026-02-28\""},
             {"@\"2024-01-31\" + @\"P1M\"", "@\"2024-02-29\""},
             {"@\"-0001-01-01\" < @\"0001-01-01\"", "true"},
             {"@\"999999999-12-31\".year", "999999999"},
             {"date(2017, 8, 30).weekday", "3"},      // a Wednesday
             {"day of week(date(2019, 9, 17))", "\"Tuesday\""},     // table 77
             {"day of year(date(2019, 9, 17))", "260"},
             {"week of year(date(2003, 12, 29))", "1"},
             {"week of year(date(2005, 1, 1))", "53"},
             {"month of year(date(2019, 9, 17))", "\"September\""},
             {"date and time(\"2026-07-01T00:00:00@Asia/Seoul\").time offset", "@\"PT9H\""},
             {"date and time(\"2026-07-01T00:00:00@Asia/Seoul\") = "
              "date and time(\"2026-06-30T15:00:00Z\")", "true"},
             {"is(date and time(\"2026-07-01T00:00:00@Asia/Seoul\"), "
              "date and time(\"2026-06-30T15:00:00Z\"))", "false"},
             {"today()", "@\"2026-11-23\""},
             {"date(\"2026-02-29\")", "!feel.argument"},
             {"@\"2026-13-01\"", "!feel.literal"}});
}

TEST(feel, has_contexts) {                          // table 76
  check_all({{"get value({key1: \"value1\"}, \"key1\")", "\"value1\""},
             {"get entries({a: 1})", "[{key: \"a\", value: 1}]"},
             {"context([{key: \"a\", value: 1}])", "{a: 1}"},
             {"context put({x: 1}, \"y\", 2)", "{x: 1, y: 2}"},
             {"context merge([{x: 1}, {x: 2, y: 3}])", "{x: 2, y: 3}"},
             {"{a: 1, a: 2}", "!feel.duplicate_key"}});
}

TEST(feel, tells_instances) {
  check_all({{"1 instance of number", "true"},
             {"[1, 2] instance of list<number>", "true"},
             {"[1, \"a\"] instance of list<number>", "false"},
             {"{a: 1} instance of context<a: number>", "true"},
             {"@\"P1D\" instance of days and time duration", "true"},
             {"null instance of number", "false"},
             {"1 instance of nothing known", "!feel.syntax"}});
}

TEST(feel, says_where_a_text_is_no_expression) {
  for (const char* bad : {"1 +", "(1", "[1, 2", "{a 1}", "if true then 1", "for x return 1",
                          "\"open", "1 2", "and", "@", "@2", "x instance of", "{a: }"}) {
    auto made = compile(bad);
    EXPECT_FALSE(made) << bad;
    if (!made) {
      EXPECT_EQ(made.why().code, "feel.syntax") << bad;
      EXPECT_TRUE(made.why().facts.count("at")) << bad;
    }
  }
}

// ---- unary tests ----

bool fits(const std::string& tests, const std::string& input) {
  evaluation e(some_day);
  auto v = compile(input);
  auto t = compile_tests(tests, nullptr);
  EXPECT_TRUE(v && t) << tests;
  const value tested = v->run(e);
  return t && t->run(e, std::span(&tested, 1)).is_true();
}

TEST(unary_tests, say_which_values_fit) {
  EXPECT_TRUE(fits("-", "null"));
  EXPECT_TRUE(fits("< 10", "5"));
  EXPECT_FALSE(fits("< 10", "null"));
  EXPECT_TRUE(fits("[1..5], 9", "9"));
  EXPECT_TRUE(fits("\"a\", \"b\"", "\"b\""));
  EXPECT_TRUE(fits("not(\"a\", \"b\")", "\"c\""));
  EXPECT_FALSE(fits("not(\"a\", \"b\")", "\"b\""));
  EXPECT_TRUE(fits("? > 3 and even(?)", "4"));
  EXPECT_FALSE(fits("? > 3 and even(?)", "5"));
  EXPECT_TRUE(fits("true", "true"));
  EXPECT_FALSE(fits("true", "false"));
  EXPECT_TRUE(fits("null", "null"));
  EXPECT_TRUE(fits("[\"a\", \"b\"]", "\"a\"")) << "a list holds its items";
  EXPECT_TRUE(fits("contains(?, \"o\")", "\"foo\""));
}

// ---- limits ----

TEST(a_hostile_expression, ends_in_a_diagnostic) {
  EXPECT_EQ(run(std::string(5000, '(') + "1" + std::string(5000, ')')), "!feel.syntax");
  EXPECT_EQ(run(std::string(5000, '-') + "1"), "!feel.syntax");
  EXPECT_EQ(run("count(for a in 1..100000, b in 1..100000 return 1)"), "!feel.limit");
  EXPECT_EQ(run("{f: function(g) g(g), y: f(f)}.y"), "!feel.too_deep");
  EXPECT_EQ(run("matches(\"" + std::string(40, 'a') + "b\", \"(a+)+$\")"), "!feel.limit");
  EXPECT_EQ(run("10 ** 9999"), "!feel.not_finite");
  EXPECT_EQ(run("count(for i in 1..60 return if i = 1 then \"x\" else partial[-1] + partial[-1])"),
            "60") << "a text that would grow beyond all bounds is null from there on";
  // Lists that double: in memory, by sharing, by what a function makes of them.
  EXPECT_EQ(run("count(for i in 1..60 return if i = 1 then [1, 1] "
                "else concatenate(partial[-1], partial[-1]))"), "!feel.limit");
  EXPECT_EQ(run("count(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])"),
            "!feel.limit");
  EXPECT_EQ(run("for i in 1..200 return if i = 1 then {a: 1} "
                "else {a: partial[-1], b: partial[-1]}"), "!feel.limit");
  EXPECT_EQ(run("count(flatten(for i in 1..40 return if i = 1 then [1] "
                "else [partial[-1], partial[-1]]))"), "!feel.limit");
  EXPECT_EQ(run("count(distinct values(for i in 1..1000000 return i))"), "!feel.limit");
  EXPECT_EQ(run("{big: for i in 1..1000000 return i, "
                "n: count(for i in 1..1000000 return list contains(big, -1))}.n"), "!feel.limit");
  EXPECT_EQ(run("{big: for i in 1..1000000 return i, "
                "n: count(for i in 1..1000000 return big = big)}.n"), "!feel.limit");
  EXPECT_EQ(run("count(for i in 1..100000 return partial)"), "!feel.limit");
}

}  // namespace
}  // namespace madang::rules
