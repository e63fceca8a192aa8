// Reading a model and compiling its logic.
//
// All elements of a model and of what it imports stand in one list; an expression names them by
// their number. An element sees only what its requirements name (DMN 1.5, 6.3.4): inputs and
// decisions by information requirements, functions by knowledge requirements.
#include "madang/rules/model.hpp"

#include <algorithm>

#include "model_inside.hpp"

namespace madang::rules {
namespace {

std::string variable_name(const xml::element& x) {
  const xml::element* v = x.child("variable");
  const std::string_view name = v && v->has("name") ? v->attribute("name") : x.attribute("name");
  return normal_name(name);
}

bool is_dmn(const xml::element& x) {
  return x.name == "definitions" && x.space.find("/spec/DMN/") != std::string::npos;
}

// ---- decision services as functions ----

struct service_function final : function {
  service_function(const model::inside& m, int n, const model::inside::service& s)
      : inside(m), number(n), shape(s) {}
  value call(evaluation& e, std::span<value> arguments) const override;
  std::string str() const override { return inside.elements[std::size_t(number)].name; }
  const model::inside& inside;
  const int number;
  const model::inside::service& shape;
};

struct knowledge_function final : function {
  knowledge_function(const model::inside& m, int n) : inside(m), number(n) {}
  value call(evaluation& e, std::span<value> arguments) const override {
    if (e.too_deep()) return e.fail("feel.too_deep", 0);
    evaluation::frame frame(e, written->frame_size);
    for (std::size_t i = 0; i < written->slots.size(); ++i)
      e.local(written->slots[i]) = std::move(arguments[i]);
    return written->body->run(e);
  }
  std::string str() const override { return inside.elements[std::size_t(number)].name; }
  const model::inside& inside;
  const int number;
  std::shared_ptr<const written_function> written;
};

}  // namespace

// ---- looking up ----

const model_file* model::inside::file_of(std::string_view wanted) const {
  for (const auto& f : files)
    if (f->space == wanted) return f.get();
  return nullptr;
}

int model::inside::element_at(const model_file& from, std::string_view href) const {
  const auto hash = href.find('#');
  const std::string_view space = hash == std::string_view::npos || hash == 0 ? from.space
                                                                             : href.substr(0, hash);
  const std::string_view id = hash == std::string_view::npos ? href : href.substr(hash + 1);
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (elements[i].id == id && elements[i].space == space) return static_cast<int>(i);
  return -1;
}

model::model(std::unique_ptr<inside> i) : inside_(std::move(i)) {}
model::~model() = default;

const std::string& model::name() const {
  static const std::string none;
  auto found = inside_->files.front()->root.attributes.find("name");
  return found == inside_->files.front()->root.attributes.end() ? none : found->second;
}
const std::string& model::space() const { return inside_->files.front()->space; }
const std::vector<drg_element>& model::elements() const { return inside_->elements; }

int model::inside::find(std::string_view name, std::string_view space) const {
  const std::string wanted = normal_name(name);
  const std::string_view in = space.empty() ? std::string_view(files.front()->space) : space;
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (elements[i].name == wanted && elements[i].space == in) return static_cast<int>(i);
  return -1;
}

int model::find(std::string_view name, std::string_view space) const {
  return inside_->find(name, space);
}

// ---- compiling ----

namespace {

struct builder {
  model::inside& m;
  compile_watch* watch = nullptr;

  void list_elements(const model_file& f) {
    for (const auto& x : f.root.children) {
      drg_element one;
      if (x.name == "inputData") one.kind = drg_element::what::input;
      else if (x.name == "decision") one.kind = drg_element::what::decision;
      else if (x.name == "businessKnowledgeModel") one.kind = drg_element::what::knowledge;
      else if (x.name == "decisionService") one.kind = drg_element::what::service;
      else continue;
      one.name = normal_name(x.attribute("name"));
      one.id = x.attribute("id");
      one.space = f.space;
      m.elements.push_back(std::move(one));
      m.sources.push_back(&x);
      m.homes.push_back(&f);
    }
  }

