#include "madang/rules/type.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "madang/rules/function.hpp"

namespace madang::rules {
namespace {

// What the program is never without is not counted, so that it is handed round at no cost.
type_ptr lasting(const type& t) { return {type_ptr(), &t}; }

constexpr std::size_t at(type::how k) { return static_cast<std::size_t>(k); }

// Types that say no more than a kind, and lists and ranges of these.
struct plain_types {
  std::array<type, at(type::how::function) + 1> alone, lists, ranges;

  plain_types() {
    for (std::size_t i = 0; i < alone.size(); ++i) {
      alone[i].kind = static_cast<type::how>(i);
      lists[i].kind = type::how::list;
      ranges[i].kind = type::how::range;
      lists[i].element = ranges[i].element = lasting(alone[i]);
    }
    for (const auto k : {type::how::list, type::how::range})
      alone[at(k)].element = lasting(alone[at(type::how::any)]);
  }
};

const plain_types& plain() {
  static const plain_types all;
  return all;
}

type_ptr plain(type::how k) { return lasting(plain().alone[at(k)]); }

type_ptr made_of(type::how outer, type_ptr element) {
  const type::how inner = element->kind;
  if (element == plain(inner)) {
    const auto& made = outer == type::how::list ? plain().lists : plain().ranges;
    return lasting(made[at(inner)]);
  }
  auto t = std::make_shared<type>();
  t->kind = outer;
  t->element = std::move(element);
  return t;
}

type::how how_of(kind k) {
  using how = type::how;
  constexpr how of[] = {how::null, how::boolean, how::number, how::string, how::date, how::time,
                        how::date_time, how::months, how::duration, how::list, how::context,
                        how::range, how::function};
  return of[static_cast<std::size_t>(k)];
}

bool is_range_of(const range& r, const type& element) {
  if (element.kind == type::how::any) return true;
  for (const value* end : {r.low_there ? &r.low : nullptr, r.high_there ? &r.high : nullptr})
    if (end && how_of(end->kind()) != element.kind) return false;
  return true;
}

bool function_is(const function& f, const type& t) {
  if (f.takes_any()) return true;
  if (f.parameters.size() != t.parameters.size()) return false;
  for (std::size_t i = 0; i < f.parameters.size(); ++i) {
    // A function that takes more can stand for one that takes less (contravariant).
    const auto& own = f.parameters[i].type;
    if (own && !conforms(*t.parameters[i], *own)) return false;
  }
  const bool any_result = !t.result || t.result->kind == type::how::any;
  // What a function gives without saying so is seen when it is called.
  if (any_result || !f.result || f.result->kind == type::how::any) return true;
  return conforms(*f.result, *t.result);
}

}  // namespace

const type_ptr* type::field(std::string_view wanted) const {
  for (const auto& [key, t] : fields)
    if (key == wanted) return &t;
  return nullptr;
}

const type_ptr& any_type() {
  static const type_ptr t = plain(type::how::any);
  return t;
}

type_ptr builtin_type(std::string_view name) {
  using how = type::how;
  static const std::map<std::string, type_ptr, std::less<>> all = [] {
    std::map<std::string, type_ptr, std::less<>> m{
        {"Any", any_type()},
        {"Null", plain(how::null)},
        {"boolean", plain(how::boolean)},
        {"number", plain(how::number)},
        {"string", plain(how::string)},
        {"date", plain(how::date)},
        {"time", plain(how::time)},
        {"date and time", plain(how::date_time)},
        {"years and months duration", plain(how::months)},
        {"days and time duration", plain(how::duration)},
        {"list", plain(how::list)},
        {"context", plain(how::context)},
        {"range", plain(how::range)},
        {"function", plain(how::function)}};
    m["dateTime"] = m["date and time"];
    m["yearMonthDuration"] = m["years and months duration"];
    m["dayTimeDuration"] = m["days and time duration"];
    return m;
  }();
  auto found = all.find(name);
  return found == all.end() ? nullptr : found->second;
}

type_ptr list_of(type_ptr element) { return made_of(type::how::list, std::move(element)); }
type_ptr range_of(type_ptr element) { return made_of(type::how::range, std::move(element)); }

std::string type::str() const {
  if (!name.empty()) return name;
  constexpr const char* names[] = {"Any", "Null", "boolean", "number", "string", "date", "time",
                                   "date and time", "years and months duration",
                                   "days and time duration", "list", "context", "range",
                                   "function"};
  std::string out = names[static_cast<std::size_t>(kind)];
  if (element) out += "<" + element->str() + ">";
  if (kind == how::context && !fields.empty()) {
    out += "<";
    for (std::size_t i = 0; i < fields.size(); ++i)
      out += (i ? ", " : "") + fields[i].first + ": " + fields[i].second->str();
    out += ">";
  }
  return out;
}

bool conforms(evaluation& e, const value& v, const type& t, bool with_constraints) {
  using how = type::how;
  if (v.is_null()) return true;
  if (t.kind != how::any && how_of(v.kind()) != t.kind) return false;
  if (t.kind == how::list) {
    for (const auto& item : v.items())
      if (!conforms(e, item, *t.element, with_constraints)) return false;
  } else if (t.kind == how::context) {
    for (const auto& [key, field] : t.fields) {
      const value* member = v.member(key);
      if (!member || !conforms(e, *member, *field, with_constraints)) return false;
    }
  } else if (t.kind == how::range) {
    if (!is_range_of(v.interval(), *t.element)) return false;
  } else if (t.kind == how::function && t.result) {
    if (!function_is(*v.callee(), t)) return false;
  }
  if (!with_constraints) return true;
  if (t.allowed && !t.allowed(e, v)) return false;
  return !t.allowed_as_whole || t.allowed_as_whole(e, v);
}

bool conforms(const type& a, const type& b) {
  using how = type::how;
  if (b.kind == how::any || a.kind == how::null) return true;
  if (a.kind != b.kind) return false;
  if (a.kind == how::list || a.kind == how::range) return conforms(*a.element, *b.element);
  if (a.kind == how::context)
    return std::ranges::all_of(b.fields, [&](const auto& f) {
      const type_ptr* own = a.field(f.first);
      return own && conforms(**own, *f.second);
    });
  if (a.kind == how::function && b.result) {
    if (!a.result || a.parameters.size() != b.parameters.size()) return false;
    for (std::size_t i = 0; i < a.parameters.size(); ++i)
      if (!conforms(*b.parameters[i], *a.parameters[i])) return false;
    return conforms(*a.result, *b.result);
  }
  return true;
}

std::optional<value> converted(evaluation& e, const value& v, const type& t) {
  using how = type::how;
  if (conforms(e, v, t)) return v;
  if (v.is(kind::list) && t.kind != how::list && v.items().size() == 1)
    return conforms(e, v.items().front(), t) ? std::optional(v.items().front()) : std::nullopt;
  if (!v.is(kind::list) && t.kind == how::list) {
    value out = value::list({v});
    if (conforms(e, out, t)) return out;
    return {};
  }
  if (v.is(kind::date) && t.kind == how::date_time)
    return value(date_time{v.date(), {0, zone::utc()}});
  return {};
}

}  // namespace madang::rules
