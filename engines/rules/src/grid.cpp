// Reading a grid, and finding where it stands.
#include "madang/rules/grid.hpp"

#include <algorithm>

#include "grid_inside.hpp"
#include "madang/base/text.hpp"
#include "scope.hpp"

namespace madang::rules {
namespace {

bool is_model(const source::element& root) {
  if (root.name != "definitions") return false;
  for (const auto& a : root.attributes)
    if (a.name.starts_with("xmlns") && a.value.find("/spec/DMN/") != std::string::npos) return true;
  return false;
}

const char* const element_kinds[] = {"decision", "businessKnowledgeModel"};

void collect(const source::element& e, std::string_view name,
             std::vector<const source::element*>& out) {
  if (e.name == name) out.push_back(&e);
  for (const auto& c : e.children) collect(c, name, out);
}

std::vector<const source::element*> elements_of(const source::element& root) {
  std::vector<const source::element*> out;
  for (const auto& c : root.children)
    if (std::ranges::find(element_kinds, c.name) != std::end(element_kinds)) out.push_back(&c);
  return out;
}

}  // namespace

std::string grid_text(const source::element* holder) {
  const source::element* t = holder ? holder->child("text") : nullptr;
  return t ? std::string(text::trim(t->text)) : std::string();
}

result<source::element> read_model(std::string_view file) {
  auto root = source::read(file);
  if (!root) return root.why();
  if (!is_model(*root)) return refuse(madang::kind::invalid, "dmn.not_dmn");
  return std::move(*root);
}

const source::element* logic_at(const source::element& root, const logic_place& place,
                                std::string_view kind) {
  const auto all = elements_of(root);
  const auto by = [&](auto same) -> const source::element* {
    for (const auto* e : all)
      if (same(*e)) return e;
    return nullptr;
  };
  const std::string name = normal_name(place.element);
  const source::element* home = by([&](const auto& e) { return e.value("id") == place.element; });
  if (!home) home = by([&](const auto& e) { return normal_name(e.value("name")) == name; });
  if (!home || place.number < 0) return nullptr;
  std::vector<const source::element*> found;
  collect(*home, kind, found);
  const auto n = static_cast<std::size_t>(place.number);
  return n < found.size() ? found[n] : nullptr;
}

result<logic_places> logic_in(std::string_view file) {
  auto root = read_model(file);
  if (!root) return root.why();
  logic_places out;
  for (const auto* e : elements_of(*root)) {
    const std::string name(e->value(e->find("id") ? "id" : "name"));
    const auto places = [&](std::string_view kind, std::vector<logic_place>& to) {
      std::vector<const source::element*> found;
      collect(*e, kind, found);
      for (std::size_t i = 0; i < found.size(); ++i) to.push_back({name, static_cast<int>(i)});
    };
    places("decisionTable", out.tables);
    places("literalExpression", out.literals);
  }
  return out;
}

namespace {

std::string description_of(const source::element& e) {
  const source::element* d = e.child("description");
  return d ? std::string(text::trim(d->text)) : std::string();
}

template <class T>
T with_id(const source::element& e, std::size_t number) {
  T out;
  out.was = static_cast<int>(number);
  out.id = e.value("id");
  return out;
}

// A text for each column, as the engine takes them: missing ones are empty.
std::vector<std::string> cells_of(const source::element& rule, std::string_view kind,
                                  std::size_t columns) {
  std::vector<std::string> out(columns);
  const auto cells = rule.all(kind);
  for (std::size_t i = 0; i < std::min(columns, cells.size()); ++i) out[i] = grid_text(cells[i]);
  return out;
}

}  // namespace

grid grid_of(const source::element& table) {
  grid g;
  if (table.find("hitPolicy")) g.policy = table.value("hitPolicy");
  g.aggregation = table.value("aggregation");
  for (const auto* x : table.all("input")) {
    auto in = with_id<grid_input>(*x, g.inputs.size());
    const source::element* asked = x->child("inputExpression");
    in.label = x->value("label");
    in.expression = grid_text(asked);
    if (asked) in.type = asked->value("typeRef");
    in.allowed = grid_text(x->child("inputValues"));
    g.inputs.push_back(std::move(in));
  }
  for (const auto* x : table.all("output")) {
    auto o = with_id<grid_output>(*x, g.outputs.size());
    o.name = x->value("name");
    o.label = x->value("label");
    o.type = x->value("typeRef");
    o.allowed = grid_text(x->child("outputValues"));
    o.otherwise = grid_text(x->child("defaultOutputEntry"));
    g.outputs.push_back(std::move(o));
  }
  for (const auto* x : table.all("annotation"))
    g.annotations.push_back(
        {std::string(x->value("name")), static_cast<int>(g.annotations.size())});
  for (const auto* x : table.all("rule")) {
    auto r = with_id<grid_rule>(*x, g.rules.size());
    r.description = description_of(*x);
    r.conditions = cells_of(*x, "inputEntry", g.inputs.size());
    r.outputs = cells_of(*x, "outputEntry", g.outputs.size());
    r.annotations = cells_of(*x, "annotationEntry", g.annotations.size());
    g.rules.push_back(std::move(r));
  }
  return g;
}

outcome within_limits(const grid& g) {
  const auto too_large = [](std::size_t most) {
    return refuse(madang::kind::too_large, "grid.too_large", "", {{"most", std::to_string(most)}});
  };
  if (g.rules.size() > most_grid_rules) return too_large(most_grid_rules);
  if (g.inputs.size() + g.outputs.size() + g.annotations.size() > most_grid_columns)
    return too_large(most_grid_columns);
  bool fits = true;
  each_text(g, [&](const std::string& s, int) { fits = fits && s.size() <= most_cell_octets; });
  if (!fits) return too_large(most_cell_octets);
  return nothing{};
}

namespace {

refusal no_such_logic(const logic_place& place) {
  return refuse(madang::kind::not_found, "grid.no_such_logic", "", {{"element", place.element}});
}

}  // namespace

result<grid> read_grid(std::string_view file, const logic_place& place) {
  auto root = read_model(file);
  if (!root) return root.why();
  const source::element* table = logic_at(*root, place, "decisionTable");
  if (!table) return no_such_logic(place);
  // Before anything is copied: a hostile file may have millions of cells.
  if (table->all("rule").size() > most_grid_rules ||
      table->all("input").size() + table->all("output").size() + table->all("annotation").size() >
          most_grid_columns)
    return refuse(madang::kind::too_large, "grid.too_large", "",
                  {{"most", std::to_string(most_grid_rules)}});
  grid g = grid_of(*table);
  if (auto fits = within_limits(g); !fits) return fits.why();
  return g;
}

result<std::string> read_literal(std::string_view file, const logic_place& place) {
  auto root = read_model(file);
  if (!root) return root.why();
  const source::element* literal = logic_at(*root, place, "literalExpression");
  if (!literal) return no_such_logic(place);
  return grid_text(literal);
}

result<std::string> write_literal(std::string_view file, const logic_place& place,
                                  const std::string& text) {
  auto root = read_model(file);
  if (!root) return root.why();
  const source::element* literal = logic_at(*root, place, "literalExpression");
  if (!literal) return no_such_logic(place);
  if (text.size() > most_cell_octets)
    return refuse(madang::kind::too_large, "grid.too_large", "",
                  {{"most", std::to_string(most_cell_octets)}});
  if (!source::writable(text))
    return refuse(madang::kind::invalid, "grid.characters", "", {{"rule", "0"}});
  source::edits changes;
  set_grid_text(*literal, grid_text(literal), std::string(text::trim(text)), changes);
  std::string out = changes.apply(file, 0, file.size());
  const auto again = read_literal(out, place);
  if (!again || *again != text::trim(text))
    return refuse(madang::kind::unsupported, "grid.unwritable");
  return out;
}

}  // namespace madang::rules
