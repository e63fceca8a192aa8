// Conditions, loops, functions (DMN 1.5, 10.3.2.14 and 10.3.2.13).
#include <algorithm>

#include "builtins.hpp"
#include "node.hpp"

namespace madang::rules {
namespace {

struct if_node final : node {
  if_node(int at, node_ptr c, node_ptr t, node_ptr o)
      : node(at), condition(std::move(c)), then(std::move(t)), otherwise(std::move(o)) {}
  value run(evaluation& e) const override {
    const value holds = condition->run(e);
    if (!holds.is(kind::boolean) && !holds.is_null())
      e.fail("feel.condition", at, {{"a", std::string(name_of(holds.kind()))}});
    return holds.is_true() ? then->run(e) : otherwise->run(e);
  }
  const node_ptr condition, then, otherwise;
};

// What a loop goes through: a list, or the numbers or days from one to another.
struct course {
  bool valid = false;
  value list;
  std::int64_t from = 0, to = -1, step = 1;
  bool counts = false, days = false;

  std::int64_t size() const {
    if (!counts) return list.is(kind::list) ? static_cast<std::int64_t>(list.items().size()) : 0;
    return (to - from) * step + 1;
  }
  value at(std::int64_t i) const {
    if (!counts) return list.items()[static_cast<std::size_t>(i)];
    if (!days) return value(from + i * step);
    return *calendar_date::of_days(from + i * step);
  }
};

course counting(const value& from, const value& to) {
  course out;
  if (from.is(kind::number) && to.is(kind::number)) {
    const auto a = from.number().to_int64(), b = to.number().to_int64();
    if (!a || !b) return out;
    out = {true, {}, *a, *b, *a <= *b ? 1 : -1, true, false};
  } else if (from.is(kind::date) && to.is(kind::date)) {
    const auto a = from.date().days(), b = to.date().days();
    out = {true, {}, a, b, a <= b ? 1 : -1, true, true};
  }
  return out;
}

course of_range(const range& r) {
  if (!r.low_there || !r.high_there) return {};
  course out = counting(r.low, r.high);
  if (!out.valid) return out;
  if (!r.low_closed) out.from += out.step;
  if (!r.high_closed) out.to -= out.step;
  if ((out.to - out.from) * out.step < 0) out.to = out.from - out.step;
  return out;
}

course course_of(evaluation& e, const iterator_node& over, int at) {
  const value from = over.from->run(e);
  course out;
  if (over.to) {
    out = counting(from, over.to->run(e));
  } else if (from.is(kind::range)) {
    out = of_range(from.interval());
  } else if (from.is(kind::list)) {
    out.valid = true;
    out.list = from;
  } else if (!from.is_null()) {
    out.valid = true;
    out.list = value::list({from});
  }
  if (!out.valid)
    e.fail("feel.iteration", at, {{"a", std::string(name_of(from.kind()))}});
  return out;
}

// Calls `body` for each combination; false: it wanted no more, or a course was not valid.
template <class F>
bool each_round(evaluation& e, int at, const std::vector<iterator_node>& over, std::size_t which,
                bool& valid, F&& body) {
  if (which == over.size()) return body();
  const course c = course_of(e, over[which], at);
  if (!c.valid) return valid = false;
  const std::int64_t n = c.size();
  for (std::int64_t i = 0; i < n; ++i) {
    if (!e.step()) return valid = false;
    e.local(over[which].slot) = c.at(i);
    if (!each_round(e, at, over, which + 1, valid, body)) return false;
  }
  return true;
}

struct for_node final : node {
  for_node(int at, std::vector<iterator_node> o, int p, node_ptr b)
      : node(at), over(std::move(o)), partial(p), body(std::move(b)) {}
  value run(evaluation& e) const override {
    std::vector<value> out;
    bool valid = true;
    each_round(e, at, over, 0, valid, [&] {
      if (partial >= 0) {
        e.local(partial) = value::list(out);
        if (!e.look_at(e.local(partial))) return valid = false;
      }
      out.push_back(body->run(e));
      return true;
    });
    return valid ? e.bounded(value::list(std::move(out)), at) : value();
  }
  const std::vector<iterator_node> over;
  const int partial;                         // -1: nobody reads it
  const node_ptr body;
};

struct quantified_node final : node {
  quantified_node(int at, quantifier q, std::vector<iterator_node> o, node_ptr b)
      : node(at), how(q), over(std::move(o)), body(std::move(b)) {}
  value run(evaluation& e) const override {
    const bool decides = how == quantifier::some;
    bool valid = true, unknown = false, decided = false;
    each_round(e, at, over, 0, valid, [&] {
      const value holds = body->run(e);
      if (holds.is_null()) {
        unknown = true;
      } else if (!holds.is(kind::boolean)) {
        e.fail("feel.condition", at, {{"a", std::string(name_of(holds.kind()))}});
        return valid = false;
      } else if (holds.flag() == decides) {
        decided = true;
      }
      return !decided;
    });
    if (decided) return decides;
    if (!valid || unknown) return {};
    return !decides;
  }
  const quantifier how;
  const std::vector<iterator_node> over;
  const node_ptr body;
};

// ---- functions ----

struct closure final : function {
  closure(std::shared_ptr<const written_function> w, std::vector<value> k)
      : written(std::move(w)), kept(std::move(k)) {
    parameters = written->parameters;
    result = written->result;
  }
  value call(evaluation& e, std::span<value> arguments) const override {
    if (e.too_deep()) return e.fail("feel.too_deep", 0);
    evaluation::frame frame(e, written->frame_size);
    for (std::size_t i = 0; i < written->slots.size(); ++i)
      e.local(written->slots[i]) = std::move(arguments[i]);
    for (std::size_t i = 0; i < written->captures.size(); ++i)
      e.local(written->captures[i].inner) = kept[i];
    return written->body->run(e);
  }
  std::string str() const override {
    std::string out = "function(";
    for (const auto& p : parameters) out += (out.back() == '(' ? "" : ", ") + p.name;
    return out + ")";
  }
  const std::shared_ptr<const written_function> written;
  const std::vector<value> kept;
};

struct function_node final : node {
  function_node(int at, std::shared_ptr<const written_function> w)
      : node(at), written(std::move(w)) {}
  value run(evaluation& e) const override {
    std::vector<value> kept;
    for (const auto& c : written->captures) kept.push_back(e.local(c.outer));
    return value::of(std::make_shared<closure>(written, std::move(kept)));
  }
  const std::shared_ptr<const written_function> written;
};

// Arguments given by name in the order of the parameters; false: one is not a parameter, or is
// missing.
bool in_order(const function& f, const std::vector<std::string>& names,
              std::vector<value>& arguments) {
  std::vector<value> out(f.parameters.size());
  std::vector<bool> there(f.parameters.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto found = std::ranges::find_if(f.parameters,
                                      [&](const auto& p) { return p.name == names[i]; });
    if (found == f.parameters.end()) return false;
    const auto at = static_cast<std::size_t>(found - f.parameters.begin());
    out[at] = std::move(arguments[i]);
    there[at] = true;
  }
  if (std::ranges::find(there, false) != there.end()) return false;
  arguments = std::move(out);
  return true;
}

struct call_node final : node {
  call_node(int at, node_ptr c, std::vector<node_ptr> a, std::vector<std::string> n)
      : node(at), callee(std::move(c)), arguments(std::move(a)), names(std::move(n)) {}
  value run(evaluation& e) const override {
    const value f = callee->run(e);
    if (!f.is(kind::function))
      return f.is(kind::range) && arguments.size() == 1
                 ? matches(e, at, f, arguments.front()->run(e))
                 : e.fail("feel.no_function", at, {{"a", std::string(name_of(f.kind()))}});
    std::vector<value> given;
    given.reserve(arguments.size());
    for (const auto& a : arguments) given.push_back(a->run(e));
    const function& what = *f.callee();
    if (const auto* b = dynamic_cast<const builtin*>(&what)) return b->invoke(e, at, given, names);
    if (!names.empty() && !in_order(what, names, given)) return e.fail("feel.argument_name", at);
    return rules::call(e, at, what, std::move(given));
  }
  const node_ptr callee;
  const std::vector<node_ptr> arguments;
  const std::vector<std::string> names;
};

struct builtin_node final : node {
  builtin_node(int at, const builtin& f, std::vector<node_ptr> a, std::vector<std::string> n)
      : node(at), what(f), arguments(std::move(a)), names(std::move(n)) {}
  value run(evaluation& e) const override {
    constexpr std::size_t few = 4;
    if (arguments.size() <= few) {
      value given[few];
      for (std::size_t i = 0; i < arguments.size(); ++i) given[i] = arguments[i]->run(e);
      return what.invoke(e, at, std::span(given, arguments.size()), names);
    }
    std::vector<value> given;
    given.reserve(arguments.size());
    for (const auto& a : arguments) given.push_back(a->run(e));
    return what.invoke(e, at, given, names);
  }
  const builtin& what;                       // lasts as long as the program
  const std::vector<node_ptr> arguments;
  const std::vector<std::string> names;
};

struct typed_node final : node {
  typed_node(node_ptr n, type_ptr t) : node(n->at), inner(std::move(n)), wanted(std::move(t)) {}
  value run(evaluation& e) const override {
    value v = inner->run(e);
    if (v.is_null()) return v;
    auto out = converted(e, v, *wanted);
    if (out) return std::move(*out);
    return e.fail("feel.type", at,
                  {{"is", std::string(name_of(v.kind()))}, {"wanted", wanted->str()}});
  }
  const node_ptr inner;
  const type_ptr wanted;
};

}  // namespace

value call(evaluation& e, int at, const function& f, std::vector<value> arguments) {
  if (!e.step()) return {};
  for (const auto& one : arguments)
    if (!e.look_at(one)) return {};
  if (f.takes_any()) return f.call(e, arguments);
  if (arguments.size() != f.parameters.size()) return e.fail("feel.argument_count", at);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& t = f.parameters[i].type;
    if (!t || t->kind == type::how::any) continue;
    auto fits = converted(e, arguments[i], *t);
    if (!fits)
      return e.fail("feel.type", at,
                    {{"is", std::string(name_of(arguments[i].kind()))}, {"wanted", t->str()}});
    arguments[i] = std::move(*fits);
  }
  value out = f.call(e, arguments);
  if (!f.result || f.result->kind == type::how::any || out.is_null()) return out;
  auto fits = converted(e, out, *f.result);
  if (fits) return std::move(*fits);
  return e.fail("feel.type", at,
                {{"is", std::string(name_of(out.kind()))}, {"wanted", f.result->str()}});
}

