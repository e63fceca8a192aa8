#pragma once
#include "proof_table.hpp"

// Internal: a table in one world, where every end has a value: its rules are boxes.
namespace madang::rules {

struct placed_table {
  const studied_table& t;
  const world& w;
  std::vector<axis> axes;
  box whole;                                 // what the columns allow, null left out
  box with_null;
  std::vector<box> rules;                    // conditions that are opaque hold everywhere
  std::vector<box> sure;                     // they hold nowhere
  std::vector<bool> ordered;

  placed_table(const studied_table& table, const world& where);

  // The simplest values of a box, and of the names that stand for ends; `matters` are the axes that
  // the box does not hold all of, with the names that stand on them.
  entries example(const box& b) const;
  std::vector<std::string> matters(const box& b) const;
  std::vector<std::size_t> axes_that_matter(const box& b) const;
  // What the rule says of the example when it is run; none: it names what the example has not.
  std::optional<bool> holds(std::size_t rule, const box& b) const;
  // The columns allow the example; none: nobody knows.
  std::optional<bool> allowed(const box& b) const;
  // The literal and the symbols that a point of an axis stands for.
  std::set<std::string> labels(std::size_t axis, std::size_t atom) const;

 private:
  std::size_t simplest(std::size_t axis, const bits& atoms) const;
  std::vector<value> given(const box& b) const;
  std::optional<bool> run(const compiled_text& c, const box& b, std::size_t axis) const;
  bits of_rule(std::size_t rule, std::size_t axis, bool opaque_holds) const;

  std::vector<std::vector<bits>> cells_;     // of each column, with null
};

}  // namespace madang::rules
