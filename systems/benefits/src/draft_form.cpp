#include "draft_form.hpp"

#include <algorithm>
#include <charconv>

namespace madang::benefits {
namespace {

std::string cell_name(std::size_t table, std::size_t rule, const char* kind, std::size_t column) {
  return "t" + std::to_string(table) + "." + std::to_string(rule) + "." + kind +
         std::to_string(column);
}

void take(const context& c, const std::string& name, std::string& to) {
  for (const auto& [key, value] : c.form())
    if (key == name) to = text::trim(value);
}

void take_cells(const context& c, std::size_t table, rules::grid& g) {
  const auto all = [&](std::vector<std::string>& cells, std::size_t rule, const char* kind) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      take(c, cell_name(table, rule, kind, i), cells[i]);
  };
  for (std::size_t r = 0; r < g.rules.size(); ++r) {
    all(g.rules[r].conditions, r, "c");
    all(g.rules[r].outputs, r, "o");
    all(g.rules[r].annotations, r, "a");
  }
}

void take_columns(const context& c, std::size_t table, rules::grid& g) {
  const std::string t = "t" + std::to_string(table) + ".";
  take(c, t + "policy", g.policy);
  take(c, t + "aggregation", g.aggregation);
  if (g.policy != "COLLECT") g.aggregation.clear();
  for (std::size_t i = 0; i < g.inputs.size(); ++i) {
    auto& one = g.inputs[i];
    take(c, column_name(table, "i", i, "expression"), one.expression);
    take(c, column_name(table, "i", i, "label"), one.label);
    take(c, column_name(table, "i", i, "type"), one.type);
    take(c, column_name(table, "i", i, "allowed"), one.allowed);
  }
  for (std::size_t i = 0; i < g.outputs.size(); ++i) {
    auto& one = g.outputs[i];
    take(c, column_name(table, "o", i, "name"), one.name);
    take(c, column_name(table, "o", i, "type"), one.type);
    take(c, column_name(table, "o", i, "allowed"), one.allowed);
    take(c, column_name(table, "o", i, "otherwise"), one.otherwise);
  }
  for (std::size_t i = 0; i < g.annotations.size(); ++i)
    take(c, column_name(table, "a", i, "name"), g.annotations[i].name);
}

// ---- what a button does ----

std::optional<std::size_t> number_in(std::string_view s) {
  std::size_t out = 0;
  const auto [end, bad] = std::from_chars(s.data(), s.data() + s.size(), out);
  if (bad != std::errc{} || end != s.data() + s.size()) return {};
  return out;
}

void act_on_rule(rules::grid& g, std::size_t rule, std::string_view what) {
  if (rule >= g.rules.size()) return;
  const auto at = g.rules.begin() + static_cast<std::ptrdiff_t>(rule);
  if (what == "add") {
    rules::grid_rule fresh;
    fresh.conditions.assign(g.inputs.size(), "-");
    fresh.outputs.assign(g.outputs.size(), "null");
    fresh.annotations.assign(g.annotations.size(), "");
    g.rules.insert(at + 1, std::move(fresh));
  } else if (what == "delete" && g.rules.size() > 1) {
    g.rules.erase(at);
  } else if (what == "up" && rule > 0) {
    std::iter_swap(at, at - 1);
  } else if (what == "down" && rule + 1 < g.rules.size()) {
    std::iter_swap(at, at + 1);
  }
}

// A column and its cell in each rule go together.
template <class T>
void act_on_column(rules::grid& g, std::vector<T>& columns,
                   std::vector<std::string> rules::grid_rule::*cells, std::size_t column,
                   std::string_view what, std::size_t least) {
  if (column >= columns.size()) return;
  const auto at = static_cast<std::ptrdiff_t>(column);
  const auto each = [&](auto f) {
    f(columns);
    for (auto& r : g.rules) f(r.*cells);
  };
  if (what == "delete" && columns.size() > least)
    each([&](auto& list) { list.erase(list.begin() + at); });
  else if (what == "left" && column > 0)
    each([&](auto& list) { std::iter_swap(list.begin() + at, list.begin() + at - 1); });
  else if (what == "right" && column + 1 < columns.size())
    each([&](auto& list) { std::iter_swap(list.begin() + at, list.begin() + at + 1); });
}

void add_column(const context& c, std::size_t table, rules::grid& g, char kind) {
  std::string said;
  take(c, "t" + std::to_string(table) + "." + kind + ".new", said);
  if (said.empty()) return;
  if (kind == 'i') {
    rules::grid_input fresh;
    fresh.expression = said;
    g.inputs.push_back(fresh);
    for (auto& r : g.rules) r.conditions.emplace_back("-");
  } else if (kind == 'o') {
    rules::grid_output fresh;
    fresh.name = said;
    g.outputs.push_back(fresh);
    for (auto& r : g.rules) r.outputs.emplace_back("null");
  } else if (kind == 'a') {
    g.annotations.push_back({said, -1});
    for (auto& r : g.rules) r.annotations.emplace_back();
  }
}

void do_act(const context& c, std::size_t table, rules::grid& g) {
  const auto parts = text::split(c.field("act"), '.');
  if (parts.size() != 3 || number_in(parts[0]) != table || parts[1].empty()) return;
  if (const auto rule = number_in(parts[1])) return act_on_rule(g, *rule, parts[2]);
  const char kind = parts[1][0];
  if (parts[1].size() == 1 && parts[2] == "new") return add_column(c, table, g, kind);
  const auto column = number_in(std::string_view(parts[1]).substr(1));
  if (!column) return;
  if (kind == 'i')
    act_on_column(g, g.inputs, &rules::grid_rule::conditions, *column, parts[2], 1);
  else if (kind == 'o')
    act_on_column(g, g.outputs, &rules::grid_rule::outputs, *column, parts[2], 1);
  else if (kind == 'a')
    act_on_column(g, g.annotations, &rules::grid_rule::annotations, *column, parts[2], 0);
}

}  // namespace

std::string column_name(std::size_t table, const char* kind, std::size_t column, const char* part) {
  return "t" + std::to_string(table) + "." + kind + std::to_string(column) + "." + part;
}

void take_form(const context& c, std::size_t table, rules::grid& g) {
  take_cells(c, table, g);
  take_columns(c, table, g);
  do_act(c, table, g);
}

}  // namespace madang::benefits
