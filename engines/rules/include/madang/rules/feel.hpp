#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/rules/evaluation.hpp"

// The Friendly Enough Expression Language (DMN 1.5, chapter 10): a text and the names it may use
// become an expression that can be evaluated any number of times, from any thread.
namespace madang::rules {

struct variable {
  std::string name;                          // may contain blanks and the signs of rule 30
  type_ptr type;                             // null: any
};

class expression {
 public:
  expression();
  ~expression();
  expression(expression&&) noexcept;
  expression& operator=(expression&&) noexcept;

  // `values` in the order of the variables; what is missing is null.
  value run(evaluation& e, std::span<const value> values = {}) const;
  const type_ptr& type() const;

 private:
  struct inside;
  friend result<expression> compile(std::string_view, std::span<const variable>);
  friend result<expression> compile_tests(std::string_view, const type_ptr&,
                                          std::span<const variable>);
  std::unique_ptr<inside> inside_;
};

// Refusal feel.syntax {at, near}: what is not FEEL.
result<expression> compile(std::string_view text, std::span<const variable> names = {});
// Unary tests, as in the cell of a table: "< 10, [20..30]"; the first value of `values` is the
// value tested ("?"), the others follow.
result<expression> compile_tests(std::string_view text, const type_ptr& of,
                                 std::span<const variable> names = {});

// The names an expression uses beyond `names`, each a word: what must be given to it from outside
// when nobody has said before which variables there are. In the order of their first use. A
// built-in function that is named and not called ("number > 5") is among them: a variable may have
// its name.
result<std::vector<std::string>> unknown_names(std::string_view text,
                                               std::span<const variable> names = {});

}  // namespace madang::rules
