#include "madang/rules/value.hpp"

#include <algorithm>

#include "madang/rules/function.hpp"

namespace madang::rules {
namespace {

struct string_part : shared_part {
  explicit string_part(std::string s) : text(std::move(s)) {}
  const std::string text;
};
struct moment_part : shared_part {
  explicit moment_part(const date_time& t) : moment(t) {}
  const date_time moment;
};
std::uint32_t sum(std::uint64_t n) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(n, UINT32_MAX));
}

struct list_part : shared_part {
  explicit list_part(std::vector<value> v) : items(std::move(v)) {
    std::uint64_t n = items.size();
    for (const auto& one : items) n += one.weight();
    weight = sum(n);
  }
  const std::vector<value> items;
  std::uint32_t weight = 0;
};
struct context_part : shared_part {
  explicit context_part(entries e) : members(std::move(e)) {
    std::uint64_t n = members.size();
    for (const auto& [name, one] : members) n += one.weight();
    weight = sum(n);
  }
  const entries members;
  std::uint32_t weight = 0;
};
struct range_part : shared_part {
  explicit range_part(range r) : interval(std::move(r)) {}
  const range interval;
};
struct function_part : shared_part {
  explicit function_part(std::shared_ptr<const function> f) : callee(std::move(f)) {}
  const std::shared_ptr<const function> callee;
};

template <class T>
const T& as(const shared_part* p) {
  return *static_cast<const T*>(p);
}

}  // namespace

std::string_view name_of(kind k) {
  constexpr std::string_view names[] = {"null", "boolean", "number", "string", "date", "time",
                                        "date and time", "years and months duration",
                                        "days and time duration", "list", "context", "range",
                                        "function"};
  return names[static_cast<std::size_t>(k)];
}

value::value(std::string s) : value(kind::string, new string_part(std::move(s))) {}
value::value(const rules::date_time& t) : value(kind::date_time, new moment_part(t)) {}
value value::months(std::int64_t n) {
  value out;
  out.kind_ = kind::months;
  out.inside_.months = n;
  return out;
}
value value::duration(int128 nanos) {
  value out;
  out.kind_ = kind::duration;
  out.inside_.nanos = nanos;
  return out;
}
value value::list(std::vector<value> items) {
  return {kind::list, new list_part(std::move(items))};
}
value value::context(entries members) {
  return {kind::context, new context_part(std::move(members))};
}
value value::of(rules::range r) { return {kind::range, new range_part(std::move(r))}; }
value value::of(std::shared_ptr<const rules::function> f) {
  return {kind::function, new function_part(std::move(f))};
}

const std::string& value::text() const { return as<string_part>(inside_.part).text; }
const date_time& value::moment() const { return as<moment_part>(inside_.part).moment; }
const std::vector<value>& value::items() const { return as<list_part>(inside_.part).items; }
const entries& value::members() const { return as<context_part>(inside_.part).members; }
const range& value::interval() const { return as<range_part>(inside_.part).interval; }
const std::shared_ptr<const function>& value::callee() const {
  return as<function_part>(inside_.part).callee;
}

std::uint32_t value::weighed() const {
  if (kind_ == kind::list) return as<list_part>(inside_.part).weight;
  if (kind_ == kind::context) return as<context_part>(inside_.part).weight;
  return sum(text().size() / 64);
}

const value* value::member(std::string_view key) const {
  for (const auto& [name, v] : members())
    if (name == key) return &v;
  return nullptr;
}

// ---- comparing ----

namespace {

// Moments of which one has an offset and the other none have no order.
std::optional<int> compare_moments(const date_time& a, const date_time& b) {
  if (a.offset().has_value() != b.offset().has_value()) return {};
  const auto x = a.instant(), y = b.instant();
  return x < y ? -1 : x > y;
}

std::optional<int> compare_times(const clock_time& a, const clock_time& b) {
  if (a.where == b.where) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos;
  const auto x = a.offset(), y = b.offset();
  if (!x || !y) return {};
  const std::int64_t i = a.nanos - *x * nanos_of_second, j = b.nanos - *y * nanos_of_second;
  return i < j ? -1 : i > j;
}

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a;
}

// Equality of times is that of their milliseconds (the conformance kit, 0068), order is exact.
bool equal_times(const value& a, const value& b) {
  const auto c = compare(a, b);
  if (!c || *c == 0) return c.has_value();
  const auto whole = [](int128 nanos) { return nanos / 1'000'000; };
  if (a.is(kind::date_time)) return whole(a.moment().instant()) == whole(b.moment().instant());
  const std::int64_t x = a.time().nanos - a.time().offset().value_or(0) * nanos_of_second;
  const std::int64_t y = b.time().nanos - b.time().offset().value_or(0) * nanos_of_second;
  return whole(x) == whole(y);
}

std::optional<bool> equal_lists(const std::vector<value>& a, const std::vector<value>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (auto e = equal(a[i], b[i]); !e || !*e) return e;
  return true;
}

std::optional<bool> equal_contexts(const value& a, const value& b) {
  if (a.members().size() != b.members().size()) return false;
  for (const auto& [key, v] : a.members()) {
    const value* other = b.member(key);
    if (!other) return false;
    if (auto e = equal(v, *other); !e || !*e) return e;
  }
  return true;
}

std::optional<bool> equal_ranges(const range& a, const range& b) {
  if (a.is != b.is || a.low_there != b.low_there || a.high_there != b.high_there) return false;
  if (a.low_closed != b.low_closed || a.high_closed != b.high_closed) return false;
  for (const auto& [x, y] : {std::pair(&a.low, &b.low), std::pair(&a.high, &b.high)})
    if (auto e = equal(*x, *y); !e || !*e) return e;
  return true;
}

}  // namespace

