#pragma once
#include <boost/describe.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"

// A decision table as a grid of texts, taken out of a DMN file (1.1 to 1.5) and put back into it.
// What is written is only what was changed: every other octet of the file stays, namespaces,
// comments, diagrams and extensions of other tools with it. Texts are trimmed when they are read;
// one that is given back as it was read is not touched.
namespace madang::rules {

// `was`: its number in the grid that was read, from 0, so that it is known again wherever it was
// moved; -1: it is new. What is given twice is new the second time.
struct grid_input {
  std::string id, label, expression, type, allowed;
  int was = -1;
};
struct grid_output {
  std::string id, name, label, type, allowed;
  std::string otherwise;                     // default output; empty: none
  int was = -1;
};
struct grid_annotation {
  std::string name;
  int was = -1;
};
struct grid_rule {
  std::string id, description;
  std::vector<std::string> conditions, outputs, annotations;       // one for each column
  int was = -1;
};
struct grid {
  std::string policy = "UNIQUE";             // as DMN writes it: "RULE ORDER"
  std::string aggregation;                   // "", SUM, COUNT, MIN, MAX
  std::vector<grid_input> inputs;
  std::vector<grid_output> outputs;
  std::vector<grid_annotation> annotations;
  std::vector<grid_rule> rules;
};
BOOST_DESCRIBE_STRUCT(grid_input, (), (id, label, expression, type, allowed, was))
BOOST_DESCRIBE_STRUCT(grid_output, (), (id, name, label, type, allowed, otherwise, was))
BOOST_DESCRIBE_STRUCT(grid_annotation, (), (name, was))
BOOST_DESCRIBE_STRUCT(grid_rule, (), (id, description, conditions, outputs, annotations, was))
BOOST_DESCRIBE_STRUCT(grid, (), (policy, aggregation, inputs, outputs, annotations, rules))

// Where a table or a literal expression stands: in an element of the model (by id, else by name),
// the how manieth of its kind in it, from 0.
struct logic_place {
  std::string element;
  int number = 0;
};

// Places of all decision tables, and of all literal expressions, in the order of the file.
struct logic_places {
  std::vector<logic_place> tables, literals;
};

// Refusals of all of them: xml.*, dmn.not_dmn, grid.encoding (not UTF-8), grid.no_such_logic
// {element}.
result<logic_places> logic_in(std::string_view file);
// Further grid.too_large {most}: over 5,000 rules, 200 columns, or 10,000 octets in a cell.
result<grid> read_grid(std::string_view file, const logic_place& place);
// The file with the changed grid in it. Further grid.shape {rule}: a rule has not one text for each
// column; grid.policy; grid.characters {rule}: what XML cannot write; grid.id {id}: no name, or
// there already; grid.no_annotations: DMN 1.1 has none; grid.unwritable: the file is written in a
// way that cannot be changed in place.
result<std::string> write_grid(std::string_view file, const logic_place& place, const grid& g);

result<std::string> read_literal(std::string_view file, const logic_place& place);
result<std::string> write_literal(std::string_view file, const logic_place& place,
                                  const std::string& text);

}  // namespace madang::rules