node_ptr make_if(int at, node_ptr condition, node_ptr then, node_ptr otherwise) {
  type_ptr t = then->type->kind != type::how::null ? then->type : otherwise->type;
  auto n = std::make_unique<if_node>(at, std::move(condition), std::move(then),
                                     std::move(otherwise));
  n->type = std::move(t);
  return n;
}

node_ptr make_for(int at, std::vector<iterator_node> over, int partial_slot, node_ptr body) {
  type_ptr t = list_of(body->type);
  auto n = std::make_unique<for_node>(at, std::move(over), partial_slot, std::move(body));
  n->type = std::move(t);
  return n;
}

node_ptr make_quantified(int at, quantifier q, std::vector<iterator_node> over, node_ptr body) {
  auto n = std::make_unique<quantified_node>(at, q, std::move(over), std::move(body));
  n->type = builtin_type("boolean");
  return n;
}

node_ptr make_function(int at, std::shared_ptr<const written_function> f) {
  auto t = std::make_shared<type>();
  t->kind = type::how::function;
  for (const auto& p : f->parameters) t->parameters.push_back(p.type ? p.type : any_type());
  t->result = f->result ? f->result : f->body->type;
  auto n = std::make_unique<function_node>(at, std::move(f));
  n->type = std::move(t);
  return n;
}

