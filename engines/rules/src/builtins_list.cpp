// Lists (10.3.4.4) and sorting (10.3.4.6).
#include <algorithm>

#include "arguments.hpp"

namespace madang::rules {
namespace {

// True only when they are known to be equal.
bool equals(const value& a, const value& b) { return equal(a, b).value_or(false); }

// The numbers of a list; none: something else is in it, or there is no list.
std::optional<std::vector<decimal>> numbers_of(const builtin_call& c) {
  const auto items = items_of(c);
  if (!items) return {};
  std::vector<decimal> out;
  for (const auto& one : *items) {
    if (!one.is(kind::number)) return {};
    out.push_back(one.number());
  }
  return out;
}

value number_or_fail(builtin_call& c, const decimal& n) {
  return n.finite() ? value(n) : c.fail("feel.not_finite");
}

value list_contains(builtin_call& c) {
  const auto list = list_at(c, 0);
  if (!list) return c.fail();
  return std::ranges::any_of(*list, [&](const auto& v) { return equals(v, argument(c, 1)); });
}

value count(builtin_call& c) {
  const auto list = list_at(c, 0);
  return list ? value(static_cast<std::int64_t>(list->size())) : c.fail();
}

value extreme(builtin_call& c, int wanted) {
  const auto items = items_of(c);
  if (!items) return c.fail();
  if (items->empty()) return {};
  value best = items->front();
  for (const auto& one : *items) {
    const auto order = compare(one, best);
    if (!order) return c.fail();
    if (*order == wanted) best = one;
  }
  return best;
}
value min_of(builtin_call& c) { return extreme(c, -1); }
value max_of(builtin_call& c) { return extreme(c, 1); }

value sum_of(builtin_call& c) {
  const auto items = items_of(c);
  if (!items) return c.fail();
  if (items->empty()) return {};
  value out = items->front();
  if (!out.is(kind::number) && !out.is(kind::months) && !out.is(kind::duration)) return c.fail();
  for (std::size_t i = 1; i < items->size(); ++i) {
    if ((*items)[i].kind() != out.kind()) return c.fail();
    out = calculate(c.e, c.at, operation::add, out, (*items)[i]);
  }
  return out;
}

value product_of(builtin_call& c) {
  const auto all = numbers_of(c);
  if (!all || all->empty()) return c.fail();
  decimal out(1);
  for (const auto& n : *all) out = out * n;
  return number_or_fail(c, out);
}

value mean_of(builtin_call& c) {
  const auto items = items_of(c);
  if (!items || items->empty()) return items ? value() : c.fail();
  const value sum = sum_of(c);
  if (sum.is_null()) return sum;
  return calculate(c.e, c.at, operation::divide, sum,
                   value(static_cast<std::int64_t>(items->size())));
}

value median_of(builtin_call& c) {
  auto all = numbers_of(c);
  if (!all) return c.fail();
  if (all->empty()) return {};
  std::ranges::sort(*all, [](const auto& a, const auto& b) { return a < b; });
  const std::size_t middle = all->size() / 2;
  if (all->size() % 2) return (*all)[middle];
  return ((*all)[middle - 1] + (*all)[middle]) / decimal(2);
}

// Of a sample: divided by one less than there are.
value stddev_of(builtin_call& c) {
  const auto all = numbers_of(c);
  if (!all || all->size() < 2) return c.fail();
  decimal sum(0), squares(0);
  for (const auto& n : *all) sum += n;
  const decimal mean = sum / decimal(static_cast<std::int64_t>(all->size()));
  for (const auto& n : *all) squares += (n - mean) * (n - mean);
  return number_or_fail(
      c, (squares / decimal(static_cast<std::int64_t>(all->size()) - 1)).square_root());
}

value mode_of(builtin_call& c) {
  auto all = numbers_of(c);
  if (!all) return c.fail();
  std::ranges::sort(*all, [](const auto& a, const auto& b) { return a < b; });
  std::vector<value> out;
  std::size_t most = 0;
  for (std::size_t i = 0; i < all->size();) {
    std::size_t j = i;
    while (j < all->size() && (*all)[j] == (*all)[i]) ++j;
    if (j - i > most) out.clear();
    if (j - i >= most) {
      most = j - i;
      out.emplace_back((*all)[i]);
    }
    i = j;
  }
  return value::list(std::move(out));
}

value all_or_any(builtin_call& c, bool decides) {
  const auto items = items_of(c);
  if (!items) return c.fail();
  bool unknown = false, wrong = false;
  for (const auto& one : *items) {
    if (one.is(kind::boolean) && one.flag() == decides) return decides;
    unknown = unknown || !one.is(kind::boolean);
    wrong = wrong || (!one.is(kind::boolean) && !one.is_null());
  }
  if (wrong) return c.fail();
  return unknown ? value() : value(!decides);
}
value all_of(builtin_call& c) { return all_or_any(c, false); }
value any_of(builtin_call& c) { return all_or_any(c, true); }

// 1 is the first, -1 the last; none: there is no such place. `size` places.
std::optional<std::size_t> place(std::int64_t n, std::size_t size) {
  const auto all = static_cast<std::int64_t>(size);
  if (n == 0 || n > all || -n > all) return {};
  return static_cast<std::size_t>(n > 0 ? n - 1 : all + n);
}

value sublist(builtin_call& c) {
  const auto list = list_at(c, 0);
  const auto start = place_at(c, 1);
  if (!list || !start) return c.fail();
  const auto from = place(*start, list->size());
  if (!from) return c.fail();
  std::size_t length = list->size() - *from;
  if (c.given > 2) {
    const auto n = place_at(c, 2);
    if (!n || *n < 0 || static_cast<std::size_t>(*n) > length) return c.fail();
    length = static_cast<std::size_t>(*n);
  }
  const auto begin = list->begin() + static_cast<std::ptrdiff_t>(*from);
  return value::list({begin, begin + static_cast<std::ptrdiff_t>(length)});
}

value append(builtin_call& c) {
  auto list = list_at(c, 0);
  if (!list) list.emplace(1, value());
  for (std::size_t i = 1; i < c.arguments.size(); ++i) list->push_back(c.arguments[i]);
  return value::list(std::move(*list));
}

value concatenate(builtin_call& c) {
  std::vector<value> out;
  for (std::size_t i = 0; i < c.arguments.size(); ++i) {
    const auto list = list_at(c, i);
    if (!list) return c.fail();
    if (!c.e.step(static_cast<std::int64_t>(list->size()))) return {};
    out.insert(out.end(), list->begin(), list->end());
  }
  return value::list(std::move(out));
}

value distinct(evaluation& e, std::vector<value> all) {
  std::vector<value> out;
  for (auto& one : all) {
    if (!e.step(static_cast<std::int64_t>(out.size() / 16))) return {};
    if (std::ranges::none_of(out, [&](const auto& v) { return equals(v, one); }))
      out.push_back(std::move(one));
  }
  return value::list(std::move(out));
}

value union_of(builtin_call& c) {
  const value all = concatenate(c);
  return all.is_null() ? all : distinct(c.e, all.items());
}

value distinct_values(builtin_call& c) {
  auto list = list_at(c, 0);
  return list ? distinct(c.e, std::move(*list)) : c.fail();
}

value insert_before(builtin_call& c) {
  auto list = list_at(c, 0);
  const auto n = place_at(c, 1);
  if (!list || !n) return c.fail();
  const auto at = place(*n, list->size());
  if (!at) return c.fail();
  list->insert(list->begin() + static_cast<std::ptrdiff_t>(*at), argument(c, 2));
  return value::list(std::move(*list));
}

value remove_at(builtin_call& c) {
  auto list = list_at(c, 0);
  const auto n = place_at(c, 1);
  if (!list || !n) return c.fail();
  const auto at = place(*n, list->size());
  if (!at) return c.fail();
  list->erase(list->begin() + static_cast<std::ptrdiff_t>(*at));
  return value::list(std::move(*list));
}

value list_replace(builtin_call& c) {
  auto list = list_at(c, 0);
  if (!list) return c.fail();
  const value& which = argument(c, 1);
  if (const auto n = place_at(c, 1)) {
    const auto at = place(*n, list->size());
    if (!at) return c.fail();
    (*list)[*at] = argument(c, 2);
    return value::list(std::move(*list));
  }
  if (!which.is(kind::function)) return c.fail();
  const function& match = *which.callee();
  if (!match.takes_any() && match.parameters.size() != 2) return c.fail("feel.argument_count");
  for (auto& one : *list) {
    const value fits = call(c.e, c.at, match, {one, argument(c, 2)});
    if (!fits.is(kind::boolean)) return c.fail();
    if (fits.flag()) one = argument(c, 2);
  }
  return value::list(std::move(*list));
}

value reverse(builtin_call& c) {
  auto list = list_at(c, 0);
  if (!list) return c.fail();
  std::ranges::reverse(*list);
  return value::list(std::move(*list));
}

value index_of(builtin_call& c) {
  const auto list = list_at(c, 0);
  if (!list) return c.fail();
  std::vector<value> out;
  for (std::size_t i = 0; i < list->size(); ++i)
    if (equals((*list)[i], argument(c, 1))) out.emplace_back(static_cast<std::int64_t>(i + 1));
  return value::list(std::move(out));
}

void flatten_into(std::vector<value>& out, const value& v) {
  if (!v.is(kind::list)) {
    out.push_back(v);
    return;
  }
  for (const auto& one : v.items()) flatten_into(out, one);
}

value flatten(builtin_call& c) {
  const auto list = list_at(c, 0);
  if (!list) return c.fail();
  std::vector<value> out;
  for (const auto& one : *list) flatten_into(out, one);
  return value::list(std::move(out));
}

// Merging keeps the order of what is equal, and asks no more than it must.
value sort_by(builtin_call& c) {
  auto list = list_at(c, 0);
  const value& by = argument(c, 1);
  if (!list) return c.fail();
  bool good = true;
  const auto before = [&](const value& a, const value& b) {
    if (!good || !c.e.step()) return false;
    if (c.given < 2) {
      const auto order = compare(a, b);
      good = order.has_value();
      return good && *order < 0;
    }
    const value holds = call(c.e, c.at, *by.callee(), {a, b});
    return holds.is_true();
  };
  if (c.given >= 2 && !by.is(kind::function)) return c.fail();
  if (c.given >= 2 && !by.callee()->takes_any() && by.callee()->parameters.size() != 2)
    return c.fail("feel.argument_count");
  std::vector<value> out;
  out.reserve(list->size());
  const auto merge = [&](auto&& self, std::size_t from, std::size_t to) -> std::vector<value> {
    if (to - from <= 1)
      return {list->begin() + static_cast<std::ptrdiff_t>(from),
              list->begin() + static_cast<std::ptrdiff_t>(to)};
    const std::size_t middle = (from + to) / 2;
    auto left = self(self, from, middle), right = self(self, middle, to);
    std::vector<value> merged;
    merged.reserve(to - from);
    std::size_t i = 0, j = 0;
    while (i < left.size() && j < right.size())
      merged.push_back(before(right[j], left[i]) ? std::move(right[j++]) : std::move(left[i++]));
    std::move(left.begin() + static_cast<std::ptrdiff_t>(i), left.end(),
              std::back_inserter(merged));
    std::move(right.begin() + static_cast<std::ptrdiff_t>(j), right.end(),
              std::back_inserter(merged));
    return merged;
  };
  out = merge(merge, 0, list->size());
  return good ? value::list(std::move(out)) : c.fail();
}

}  // namespace

void add_list_functions(builtin_list& l) {
  const auto add = [&](const char* name, std::vector<std::string> parameters, std::size_t required,
                       value (*run)(builtin_call&), const char* gives) {
    l.push_back(make_builtin(name, {{std::move(parameters), required, false, run}}, gives));
  };
  const auto any_number = [&](const char* name, std::vector<std::string> parameters,
                              value (*run)(builtin_call&), const char* gives) {
    l.push_back(make_builtin(name, {{std::move(parameters), 1, true, run}}, gives));
  };
  const auto like_first = [&] { l.back()->gives_first = true; };
  add("list contains", {"list", "element"}, 2, list_contains, "boolean");
  add("count", {"list"}, 1, count, "number");
  any_number("min", {"list"}, min_of, "");
  any_number("max", {"list"}, max_of, "");
  any_number("sum", {"list"}, sum_of, "");
  any_number("product", {"list"}, product_of, "number");
  any_number("mean", {"list"}, mean_of, "");
  any_number("median", {"list"}, median_of, "number");
  any_number("stddev", {"list"}, stddev_of, "number");
  any_number("mode", {"list"}, mode_of, "list");
  any_number("all", {"list"}, all_of, "boolean");
  any_number("any", {"list"}, any_of, "boolean");
  add("sublist", {"list", "start position", "length"}, 2, sublist, "");
  like_first();
  any_number("append", {"list", "item"}, append, "");
  like_first();
  any_number("concatenate", {"list"}, concatenate, "");
  like_first();
  any_number("union", {"list"}, union_of, "");
  like_first();
  add("distinct values", {"list"}, 1, distinct_values, "");
  like_first();
  add("insert before", {"list", "position", "newItem"}, 3, insert_before, "");
  like_first();
  add("remove", {"list", "position"}, 2, remove_at, "");
  like_first();
  l.push_back(make_builtin("list replace",
                           {{{"list", "position", "newItem"}, 3, false, list_replace},
                            {{"list", "match", "newItem"}, 3, false, list_replace}}));
  like_first();
  add("reverse", {"list"}, 1, reverse, "");
  like_first();
  add("index of", {"list", "match"}, 2, index_of, "list");
  add("flatten", {"list"}, 1, flatten, "list");
  add("sort", {"list", "precedes"}, 1, sort_by, "");
  like_first();
}

}  // namespace madang::rules
