#pragma once
#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "finder.hpp"
#include "madang/rules/model.hpp"

// Internal: what a decision stands on, drawn and in words.
namespace madang::benefits {

struct requirement_line {
  std::string name, kind, logic;   // kind: decision, fact, figure, knowledge, service
  std::vector<std::string> needs;
};
BOOST_DESCRIBE_STRUCT(requirement_line, (), (name, kind, logic, needs))

// Every element that the model's own elements stand on, what follows before what it follows from.
std::vector<requirement_line> requirements_of(const rules::statutes& law, const rules::model& m);
// The drawing, which says nothing that the outline below it does not; without it when the model is
// too large to be drawn.
html::node requirements_part(const context& c, const rules::statutes& law, const rules::model& m);

}  // namespace madang::benefits
