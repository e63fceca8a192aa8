// Where values come from, and how they are put together.
#include <algorithm>

#include "node.hpp"

namespace madang::rules {
namespace {

struct constant_node final : node {
  constant_node(int at, value v) : node(at), held(std::move(v)) {}
  value run(evaluation&) const override { return held; }
  const value* constant() const override { return &held; }
  const value held;
};

struct failed_node final : node {
  failed_node(int at, std::string c, std::map<std::string, std::string> f)
      : node(at), code(std::move(c)), facts(std::move(f)) {}
  value run(evaluation& e) const override { return e.fail(code.c_str(), at, facts); }
  const std::string code;
  const std::map<std::string, std::string> facts;
};

struct local_node final : node {
  local_node(int at, int s) : node(at), slot(s) {}
  value run(evaluation& e) const override { return e.local(slot); }
  const int slot;
};

struct global_node final : node {
  global_node(int at, int i) : node(at), index(i) {}
  value run(evaluation& e) const override { return e.outside->get(e, index); }
  const int index;
};

struct item_or_node final : node {
  item_or_node(int at, int s, std::string n, node_ptr o)
      : node(at), slot(s), name(std::move(n)), otherwise(std::move(o)) {}
  value run(evaluation& e) const override {
    const value& item = e.local(slot);
    if (item.is(kind::context))
      if (const value* found = item.member(name)) return *found;
    return otherwise->run(e);
  }
  const int slot;
  const std::string name;
  const node_ptr otherwise;
};

struct list_node final : node {
  list_node(int at, std::vector<node_ptr> i) : node(at), items(std::move(i)) {}
  value run(evaluation& e) const override {
    std::vector<value> out;
    out.reserve(items.size());
    for (const auto& one : items) out.push_back(one->run(e));
    return e.bounded(value::list(std::move(out)), at);
  }
  const std::vector<node_ptr> items;
};

struct context_node final : node {
  context_node(int at, std::vector<entry_node> m) : node(at), members(std::move(m)) {}
  value run(evaluation& e) const override {
    entries out;
    out.reserve(members.size());
    for (const auto& one : members) {
      value v = one.made->run(e);
      if (one.slot >= 0) e.local(one.slot) = v;
      out.emplace_back(one.key, std::move(v));
    }
    return e.bounded(value::context(std::move(out)), at);
  }
  const std::vector<entry_node> members;
};

struct range_node final : node {
  range_node(int at, node_ptr l, node_ptr h, range_shape s)
      : node(at), low(std::move(l)), high(std::move(h)), shape(s) {}
  value run(evaluation& e) const override {
    range r;
    r.is = shape.is;
    r.low_there = shape.low_there;
    r.high_there = shape.high_there;
    r.low_closed = shape.low_closed;
    r.high_closed = shape.high_closed;
    if (low) r.low = low->run(e);
    if (high) r.high = high->run(e);
    const bool both = r.low_there && r.high_there && !r.low.is_null() && !r.high.is_null();
    if (both) {
      const auto c = compare(r.low, r.high);
      if (!c) return e.fail("feel.range", at);
    }
    for (const value* end : {&r.low, &r.high})
      if (end->is(kind::boolean) || end->is(kind::list) || end->is(kind::context) ||
          end->is(kind::range) || end->is(kind::function))
        if (both) return e.fail("feel.range", at);
    return value::of(std::move(r));
  }
  const node_ptr low, high;
  const range_shape shape;
};

struct path_node final : node {
  path_node(int at, node_ptr o, std::string n) : node(at), of(std::move(o)), name(std::move(n)) {}
  value run(evaluation& e) const override { return path(e, at, of->run(e), name); }
  const node_ptr of;
  const std::string name;
};

value index_of(evaluation& e, int at, const std::vector<value>& list, const decimal& number) {
  const auto n = number.to_int64();
  const auto size = static_cast<std::int64_t>(list.size());
  if (!n || *n == 0) return e.fail("feel.index", at);
  const std::int64_t i = *n > 0 ? *n - 1 : size + *n;
  if (i < 0 || i >= size) return e.fail("feel.index", at);
  return list[static_cast<std::size_t>(i)];
}

struct filter_node final : node {
  filter_node(int at, node_ptr l, int s, node_ptr c)
      : node(at), list(std::move(l)), slot(s), condition(std::move(c)) {}
  value run(evaluation& e) const override {
    value v = list->run(e);
    if (v.is_null()) return value::list({});
    const value whole = v.is(kind::list) ? std::move(v) : value::list({std::move(v)});
    if (const value* constant = condition->constant(); constant && constant->is(kind::number))
      return index_of(e, at, whole.items(), constant->number());
    std::vector<value> kept;
    bool first = true;
    const value outer = e.local(slot);
    for (const value& item : whole.items()) {
      if (!e.step()) return {};
      e.local(slot) = item;
      value holds = condition->run(e);
      // A number does not depend on the item: it is an index.
      if (first && holds.is(kind::number)) {
        e.local(slot) = outer;
        return index_of(e, at, whole.items(), holds.number());
      }
      first = false;
      if (holds.is_true()) kept.push_back(item);
      else if (!holds.is(kind::boolean) && !holds.is_null()) {
        e.local(slot) = outer;
        return e.fail("feel.filter", at);
      }
    }
    e.local(slot) = outer;
    return value::list(std::move(kept));
  }
  const node_ptr list;
  const int slot;
  const node_ptr condition;
};

}  // namespace

node_ptr make_constant(int at, value v) {
  auto n = std::make_unique<constant_node>(at, std::move(v));
  static const std::vector<type_ptr> types = [] {
    std::vector<type_ptr> all;
    for (const char* name : {"Null", "boolean", "number", "string", "date", "time",
                             "date and time", "years and months duration",
                             "days and time duration", "list", "context", "range", "function"})
      all.push_back(builtin_type(name));
    return all;
  }();
  n->type = types[static_cast<std::size_t>(n->held.kind())];
  return n;
}

node_ptr make_failed(int at, std::string code, std::map<std::string, std::string> facts) {
  return std::make_unique<failed_node>(at, std::move(code), std::move(facts));
}

node_ptr make_local(int at, int slot, type_ptr t) {
  auto n = std::make_unique<local_node>(at, slot);
  n->type = std::move(t);
  return n;
}

node_ptr make_global(int at, int index, type_ptr t) {
  auto n = std::make_unique<global_node>(at, index);
  n->type = std::move(t);
  return n;
}

node_ptr make_item_or(int at, int slot, std::string name, node_ptr otherwise) {
  return std::make_unique<item_or_node>(at, slot, std::move(name), std::move(otherwise));
}

node_ptr make_list(int at, std::vector<node_ptr> items) {
  type_ptr element = items.empty() ? any_type() : items.front()->type;
  bool constant = true;
  std::vector<value> values;
  for (const auto& one : items) {
    constant = constant && one->constant();
    if (constant) values.push_back(*one->constant());
    if (one->type->kind != element->kind) element = any_type();
  }
  node_ptr n = constant ? make_constant(at, value::list(std::move(values)))
                        : std::make_unique<list_node>(at, std::move(items));
  n->type = list_of(std::move(element));
  return n;
}

node_ptr make_context(int at, std::vector<entry_node> members) {
  auto t = std::make_shared<type>();
  t->kind = type::how::context;
  for (const auto& one : members) t->fields.emplace_back(one.key, one.made->type);
  auto n = std::make_unique<context_node>(at, std::move(members));
  n->type = std::move(t);
  return n;
}

node_ptr make_range(int at, node_ptr low, node_ptr high, range_shape s) {
  type_ptr t = range_of(low ? low->type : high ? high->type : any_type());
  const bool constant = (!low || low->constant()) && (!high || high->constant());
  const bool literal = (!low || low->literal) && (!high || high->literal);
  node_ptr n = std::make_unique<range_node>(at, std::move(low), std::move(high), s);
  if (constant) {
    evaluation once({});
    value made = n->run(once);
    if (!made.is_null()) n = make_constant(at, std::move(made));
  }
  n->type = std::move(t);
  n->literal = literal;
  return n;
}

node_ptr make_path(int at, node_ptr of, std::string name) {
  const type_ptr& whole = of->type;
  const bool each = whole->kind == type::how::list;
  const rules::type& t = each ? *whole->element : *whole;
  const type_ptr* field = t.field(name);
  type_ptr made = field ? (each ? list_of(*field) : *field) : any_type();
  return make_path(at, std::move(of), std::move(name), std::move(made));
}

node_ptr make_path(int at, node_ptr of, std::string name, type_ptr t) {
  auto n = std::make_unique<path_node>(at, std::move(of), std::move(name));
  n->type = std::move(t);
  return n;
}

node_ptr make_filter(int at, node_ptr list, int slot, node_ptr condition) {
  type_ptr t = list->type->kind == type::how::list || list->type->kind == type::how::any
                   ? list->type
                   : list_of(list->type);
  const value* constant = condition->constant();
  if (constant && constant->is(kind::number) && t->element) t = t->element;
  auto n = std::make_unique<filter_node>(at, std::move(list), slot, std::move(condition));
  n->type = std::move(t);
  return n;
}

// ---- paths ----

namespace {

value duration_property(const value& v, const std::string& name) {
  const auto whole = [](int128 n) { return value(static_cast<std::int64_t>(n)); };
  if (v.is(kind::months)) {
    if (name == "years") return whole(v.months_count() / 12);
    if (name == "months") return whole(v.months_count() % 12);
    return {};
  }
  const int128 n = v.nanos();
  if (name == "days") return whole(n / nanos_of_day);
  if (name == "hours") return whole(n % nanos_of_day / nanos_of_second / 3600);
  if (name == "minutes") return whole(n % nanos_of_day / nanos_of_second / 60 % 60);
  if (name == "seconds") {
    const auto part = static_cast<std::int64_t>(n % (60 * nanos_of_second));
    return part % nanos_of_second == 0 ? value(part / nanos_of_second)
                                       : value(decimal::of(part, -9));
  }
  return {};
}

bool time_property(const clock_time& t, std::optional<std::int32_t> offset,
                   const std::string& name, value& out) {
  if (name == "hour") out = t.hour();
  else if (name == "minute") out = t.minute();
  else if (name == "second")
    out = t.nanos % nanos_of_second == 0
              ? value(t.second())
              : value(decimal::of(t.nanos % (60 * nanos_of_second), -9));
  else if (name == "time offset")
    out = offset ? value::duration(static_cast<int128>(*offset) * nanos_of_second) : value();
  else if (name == "timezone")
    out = t.where.kind == zone::how::named ? value(name_of(*t.where.name)) : value();
  else return false;
  return true;
}

bool date_property(const calendar_date& d, const std::string& name, value& out) {
  if (name == "year") out = static_cast<int>(d.year);
  else if (name == "month") out = static_cast<int>(d.month);
  else if (name == "day") out = static_cast<int>(d.day);
  else if (name == "weekday") out = d.weekday();
  else return false;
  return true;
}

bool range_property(const range& r, const std::string& name, value& out) {
  if (name == "start") out = r.low_there ? r.low : value();
  else if (name == "end") out = r.high_there ? r.high : value();
  else if (name == "start included") out = r.low_there && r.low_closed;
  else if (name == "end included") out = r.high_there && r.high_closed;
  else return false;
  return true;
}

}  // namespace

value path(evaluation& e, int at, const value& of, const std::string& name) {
  value out;
  switch (of.kind()) {
    case kind::context:
      if (const value* found = of.member(name)) return *found;
      break;
    case kind::list: {
      std::vector<value> each;
      each.reserve(of.items().size());
      for (const auto& item : of.items()) each.push_back(path(e, at, item, name));
      return value::list(std::move(each));
    }
    case kind::date:
      if (date_property(of.date(), name, out)) return out;
      break;
    case kind::time:
      if (time_property(of.time(), of.time().offset(), name, out)) return out;
      break;
    case kind::date_time:
      if (date_property(of.moment().date, name, out)) return out;
      if (time_property(of.moment().time, of.moment().offset(), name, out)) return out;
      break;
    case kind::months:
    case kind::duration:
      out = duration_property(of, name);
      if (!out.is_null()) return out;
      break;
    case kind::range:
      if (range_property(of.interval(), name, out)) return out;
      break;
    case kind::null:
      return e.fail("feel.path_of_null", at, {{"name", name}});
    default:
      break;
  }
  return e.fail("feel.no_such_member", at, {{"name", name}});
}

}  // namespace madang::rules
