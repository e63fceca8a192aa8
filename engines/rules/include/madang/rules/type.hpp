#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "madang/rules/value.hpp"

// Types of FEEL (DMN 1.5, 10.3.2.9) and item definitions (7.3.3). Types are immutable once made.
namespace madang::rules {

class evaluation;
struct type;
using type_ptr = std::shared_ptr<const type>;

struct type {
  enum class how : std::uint8_t {
    any, null, boolean, number, string, date, time, date_time, months, duration, list, context,
    range, function
  };
  how kind = how::any;
  std::string name;                                   // of an item definition; may be empty
  type_ptr element;                                   // of a list or a range
  std::vector<std::pair<std::string, type_ptr>> fields;      // of a context
  std::vector<type_ptr> parameters;                   // of a function
  type_ptr result;
  // allowedValues and typeConstraint: of the value, or of each item of a list.
  std::function<bool(evaluation&, const value&)> allowed, allowed_as_whole;
  // The literals that allowedValues lists, in their order: priorities of outputs.
  std::vector<value> listed;
  std::string allowed_text;                           // allowedValues as they are written

  const type_ptr* field(std::string_view name) const;
  std::string str() const;                            // "list<number>"
};

const type_ptr& any_type();
// "number", "date and time" ...; null: not a built-in name.
type_ptr builtin_type(std::string_view name);
type_ptr list_of(type_ptr element);
type_ptr range_of(type_ptr element);

// The value is of the type, constraints included (`instance of` asks without them).
bool conforms(evaluation& e, const value& v, const type& t, bool with_constraints = true);
// A is a B: conformance of 10.3.2.9.4.
bool conforms(const type& a, const type& b);
// With the implicit conversions of 10.3.2.9.4: an item to a list of one, such a list to its item, a
// date to its midnight in UTC. None: it cannot be made to conform.
std::optional<value> converted(evaluation& e, const value& v, const type& t);

}  // namespace madang::rules
