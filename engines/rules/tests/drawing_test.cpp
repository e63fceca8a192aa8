// What a drawing promises its reader, looked at in the geometry itself; positions are worked out by
// hand from the sizes of the boxes only where order matters.
#include "madang/rules/drawing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "madang/packs/packs.hpp"
#include "madang/rules/statutes.hpp"
#include "tables.hpp"

namespace madang::rules {
namespace {

// "limit: size, ratio; outcome: limit, income", each a decision with what it requires; what is
// required and nowhere decided is an input, and a name with "()" is knowledge.
std::shared_ptr<const model> model_of(const std::string& graph) {
  std::vector<std::pair<std::string, std::vector<std::string>>> decisions;
  std::vector<std::string> order;
  const auto see = [&](const std::string& name) {
    if (std::ranges::find(order, name) == order.end()) order.push_back(name);
  };
  for (const auto& part : text::split(graph, ';')) {
    const auto halves = text::split(part, ':');
    std::vector<std::string> needs;
    for (const auto& one : text::split(halves.at(1), ','))
      if (!text::trim(one).empty()) needs.emplace_back(text::trim(one));
    decisions.emplace_back(text::trim(halves[0]), needs);
    for (const auto& one : needs) see(one);
  }
  std::string xml;
  for (const auto& name : order) {
    const bool decided =
        std::ranges::any_of(decisions, [&](const auto& d) { return d.first == name; });
    if (decided) continue;
    if (name.ends_with("()"))
      xml += "<businessKnowledgeModel name='" + name.substr(0, name.size() - 2) + "' id='" + name +
             "'><variable name='k'/><encapsulatedLogic><literalExpression><text>1</text>"
             "</literalExpression></encapsulatedLogic></businessKnowledgeModel>";
    else
      xml += "<inputData name='" + name + "' id='" + name + "'><variable name='" + name +
             "'/></inputData>";
  }
  for (const auto& [name, needs] : decisions) {
    xml += "<decision name='" + name + "' id='" + name + "'><variable name='" + name + "'/>";
    for (const auto& one : needs) {
      const bool decided =
          std::ranges::any_of(decisions, [&](const auto& d) { return d.first == one; });
      xml += one.ends_with("()") ? "<knowledgeRequirement><requiredKnowledge href='#" + one +
                                       "'/></knowledgeRequirement>"
             : decided ? "<informationRequirement><requiredDecision href='#" + one +
                             "'/></informationRequirement>"
                       : "<informationRequirement><requiredInput href='#" + one +
                             "'/></informationRequirement>";
    }
    xml += "<literalExpression><text>1</text></literalExpression></decision>";
  }
  auto m = model::load({{"graph.dmn", tables::definitions(xml)}});
  EXPECT_TRUE(m) << graph;
  return m ? *m : nullptr;
}

std::map<std::string, drawn_element> by_name(const model& m, const drawing& d) {
  std::map<std::string, drawn_element> out;
  for (const auto& e : d.elements)
    out[m.elements()[static_cast<std::size_t>(e.element)].name] = e;
  return out;
}

// Every box within the drawing and apart from every other; every line from edge to edge, to the
// right.
void expect_readable(const model& m, const drawing& d, const std::string& what) {
  std::map<int, const drawn_element*> at;
  for (const auto& e : d.elements) {
    at[e.element] = &e;
    EXPECT_GE(e.x, 0) << what;
    EXPECT_GE(e.y, 0) << what;
    EXPECT_LE(e.x + e.width, d.width) << what;
    EXPECT_LE(e.y + e.height, d.height) << what;
  }
  for (const auto& a : d.elements)
    for (const auto& b : d.elements)
      EXPECT_TRUE(a.element == b.element || a.x + a.width < b.x || b.x + b.width < a.x ||
                  a.y + a.height < b.y || b.y + b.height < a.y)
          << what;
  std::size_t required = 0;
  for (const auto& e : d.elements)
    required += m.elements()[static_cast<std::size_t>(e.element)].requires_these.size();
  EXPECT_EQ(d.lines.size(), required) << what;
  for (const auto& l : d.lines) {
    ASSERT_TRUE(at.contains(l.from) && at.contains(l.to)) << what;
    const auto &from = *at[l.from], &to = *at[l.to];
    EXPECT_EQ(l.points.front(), std::pair(from.x + from.width, from.y + from.height / 2)) << what;
    EXPECT_EQ(l.points.back(), std::pair(to.x, to.y + to.height / 2)) << what;
    EXPECT_TRUE(std::ranges::is_sorted(l.points, {}, &std::pair<double, double>::first)) << what;
    for (const auto& [x, y] : l.points)
      for (const auto& e : d.elements)
        EXPECT_FALSE(e.element != l.from && e.element != l.to && x > e.x && x < e.x + e.width &&
                     y > e.y && y < e.y + e.height)
            << what << ": a line through a box";
  }
}

TEST(a_drawing, has_what_is_given_at_the_left_and_what_follows_at_the_right) {
  const auto m = model_of("limit: size, ratio, of(); outcome: limit, income");
  const auto d = draw_requirements(*m);
  ASSERT_TRUE(d);
  expect_readable(*m, *d, "limit");
  auto at = by_name(*m, *d);
  EXPECT_EQ(at["outcome"].column, 2);
  EXPECT_EQ(at["limit"].column, 1);
  EXPECT_EQ(at["size"].column, 0);
  EXPECT_EQ(at["of"].column, 0);
  EXPECT_EQ(at["income"].column, 1) << "beside what it goes into, not far away";
  EXPECT_EQ(std::ranges::count(d->lines, true, &drawn_line::knowledge), 1);
}

TEST(a_drawing, leads_long_lines_round_the_boxes_between) {
  const auto m = model_of("a: x; b: a; c: b; d: c, x");
  const auto d = draw_requirements(*m);
  ASSERT_TRUE(d);
  expect_readable(*m, *d, "long");
  const auto bent = std::ranges::max_element(
      d->lines, {}, [](const drawn_line& l) { return l.points.size(); });
  EXPECT_EQ(bent->points.size(), 8u) << "out, in and out of three columns, in";
}

TEST(a_drawing, puts_in_order_what_would_cross) {
  // By the order of the model x, y, z stand from above; a takes z, c takes x.
  const auto m = model_of("r: p, q, s; p: x; q: y; s: z");
  const auto crossed = model_of("r: s, q, p; p: x, x2; q: y; s: z, z2");
  for (const auto& one : {m, crossed}) {
    const auto d = draw_requirements(*one);
    ASSERT_TRUE(d);
    auto at = by_name(*one, *d);
    EXPECT_EQ(at["x"].y < at["z"].y, at["p"].y < at["s"].y);
    EXPECT_EQ(at["x"].y < at["y"].y, at["p"].y < at["q"].y);
  }
}

TEST(a_drawing, of_a_circle_ends) {
  const auto m = model_of("a: b, x; b: c; c: a; d: d, a");
  const auto d = draw_requirements(*m);
  ASSERT_TRUE(d);
  EXPECT_EQ(d->elements.size(), 5u);
  EXPECT_EQ(d->lines.size(), 6u);
}

TEST(a_drawing, of_nothing_or_of_too_much_is_none) {
  EXPECT_FALSE(draw_requirements(**model::load({{"t", tables::definitions("")}})));
  std::string many = "d: a";
  for (std::size_t i = 0; i < most_drawn; ++i) many += ", a" + std::to_string(i);
  EXPECT_FALSE(draw_requirements(*model_of(many)));
  // A ladder in which everything requires everything below: 100 boxes, 4,950 lines.
  std::string ladder;
  for (int i = 1; i < 100; ++i) {
    ladder += (i > 1 ? "; e" : "e") + std::to_string(i) + ":";
    for (int j = 0; j < i; ++j) ladder += (j ? ", e" : " e") + std::to_string(j);
  }
  EXPECT_FALSE(draw_requirements(*model_of(ladder)));
}

TEST(every_decision_of_the_pack, can_be_drawn) {
  const packs::pack korea(std::string(MADANG_SOURCE) + "/packs/korea");
  for (const char* folder : {"decisions", "programmes"}) {
    const statutes law(korea, folder);
    for (const auto& p : law.provisions())
      for (const auto& v : p.versions) {
        const auto d = draw_requirements(*v.logic);
        ASSERT_TRUE(d) << p.id;
        expect_readable(*v.logic, *d, p.id);
        const auto at = by_name(*v.logic, *d);
        const auto last = std::ranges::max_element(d->elements, {}, &drawn_element::column);
        EXPECT_EQ(at.at("entitlement").column, last->column) << p.id;
      }
  }
}

}  // namespace
}  // namespace madang::rules