std::optional<int> compare(const value& a, const value& b) {
  if (a.kind() != b.kind()) return {};
  switch (a.kind()) {
    case kind::number: return decimal::compare(a.number(), b.number());
    case kind::string: return order(a.text(), b.text());
    case kind::date: return order(a.date().days(), b.date().days());
    case kind::time: return compare_times(a.time(), b.time());
    case kind::date_time: return compare_moments(a.moment(), b.moment());
    case kind::months: return order(a.months_count(), b.months_count());
    case kind::duration: return order(a.nanos(), b.nanos());
    default: return {};
  }
}

std::optional<bool> equal(const value& a, const value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.kind() != b.kind()) return {};
  switch (a.kind()) {
    case kind::boolean: return a.flag() == b.flag();
    case kind::string: return a.text() == b.text();
    case kind::list: return equal_lists(a.items(), b.items());
    case kind::context: return equal_contexts(a, b);
    case kind::range: return equal_ranges(a.interval(), b.interval());
    case kind::function: return a.callee() == b.callee();
    case kind::time:
    case kind::date_time: return equal_times(a, b);
    default: return *compare(a, b) == 0;
  }
}

std::optional<bool> includes(const range& r, const value& point) {
  if (point.is_null()) return {};
  if (r.is != range::form::interval) {
    const auto same = equal(r.low, point);
    return same ? std::optional(*same == (r.is == range::form::only)) : std::nullopt;
  }
  bool in = true;
  if (r.low_there) {
    auto c = compare(r.low, point);
    if (!c) return {};
    in = *c < 0 || (*c == 0 && r.low_closed);
  }
  if (r.high_there) {
    auto c = compare(point, r.high);
    if (!c) return {};
    in = in && (*c < 0 || (*c == 0 && r.high_closed));
  }
  return in;
}

bool same(const value& a, const value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is(kind::date_time)) return a.moment() == b.moment();
  if (a.is(kind::time)) {
    // An offset of zero is "Z", however it was written.
    return a.time() == b.time();
  }
  auto e = equal(a, b);
  return e && *e;
}

// ---- as text ----

namespace {

std::string quoted(const std::string& s) {
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out + "\"";
}

std::string joined(const value& v) {
  std::string out;
  if (v.is(kind::list)) {
    for (const auto& one : v.items()) out += (out.empty() ? "" : ", ") + one.literal();
    return "[" + out + "]";
  }
  for (const auto& [key, one] : v.members())
    out += (out.empty() ? "" : ", ") + key + ": " + one.literal();
  return "{" + out + "}";
}

std::string interval_text(const range& r) {
  if (r.is != range::form::interval)
    return (r.is == range::form::only ? "(=" : "(!=") + r.low.literal() + ")";
  if (!r.low_there) return (r.high_closed ? "(<=" : "(<") + r.high.literal() + ")";
  if (!r.high_there) return (r.low_closed ? "(>=" : "(>") + r.low.literal() + ")";
  return (r.low_closed ? "[" : "(") + r.low.literal() + ".." + r.high.literal() +
         (r.high_closed ? "]" : ")");
}

}  // namespace

std::string value::str() const {
  switch (kind_) {
    case kind::null: return "null";
    case kind::boolean: return flag() ? "true" : "false";
    case kind::number: return number().str();
    case kind::string: return text();
    case kind::date: return date().str();
    case kind::time: return time().str();
    case kind::date_time: return moment().str();
    case kind::months: return months_text(months_count());
    case kind::duration: return duration_text(nanos());
    case kind::list:
    case kind::context: return joined(*this);
    case kind::range: return interval_text(interval());
    case kind::function: return callee()->str();
  }
  return {};
}

std::string value::literal() const {
  switch (kind_) {
    case kind::string: return quoted(text());
    case kind::date:
    case kind::time:
    case kind::date_time:
    case kind::months:
    case kind::duration: return "@\"" + str() + "\"";
    default: return str();
  }
}

// ---- JSON ----

value of_json(const json::value& v) {
  switch (v.kind()) {
    case boost::json::kind::bool_: return v.get_bool();
    case boost::json::kind::int64: return decimal(v.get_int64());
    case boost::json::kind::uint64: return *decimal::parse(std::to_string(v.get_uint64()));
    case boost::json::kind::double_: {
      auto n = decimal::of_double(v.get_double());
      return n ? value(*n) : value();
    }
    case boost::json::kind::string: return std::string(v.get_string());
    case boost::json::kind::array: {
      std::vector<value> items;
      for (const auto& one : v.get_array()) items.push_back(of_json(one));
      return value::list(std::move(items));
    }
    case boost::json::kind::object: {
      entries members;
      for (const auto& m : v.get_object())
        members.emplace_back(std::string(m.key()), of_json(m.value()));
      return value::context(std::move(members));
    }
    default: return {};
  }
}

json::value to_json(const value& v) {
  switch (v.kind()) {
    case kind::null: return nullptr;
    case kind::boolean: return v.flag();
    case kind::number:
      if (auto n = v.number().to_int64()) return *n;
      return v.number().to_double();
    case kind::list: {
      json::array out;
      for (const auto& one : v.items()) out.push_back(to_json(one));
      return out;
    }
    case kind::context: {
      json::object out;
      for (const auto& [key, one] : v.members()) out[key] = to_json(one);
      return out;
    }
    default: return json::value(v.str());
  }
}

}  // namespace madang::rules
