// Grids taken out of files and put back. What a changed file must look like is written by hand.
#include "madang/rules/grid.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/base/json.hpp"
#include "madang/base/text.hpp"
#include "madang/rules/model.hpp"
#include "madang/rules/tck.hpp"

namespace madang::rules {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// What other tools write: a prefix, comments, ids, an extension, a diagram, quotation marks of both
// kinds, one tag where two would do.
const std::string file = R"(<?xml version="1.0" encoding='UTF-8'?>
<!-- law -->
<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20230324/MODEL/"
    xmlns:x='urn:other' id="m" name='m' namespace="urn:m">
  <dmn:inputData id="a" name="age"><dmn:variable name="age" typeRef="number"/></dmn:inputData>
  <dmn:decision id="d" name="grade of  age">
    <dmn:variable name="grade of age"/>
    <dmn:informationRequirement><dmn:requiredInput href="#a"/></dmn:informationRequirement>
    <dmn:decisionTable id="t" hitPolicy='FIRST'>
      <dmn:extensionElements><x:width>50</x:width></dmn:extensionElements>
      <dmn:input id="i1" label="Age">
        <dmn:inputExpression typeRef="number"><dmn:text>age</dmn:text></dmn:inputExpression>
      </dmn:input>
      <dmn:output id="o1" name="grade"/>
      <dmn:annotation name="article"/>
      <!-- children -->
      <dmn:rule id="r1">
        <dmn:inputEntry id="c1"><dmn:text>&lt; 18</dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="c2"><dmn:text><![CDATA["child"]]></dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text>art. 1</dmn:text></dmn:annotationEntry>
      </dmn:rule>
      <!-- the old -->
      <dmn:rule id="r2">
        <dmn:inputEntry id="c3"><dmn:text> &gt;= 65 </dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="c4"><dmn:text>"old"</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text/></dmn:annotationEntry>
      </dmn:rule>
      <dmn:rule id="r3">
        <dmn:inputEntry id="c5"><dmn:text>-</dmn:text></dmn:inputEntry>
        <dmn:outputEntry id="c6"><dmn:text>"grown"</dmn:text></dmn:outputEntry>
      </dmn:rule>
    </dmn:decisionTable>
  </dmn:decision>
  <x:diagram><x:shape ref="d" x="1"/></x:diagram>
</dmn:definitions>
)";
const logic_place place{"d", 0};

grid read() { return *read_grid(file, place); }
std::string written(const grid& g) {
  auto out = write_grid(file, place, g);
  return out ? *out : "!" + out.why().code;
}
std::string refusal_of(const grid& g) {
  auto out = write_grid(file, place, g);
  return out ? "written" : out.why().code;
}
// The file with one part of it put another way.
std::string with(std::string from, const std::string& to) {
  const auto at = file.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(file.find(from, at + 1), std::string::npos) << from << " is there twice";
  return std::string(file).replace(at, from.size(), to);
}

TEST(a_grid, is_read_as_texts) {
  const grid g = read();
  EXPECT_EQ(g.policy, "FIRST");
  ASSERT_EQ(g.inputs.size(), 1u);
  EXPECT_EQ(g.inputs[0].label, "Age");
  EXPECT_EQ(g.inputs[0].expression, "age");
  EXPECT_EQ(g.inputs[0].type, "number");
  ASSERT_EQ(g.rules.size(), 3u);
  EXPECT_THAT(g.rules[0].conditions, ElementsAre("< 18"));
  EXPECT_THAT(g.rules[0].outputs, ElementsAre("\"child\""));
  EXPECT_THAT(g.rules[1].conditions, ElementsAre(">= 65"));
  EXPECT_THAT(g.rules[1].annotations, ElementsAre(""));
  EXPECT_THAT(g.rules[2].annotations, ElementsAre("")) << "a cell that is not there is empty";
  EXPECT_EQ(g.rules[2].was, 2);
  EXPECT_TRUE(read_grid(file, {"grade of age", 0})) << "by its name too";
}

TEST(a_grid, that_was_not_changed_changes_nothing) { EXPECT_EQ(written(read()), file); }

