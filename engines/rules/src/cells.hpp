#pragma once
#include <string>
#include <vector>

#include "inspection.hpp"

// Internal: the conditions of a decision table as comparisons with ends that are known (literals)
// or symbolic ("limit", "limit * 2"). What is neither is opaque: nothing is claimed about it.
namespace madang::rules {

struct bound {
  value literal;
  int symbol = -1;                           // -1: the literal
};

struct simple_test {
  enum class form : std::uint8_t {
    less, less_equal, greater, greater_equal, equal, not_equal, interval, null, not_null
  };
  form is = form::equal;
  bound low, high;                           // of a comparison: low alone
  bool low_closed = true, high_closed = true;
  std::string text;                          // the part of the cell it comes from
};

struct cell {
  enum class form : std::uint8_t { any, positive, negated, opaque };
  form is = form::any;
  std::string text;
  std::vector<simple_test> tests;
  compiled_text compiled;                    // of the cell as a whole
};

// An end that is no literal. One text is one value, wherever it stands in the table.
struct symbol {
  std::string text;
  compiled_text compiled;
  rules::kind kind = kind::null;             // null: not known yet
  bool plain = false;                        // a name, or today() alone: it may be anything
  std::vector<int> axes;                     // where it stands
};

class cell_reader {
 public:
  explicit cell_reader(const text_desk& d) : desk_(d) {}
  // `of`: type of the column.
  cell read(std::string_view text, const type_ptr& of);
  std::vector<symbol> symbols;

 private:
  bool parts(std::string_view text, const type_ptr& of, std::vector<simple_test>& out);
  bool part(std::string_view text, const type_ptr& of, std::vector<simple_test>& out);
  bool interval(std::string_view text, simple_test& out);
  bool end(std::string_view text, bound& out);
  bool point(compiled_text made, std::string_view text, const type_ptr& of, simple_test& out);
  static bool constant(const value& v, std::string_view text, std::vector<simple_test>& out);
  int symbol_of(std::string_view text, compiled_text made);

  const text_desk& desk_;
};

// The kind of values that a type has; null: more than one, or none that has an order or equality of
// its own (lists, contexts, functions).
rules::kind kind_of(const type_ptr& t);
bool is_ordered(kind k);

}  // namespace madang::rules
