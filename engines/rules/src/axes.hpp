#pragma once
#include <optional>
#include <vector>

#include "cells.hpp"
#include "cover.hpp"

// Internal: the values of one input, cut at the points that conditions name. With n points there
// are 2n + 1 atoms in order, (-oo, p0), {p0}, (p0, p1) ..., and one for null.
namespace madang::rules {

class axis {
 public:
  // Points are sorted and made one of each; they must be comparable. An axis that is not ordered
  // (yes or no, texts that are only asked for equality) has no neighbours among its atoms.
  axis(rules::kind k, bool ordered, std::vector<value> points);

  bool ordered() const { return ordered_; }
  rules::kind kind() const { return kind_; }
  const std::vector<value>& points() const { return points_; }
  std::size_t atoms() const { return 2 * points_.size() + 2; }
  std::size_t null_atom() const { return atoms() - 1; }
  bool is_point(std::size_t atom) const { return atom % 2 == 1 && atom != null_atom(); }
  // Atoms that hold a value; the one for null is not among them.
  const bits& there() const { return there_; }
  std::size_t atom_of(const value& v) const;         // of the kind of the axis
  // A value of the atom, as simple as can be: near the end, whole, short.
  value example(std::size_t atom) const;

  // The atoms where a condition holds, `ends` being the values of symbols. Null is left out.
  bits of(const cell& c, const std::vector<value>& ends) const;
  bits of(const simple_test& t, const std::vector<value>& ends) const;
  // A literal that is of another kind: the test never holds.
  static bool misfit(const simple_test& t, rules::kind k);

 private:
  rules::kind kind_;
  bool ordered_;
  std::vector<value> points_;
  bits there_;
};

// A value between two ends that are not counted; null ones are not there. None: there is none.
std::optional<value> between(kind k, const value& low, const value& high);
// As many as wished, rising, well apart; fewer where there is no room.
std::vector<value> apart(kind k, const value& low, const value& high, std::size_t wished);
// Have the values an order among one another: offsets of time all there or none.
bool comparable(const std::vector<value>& all);

}  // namespace madang::rules