TEST(a_cell, is_changed_where_it_stands) {
  grid g = read();
  g.rules[0].conditions[0] = "< 19";
  EXPECT_EQ(written(g), with("&lt; 18", "&lt; 19"));
  g = read();
  g.rules[0].outputs[0] = "\"minor\"";
  EXPECT_EQ(written(g), with("<![CDATA[\"child\"]]>", "\"minor\""));
  g = read();
  g.rules[1].annotations[0] = "art. 2 & 3";
  EXPECT_EQ(written(g), with("<dmn:text/>", "<dmn:text>art. 2 &amp; 3</dmn:text>"));
  g = read();
  g.rules[2].annotations[0] = "art. 4";
  EXPECT_EQ(written(g), with("<dmn:text>\"grown\"</dmn:text></dmn:outputEntry>",
                             "<dmn:text>\"grown\"</dmn:text></dmn:outputEntry>\n        "
                             "<dmn:annotationEntry><dmn:text>art. 4</dmn:text>"
                             "</dmn:annotationEntry>"));
}

TEST(hit_policies_and_columns, are_changed_in_their_attributes) {
  grid g = read();
  g.policy = "RULE ORDER";
  EXPECT_EQ(written(g), with(" hitPolicy='FIRST'", " hitPolicy=\"RULE ORDER\""));
  g = read();
  g.policy = "COLLECT";
  g.aggregation = "MAX";
  EXPECT_EQ(written(g), with("<dmn:decisionTable id=\"t\" hitPolicy='FIRST'>",
                             "<dmn:decisionTable aggregation=\"MAX\" id=\"t\" "
                             "hitPolicy=\"COLLECT\">"));
  g = read();
  g.inputs[0].label = "";
  g.inputs[0].allowed = "[0..150]";
  const std::string asked =
      "\n        <dmn:inputExpression typeRef=\"number\"><dmn:text>age</dmn:text>"
      "</dmn:inputExpression>";
  EXPECT_EQ(written(g), with(" label=\"Age\">" + asked,
                             ">" + asked + "<dmn:inputValues><dmn:text>[0..150]</dmn:text>"
                                           "</dmn:inputValues>"));
  g = read();
  g.outputs[0].otherwise = "\"none\"";
  EXPECT_EQ(written(g),
            with("<dmn:output id=\"o1\" name=\"grade\"/>",
                 "<dmn:output id=\"o1\" name=\"grade\"><dmn:defaultOutputEntry><dmn:text>\"none\""
                 "</dmn:text></dmn:defaultOutputEntry></dmn:output>"));
}

