// Arithmetic, comparison, logic (DMN 1.5, 10.3.2.10 to 10.3.2.15).
#include "node.hpp"

namespace madang::rules {
namespace {

value wrong_kinds(evaluation& e, int at, const char* code, const value& a, const value& b) {
  return e.fail(code, at,
                {{"a", std::string(name_of(a.kind()))}, {"b", std::string(name_of(b.kind()))}});
}

// ---- arithmetic ----

value number(evaluation& e, int at, const decimal& n) {
  return n.finite() ? value(n) : e.fail("feel.not_finite", at);
}

value calculate_numbers(evaluation& e, int at, operation op, const decimal& a, const decimal& b) {
  switch (op) {
    case operation::add: return number(e, at, a + b);
    case operation::subtract: return number(e, at, a - b);
    case operation::multiply: return number(e, at, a * b);
    case operation::divide:
      if (b.zero()) return e.fail("feel.division_by_zero", at);
      return number(e, at, a / b);
    case operation::power: return number(e, at, decimal::power(a, b));
  }
  return {};
}

date_time midnight(const calendar_date& d) { return {d, {0, zone::utc()}}; }

std::optional<value> plus_months(const value& v, std::int64_t months) {
  const calendar_date& from = v.is(kind::date) ? v.date() : v.moment().date;
  auto to = from.plus_months(months);
  if (!to) return {};
  if (v.is(kind::date)) return value(*to);
  return value(date_time{*to, v.moment().time});
}

std::optional<value> plus_nanos(const value& v, int128 nanos) {
  if (v.is(kind::time)) {
    const auto whole = static_cast<std::int64_t>((v.time().nanos + nanos) % nanos_of_day);
    return value(clock_time{whole < 0 ? whole + nanos_of_day : whole, v.time().where});
  }
  if (v.is(kind::date)) {
    auto to = midnight(v.date()).plus(nanos);
    return to ? std::optional(value(to->date)) : std::nullopt;
  }
  auto to = v.moment().plus(nanos);
  return to ? std::optional(value(*to)) : std::nullopt;
}

bool is_point(const value& v) {
  return v.is(kind::date) || v.is(kind::date_time) || v.is(kind::time);
}
bool is_day(const value& v) { return v.is(kind::date) || v.is(kind::date_time); }

// A point in time and a duration.
std::optional<value> shifted(const value& point, const value& by, bool back) {
  if (by.is(kind::months) && is_day(point))
    return plus_months(point, back ? -by.months_count() : by.months_count());
  if (by.is(kind::duration) && is_point(point))
    return plus_nanos(point, back ? -by.nanos() : by.nanos());
  return {};
}

std::optional<value> between_points(const value& a, const value& b) {
  if (is_day(a) && is_day(b)) {
    const date_time x = a.is(kind::date) ? midnight(a.date()) : a.moment();
    const date_time y = b.is(kind::date) ? midnight(b.date()) : b.moment();
    if (x.offset().has_value() != y.offset().has_value()) return {};
    return value::duration(x.instant() - y.instant());
  }
  if (a.is(kind::time) && b.is(kind::time)) {
    const auto x = a.time().offset(), y = b.time().offset();
    if (x.has_value() != y.has_value()) return {};
    return value::duration(a.time().nanos - b.time().nanos -
                           (x.value_or(0) - y.value_or(0)) * nanos_of_second);
  }
  return {};
}

std::optional<value> scaled(const value& duration, const decimal& by, bool divide) {
  if (divide && by.zero()) return {};
  const auto apply = [&](const decimal& n) { return divide ? n / by : n * by; };
  if (duration.is(kind::months)) {
    auto n = apply(decimal(duration.months_count())).rounded(0, decimal::rounding::down);
    auto whole = n.to_int64();
    return whole ? std::optional(value::months(*whole)) : std::nullopt;
  }
  const decimal n = apply(decimal::of(duration.nanos(), 0)).rounded(0, decimal::rounding::down);
  if (!n.finite() || n.exponent() > 4) return {};
  int128 nanos = n.coefficient();
  for (int i = 0; i < n.exponent(); ++i) nanos *= 10;
  return value::duration(nanos);
}

std::optional<value> calculate_durations(operation op, const value& a, const value& b) {
  const bool both_months = a.is(kind::months) && b.is(kind::months);
  const bool both_nanos = a.is(kind::duration) && b.is(kind::duration);
  if (op == operation::add || op == operation::subtract) {
    const int sign = op == operation::add ? 1 : -1;
    if (both_months) return value::months(a.months_count() + sign * b.months_count());
    if (both_nanos) return value::duration(a.nanos() + sign * b.nanos());
  }
  if (op == operation::divide && both_months && b.months_count() != 0)
    return value(decimal(a.months_count()) / decimal(b.months_count()));
  if (op == operation::divide && both_nanos && b.nanos() != 0)
    return value(decimal::of(a.nanos(), 0) / decimal::of(b.nanos(), 0));
  const bool a_duration = a.is(kind::months) || a.is(kind::duration);
  const bool b_duration = b.is(kind::months) || b.is(kind::duration);
  if (a_duration && b.is(kind::number) && (op == operation::multiply || op == operation::divide))
    return scaled(a, b.number(), op == operation::divide);
  if (b_duration && a.is(kind::number) && op == operation::multiply)
    return scaled(b, a.number(), false);
  return {};
}

std::optional<value> calculate_others(operation op, const value& a, const value& b) {
  if (op == operation::add && a.is(kind::string) && b.is(kind::string))
    return value(a.text() + b.text());
  if (op == operation::subtract && is_point(a) && is_point(b)) return between_points(a, b);
  if (op == operation::add && is_point(a)) return shifted(a, b, false);
  if (op == operation::add && is_point(b)) return shifted(b, a, false);
  if (op == operation::subtract && is_point(a)) return shifted(a, b, true);
  return calculate_durations(op, a, b);
}

}  // namespace

value calculate(evaluation& e, int at, operation op, const value& a, const value& b) {
  if (a.is(kind::number) && b.is(kind::number))
    return calculate_numbers(e, at, op, a.number(), b.number());
  auto out = calculate_others(op, a, b);
  if (!out) return wrong_kinds(e, at, "feel.arithmetic", a, b);
  if (out->is(kind::string) && out->text().size() > e.limits.text) return e.fail("feel.limit", at);
  return std::move(*out);
}

value relate(evaluation& e, int at, relation r, const value& a, const value& b) {
  if (!e.look_at(a) || !e.look_at(b)) return {};
  if (r == relation::equal || r == relation::not_equal) {
    const auto same = equal(a, b);
    if (!same) return wrong_kinds(e, at, "feel.comparison", a, b);
    return *same == (r == relation::equal);
  }
  const auto c = compare(a, b);
  if (!c) return wrong_kinds(e, at, "feel.comparison", a, b);
  switch (r) {
    case relation::less: return *c < 0;
    case relation::less_equal: return *c <= 0;
    case relation::greater: return *c > 0;
    default: return *c >= 0;
  }
}

value matches(evaluation& e, int at, const value& candidate, const value& input) {
  if (!e.look_at(candidate) || !e.look_at(input)) return {};
  if (candidate.is(kind::range) && !input.is(kind::range)) {
    const auto in = includes(candidate.interval(), input);
    return in ? value(*in) : wrong_kinds(e, at, "feel.comparison", input, candidate);
  }
  if (candidate.is(kind::list)) {
    if (input.is(kind::list)) {
      const auto same = equal(candidate, input);
      if (same && *same) return true;
    }
    for (const value& item : candidate.items()) {
      if (item.is(kind::range) && !input.is(kind::range)) {
        if (includes(item.interval(), input).value_or(false)) return true;
        continue;
      }
      const auto same = equal(item, input);
      if (same && *same) return true;
    }
    return false;
  }
  const auto same = equal(candidate, input);
  return same ? value(*same) : wrong_kinds(e, at, "feel.comparison", input, candidate);
}

namespace {

struct calculation_node final : node {
  calculation_node(int at, operation o, node_ptr x, node_ptr y)
      : node(at), op(o), a(std::move(x)), b(std::move(y)) {}
  value run(evaluation& e) const override {
    const value x = a->run(e);
    const value y = b->run(e);
    return calculate(e, at, op, x, y);
  }
  const operation op;
  const node_ptr a, b;
};

struct relation_node final : node {
  relation_node(int at, relation r, node_ptr x, node_ptr y)
      : node(at), how(r), a(std::move(x)), b(std::move(y)) {}
  value run(evaluation& e) const override {
    const value x = a->run(e);
    const value y = b->run(e);
    return relate(e, at, how, x, y);
  }
  const relation how;
  const node_ptr a, b;
};

struct negation_node final : node {
  negation_node(int at, node_ptr x) : node(at), a(std::move(x)) {}
  value run(evaluation& e) const override {
    const value v = a->run(e);
    if (v.is(kind::number)) return -v.number();
    if (v.is(kind::months)) return value::months(-v.months_count());
    if (v.is(kind::duration)) return value::duration(-v.nanos());
    return e.fail("feel.arithmetic", at, {{"a", std::string(name_of(v.kind()))}, {"b", ""}});
  }
  const node_ptr a;
};

// Three values: what is not boolean is not known.
struct logic_node final : node {
  logic_node(int at, bool d, node_ptr x, node_ptr y)
      : node(at), decides(d), a(std::move(x)), b(std::move(y)) {}
  value run(evaluation& e) const override {
    const value x = a->run(e);
    if (x.is(kind::boolean) && x.flag() == decides) return x;
    const value y = b->run(e);
    if (y.is(kind::boolean) && y.flag() == decides) return y;
    if (x.is(kind::boolean) && y.is(kind::boolean)) return !decides;
    if (!x.is(kind::boolean) && !x.is_null()) wrong_kinds(e, at, "feel.logic", x, y);
    else if (!y.is(kind::boolean) && !y.is_null()) wrong_kinds(e, at, "feel.logic", x, y);
    return {};
  }
  const bool decides;                        // or: true; and: false
  const node_ptr a, b;
};

struct between_node final : node {
  between_node(int at, node_ptr x, node_ptr l, node_ptr h)
      : node(at), v(std::move(x)), low(std::move(l)), high(std::move(h)) {}
  value run(evaluation& e) const override {
    const value x = v->run(e), l = low->run(e), h = high->run(e);
    const value above = relate(e, at, relation::greater_equal, x, l);
    const value below = relate(e, at, relation::less_equal, x, h);
    if (above.is_null() || below.is_null()) return {};
    return above.flag() && below.flag();
  }
  const node_ptr v, low, high;
};

struct instance_node final : node {
  instance_node(int at, node_ptr x, type_ptr t) : node(at), v(std::move(x)), wanted(std::move(t)) {}
  value run(evaluation& e) const override {
    const value x = v->run(e);
    if (x.is_null()) return wanted->kind == type::how::null;
    return conforms(e, x, *wanted, false);
  }
  const node_ptr v;
  const type_ptr wanted;
};

// Any of the tests; unknown when none holds and one could not be decided.
value any_holds(evaluation& e, const std::vector<node_ptr>& tests) {
  bool unknown = false;
  for (const auto& test : tests) {
    const value holds = test->run(e);
    if (holds.is_true()) return true;
    unknown = unknown || !holds.is(kind::boolean);
  }
  return unknown ? value() : value(false);
}

struct in_node final : node {
  in_node(int at, node_ptr x, int s, std::vector<node_ptr> t)
      : node(at), v(std::move(x)), slot(s), tests(std::move(t)) {}
  value run(evaluation& e) const override {
    e.local(slot) = v->run(e);
    return any_holds(e, tests);
  }
  const node_ptr v;
  const int slot;
  const std::vector<node_ptr> tests;
};

struct test_any_node final : node {
  using node::node;
  value run(evaluation&) const override { return true; }
};

struct test_relation_node final : node {
  test_relation_node(int at, int s, relation r, node_ptr t)
      : node(at), slot(s), how(r), to(std::move(t)) {}
  value run(evaluation& e) const override {
    const value other = to->run(e);
    return relate(e, at, how, e.local(slot), other);
  }
  const int slot;
  const relation how;
  const node_ptr to;
};

struct test_value_node final : node {
  test_value_node(int at, int s, node_ptr x, bool a)
      : node(at), slot(s), v(std::move(x)), asks(a) {}
  value run(evaluation& e) const override {
    const value x = v->run(e);
    const value& input = e.local(slot);
    if (asks && (x.is(kind::boolean) || x.is_null())) return x;
    if (x.is(kind::boolean) && !input.is(kind::boolean) && !input.is_null()) return x;
    return matches(e, at, x, input);
  }
  const int slot;
  const node_ptr v;
  const bool asks;
};

struct test_list_node final : node {
  test_list_node(int at, bool n, std::vector<node_ptr> t)
      : node(at), negated(n), tests(std::move(t)) {}
  value run(evaluation& e) const override {
    const value holds = any_holds(e, tests);
    if (!negated || holds.is_null()) return holds;
    return !holds.flag();
  }
  const bool negated;
  const std::vector<node_ptr> tests;
};

template <class N, class... A>
node_ptr boolean_node(A&&... a) {
  auto n = std::make_unique<N>(std::forward<A>(a)...);
  static const type_ptr boolean = builtin_type("boolean");
  n->type = boolean;
  return n;
}

}  // namespace

node_ptr make_calculation(int at, operation op, node_ptr a, node_ptr b) {
  const bool numbers = a->type->kind == type::how::number && b->type->kind == type::how::number;
  const bool constant = numbers && a->constant() && b->constant();
  node_ptr n = std::make_unique<calculation_node>(at, op, std::move(a), std::move(b));
  static const type_ptr number = builtin_type("number");
  if (numbers) n->type = number;
  if (constant) {
    evaluation once({});
    value v = n->run(once);
    if (!v.is_null()) return make_constant(at, std::move(v));
  }
  return n;
}

node_ptr make_relation(int at, relation r, node_ptr a, node_ptr b) {
  return boolean_node<relation_node>(at, r, std::move(a), std::move(b));
}

node_ptr make_negation(int at, node_ptr a) {
  if (const value* v = a->constant(); v && v->is(kind::number)) {
    node_ptr n = make_constant(at, value(-v->number()));
    n->literal = a->literal;
    return n;
  }
  type_ptr t = a->type;
  auto n = std::make_unique<negation_node>(at, std::move(a));
  n->type = std::move(t);
  return n;
}

node_ptr make_and(int at, node_ptr a, node_ptr b) {
  return boolean_node<logic_node>(at, false, std::move(a), std::move(b));
}
node_ptr make_or(int at, node_ptr a, node_ptr b) {
  return boolean_node<logic_node>(at, true, std::move(a), std::move(b));
}
node_ptr make_between(int at, node_ptr v, node_ptr low, node_ptr high) {
  return boolean_node<between_node>(at, std::move(v), std::move(low), std::move(high));
}
node_ptr make_instance_of(int at, node_ptr v, type_ptr t) {
  return boolean_node<instance_node>(at, std::move(v), std::move(t));
}
node_ptr make_in(int at, node_ptr v, int slot, std::vector<node_ptr> tests) {
  return boolean_node<in_node>(at, std::move(v), slot, std::move(tests));
}
node_ptr make_test_any(int at) { return boolean_node<test_any_node>(at); }
node_ptr make_test_relation(int at, int slot, relation r, node_ptr to) {
  return boolean_node<test_relation_node>(at, slot, r, std::move(to));
}
node_ptr make_test_value(int at, int slot, node_ptr v, bool asks) {
  return boolean_node<test_value_node>(at, slot, std::move(v), asks);
}
node_ptr make_test_not(int at, std::vector<node_ptr> tests) {
  return boolean_node<test_list_node>(at, true, std::move(tests));
}
node_ptr make_test_list(int at, std::vector<node_ptr> tests) {
  if (tests.size() == 1) return std::move(tests.front());
  return boolean_node<test_list_node>(at, false, std::move(tests));
}

}  // namespace madang::rules
