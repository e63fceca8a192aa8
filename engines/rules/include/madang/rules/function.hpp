#pragma once
#include <span>
#include <string>
#include <vector>

#include "madang/rules/type.hpp"

namespace madang::rules {

// What can be invoked: a function of the language, one that somebody wrote, business knowledge, a
// decision service.
class function {
 public:
  struct parameter {
    std::string name;
    type_ptr type;
  };
  virtual ~function() = default;
  // As many values as there are parameters; they may be moved from.
  virtual value call(evaluation& e, std::span<value> arguments) const = 0;
  virtual std::string str() const { return "function"; }
  // Built-ins decide themselves how many and which they take.
  virtual bool takes_any() const { return false; }

  std::vector<parameter> parameters;
  type_ptr result;
};

}  // namespace madang::rules
