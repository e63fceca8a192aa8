// The tables of a draft as grids that are written in, their columns and hit policy below them.
#include "draft_form.hpp"
#include "draft_view.hpp"

namespace madang::benefits {
namespace {

using namespace html;

node cell(const std::string& name, const std::string& text, const std::string& label, bool fixed) {
  if (fixed) return node(code(text));
  return input(type_("text"), name_(name), value_(text), attr("aria-label", label),
               attr("list", "names"), attr("spellcheck", "false"), attr("autocomplete", "off"));
}

node row_buttons(const context& c, std::size_t t, std::size_t r) {
  const std::string at = std::to_string(t) + "." + std::to_string(r) + ".";
  std::vector<node> out;
  for (const auto& [what, sign] : {std::pair("add", "+"), std::pair("up", "↑"),
                                   std::pair("down", "↓"), std::pair("delete", "×")})
    out.push_back(button(type_("submit"), cls("small"), name_("act"), value_(at + what),
                         attr("aria-label", c.fill("benefits.row_" + std::string(what),
                                                   {{"n", std::to_string(r + 1)}})),
                         sign));
  return span(cls("row-buttons"), out);
}

// The columns in the order of the standard: conditions, outputs, annotations.
node grid_table(const context& c, std::size_t t, const rules::logic_place& place,
                const rules::grid& g, bool fixed) {
  std::vector<node> head{th(attr("scope", "col"), "#")};
  std::vector<std::string> names;
  for (const auto& one : g.inputs) names.push_back(one.label.empty() ? one.expression : one.label);
  for (const auto& one : g.outputs) names.push_back(one.name);
  for (const auto& one : g.annotations) names.push_back(one.name);
  for (std::size_t i = 0; i < names.size(); ++i)
    head.push_back(th(attr("scope", "col"),
                      cls(i < g.inputs.size() ? "condition"
                          : i < g.inputs.size() + g.outputs.size() ? "output" : "annotation"),
                      names[i]));
  if (!fixed) head.push_back(th(attr("scope", "col"), c.say("benefits.row")));
  std::vector<node> rows;
  for (std::size_t r = 0; r < g.rules.size(); ++r) {
    std::vector<node> cells{th(attr("scope", "row"), std::to_string(r + 1))};
    std::size_t column = 0;
    const auto put = [&](const std::vector<std::string>& texts, const char* kind) {
      for (std::size_t i = 0; i < texts.size(); ++i)
        cells.push_back(td(cell("t" + std::to_string(t) + "." + std::to_string(r) + "." + kind +
                                    std::to_string(i),
                                texts[i],
                                c.fill("benefits.cell", {{"n", std::to_string(r + 1)},
                                                         {"column", names[column++]}}),
                                fixed)));
    };
    put(g.rules[r].conditions, "c");
    put(g.rules[r].outputs, "o");
    put(g.rules[r].annotations, "a");
    if (!fixed) cells.push_back(td(row_buttons(c, t, r)));
    rows.push_back(tr(cells));
  }
  return all(h3(place.element, " ", small(cls("note"), g.policy)),
             div(cls("grid-scroll"), attr("tabindex", "0"), attr("role", "region"),
                 attr("aria-label", place.element),
                 table(cls("decision-grid"), thead(tr(head)), tbody(rows))));
}

// Names that a cell may use, for the browser's own completion.
node names_list(const office& o, const draft& d, const lawbook& book) {
  std::vector<node> options;
  auto would_be = book.with(d);
  const auto& law = would_be ? *would_be : book.law();
  for (const auto& e : law.find(d.provision)->at(d.starts)->logic->elements())
    options.push_back(option(value_(e.name)));
  for (const auto& p : o.law.parameters()) options.push_back(option(value_(p.id)));
  for (const char* one : {"-", "true", "false", "null", "not(", "count(", "sum(", "min(", "max(",
                          "floor(", "ceiling(", "round half up(", "some item in ", "every item in ",
                          "date(", "if  then  else "})
    options.push_back(option(value_(one)));
  return element("datalist", id_("names"), options);
}

// ---- columns and hit policy ----

struct column_part {
  const char* part;
  std::string text;
};

node part_cell(const context& c, const std::string& name, const column_part& part,
               std::size_t number) {
  return td(input(type_("text"), name_(name), value_(part.text),
                  attr("aria-label", c.fill("benefits.column_cell",
                                            {{"n", std::to_string(number)},
                                             {"part", std::string(c.say(
                                                  "benefits.column_" + std::string(part.part)))}})),
                  attr("list", "names"), attr("spellcheck", "false"), attr("autocomplete", "off")));
}

node column_buttons(const context& c, std::size_t t, const std::string& column,
                    const std::string& name) {
  const std::string at = std::to_string(t) + "." + column + ".";
  std::vector<node> out;
  for (const auto& [what, sign] :
       {std::pair("left", "←"), std::pair("right", "→"), std::pair("delete", "×")})
    out.push_back(button(type_("submit"), cls("small"), name_("act"), value_(at + what),
                         attr("aria-label", c.fill("benefits.column_" + std::string(what),
                                                   {{"column", name}})),
                         sign));
  return td(span(cls("row-buttons"), out));
}

// One kind of columns, a row each; below them the name of a new one and its button.
node columns_of_a_kind(const context& c, std::size_t t, const char* kind,
                       const std::vector<std::vector<column_part>>& columns) {
  const std::string title(c.say("benefits.columns_" + std::string(kind)));
  std::vector<node> head{th(attr("scope", "col"), "#")}, rows;
  std::size_t parts = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::vector<node> cells{th(attr("scope", "row"), std::to_string(i + 1))};
    for (const auto& part : columns[i]) {
      if (i == 0)
        head.push_back(th(attr("scope", "col"),
                          c.say("benefits.column_" + std::string(part.part))));
      cells.push_back(part_cell(c, column_name(t, kind, i, part.part), part, i + 1));
    }
    parts = columns[i].size();
    cells.push_back(column_buttons(c, t, kind + std::to_string(i), columns[i].front().text));
    rows.push_back(tr(cells));
  }
  head.push_back(th(attr("scope", "col"), c.say("benefits.column")));
  const std::string fresh = "t" + std::to_string(t) + "." + kind + ".new";
  const node existing =
      parts == 0 ? node()
                 : div(cls("grid-scroll"), attr("tabindex", "0"), attr("role", "region"),
                       attr("aria-label", title),
                       table(cls("decision-grid"), thead(tr(head)), tbody(rows)));
  return all(h4(title), existing,
             div(cls("field"),
                 label(cls("label"), for_(fresh),
                       c.say("benefits.column_new_" + std::string(kind))),
                 div(cls("row-buttons"),
                     input(id_(fresh), type_("text"), name_(fresh), attr("list", "names"),
                           attr("spellcheck", "false"), attr("autocomplete", "off")),
                     button(type_("submit"), cls("small"), name_("act"),
                            value_(std::to_string(t) + "." + kind + ".new"),
                            c.say("benefits.column_add")))));
}

node choice_of(const context& c, const std::string& name, const std::string& title,
               const std::vector<std::string>& values, const std::string& chosen) {
  html::field f;
  f.name = name;
  f.label = title;
  f.value = chosen;
  std::vector<choice> choices;
  for (const auto& v : values)
    choices.push_back({v, v.empty() ? std::string(c.say("benefits.aggregation_none")) : v, ""});
  return select_field(c.shell(), f, choices);
}

node columns_part(const context& c, std::size_t t, const rules::logic_place& place,
                  const rules::grid& g) {
  std::vector<std::vector<column_part>> inputs, outputs, annotations;
  for (const auto& one : g.inputs)
    inputs.push_back({{"expression", one.expression}, {"label", one.label}, {"type", one.type},
                      {"allowed", one.allowed}});
  for (const auto& one : g.outputs)
    outputs.push_back({{"name", one.name}, {"type", one.type}, {"allowed", one.allowed},
                       {"otherwise", one.otherwise}});
  for (const auto& one : g.annotations) annotations.push_back({{"name", one.name}});
  const std::string at = "t" + std::to_string(t) + ".";
  return disclosure(
      c.fill("benefits.columns", {{"table", place.element}}),
      all(choice_of(c, at + "policy", std::string(c.say("benefits.hit_policy")),
                    {"UNIQUE", "ANY", "PRIORITY", "FIRST", "COLLECT", "RULE ORDER", "OUTPUT ORDER"},
                    g.policy),
          choice_of(c, at + "aggregation", std::string(c.say("benefits.aggregation")),
                    {"", "SUM", "COUNT", "MIN", "MAX"}, g.aggregation),
          columns_of_a_kind(c, t, "i", inputs), columns_of_a_kind(c, t, "o", outputs),
          columns_of_a_kind(c, t, "a", annotations)));
}

}  // namespace

