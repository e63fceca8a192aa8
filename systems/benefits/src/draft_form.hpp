#pragma once
#include "lawbook.hpp"
#include "madang/rules/grid.hpp"

// Internal: what the form of a draft says about one of its tables.
//
// Cells are "t0.3.c1" (table, rule, condition; o: output, a: annotation), columns
// "t0.i1.expression" (i: input, o: output, a: annotation), the hit policy "t0.policy". The button
// that was pressed is `act`: "0.3.add" beside a rule, "0.i1.left" beside a column, "0.i.new" for a
// new one whose expression or name stands in "t0.i.new".
namespace madang::benefits {

std::string column_name(std::size_t table, const char* kind, std::size_t column, const char* part);
void take_form(const context& c, std::size_t table, rules::grid& g);

}  // namespace madang::benefits