TEST(a_rule, that_is_new_is_written_like_its_neighbours) {
  grid g = read();
  g.rules.insert(g.rules.begin() + 1, {"", "", {"[18..30]"}, {"\"young\""}, {""}, -1});
  const std::string before = "      <!-- the old -->\n";
  EXPECT_EQ(written(g), with(before, R"(      <dmn:rule id="rule-1">
        <dmn:inputEntry><dmn:text>[18..30]</dmn:text></dmn:inputEntry>
        <dmn:outputEntry><dmn:text>"young"</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text></dmn:text></dmn:annotationEntry>
      </dmn:rule>
)" + before));
}

TEST(a_rule, that_is_removed_takes_its_comment_with_it) {
  grid g = read();
  g.rules.erase(g.rules.begin() + 1);
  const auto begin = file.find("      <!-- the old -->");
  const auto end = file.find("      <dmn:rule id=\"r3\"");
  EXPECT_EQ(written(g), std::string(file).erase(begin, end - begin));
}

TEST(a_rule, that_is_moved_stays_itself) {
  grid g = read();
  std::swap(g.rules[0], g.rules[1]);
  const std::string out = written(g);
  EXPECT_LT(out.find("<!-- the old -->"), out.find("id=\"r2\""));
  EXPECT_LT(out.find("id=\"r2\""), out.find("id=\"r1\""));
  EXPECT_NE(out.find("<![CDATA[\"child\"]]>"), std::string::npos) << "as it was written";
  EXPECT_EQ(out.size(), file.size()) << "nothing was added or lost: "  << out;
}

TEST(a_column, that_is_new_is_new_in_every_rule) {
  grid g = read();
  g.inputs.insert(g.inputs.begin(), {"", "", "income", "number", "", -1});
  for (auto& r : g.rules) r.conditions.insert(r.conditions.begin(), "-");
  g.rules[0].conditions[0] = "> 0";
  const std::string out = written(g);
  const grid again = *read_grid(out, place);
  EXPECT_EQ(again.inputs[0].expression, "income");
  EXPECT_EQ(again.inputs[0].id, "input-1") << "the others have ids";
  EXPECT_THAT(again.rules[0].conditions, ElementsAre("> 0", "< 18"));
  EXPECT_NE(out.find("<dmn:inputEntry><dmn:text>&gt; 0</dmn:text></dmn:inputEntry>\n        "
                     "<dmn:inputEntry id=\"c1\">"),
            std::string::npos) << out;
  g.inputs.erase(g.inputs.begin());
  for (auto& r : g.rules) r.conditions.erase(r.conditions.begin());
  EXPECT_EQ(written(g), file) << "and removed again it leaves nothing behind";
}

TEST(columns, of_every_kind_can_go) {
  grid g = read();
  g.annotations.clear();
  for (auto& r : g.rules) r.annotations.clear();
  std::string out = written(g);
  EXPECT_EQ(out.find("annotation"), std::string::npos);
  g = read();
  g.inputs.clear();
  for (auto& r : g.rules) r.conditions.clear();
  out = written(g);
  EXPECT_EQ(out.find("inputEntry"), std::string::npos);
  EXPECT_NE(out.find("<x:width>50</x:width>"), std::string::npos);
  // And come back into the file without them.
  grid bare = *read_grid(out, place);
  bare.inputs.push_back({"", "", "age", "number", "", -1});
  for (auto& r : bare.rules) r.conditions.push_back("> 1");
  const auto again = write_grid(out, place, bare);
  ASSERT_TRUE(again);
  EXPECT_THAT(read_grid(*again, place)->rules[2].conditions, ElementsAre("> 1"));
  EXPECT_TRUE(model::load({{"m.dmn", *again}}));
}

TEST(a_rule, given_twice_is_new_the_second_time) {
  grid g = read();
  g.rules.push_back(g.rules[0]);
  const grid again = *read_grid(written(g), place);
  ASSERT_EQ(again.rules.size(), 4u);
  EXPECT_EQ(again.rules[3].id, "rule-1") << "an id is there once";
}

TEST(grids, travel_as_json) {
  const auto again = json::parse_as<grid>(json::write(read()));
  ASSERT_TRUE(again);
  EXPECT_EQ(written(*again), file);
}

TEST(a_grid, that_cannot_be_written_is_refused) {
  grid g = read();
  g.rules[1].conditions.clear();
  EXPECT_EQ(refusal_of(g), "grid.shape");
  g = read();
  g.policy = "BEST";
  EXPECT_EQ(refusal_of(g), "grid.policy");
  g = read();
  g.rules[0].conditions[0] = "\x01";
  EXPECT_EQ(refusal_of(g), "grid.characters");
  g.rules[0].conditions[0] = "\xFF";
  EXPECT_EQ(refusal_of(g), "grid.characters");
  g = read();
  g.rules.push_back({"9 rules", "", {"-"}, {"1"}, {""}, -1});
  EXPECT_EQ(refusal_of(g), "grid.id");
  EXPECT_EQ(write_grid(file, {"x", 0}, read()).why().code, "grid.no_such_logic");
  EXPECT_EQ(write_grid(file, {"d", 1}, read()).why().code, "grid.no_such_logic");
  EXPECT_EQ(read_grid("<a/>", place).why().code, "dmn.not_dmn");
  EXPECT_EQ(read_grid("no xml", place).why().code, "xml.malformed");
}

TEST(a_grid, of_hostile_size_is_refused) {
  grid g = read();
  g.rules[0].conditions[0] = std::string(10'001, '1');
  EXPECT_EQ(refusal_of(g), "grid.too_large");
  g = read();
  while (g.rules.size() <= 5000) g.rules.push_back({"", "", {"-"}, {"1"}, {""}, -1});
  EXPECT_EQ(refusal_of(g), "grid.too_large");
  g.rules.resize(5000);
  const auto largest = write_grid(file, place, g);
  ASSERT_TRUE(largest);
  std::string more = *largest;
  const auto at = more.rfind("</dmn:decisionTable>");
  more.insert(at, "<dmn:rule><dmn:inputEntry/></dmn:rule>");
  EXPECT_EQ(read_grid(more, place).why().code, "grid.too_large");
}

TEST(files, in_other_encodings_are_refused) {
  auto latin = text::replace_all(file, "UTF-8", "ISO-8859-1");
  EXPECT_EQ(read_grid(latin, place).why().code, "grid.encoding");
  EXPECT_TRUE(read_grid("\xEF\xBB\xBF" + file, place)) << "a byte order mark is no harm";
}

TEST(files_of_dmn_1_1, have_no_annotations) {
  const auto old = text::replace_all(
      text::replace_all(file, "https://www.omg.org/spec/DMN/20230324/MODEL/",
                        "http://www.omg.org/spec/DMN/20151101/dmn.xsd"),
      "<dmn:annotation name=\"article\"/>", "");
  grid g = *read_grid(old, place);
  EXPECT_EQ(*write_grid(old, place, g), old);
  g.annotations.push_back({"article", -1});
  for (auto& r : g.rules) r.annotations = {""};
  EXPECT_EQ(write_grid(old, place, g).why().code, "grid.no_annotations");
}

TEST(literals, are_changed_alone) {
  const std::string one =
      "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'><decision id='d'>"
      "<literalExpression  typeRef=\"number\"><text>a\n + 1</text></literalExpression></decision>"
      "</definitions>";
  EXPECT_EQ(*read_literal(one, {"d", 0}), "a\n + 1");
  EXPECT_EQ(*write_literal(one, {"d", 0}, "a\n + 1"), one);
  EXPECT_EQ(*write_literal(one, {"d", 0}, "if a < 1 then \"]]>\" else 2"),
            text::replace_all(one, "a\n + 1", "if a &lt; 1 then \"]]&gt;\" else 2"));
  EXPECT_EQ(write_literal(one, {"d", 0}, std::string("\0", 1)).why().code, "grid.characters");
  EXPECT_EQ(write_literal(one, {"e", 0}, "1").why().code, "grid.no_such_logic");
}

// ---- files that others wrote ----

std::string slurp(const fs::path& p) {
  std::ifstream in(p, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

fs::path suite() {
  const char* suites = std::getenv("MADANG_SUITES");
  return suites ? fs::path(suites) / "dmn-tck"
                : fs::path(MADANG_SOURCE) / "../../shared/suites/dmn-tck";
}

std::vector<fs::path> models_below(const fs::path& folder) {
  std::vector<fs::path> out;
  if (fs::exists(folder))
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".dmn") out.push_back(entry.path());
  return out;
}

// Everything as if it were new: nothing of what stood in the tables is used again.
std::string rewritten(const std::string& text, int& tables) {
  std::string out = text;
  const auto places = logic_in(text);
  if (!places) return out;
  for (const auto& p : places->tables) {
    grid g = *read_grid(out, p);
    for (auto& i : g.inputs) i.was = -1;
    for (auto& o : g.outputs) o.was = -1;
    for (auto& a : g.annotations) a.was = -1;
    for (auto& r : g.rules) r.was = -1;
    auto made = write_grid(out, p, g);
    EXPECT_TRUE(made) << p.element << " " << (made ? "" : made.why().code);
    if (made) out = *made;
    ++tables;
  }
  return out;
}

TEST(files_of_others, come_back_as_they_were) {
  int tables = 0, literals = 0;
  auto files = models_below(suite());
  for (const auto& f : models_below(std::string(MADANG_SOURCE) + "/packs/korea/decisions"))
    files.push_back(f);
  for (const auto& f : files) {
    const std::string text = slurp(f);
    const auto places = logic_in(text);
    ASSERT_TRUE(places) << f;
    for (const auto& p : places->tables) {
      const auto g = read_grid(text, p);
      ASSERT_TRUE(g) << f << " " << p.element;
      const auto out = write_grid(text, p, *g);
      EXPECT_TRUE(out && *out == text) << f << " " << p.element;
      ++tables;
    }
    for (const auto& p : places->literals) {
      if (p.number > 0 || literals > 300) break;         // each reads the file anew
      const auto s = read_literal(text, p);
      ASSERT_TRUE(s) << f << " " << p.element;
      EXPECT_TRUE(write_literal(text, p, *s).value() == text) << f;
      ++literals;
    }
  }
  EXPECT_GE(tables, 14);
  EXPECT_GE(literals, 14);
}

// The conformance kit on rewritten files: every table decides as it did.
TEST(tables_of_the_conformance_kit, decide_the_same_when_they_are_rewritten) {
  if (!fs::exists(suite())) GTEST_SKIP() << "no conformance kit";
  const fs::path copy = fs::temp_directory_path() / "madang-grid-test";
  fs::remove_all(copy);
  int tables = 0;
  for (const auto& f : models_below(suite())) {
    const std::string text = slurp(f);
    const auto places = logic_in(text);
    if (!places || places->tables.empty()) continue;
    const fs::path folder = copy / fs::relative(f.parent_path(), suite());
    fs::create_directories(folder.parent_path());
    if (!fs::exists(folder)) fs::copy(f.parent_path(), folder);
    std::ofstream(folder / f.filename(), std::ios::binary) << rewritten(text, tables);
  }
  int failed = 0;
  const auto sum = run_tck(copy, [&](const tck_case& c) {
    if (!c.passed && ++failed < 5) ADD_FAILURE() << c.folder << " " << c.id << ": " << c.message;
  });
  EXPECT_EQ(sum.passed, sum.all);
  EXPECT_GE(sum.all, 60);
  EXPECT_GE(tables, 40);
  fs::remove_all(copy);
}

}  // namespace
}  // namespace madang::rules
