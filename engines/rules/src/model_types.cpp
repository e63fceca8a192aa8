// Item definitions (DMN 1.5, 7.3.3) as types.
#include "madang/base/text.hpp"
#include "madang/rules/feel.hpp"
#include "model_inside.hpp"

namespace madang::rules {
namespace {

// Constraints are unary tests; the values they list in order are priorities of outputs.
void constrain(type& t, const xml::element& x, const char* which, bool whole,
               const type_ptr& of) {
  const xml::element* constraint = x.child(which);
  const xml::element* text = constraint ? constraint->child("text") : nullptr;
  if (!text) return;
  auto compiled = compile_tests(text->text, of);
  if (!compiled) return;
  auto shared = std::make_shared<expression>(std::move(*compiled));
  auto holds = [shared](evaluation& e, const value& v) {
    return shared->run(e, std::span(&v, 1)).is_true();
  };
  (whole ? t.allowed_as_whole : t.allowed) = std::move(holds);
  if (!whole) t.allowed_text = text::trim(text->text);
  if (auto list = compile("[" + text->text + "]")) {
    evaluation once({});
    const value all = list->run(once);
    if (all.is(kind::list)) t.listed = all.items();
  }
}

type_ptr from_definition(model::inside& m, model_file& f, const xml::element& x);

type_ptr function_type(model::inside& m, model_file& f, const xml::element& x) {
  auto t = std::make_shared<type>();
  t->kind = type::how::function;
  t->result = type_of(m, f, x.attribute("outputTypeRef"));
  for (const auto* p : x.all("parameters"))
    t->parameters.push_back(type_of(m, f, p->attribute("typeRef")));
  return t;
}

type_ptr from_definition(model::inside& m, model_file& f, const xml::element& x) {
  std::shared_ptr<type> t;
  const auto components = x.all("itemComponent");
  if (!components.empty()) {
    t = std::make_shared<type>();
    t->kind = type::how::context;
    for (const auto* c : components)
      t->fields.emplace_back(normal_name(c->attribute("name")), from_definition(m, f, *c));
  } else if (const auto* function = x.child("functionItem")) {
    t = std::make_shared<type>(*function_type(m, f, *function));
  } else {
    const xml::element* reference = x.child("typeRef");
    t = std::make_shared<type>(*type_of(m, f, reference ? reference->text : ""));
  }
  t->name = normal_name(x.attribute("name"));
  constrain(*t, x, "allowedValues", false, t);
  const bool collection = x.attribute("isCollection") == "true";
  if (!collection) {
    constrain(*t, x, "typeConstraint", true, nullptr);
    return t;
  }
  auto list = std::make_shared<type>();
  list->kind = type::how::list;
  list->name = t->name;
  t->name.clear();
  list->listed = t->listed;
  list->element = t;
  constrain(*list, x, "typeConstraint", true, nullptr);
  return list;
}

}  // namespace

type_ptr type_of(model::inside& m, model_file& f, std::string_view reference) {
  std::string name = normal_name(reference);
  if (const auto colon = name.find(':'); colon != std::string::npos) name.erase(0, colon + 1);
  if (name.empty()) return any_type();
  if (auto known = f.types.find(name); known != f.types.end()) return known->second;
  for (const auto* x : f.root.all("itemDefinition"))
    if (normal_name(x->attribute("name")) == name) {
      if (!f.types_begun.insert(name).second) return any_type();     // it contains itself
      type_ptr t = from_definition(m, f, *x);
      f.types[name] = t;
      return t;
    }
  if (type_ptr t = builtin_type(name)) return t;
  for (const auto& [import, space] : f.imports)
    if (name.starts_with(import + "."))
      for (auto& other : m.files)
        if (other->space == space)
          return type_of(m, *other, name.substr(import.size() + 1));
  return any_type();
}

}  // namespace madang::rules
