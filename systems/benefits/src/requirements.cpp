// The drawing has the shapes of the standard (DMN 1.5, table 2): a decision is a box, what is given
// a box with round ends, knowledge a box with two corners cut. Who cannot see it has the outline.
#include "requirements.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "madang/rules/drawing.hpp"

namespace madang::benefits {
namespace {

using namespace html;

constexpr double letter = 7.6, cut = 10, arrow = 9;

std::string kind_of(const rules::statutes& law, const rules::drg_element& e) {
  switch (e.kind) {
    case rules::drg_element::what::decision: return "decision";
    case rules::drg_element::what::knowledge: return "knowledge";
    case rules::drg_element::what::service: return "service";
    case rules::drg_element::what::input: break;
  }
  return law.find_parameter(e.name) ? "figure" : "fact";
}

std::string logic_of(const rules::drg_element& e) {
  if (e.logic.empty()) return "";
  return e.logic == "decisionTable" ? "table" : e.logic == "literalExpression" ? "text" : "box";
}

// As much of a name as fits into a box.
std::string fitting(std::string_view name, double width) {
  const auto room = static_cast<std::size_t>((width - 24) / letter);
  if (text::length(name) <= room) return std::string(name);
  return std::string(text::head(name, room - 1)) + "…";
}

node outline_of(const rules::drawn_element& d, const std::string& kind) {
  const auto at = [](double v) { return fmt::format("{:.1f}", v); };
  if (kind == "knowledge")
    return element("polygon",
                   attr("points", fmt::format("{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f} "
                                              "{:.1f},{:.1f} {:.1f},{:.1f} {:.1f},{:.1f}",
                                              d.x + cut, d.y, d.x + d.width, d.y, d.x + d.width,
                                              d.y + d.height - cut, d.x + d.width - cut,
                                              d.y + d.height, d.x, d.y + d.height, d.x,
                                              d.y + cut)));
  const bool given = kind == "fact" || kind == "figure";
  const double round = given ? d.height / 2 : kind == "service" ? 8 : 0;
  return element("rect", attr("x", at(d.x)), attr("y", at(d.y)), attr("width", at(d.width)),
                 attr("height", at(d.height)), attr("rx", at(round)));
}

node box_of(const rules::drawn_element& d, const rules::drg_element& e, const std::string& kind) {
  return element("g", cls(kind), element("title", e.name), outline_of(d, kind),
                 element("text", attr("x", fmt::format("{:.1f}", d.x + d.width / 2)),
                         attr("y", fmt::format("{:.1f}", d.y + d.height / 2 + 5)),
                         attr("text-anchor", "middle"), fitting(e.name, d.width)));
}

node line_of(const rules::drawn_line& l) {
  std::string path = fmt::format("M{:.1f} {:.1f}", l.points[0].first, l.points[0].second);
  for (std::size_t i = 1; i < l.points.size(); ++i) {
    const auto [x0, y0] = l.points[i - 1];
    const auto [x, y] = l.points[i];
    const double middle = (x0 + x) / 2;
    path += fmt::format("C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", middle, y0, middle, y, x, y);
  }
  const auto [x, y] = l.points.back();
  return element("g", cls(l.knowledge ? "line dashed" : "line"),
                 element("path", attr("d", path)),
                 element("path", cls("arrow"),
                         attr("d", fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}{}",
                                               x - arrow, y - arrow / 2, x, y, x - arrow,
                                               y + arrow / 2, l.knowledge ? "" : "Z"))));
}

node drawing_of(const context& c, const rules::statutes& law, const rules::model& m) {
  const auto drawn = rules::draw_requirements(m);
  if (!drawn) return html::p(cls("note"), c.say("benefits.graph_none"));
  std::vector<node> parts;
  for (const auto& l : drawn->lines) parts.push_back(line_of(l));
  for (const auto& d : drawn->elements) {
    const auto& e = m.elements()[static_cast<std::size_t>(d.element)];
    parts.push_back(box_of(d, e, kind_of(law, e)));
  }
  const std::string width = fmt::format("{:.0f}", drawn->width);
  const std::string height = fmt::format("{:.0f}", drawn->height);
  return div(cls("grid-scroll requirements"), attr("tabindex", "0"), role("region"),
             aria("label", c.say("benefits.graph")),
             element("svg", role("img"), aria("label", c.say("benefits.graph_drawing")),
                     attr("width", width), attr("height", height),
                     attr("viewbox", "0 0 " + width + " " + height), parts));
}

}  // namespace

std::vector<requirement_line> requirements_of(const rules::statutes& law, const rules::model& m) {
  const auto& all = m.elements();
  std::vector<requirement_line> out;
  std::vector<char> seen(all.size(), 0);
  std::vector<std::size_t> open;
  // From the last of the model on, as models are written from what is given to what follows.
  for (std::size_t i = all.size(); i-- > 0;)
    if (all[i].space == m.space()) open.push_back(i);
  for (std::size_t at = 0; at < open.size(); ++at) {
    const auto& e = all[open[at]];
    if (seen[open[at]]) continue;
    seen[open[at]] = 1;
    requirement_line l{e.name, kind_of(law, e), logic_of(e), {}};
    for (const int r : e.requires_these) {
      l.needs.push_back(all[static_cast<std::size_t>(r)].name);
      open.push_back(static_cast<std::size_t>(r));
    }
    out.push_back(std::move(l));
  }
  std::ranges::stable_partition(out, [](const requirement_line& l) { return !l.needs.empty(); });
  return out;
}

node requirements_part(const context& c, const rules::statutes& law, const rules::model& m) {
  std::vector<node> lines;
  for (const auto& l : requirements_of(law, m)) {
    std::string kind(c.say("benefits.graph_" + l.kind));
    if (!l.logic.empty()) kind += ", " + std::string(c.say("benefits.logic_" + l.logic));
    lines.push_back(li(strong(l.name), " (", kind, ")",
                       l.needs.empty()
                           ? node()
                           : node(all(": ", c.fill("benefits.graph_needs",
                                                   {{"names", text::join(l.needs, ", ")}})))));
  }
  return section(h2(c.say("benefits.graph")), html::p(c.say("benefits.graph_line")),
                 drawing_of(c, law, m),
                 disclosure(c.say("benefits.graph_words"), ul(lines)));
}

}  // namespace madang::benefits