node_ptr make_call(int at, node_ptr callee, std::vector<node_ptr> arguments,
                   std::vector<std::string> names) {
  const value* known = callee->constant();
  const auto* b = known && known->is(kind::function)
                      ? dynamic_cast<const builtin*>(known->callee().get())
                      : nullptr;
  if (!b) {
    type_ptr t = callee->type->result ? callee->type->result : any_type();
    auto n = std::make_unique<call_node>(at, std::move(callee), std::move(arguments),
                                         std::move(names));
    n->type = std::move(t);
    return n;
  }
  type_ptr t = b->gives                                  ? b->gives
               : b->gives_first && !arguments.empty()    ? arguments.front()->type
                                                         : any_type();
  const bool written = b->makes_literals &&
                       std::ranges::all_of(arguments, [](const auto& a) { return a->literal; });
  const bool constant =
      b->pure && std::ranges::all_of(arguments, [](const auto& a) { return a->constant(); });
  node_ptr n = std::make_unique<builtin_node>(at, *b, std::move(arguments), std::move(names));
  if (constant) {
    evaluation once({});
    value v = n->run(once);
    if (!v.is_null() && once.diagnostics.empty()) {
      n = make_constant(at, std::move(v));
      n->literal = written;
      return n;
    }
  }
  n->type = std::move(t);
  return n;
}

node_ptr make_typed(node_ptr n, type_ptr t) {
  if (!t || t->kind == type::how::any) return n;
  type_ptr kept = t;
  auto out = std::make_unique<typed_node>(std::move(n), std::move(t));
  out->type = std::move(kept);
  return out;
}

}  // namespace madang::rules
