// Reading a decision table for the proof: its columns as axes, its conditions as comparisons.
#include "proof_table.hpp"

#include <algorithm>

#include "madang/base/text.hpp"

namespace madang::rules {
namespace {

// What an expression comes from in the end: inputs of the model, names of the place.
std::set<int> stems(const text_desk& desk, const compiled_text& made) {
  std::set<int> out, seen;
  std::vector<int> open;
  for (const auto n : made.uses) {
    const named& name = desk.site().names[n];
    if (name.lies == named::where::global) open.push_back(name.index);
    else out.insert(-2 - static_cast<int>(n));
  }
  while (!open.empty()) {
    const int e = open.back();
    open.pop_back();
    if (!seen.insert(e).second) continue;
    const drg_element& element = desk.in().elements[std::size_t(e)];
    if (element.kind == drg_element::what::input) out.insert(e);
    for (const int r : element.requires_these) open.push_back(r);
  }
  return out;
}

struct reading {
  studied_table& t;
  const xml::element& x;
  cell_reader reader;

  void column(const xml::element& in) {
    studied_column c;
    const xml::element* asked = in.child("inputExpression");
    c.expression = squeezed(text_within(asked));
    c.name = in.has("label") ? std::string(in.attribute("label")) : c.expression;
    c.asked = t.desk.expression(c.expression);
    c.type = asked && asked->has("typeRef") ? t.desk.type(asked->attribute("typeRef"))
             : c.asked.node                 ? c.asked.node->type
                                            : any_type();
    if (const auto values = text_within(in.child("inputValues")); !squeezed(values).empty())
      c.allowed.push_back(reader.read(values, c.type));
    if (!c.type->allowed_text.empty())
      c.allowed.push_back(reader.read(c.type->allowed_text, c.type));
    t.columns.push_back(std::move(c));
  }

  void output(const xml::element& o, bool only) {
    studied_output out;
    out.name = normal_name(o.attribute("name"));
    const auto& element = t.desk.in().elements[std::size_t(t.desk.site().element)];
    const bool whole = only && element.kind == drg_element::what::decision &&
                       element.logic == "decisionTable";
    out.type = o.has("typeRef") ? t.desk.type(o.attribute("typeRef"))
               : whole          ? element.type
                                : any_type();
    if (out.type) out.priorities = out.type->listed;
    out.has_default = o.child("defaultOutputEntry") != nullptr;
    const std::string values = squeezed(text_within(o.child("outputValues")));
    if (!values.empty()) {
      out.allowed_text = values;
      out.allowed = t.desk.tests(values, out.type);
      const auto list = t.desk.expression("[" + values + "]");
      if (const value* v = list.constant(); v && v->is(kind::list)) out.priorities = v->items();
    }
    t.outputs.push_back(std::move(out));
  }

  void rule(const xml::element& r) {
    studied_rule out;
    const auto cells = r.all("inputEntry");
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
      studied_column& c = t.columns[i];
      const std::string text = i < cells.size() ? text_within(cells[i]) : std::string();
      cell made = reader.read(text, c.type);
      const auto known = std::ranges::find(c.cells, made.text, &cell::text);
      out.cells.push_back(static_cast<std::size_t>(known - c.cells.begin()));
      if (known == c.cells.end()) c.cells.push_back(std::move(made));
    }
    const auto results = r.all("outputEntry");
    for (std::size_t i = 0; i < t.outputs.size(); ++i) {
      studied_cell o;
      if (i < results.size()) o.text = squeezed(text_within(results[i]));
      if (!o.text.empty()) o.compiled = t.desk.expression(o.text);
      out.outputs.push_back(std::move(o));
    }
    t.rules.push_back(std::move(out));
  }

  // ---- columns as axes ----

  void place(std::size_t column) {
    studied_column& c = t.columns[column];
    auto found = std::ranges::find(t.axes, c.expression, &studied_axis::name);
    if (found == t.axes.end()) {
      found = t.axes.emplace(t.axes.end());
      found->name = c.expression;
      found->stems_from = stems(t.desk, c.asked);
    }
    c.axis = static_cast<std::size_t>(found - t.axes.begin());
    found->columns.push_back(column);
  }

  template <class F>
  void each_test(const studied_axis& a, F f) {
    for (const auto c : a.columns) {
      for (auto& one : t.columns[c].cells)
        for (auto& test : one.tests) f(one, test);
      for (auto& one : t.columns[c].allowed)
        for (auto& test : one.tests) f(one, test);
    }
  }

