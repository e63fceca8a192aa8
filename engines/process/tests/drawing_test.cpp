// Models as people see them: names by language, a layout where nobody drew one, marks of a path.
#include "madang/process/drawing.hpp"

#include <gtest/gtest.h>

#include "madang/process/outline.hpp"
#include "madang/process/simulation.hpp"

namespace madang::process {
namespace {

constexpr std::string_view text =
    R"(<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:madang="urn:madang:process" id="d" targetNamespace="urn:test">
  <process id="p" isExecutable="true">
    <startEvent id="s" name="접수" madang:name-en="Received"/>
    <userTask id="a" name="확인"/>
    <exclusiveGateway id="g" default="fn"/>
    <userTask id="b" name="보완"/>
    <endEvent id="e" name="끝" madang:name-en="Done"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
    <sequenceFlow id="f2" sourceRef="a" targetRef="g"/>
    <sequenceFlow id="fy" name="예" madang:name-en="Yes" sourceRef="g" targetRef="e">
      <conditionExpression>=good</conditionExpression></sequenceFlow>
    <sequenceFlow id="fn" sourceRef="g" targetRef="b"/>
    <sequenceFlow id="f3" sourceRef="b" targetRef="a"/>
  </process>
</definitions>)";

std::shared_ptr<const model> read(std::string_view s) {
  auto m = model::read(s);
  EXPECT_TRUE(m.ok());
  return *m;
}

struct box {
  int x = 0, y = 0, width = 0, height = 0;
};
void boxes(const xml::node& n, std::map<std::string, box>& out) {
  if (n.name == "BPMNShape")
    for (const auto& c : n.children)
      if (c.name == "Bounds") {
        const auto number = [&](const char* a) { return std::atoi(std::string(c.get(a)).c_str()); };
        out[std::string(n.get("bpmnElement"))] = {number("x"), number("y"), number("width"),
                                                  number("height")};
      }
  for (const auto& c : n.children) boxes(c, out);
}
int count(const xml::node& n, std::string_view name) {
  int out = n.name == name;
  for (const auto& c : n.children) out += count(c, name);
  return out;
}

TEST(a_drawing, is_made_from_left_to_right_where_there_is_none) {
  const auto m = read(text);
  EXPECT_FALSE(is_drawn(*m));
  const auto again = read(drawn(*m));
  EXPECT_TRUE(is_drawn(*again));
  EXPECT_TRUE(again->mistakes().empty());
  std::map<std::string, box> at;
  boxes(again->file().root, at);
  ASSERT_EQ(at.size(), 5u);
  EXPECT_EQ(count(again->file().root, "BPMNEdge"), 5);
  EXPECT_LT(at["s"].x, at["a"].x);
  EXPECT_LT(at["a"].x, at["g"].x);
  EXPECT_LT(at["g"].x, at["e"].x);
  // Nothing lies on anything else.
  for (const auto& [one, p] : at)
    for (const auto& [other, q] : at)
      if (one < other)
        EXPECT_TRUE(p.x + p.width <= q.x || q.x + q.width <= p.x || p.y + p.height <= q.y ||
                    q.y + q.height <= p.y)
            << one << " " << other;
}

TEST(a_drawing, that_somebody_made_is_kept) {
  const std::string once = drawn(*read(text));
  EXPECT_EQ(drawn(*read(once)), once);
}

TEST(a_drawing, holds_what_lies_in_a_sub_process) {
  const auto m =
      read(drawn(*read(R"(<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
      targetNamespace="t"><process id="p" isExecutable="true"><startEvent id="s"/>
      <subProcess id="in"><startEvent id="i"/><task id="t"/>
      <sequenceFlow id="fi" sourceRef="i" targetRef="t"/></subProcess>
      <sequenceFlow id="f" sourceRef="s" targetRef="in"/></process></definitions>)")));
  std::map<std::string, box> at;
  boxes(m->file().root, at);
  const box& in = at["in"];
  for (const char* one : {"i", "t"}) {
    EXPECT_GE(at[one].x, in.x);
    EXPECT_GE(at[one].y, in.y);
    EXPECT_LE(at[one].x + at[one].width, in.x + in.width);
    EXPECT_LE(at[one].y + at[one].height, in.y + in.height);
  }
}

TEST(names, are_in_the_language_where_it_is_said) {
  const auto m = read(text);
  const auto en = names_in(*m, "en");
  EXPECT_EQ(en.at("s"), "Received");
  EXPECT_EQ(en.at("fy"), "Yes");
  EXPECT_EQ(en.at("a"), "확인");  // nobody said it in English
  EXPECT_EQ(names_in(*m, "ko").at("s"), "접수");
  EXPECT_NE(drawing_of(*m, "en").find("name=\"Received\""), std::string::npos);
  EXPECT_EQ(drawing_of(*m, "ko").find("name=\"Received\""), std::string::npos);
}

std::map<std::string, std::string> marks(const simulation& s, const model& m) {
  history_step all;
  json::array path;
  for (const auto& p : s.path())
    path.push_back(json::array{name_of(p.what.kind), p.what.kind == passage::what::taken
                                                         ? m.flow(p.what.element).id
                                                         : m.at(p.what.element).id});
  all.path = std::move(path);
  std::map<std::string, std::string> out;
  for (const auto& one : marks_of(*s.runs().front().instance, {all})) out[one.id] = name_of(one.is);
  return out;
}

TEST(marks, tell_what_is_done_where_it_stands_and_what_is_not_come_to) {
  const auto m = read(text);
  simulation s({m});
  ASSERT_TRUE(s.start("p").ok());
  auto is = marks(s, *m);
  EXPECT_EQ(is,
            (std::map<std::string, std::string>{{"a", "here"}, {"f1", "taken"}, {"s", "done"}}));
  stimulus done;
  done.kind = stimulus::what::complete;
  done.wait = s.runs().front().instance->waits.front().number;
  done.variables = {{"good", rules::value(true)}};
  ASSERT_TRUE(s.give(0, done).ok());
  is = marks(s, *m);
  EXPECT_EQ(is["e"], "done");
  EXPECT_EQ(is["fy"], "taken");
  EXPECT_EQ(is["b"], "skipped");  // it has ended without it
  EXPECT_FALSE(is.contains("fn"));
}

}  // namespace
}  // namespace madang::process
