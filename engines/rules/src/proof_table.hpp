#pragma once
#include "axes.hpp"
#include "madang/rules/proof.hpp"

// Internal: a decision table as the proof sees it.
namespace madang::rules {

struct studied_column {
  std::string name, expression;              // label, else the expression; squeezed
  compiled_text asked;
  type_ptr type;
  std::size_t axis = 0;
  std::vector<cell> cells;                   // each text once
  std::vector<bool> holds_for_null;          // of each of the cells
  std::vector<cell> allowed;                 // by inputValues and by the type
};

struct studied_output {
  std::string name;
  type_ptr type;
  std::string allowed_text;
  compiled_text allowed;                     // tests; node null: anything
  std::vector<value> priorities;
  bool has_default = false;
};

struct studied_cell {
  std::string text;
  compiled_text compiled;                    // node null: empty, or no FEEL
};

struct studied_rule {
  std::vector<std::size_t> cells;            // of each column
  std::vector<studied_cell> outputs;
  bool opaque = false;                       // some condition is
};

struct studied_axis {
  std::string name;                          // expression of its columns
  rules::kind kind = kind::null;
  bool ordered = false;
  std::vector<value> literals;
  std::vector<std::size_t> columns;
  std::set<int> stems_from;                  // inputs; local names below -1
};

struct studied_table {
  explicit studied_table(const text_desk& d) : desk(d) {}
  const text_desk& desk;
  std::string policy, aggregation;           // "UNIQUE" ..., "SUM" ...
  std::vector<studied_column> columns;
  std::vector<studied_axis> axes;
  std::vector<studied_output> outputs;
  std::vector<studied_rule> rules;
  std::vector<symbol> symbols;

  const cell& at(std::size_t rule, std::size_t column) const {
    return columns[column].cells[rules[rule].cells[column]];
  }
};

studied_table study(const text_desk& desk);

// Values of symbols, and of the names that they are made from.
struct world {
  std::vector<value> ends;                   // of each symbol
  std::vector<value> given;                  // of names of the site; null where nothing is assumed
  int group = -1;                            // worlds that differ only in columns; -1: none counts
  bool real = true;                          // values of names bring it about
  std::size_t length = 0;                    // of the values as they are written
};
struct all_worlds {
  std::vector<world> each;
  int groups = 0;
  bool complete = true;                      // false: there are more than the limit
  // Symbols that hang together, so that not every order of them exists.
  bool entangled = false;
};
all_worlds worlds_of(const studied_table& t, const limits_of_proof& l);

// "age = 65, married = true"
std::string said_example(const finding& f, bool all = false);
std::string numbers(const std::vector<int>& all);

struct findings_of_table {
  const studied_table& t;
  const limits_of_proof& limits;
  std::string decision;
  int number;                                // of the table
  std::vector<finding> out;

  finding& add(finding::what w, finding::weight h, std::string code,
               std::map<std::string, std::string> facts = {});
  bool full(finding::what w);                // as many as the limit; then it is said that more are
  bool more = false;
};

// What is wrong with an output: output_type, output_not_allowed, output_empty.
struct output_fault {
  finding::weight how;
  std::string code;
  std::map<std::string, std::string> facts;
};
std::optional<output_fault> fault_of(const text_desk& desk, const studied_output& column,
                                     const studied_cell& one);

void check_conditions(findings_of_table& f);         // proof_cells.cpp
void check_outputs(findings_of_table& f);
void check_cover(findings_of_table& f);              // proof_cover.cpp

}  // namespace madang::rules
