// Decision tables (DMN 1.5, chapter 8).
#include <algorithm>

#include "madang/base/text.hpp"
#include "model_inside.hpp"

namespace madang::rules {
namespace {

enum class policy : std::uint8_t {
  unique, any, priority, first, collect, rule_order, output_order
};
enum class aggregator : std::uint8_t { none, sum, count, min, max };

struct table_input {
  std::string text;                          // of the expression
  node_ptr asked;
  int slot = 0;
  type_ptr type;
  node_ptr allowed;                          // tests of the slot; null: anything
};
struct table_output {
  std::string name;
  type_ptr type;
  std::vector<value> priorities;
  node_ptr otherwise;                        // null: no default
};
struct table_rule {
  std::vector<node_ptr> tests, outputs;
  std::vector<std::string> texts, annotations;       // of the tests; of the rule
};

struct table_node final : node {
  using node::node;
  policy how = policy::unique;
  aggregator sum_up = aggregator::none;
  std::vector<table_input> inputs;
  std::vector<table_output> outputs;
  std::vector<table_rule> rules;

  value run(evaluation& e) const override {
    for (const auto& in : inputs) {
      e.local(in.slot) = in.asked->run(e);
      if (!in.allowed || e.local(in.slot).is_null()) continue;
      if (!in.allowed->run(e).is_true()) return e.fail("dmn.input_not_allowed", in.asked->at);
    }
    if (e.tried) tell(e);
    std::vector<std::size_t> hits;
    for (std::size_t r = 0; r < rules.size(); ++r) {
      if (!holds(e, rules[r])) continue;
      hits.push_back(r);
      if (how == policy::first) break;
    }
    if (hits.empty()) return without_hit(e);
    return with_hits(e, hits);
  }

 private:
  static bool holds(evaluation& e, const table_rule& r) {
    return std::ranges::all_of(r.tests, [&](const auto& t) { return t->run(e).is_true(); });
  }

  // Every rule with every condition, whether or not it decides. What goes wrong in a rule that is
  // only told of is no diagnostic of the decision.
  void tell(evaluation& e) const {
    auto& out = *std::exchange(e.tried, nullptr);
    const std::size_t known = e.diagnostics.size();
    bool first_is_found = false;
    out.reserve(rules.size());
    for (std::size_t r = 0; r < rules.size(); ++r) {
      tried_rule& one = out.emplace_back();
      one.number = static_cast<int>(r) + 1;
      one.conditions.reserve(rules[r].tests.size());
      bool all = true;
      for (std::size_t i = 0; i < rules[r].tests.size(); ++i) {
        const bool good = rules[r].tests[i]->run(e).is_true();
        one.conditions.push_back(
            {inputs[i].text, e.local(inputs[i].slot), rules[r].texts[i], good});
        all = all && good;
      }
      one.hit = all && !(how == policy::first && first_is_found);
      first_is_found = first_is_found || all;
      one.output = output_of(e, r);
      one.annotations = rules[r].annotations;
    }
    const auto none = [](const diagnostic& d) { return d.code != "feel.limit"; };
    const auto begin = e.diagnostics.begin() + static_cast<std::ptrdiff_t>(known);
    e.diagnostics.erase(std::remove_if(begin, e.diagnostics.end(), none), e.diagnostics.end());
  }

  value without_hit(evaluation& e) const {
    const bool defaults = std::ranges::any_of(outputs, [](const auto& o) { return !!o.otherwise; });
    if (defaults) {
      if (outputs.size() == 1) return outputs.front().otherwise->run(e);
      entries made;
      for (const auto& o : outputs)
        made.emplace_back(o.name, o.otherwise ? o.otherwise->run(e) : value());
      return value::context(std::move(made));
    }
    const bool many = how == policy::rule_order || how == policy::output_order ||
                      (how == policy::collect && sum_up == aggregator::none);
    if (many) return value::list({});
    if (how == policy::collect && sum_up == aggregator::count) return 0;
    return {};
  }