node editor(const context& c, const office& o, const lawbook& book, const draft& d,
            const draft_logic& logic, bool fixed) {
  std::vector<node> parts;
  for (std::size_t t = 0; t < logic.grids.size(); ++t) {
    parts.push_back(grid_table(c, t, logic.tables[t], logic.grids[t], fixed));
    if (!fixed) parts.push_back(columns_part(c, t, logic.tables[t], logic.grids[t]));
  }
  for (std::size_t l = 0; l < logic.texts.size(); ++l) {
    const std::string name = "l" + std::to_string(l);
    parts.push_back(
        div(cls("field"), fixed ? node(strong(logic.literals[l].element))
                                : node(label(cls("label"), for_(name),
                                             logic.literals[l].element)),
            fixed ? node(html::p(cls("keep-lines"), code(logic.texts[l])))
                  : node(textarea(id_(name), name_(name), attr("rows", std::int64_t(2)),
                                  attr("spellcheck", "false"), logic.texts[l]))));
  }
  if (fixed) return join(parts);
  html::field starts;
  starts.name = "starts";
  starts.label = c.say("benefits.in_force_from");
  starts.hint = c.say("benefits.hint_starts");
  starts.value = d.starts.str();
  starts.width = 10;
  const node body =
      form(cls("draft-form"), method("post"), action("/desk/drafts/" + d.key.str()),
           c.shell().csrf_field(),
           input(type_("hidden"), name_("seen"), value_(std::to_string(d.saved.micros))),
           // The first button is what Enter presses.
           div(submit_button(c.say("benefits.save_draft"))), text_field(c.shell(), starts), parts,
           names_list(o, d, book), submit_button(c.say("benefits.save_draft")));
  return element("madang-grid", attr("data-help", "/desk/drafts/" + d.key.str() + "/cell"), body);
}

}  // namespace madang::benefits
