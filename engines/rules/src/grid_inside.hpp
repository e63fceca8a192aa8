#pragma once
#include "madang/rules/grid.hpp"
#include "source.hpp"

// Internal: what reading and writing of grids share.
namespace madang::rules {

inline constexpr std::size_t most_grid_rules = 5000, most_grid_columns = 200,
                             most_cell_octets = 10'000;

result<source::element> read_model(std::string_view file);
// Null: there is none.
const source::element* logic_at(const source::element& root, const logic_place& place,
                                std::string_view kind);
grid grid_of(const source::element& table);
outcome within_limits(const grid& g);

// What stands in the child "text".
std::string grid_text(const source::element* holder);
// The same changed, when it is another; the child is made when it is not there.
void set_grid_text(const source::element& holder, const std::string& is, const std::string& wanted,
                   source::edits& changes);

// Calls f(text, rule) for every text of a grid; rule from 1, 0: of a column.
template <class F>
void each_text(const grid& g, F f) {
  for (const auto& i : g.inputs)
    for (const auto* s : {&i.label, &i.expression, &i.type, &i.allowed}) f(*s, 0);
  for (const auto& o : g.outputs)
    for (const auto* s : {&o.name, &o.label, &o.type, &o.allowed, &o.otherwise}) f(*s, 0);
  for (const auto& a : g.annotations) f(a.name, 0);
  for (std::size_t n = 0; n < g.rules.size(); ++n) {
    const auto& r = g.rules[n];
    f(r.description, static_cast<int>(n) + 1);
    for (const auto* list : {&r.conditions, &r.outputs, &r.annotations})
      for (const auto& s : *list) f(s, static_cast<int>(n) + 1);
  }
}

}  // namespace madang::rules
