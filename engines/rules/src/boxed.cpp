// Boxed expressions (DMN 1.5, 10.2 and 7.3) as nodes.
#include <algorithm>
#include <array>

#include "java.hpp"
#include "model_inside.hpp"

namespace madang::rules {
namespace {

constexpr std::array<std::string_view, 12> kinds = {
    "literalExpression", "decisionTable", "context", "invocation", "functionDefinition",
    "relation",          "list",          "conditional", "filter", "for",
    "every",             "some"};

// A context that ends in a result: the result is its value.
struct result_node final : node {
  result_node(int at, std::vector<entry_node> m, node_ptr r)
      : node(at), members(std::move(m)), result(std::move(r)) {}
  value run(evaluation& e) const override {
    for (const auto& one : members) e.local(one.slot) = one.made->run(e);
    return result->run(e);
  }
  const std::vector<entry_node> members;
  const node_ptr result;
};

std::string text_in(const xml::element& x) {
  const xml::element* t = x.child("text");
  return t ? t->text : std::string();
}

}  // namespace

const xml::element* compiling::logic_in(const xml::element& parent) {
  for (const auto& c : parent.children)
    if (std::ranges::find(kinds, c.name) != kinds.end()) return &c;
  return nullptr;
}

type_ptr compiling::type(const xml::element& x) { return type_of(m, f, x.attribute("typeRef")); }

node_ptr compiling::text_of(std::string_view text, const scope& s, int line) {
  const type_finder types = [this](std::string_view name) -> type_ptr {
    type_ptr t = type_of(m, f, name);
    return t->kind == type::how::any && name != "Any" ? nullptr : t;
  };
  if (auto* w = dynamic_cast<model_watch*>(watch_of(*s.layout))) w->text(text, line);
  try {
    parser p(text, s, &types);
    return p.whole_expression();
  } catch (const syntax_error& e) {
    element.mistakes.push_back(refuse(madang::kind::invalid, "feel.syntax", "",
                                      {{"at", std::to_string(e.at)},
                                       {"near", e.near},
                                       {"line", std::to_string(line)}}));
    return make_failed(static_cast<int>(e.at), "feel.syntax", {{"near", e.near}});
  }
}

node_ptr compiling::boxed(const xml::element& x, const scope& s) {
  return make_typed(untyped(x, s), type(x));
}

node_ptr compiling::untyped(const xml::element& x, const scope& s) {
  if (x.name == "literalExpression") {
    if (auto* w = dynamic_cast<model_watch*>(watch_of(*s.layout))) w->logic(x, s);
    const std::string text = text_in(x);
    if (skip_blank(text, 0) == text.size()) return make_failed(0, "dmn.no_logic", {});
    return text_of(text, s, x.line);
  }
  if (x.name == "decisionTable") return table(x, s);
  if (x.name == "context") return context(x, s);
  if (x.name == "invocation") return invocation(x, s);
  if (x.name == "functionDefinition") return function(x, s);
  if (x.name == "relation") return relation(x, s);
  if (x.name == "conditional") return conditional(x, s);
  if (x.name == "filter") return filter(x, s);
  if (x.name == "list") {
    std::vector<node_ptr> items;
    for (const auto& c : x.children)
      if (std::ranges::find(kinds, c.name) != kinds.end()) items.push_back(boxed(c, s));
    return make_list(0, std::move(items));
  }
  return iteration(x, s);
}

node_ptr compiling::child_logic(const xml::element& x, const char* name, const scope& s) {
  const xml::element* holder = x.child(name);
  const xml::element* logic = holder ? logic_in(*holder) : nullptr;
  return logic ? boxed(*logic, s) : make_failed(0, "dmn.no_logic", {});
}

node_ptr compiling::context(const xml::element& x, const scope& s) {
  scope inner;
  inner.outer = &s;
  inner.layout = s.layout;
  std::vector<entry_node> members;
  for (const auto* entry : x.all("contextEntry")) {
    const xml::element* logic = logic_in(*entry);
    const xml::element* variable = entry->child("variable");
    node_ptr made = logic ? boxed(*logic, inner) : make_failed(0, "dmn.no_logic", {});
    if (!variable) return std::make_unique<result_node>(0, std::move(members), std::move(made));
    made = make_typed(std::move(made), type(*variable));
    const std::string name = normal_name(variable->attribute("name"));
    const int slot = inner.layout->allocate();
    inner.add(name, named::where::local, slot, made->type);
    members.push_back({name, slot, std::move(made)});
  }
  return make_context(0, std::move(members));
}

node_ptr compiling::invocation(const xml::element& x, const scope& s) {
  const xml::element* callee = logic_in(x);
  std::vector<node_ptr> arguments;
  std::vector<std::string> names;
  for (const auto* binding : x.all("binding")) {
    const xml::element* parameter = binding->child("parameter");
    const xml::element* logic = logic_in(*binding);
    names.push_back(parameter ? normal_name(parameter->attribute("name")) : std::string());
    arguments.push_back(logic ? boxed(*logic, s) : make_constant(0, value()));
  }
  if (!callee) return make_failed(0, "dmn.no_logic", {});
  return make_call(0, boxed(*callee, s), std::move(arguments), std::move(names));
}

std::shared_ptr<written_function> compiling::written(const xml::element& x, const scope& outside,
                                                     std::string name) {
  auto out = std::make_shared<written_function>();
  out->name = std::move(name);
  frame_layout layout;
  layout.outer = outside.layout;
  scope inner;
  inner.outer = &outside;
  inner.layout = &layout;
  for (const auto* p : x.all("formalParameter")) {
    const std::string called = normal_name(p->attribute("name"));
    const type_ptr t = type(*p);
    out->slots.push_back(layout.allocate());
    out->parameters.push_back({called, t});
    inner.add(called, named::where::local, out->slots.back(), t);
  }
  const xml::element* logic = logic_in(x);
  out->body = logic ? boxed(*logic, inner) : make_failed(0, "dmn.no_logic", {});
  out->frame_size = layout.used;
  out->captures = layout.captures;
  return out;
}

node_ptr compiling::function(const xml::element& x, const scope& s) {
  if (x.attribute("kind") == "Java" || x.attribute("kind") == "PMML") {
    std::vector<rules::function::parameter> parameters;
    for (const auto* p : x.all("formalParameter"))
      parameters.push_back({normal_name(p->attribute("name")), type(*p)});
    const xml::element* logic = logic_in(x);
    frame_layout layout;
    scope nothing;
    nothing.layout = &layout;
    evaluation once({});
    std::string class_name, signature;
    if (logic && logic->name == "context")
      for (const auto* entry : logic->all("contextEntry")) {
        const xml::element *variable = entry->child("variable"), *text = logic_in(*entry);
        if (!variable || !text) continue;
        const node_ptr n = boxed(*text, nothing);
        const value* v = n->constant();
        if (!v || !v->is(kind::string)) continue;
        (variable->attribute("name") == "class" ? class_name : signature) = v->text();
      }
    auto bound = java_method(class_name, signature, std::move(parameters));
    if (!bound) return make_failed(0, "feel.external", {});
    return make_constant(0, value::of(std::move(bound)));
  }
  return make_function(0, written(x, s, ""));
}

node_ptr compiling::relation(const xml::element& x, const scope& s) {
  std::vector<std::string> columns;
  for (const auto* c : x.all("column")) columns.push_back(normal_name(c->attribute("name")));
  std::vector<node_ptr> rows;
  for (const auto* row : x.all("row")) {
    std::vector<entry_node> members;
    for (const auto& cell : row->children)
      if (std::ranges::find(kinds, cell.name) != kinds.end() && members.size() < columns.size())
        members.push_back({columns[members.size()], -1, boxed(cell, s)});
    rows.push_back(make_context(0, std::move(members)));
  }
  return make_list(0, std::move(rows));
}

node_ptr compiling::conditional(const xml::element& x, const scope& s) {
  node_ptr condition = child_logic(x, "if", s), then = child_logic(x, "then", s);
  return make_if(0, std::move(condition), std::move(then), child_logic(x, "else", s));
}

node_ptr compiling::filter(const xml::element& x, const scope& s) {
  node_ptr list = child_logic(x, "in", s);
  scope inner;
  inner.outer = &s;
  inner.layout = s.layout;
  inner.filters(list->type);
  node_ptr match = child_logic(x, "match", inner);
  return make_filter(0, std::move(list), inner.item_slot, std::move(match));
}

// "for", "every" and "some"
node_ptr compiling::iteration(const xml::element& x, const scope& s) {
  scope inner;
  inner.outer = &s;
  inner.layout = s.layout;
  std::vector<iterator_node> over;
  over.push_back({0, child_logic(x, "in", s), nullptr});
  const type_ptr& list = over.front().from->type;
  over.front().slot = inner.layout->allocate();
  inner.add(x.attribute("iteratorVariable"), named::where::local, over.front().slot,
            list->element ? list->element : any_type());
  if (x.name != "for")
    return make_quantified(0, x.name == "some" ? quantifier::some : quantifier::every,
                           std::move(over), child_logic(x, "satisfies", inner));
  const int partial = inner.layout->allocate();
  inner.add("partial", named::where::local, partial, list_of(any_type()));
  return make_for(0, std::move(over), partial, child_logic(x, "return", inner));
}

}  // namespace madang::rules
