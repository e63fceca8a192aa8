#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "madang/rules/evaluation.hpp"

// Internal: the functions of the language (DMN 1.5, 10.3.4).
namespace madang::rules {

// A call of a built-in that found its signature.
struct builtin_call {
  evaluation& e;
  int at;
  std::span<value> arguments;                // of the signature, absent optional ones null
  std::size_t given;                         // how many were there

  value fail(const char* code = "feel.argument") const { return e.fail(code, at); }
};

struct signature {
  std::vector<std::string> parameters;
  std::size_t required;
  bool variadic = false;                     // any number of the last; or one list
  value (*run)(builtin_call&);
  std::size_t required_by_name = 99;         // when named; 99: as many as else
};

class builtin final : public function {
 public:
  builtin(std::string n, std::vector<signature> s) : name(std::move(n)), signatures(std::move(s)) {}
  value call(evaluation& e, std::span<value> arguments) const override;
  bool takes_any() const override { return true; }
  std::string str() const override { return name; }
  value invoke(evaluation& e, int at, std::span<value> arguments,
               const std::vector<std::string>& names) const;

  value invoke_unbounded(evaluation& e, int at, std::span<value> arguments,
                         const std::vector<std::string>& names) const;

  const std::string name;
  const std::vector<signature> signatures;
  type_ptr gives;                            // null: anything
  bool gives_first = false;                  // the type of its first argument
  bool makes_literals = false;               // date("2026-11-23") is a literal (rule 62)
  bool pure = true;                          // the same for the same arguments
};

struct named_builtin {
  std::string name;
  value callee;
};
// Those whose first word this is.
std::span<const named_builtin> builtins_beginning(std::string_view word);
const std::vector<std::shared_ptr<const builtin>>& all_builtins();

using builtin_list = std::vector<std::shared_ptr<builtin>>;
void add_conversions(builtin_list& l);
void add_text_functions(builtin_list& l);
void add_list_functions(builtin_list& l);
void add_number_functions(builtin_list& l);
void add_temporal_functions(builtin_list& l);
void add_context_functions(builtin_list& l);
void add_range_functions(builtin_list& l);

}  // namespace madang::rules