  model_file& home(std::size_t i) { return *const_cast<model_file*>(m.homes[i]); }

  // What an element requires, by the references in its requirements.
  void relate(std::size_t i) {
    static const std::pair<const char*, std::vector<const char*>> kinds[] = {
        {"informationRequirement", {"requiredInput", "requiredDecision"}},
        {"knowledgeRequirement", {"requiredKnowledge"}}};
    for (const auto& [requirement, targets] : kinds)
      for (const auto* x : m.sources[i]->all(requirement))
        for (const char* target : targets)
          if (const auto* t = x->child(target)) {
            const int n = m.element_at(*m.homes[i], t->attribute("href"));
            if (n >= 0) m.elements[i].requires_these.push_back(n);
            else
              m.elements[i].mistakes.push_back(
                  refuse(madang::kind::invalid, "dmn.reference", "",
                         {{"href", std::string(t->attribute("href"))}}));
          }
  }

  // The name under which an element is seen from a file: its own, or with the import's before.
  std::vector<std::string> names_seen(const model_file& from, int n) const {
    const drg_element& e = m.elements[std::size_t(n)];
    const std::string name = variable_name(*m.sources[std::size_t(n)]);
    if (e.space == from.space) return {name};
    for (const auto& [import, space] : from.imports)
      if (space == e.space) return {import.empty() ? name : import + "." + name};
    return {name};
  }

  void type_element(std::size_t i) {
    const xml::element* variable = m.sources[i]->child("variable");
    m.elements[i].type =
        variable ? type_of(m, home(i), variable->attribute("typeRef")) : any_type();
  }

  // A function's type says what it gives, so that members of its result are known names.
  type_ptr type_seen(int n) const {
    const drg_element& e = m.elements[std::size_t(n)];
    if (e.kind == drg_element::what::input || e.kind == drg_element::what::decision) return e.type;
    auto t = std::make_shared<type>();
    t->kind = type::how::function;
    t->result = e.type && e.type->kind != type::how::function ? e.type
                : e.type && e.type->result                    ? e.type->result
                                                              : any_type();
    return t;
  }

  void see(scope& s, const model_file& from, int n) const {
    for (const auto& name : names_seen(from, n))
      s.add(name, named::where::global, n, type_seen(n));
  }

  compiled_decision decision(std::size_t i, drg_element& e) {
    frame_layout layout;
    layout.watch = watch;
    scope outside;
    outside.layout = &layout;
    for (const int n : e.requires_these) see(outside, *m.homes[i], n);
    compiling c{m, home(i), e};
    const xml::element* logic = compiling::logic_in(*m.sources[i]);
    if (logic) e.logic = logic->name;
    node_ptr body = logic ? c.boxed(*logic, outside) : make_failed(0, "dmn.no_logic", {});
    return {make_typed(std::move(body), e.type), layout.used};
  }

  value knowledge(std::size_t i, drg_element& e) {
    const xml::element* x = m.sources[i]->child("encapsulatedLogic");
    frame_layout layout;
    layout.watch = watch;
    scope outside;
    outside.layout = &layout;
    for (const int n : e.requires_these) see(outside, *m.homes[i], n);
    see(outside, *m.homes[i], static_cast<int>(i));      // it may call itself
    compiling c{m, home(i), e};
    const type_ptr result = e.type && e.type->kind == type::how::function && e.type->result
                                ? e.type->result
                                : e.type;
    if (!x) return {};
    if (const xml::element* logic = compiling::logic_in(*x)) e.logic = logic->name;
    if (x->attribute("kind") == "Java" || x->attribute("kind") == "PMML") {
      xml::element literal = *x;
      literal.name = "functionDefinition";
      const node_ptr n = c.boxed(literal, outside);
      const value* v = n->constant();
      return v ? *v : value();
    }
    auto f = std::make_shared<knowledge_function>(m, static_cast<int>(i));
    auto w = c.written(*x, outside, e.name);
    f->parameters = w->parameters;
    f->result = result && result->kind != type::how::any ? result : nullptr;
    f->written = std::move(w);
    return value::of(std::shared_ptr<const function>(std::move(f)));
  }