  value output_of(evaluation& e, std::size_t rule) const {
    const auto& cells = rules[rule].outputs;
    if (outputs.size() == 1) return cells.front()->run(e);
    entries made;
    made.reserve(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i)
      made.emplace_back(outputs[i].name, cells[i]->run(e));
    return value::context(std::move(made));
  }

  value with_hits(evaluation& e, const std::vector<std::size_t>& hits) const {
    if (how == policy::unique && hits.size() > 1)
      return e.fail("dmn.not_unique", 0,
                    {{"rules", std::to_string(hits[0] + 1) + ", " + std::to_string(hits[1] + 1)}});
    std::vector<value> all;
    for (const auto r : hits) all.push_back(output_of(e, r));
    switch (how) {
      case policy::unique:
      case policy::first: return std::move(all.front());
      case policy::any:
        for (const auto& one : all)
          if (!same(one, all.front())) return e.fail("dmn.not_any", 0);
        return std::move(all.front());
      case policy::priority: return by_priority(std::move(all)).front();
      case policy::output_order: return value::list(by_priority(std::move(all)));
      case policy::rule_order: return value::list(std::move(all));
      case policy::collect: return collected(e, std::move(all));
    }
    return {};
  }

  static std::size_t rank(const std::vector<value>& priorities, const value& v) {
    const auto found = std::ranges::find_if(
        priorities, [&](const value& p) { return equal(p, v).value_or(false); });
    return static_cast<std::size_t>(found - priorities.begin());
  }

  // What stands first among the output values comes first; later columns decide among equals.
  std::vector<value> by_priority(std::vector<value> all) const {
    std::ranges::stable_sort(all, [&](const value& a, const value& b) {
      for (const auto& o : outputs) {
        if (o.priorities.empty()) continue;
        const value& x = outputs.size() == 1 ? a : *a.member(o.name);
        const value& y = outputs.size() == 1 ? b : *b.member(o.name);
        const auto i = rank(o.priorities, x), j = rank(o.priorities, y);
        if (i != j) return i < j;
      }
      return false;
    });
    return all;
  }

  value collected(evaluation& e, std::vector<value> all) const {
    if (sum_up == aggregator::none) return value::list(std::move(all));
    if (sum_up == aggregator::count) return static_cast<std::int64_t>(all.size());
    value out = all.front();
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (sum_up == aggregator::sum) {
        out = calculate(e, 0, operation::add, out, all[i]);
        continue;
      }
      const auto order = compare(all[i], out);
      if (!order) return e.fail("feel.comparison", 0);
      if (*order == (sum_up == aggregator::min ? -1 : 1)) out = all[i];
    }
    return out;
  }
};

policy policy_of(std::string_view s) {
  if (s == "ANY") return policy::any;
  if (s == "PRIORITY") return policy::priority;
  if (s == "FIRST") return policy::first;
  if (s == "COLLECT") return policy::collect;
  if (s == "RULE ORDER") return policy::rule_order;
  if (s == "OUTPUT ORDER") return policy::output_order;
  return policy::unique;
}

aggregator aggregator_of(std::string_view s) {
  if (s == "SUM") return aggregator::sum;
  if (s == "COUNT") return aggregator::count;
  if (s == "MIN") return aggregator::min;
  if (s == "MAX") return aggregator::max;
  return aggregator::none;
}

std::string text_in(const xml::element* x) {
  const xml::element* t = x ? x->child("text") : nullptr;
  return t ? t->text : std::string();
}

struct table_compiling {
  compiling& c;
  const scope& outside;
  table_node& out;

