#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/rules/feel.hpp"

namespace madang::process {

// What an expression sees: the variables of where it stands, the nearest scope first.
class variables {
 public:
  virtual ~variables() = default;
  virtual const rules::value* find(std::string_view name) const = 0;  // null: not there
};

// A FEEL expression of a model, compiled once, that takes the names it uses from the variables.
// A name that is no variable is null, as FEEL has it; what depends on it says so by a diagnostic.
class formula {
 public:
  formula() = default;
  // FEEL; an "=" before it, as modelers write, is dropped. Refusals: feel.syntax {at, near},
  // process.foreign_expression {text}: "${...}" is of another language.
  static result<formula> of(std::string_view text);
  // What a modeler writes as text unless it begins with "=": a constant.
  static result<formula> text_or_feel(std::string_view text);

  bool there() const { return inside_ != nullptr; }
  rules::value run(rules::evaluation& e, const variables& v) const;
  const std::string& text() const;  // as it was written
  const std::vector<std::string>& names() const;

 private:
  struct inside;
  std::shared_ptr<const inside> inside_;
};

}  // namespace madang::process