  std::vector<int> targets(std::size_t i, const char* kind) const {
    std::vector<int> out;
    for (const auto* x : m.sources[i]->all(kind))
      if (const int n = m.element_at(*m.homes[i], x->attribute("href")); n >= 0) out.push_back(n);
    return out;
  }

  void compile_service(std::size_t i) {
    model::inside::service s;
    s.parameters = targets(i, "inputData");
    for (const int n : targets(i, "inputDecision")) s.parameters.push_back(n);
    s.outputs = targets(i, "outputDecision");
    const auto& kept = m.services[static_cast<int>(i)] = std::move(s);
    auto f = std::make_shared<service_function>(m, static_cast<int>(i), kept);
    for (const int n : kept.parameters)
      f->parameters.push_back({variable_name(*m.sources[std::size_t(n)]),
                               m.elements[std::size_t(n)].type});
    const type_ptr& t = m.elements[i].type;
    f->result = t && t->kind == type::how::function ? t->result : t;
    m.functions[i] = value::of(std::shared_ptr<const function>(std::move(f)));
  }
};

outcome read_files(model::inside& m, const std::vector<model::file>& files) {
  std::vector<std::unique_ptr<model_file>> all;
  for (const auto& file : files) {
    auto root = xml::parse(file.text);
    if (!root) return root.why();
    if (!is_dmn(*root)) return refuse(madang::kind::invalid, "dmn.not_dmn", file.name);
    auto f = std::make_unique<model_file>();
    f->root = std::move(*root);
    f->space = f->root.attribute("namespace");
    for (const auto* x : f->root.all("import"))
      f->imports.emplace(normal_name(x->attribute("name")), std::string(x->attribute("namespace")));
    all.push_back(std::move(f));
  }
  // The first, and what it needs.
  std::vector<std::size_t> wanted = {0};
  std::vector<bool> taken(all.size());
  while (!wanted.empty()) {
    const std::size_t i = wanted.back();
    wanted.pop_back();
    if (taken[i]) continue;
    taken[i] = true;
    for (const auto& [name, space] : all[i]->imports) {
      bool found = space.find("/spec/DMN/") == std::string::npos ? false : true;
      for (std::size_t j = 0; j < all.size(); ++j)
        if (all[j]->space == space) {
          wanted.push_back(j);
          found = true;
        }
      if (!found) return refuse(madang::kind::invalid, "dmn.import", name, {{"namespace", space}});
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    if (taken[i]) m.files.push_back(std::move(all[i]));
  return nothing{};
}

}  // namespace

result<std::shared_ptr<const model>> model::load(const std::vector<file>& files) {
  if (files.empty()) return refuse(madang::kind::invalid, "dmn.not_dmn");
  auto m = std::make_unique<inside>();
  if (auto read = read_files(*m, files); !read) return read.why();
  builder b{*m};
  for (const auto& f : m->files) b.list_elements(*f);
  const std::size_t n = m->elements.size();
  m->decisions.resize(n);
  m->functions.resize(n);
  for (std::size_t i = 0; i < n; ++i) b.relate(i);
  for (std::size_t i = 0; i < n; ++i) b.type_element(i);
  for (std::size_t i = 0; i < n; ++i) {
    drg_element& e = m->elements[i];
    if (e.kind == drg_element::what::decision) m->decisions[i] = b.decision(i, e);
    if (e.kind == drg_element::what::knowledge) m->functions[i] = b.knowledge(i, e);
    if (m->elements[i].kind == drg_element::what::service) b.compile_service(i);
  }
  // Every type is known from here on, so that looking at a model again does not change it.
  for (const auto& f : m->files)
    for (const auto* x : f->root.all("itemDefinition")) type_of(*m, *f, x->attribute("name"));
  return std::shared_ptr<const model>(new model(std::move(m)));
}

void watch_element(const model::inside& m, int element, model_watch& w) {
  const auto i = std::size_t(element);
  drg_element again = m.elements[i];         // its mistakes are noted already
  builder b{const_cast<model::inside&>(m), &w};
  if (again.kind == drg_element::what::decision) b.decision(i, again);
  if (again.kind == drg_element::what::knowledge) b.knowledge(i, again);
}

// ---- running ----

decision_run::decision_run(const model& m) : decision_run(m.in()) {}

decision_run::decision_run(const model::inside& in)
    : in_(in), values_(in.elements.size()), states_(in.elements.size()) {}

void decision_run::set(int element, value v) {
  values_[std::size_t(element)] = std::move(v);
  states_[std::size_t(element)] = status::given;
}

bool decision_run::set(std::string_view name, value v, std::string_view space) {
  const int n = in_.find(name, space);
  if (n < 0) return false;
  set(n, std::move(v));
  return true;
}

namespace {

value fitted(evaluation& e, const drg_element& what, value v) {
  if (!what.type || v.is_null()) return v;
  auto fits = converted(e, v, *what.type);
  if (fits) return std::move(*fits);
  return e.fail("dmn.input_type", 0, {{"name", what.name}, {"wanted", what.type->str()}});
}

// The outputs of a service whose parameters are set.
value outputs_of(evaluation& e, const model::inside& in, decision_run& run,
                 const model::inside::service& s) {
  if (s.outputs.size() == 1) return run.get(e, s.outputs.front());
  entries out;
  for (const int n : s.outputs)
    out.emplace_back(variable_name(*in.sources[std::size_t(n)]), run.get(e, n));
  return value::context(std::move(out));
}

value service_function::call(evaluation& e, std::span<value> arguments) const {
  decision_run run(inside);
  for (std::size_t i = 0; i < shape.parameters.size(); ++i)
    run.set(shape.parameters[i], std::move(arguments[i]));
  return outputs_of(e, inside, run, shape);
}

}  // namespace

value decision_run::get(evaluation& e, int element) {
  const auto i = std::size_t(element);
  if (states_[i] == status::known) return values_[i];
  const drg_element& what = in_.elements[i];
  if (what.kind == drg_element::what::knowledge || what.kind == drg_element::what::service)
    return in_.functions[i];
  if (what.kind == drg_element::what::input) {
    if (states_[i] == status::given) values_[i] = fitted(e, what, std::move(values_[i]));
    states_[i] = status::known;
    return values_[i];
  }
  if (states_[i] == status::given) return values_[i];
  if (states_[i] == status::running) return e.fail("dmn.circle", 0, {{"name", what.name}});
  states_[i] = status::running;
  const std::string_view before = std::exchange(e.place, what.name);
  globals* outside = std::exchange(e.outside, this);
  value v;
  std::vector<tried_rule> tried;
  auto* around = std::exchange(e.tried, e.told ? &tried : nullptr);
  {
    evaluation::frame frame(e, in_.decisions[i].frame_size);
    v = e.too_deep() ? e.fail("feel.too_deep", 0) : in_.decisions[i].logic->run(e);
  }
  e.outside = outside;
  e.place = before;
  e.tried = around;
  if (e.told) e.told->decisions.push_back({what.name, v, std::move(tried)});
  values_[i] = v;
  states_[i] = status::known;
  return v;
}

value decision_run::decide(evaluation& e, std::string_view name) {
  const int n = in_.find(name, {});
  return n < 0 ? e.fail("dmn.no_such_element", 0, {{"name", std::string(name)}}) : get(e, n);
}

value decision_run::invoke(evaluation& e, std::string_view service,
                           const std::vector<std::pair<std::string, value>>& inputs) {
  const auto found = in_.services.find(in_.find(service, {}));
  if (found == in_.services.end())
    return e.fail("dmn.no_such_element", 0, {{"name", std::string(service)}});
  std::vector<value> arguments;
  for (const int p : found->second.parameters) {
    const drg_element& parameter = in_.elements[std::size_t(p)];
    value given;
    for (const auto& [name, v] : inputs)
      if (normal_name(name) == parameter.name) given = fitted(e, parameter, v);
    arguments.push_back(std::move(given));
  }
  const value f = in_.functions[std::size_t(found->first)];
  return call(e, 0, *f.callee(), std::move(arguments));
}

}  // namespace madang::rules