  node_ptr tests(const std::string& text, int slot, const type_ptr& t, int line) {
    if (skip_blank(text, 0) == text.size()) return make_test_any(0);
    scope s;
    s.outer = &outside;
    s.layout = outside.layout;
    s.add("?", named::where::local, slot, t);
    const type_finder types = [this](std::string_view name) { return type_of(c.m, c.f, name); };
    if (auto* w = dynamic_cast<model_watch*>(watch_of(*s.layout))) w->text(text, line);
    try {
      parser p(text, s, &types);
      return p.whole_tests(slot);
    } catch (const syntax_error& e) {
      c.element.mistakes.push_back(refuse(madang::kind::invalid, "feel.syntax", "",
                                          {{"at", std::to_string(e.at)},
                                           {"near", e.near},
                                           {"line", std::to_string(line)}}));
      return make_failed(static_cast<int>(e.at), "feel.syntax", {{"near", e.near}});
    }
  }

  void input(const xml::element& x) {
    const xml::element* asked = x.child("inputExpression");
    table_input in;
    in.slot = outside.layout->allocate();
    in.text = text::trim(text_in(asked));
    if (x.has("label")) in.text = x.attribute("label");
    in.asked = asked ? c.text_of(text_in(asked), outside, asked->line)
                     : make_failed(0, "dmn.no_logic", {});
    in.type = asked && asked->has("typeRef") ? c.type(*asked) : in.asked->type;
    if (const auto* values = x.child("inputValues"))
      if (!text_in(values).empty())
        in.allowed = tests(text_in(values), in.slot, in.type, values->line);
    out.inputs.push_back(std::move(in));
  }

  void output(const xml::element& x, bool only) {
    table_output o;
    o.name = normal_name(x.attribute("name"));
    o.type = x.has("typeRef") ? c.type(x) : only ? c.element.type : any_type();
    if (o.type) o.priorities = o.type->listed;
    if (const auto* values = x.child("outputValues"); values && !text_in(values).empty()) {
      const node_ptr list = c.text_of("[" + text_in(values) + "]", outside, values->line);
      if (const value* v = list->constant(); v && v->is(kind::list)) o.priorities = v->items();
    }
    if (const auto* otherwise = x.child("defaultOutputEntry"))
      o.otherwise = c.text_of(text_in(otherwise), outside, otherwise->line);
    out.outputs.push_back(std::move(o));
  }

  void rule(const xml::element& x) {
    table_rule r;
    const auto cells = x.all("inputEntry");
    for (std::size_t i = 0; i < std::min(cells.size(), out.inputs.size()); ++i) {
      r.texts.emplace_back(text::trim(text_in(cells[i])));
      r.tests.push_back(
          tests(r.texts.back(), out.inputs[i].slot, out.inputs[i].type, cells[i]->line));
    }
    for (const auto* a : x.all("annotationEntry")) r.annotations.push_back(text_in(a));
    const auto results = x.all("outputEntry");
    for (std::size_t i = 0; i < out.outputs.size(); ++i) {
      if (i >= results.size()) {
        r.outputs.push_back(make_constant(0, value()));
        continue;
      }
      const std::string text = text_in(results[i]);
      node_ptr made = skip_blank(text, 0) == text.size()
                          ? make_constant(0, value())
                          : c.text_of(text, outside, results[i]->line);
      r.outputs.push_back(out.outputs.size() > 1 ? make_typed(std::move(made), out.outputs[i].type)
                                                 : std::move(made));
    }
    out.rules.push_back(std::move(r));
  }
};

}  // namespace

node_ptr compiling::table(const xml::element& x, const scope& s) {
  auto out = std::make_unique<table_node>(0);
  out->how = policy_of(x.attribute("hitPolicy"));
  out->sum_up = aggregator_of(x.attribute("aggregation"));
  if (auto* w = dynamic_cast<model_watch*>(watch_of(*s.layout))) w->logic(x, s);
  table_compiling t{*this, s, *out};
  for (const auto* in : x.all("input")) t.input(*in);
  const auto outputs = x.all("output");
  for (const auto* o : outputs) t.output(*o, outputs.size() == 1);
  for (const auto* r : x.all("rule")) t.rule(*r);
  return out;
}

}  // namespace madang::rules
