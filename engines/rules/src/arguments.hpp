#pragma once
#include <optional>

#include "builtins.hpp"
#include "node.hpp"

// Internal: arguments of built-ins with the conversions of 10.3.2.9.4: a list of one item stands
// for the item, an item for a list of one.
namespace madang::rules {

inline const value& single(const value& v) {
  return v.is(kind::list) && v.items().size() == 1 ? v.items().front() : v;
}
inline const value& argument(const builtin_call& c, std::size_t i) {
  static const value none;
  return i < c.arguments.size() ? c.arguments[i] : none;
}
inline const decimal* number_at(const builtin_call& c, std::size_t i) {
  const value& v = single(argument(c, i));
  return v.is(kind::number) ? &v.number() : nullptr;
}
inline std::optional<std::int64_t> whole_at(const builtin_call& c, std::size_t i) {
  const decimal* n = number_at(c, i);
  return n ? n->to_int64() : std::nullopt;
}
// A position or a scale: what stands behind the point does not count.
inline std::optional<std::int64_t> place_at(const builtin_call& c, std::size_t i) {
  const decimal* n = number_at(c, i);
  return n ? n->rounded(0, decimal::rounding::down).to_int64() : std::nullopt;
}
inline const std::string* text_at(const builtin_call& c, std::size_t i) {
  const value& v = single(argument(c, i));
  return v.is(kind::string) ? &v.text() : nullptr;
}
// None for null.
inline std::optional<std::vector<value>> list_at(const builtin_call& c, std::size_t i) {
  const value& v = argument(c, i);
  if (v.is_null()) return {};
  if (v.is(kind::list)) return v.items();
  return std::vector<value>{v};
}
// Of a function that takes one list or any number of items.
inline std::optional<std::vector<value>> items_of(const builtin_call& c) {
  if (c.arguments.size() == 1) return list_at(c, 0);
  return std::vector<value>(c.arguments.begin(), c.arguments.end());
}

inline std::shared_ptr<builtin> make_builtin(std::string name, std::vector<signature> s,
                                             std::string_view gives = {}) {
  auto b = std::make_shared<builtin>(std::move(name), std::move(s));
  if (!gives.empty()) b->gives = builtin_type(gives);
  return b;
}

}  // namespace madang::rules