  static std::vector<const bound*> ends(const simple_test& test) {
    if (test.is == simple_test::form::null || test.is == simple_test::form::not_null) return {};
    std::vector<const bound*> out = {&test.low};
    if (test.is == simple_test::form::interval) out.push_back(&test.high);
    return out;
  }

  // The kind that the type says; without one that of all the literals.
  kind kind_on(const studied_axis& a) {
    kind out = kind::null;
    for (const auto c : a.columns) {
      const type_ptr& type = t.columns[c].type;
      if (type->kind != type::how::any) return kind_of(type);
    }
    bool mixed = false, symbolic = false;
    each_test(a, [&](const cell&, const simple_test& test) {
      for (const bound* b : ends(test)) {
        const kind k = b->symbol < 0 ? b->literal.kind() : t.symbols[std::size_t(b->symbol)].kind;
        symbolic = symbolic || b->symbol >= 0;
        if (k == kind::null) continue;
        mixed = mixed || (out != kind::null && out != k);
        out = k;
      }
    });
    if (mixed) return kind::null;
    // Nothing but ends of unknown kind: whatever they are, they have an order.
    return out == kind::null && symbolic ? kind::number : out;
  }

  void settle(std::size_t number) {
    studied_axis& a = t.axes[number];
    a.kind = kind_on(a);
    bool orderly = is_ordered(a.kind);
    each_test(a, [&](cell& c, const simple_test& test) {
      const bool equality = test.is == simple_test::form::equal ||
                            test.is == simple_test::form::not_equal || ends(test).empty();
      a.ordered = a.ordered || (orderly && (a.kind != kind::string || !equality));
      for (const bound* b : ends(test)) {
        if (b->symbol < 0) {
          if (b->literal.is(a.kind)) a.literals.push_back(b->literal);
          continue;
        }
        symbol& s = t.symbols[std::size_t(b->symbol)];
        if (s.kind == kind::null) s.kind = a.kind;
        if (s.kind != a.kind) c.is = cell::form::opaque;
        else if (std::ranges::find(s.axes, static_cast<int>(number)) == s.axes.end())
          s.axes.push_back(static_cast<int>(number));
      }
    });
    if (orderly && a.kind != kind::string) a.ordered = true;
    if (a.kind != kind::null && comparable(a.literals)) return;
    // No axis of one kind: only "-" is understood.
    a.kind = kind::null;
    a.ordered = false;
    a.literals.clear();
    for (const auto c : a.columns)
      for (auto* list : {&t.columns[c].cells, &t.columns[c].allowed})
        for (auto& one : *list)
          if (one.is != cell::form::any) one.is = cell::form::opaque;
  }

  void ask_null() {
    std::vector<value> given(t.desk.site().names.size());
    for (const auto& s : t.symbols)
      if (s.plain && s.compiled.uses.size() == 1)
        given[*s.compiled.uses.begin()] = between(s.kind, {}, {}).value_or(value(true));
    for (auto& c : t.columns)
      for (const auto& one : c.cells) {
        evaluation e(date_time{{2026, 1, 1}, {0, zone::utc()}});
        c.holds_for_null.push_back(one.is == cell::form::any ||
                                   (one.compiled.node &&
                                    t.desk.run(one.compiled, e, given).is_true()));
      }
  }
};

}  // namespace

studied_table study(const text_desk& desk) {
  const xml::element& x = *desk.site().source;
  studied_table t(desk);
  t.policy = x.has("hitPolicy") ? std::string(x.attribute("hitPolicy")) : "UNIQUE";
  t.aggregation = x.attribute("aggregation");
  reading r{t, x, cell_reader(desk)};
  for (const auto* in : x.all("input")) r.column(*in);
  const auto outputs = x.all("output");
  for (const auto* o : outputs) r.output(*o, outputs.size() == 1);
  for (const auto* one : x.all("rule")) r.rule(*one);
  t.symbols = std::move(r.reader.symbols);
  for (std::size_t c = 0; c < t.columns.size(); ++c) r.place(c);
  for (std::size_t a = 0; a < t.axes.size(); ++a) r.settle(a);
  for (std::size_t i = 0; i < t.rules.size(); ++i)
    for (std::size_t c = 0; c < t.columns.size(); ++c)
      t.rules[i].opaque = t.rules[i].opaque || t.at(i, c).is == cell::form::opaque;
  r.ask_null();
  return t;
}

}  // namespace madang::rules
