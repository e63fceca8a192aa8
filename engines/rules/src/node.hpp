#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "madang/rules/evaluation.hpp"

// Internal: a compiled expression is a tree of nodes; each knows how to find its value.
namespace madang::rules {

struct node {
  explicit node(int where) : at(where) {}
  virtual ~node() = default;
  virtual value run(evaluation& e) const = 0;
  virtual const value* constant() const { return nullptr; }
  int at;                                    // octets from the beginning of the expression
  bool literal = false;                      // written as a value, not calculated
  type_ptr type = any_type();                // as far as it is known before it runs
};
using node_ptr = std::unique_ptr<node>;

enum class operation : std::uint8_t { add, subtract, multiply, divide, power };
enum class relation : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

value calculate(evaluation& e, int at, operation op, const value& a, const value& b);
// Three-valued: null when they cannot be compared (noted when that is a mistake).
value relate(evaluation& e, int at, relation r, const value& a, const value& b);
// Does a value fit what stands in a unary test or after "in": equal to it, in the range or list.
value matches(evaluation& e, int at, const value& candidate, const value& input);
// Member of a context, property of a date ..., or the same of each item of a list.
value path(evaluation& e, int at, const value& of, const std::string& name);

// ---- where values come from ----
node_ptr make_constant(int at, value v);
node_ptr make_failed(int at, std::string code, std::map<std::string, std::string> facts);
node_ptr make_local(int at, int slot, type_ptr t);
node_ptr make_global(int at, int index, type_ptr t);
// A name in a filter that is the item's member if it has one, else what the name means outside.
node_ptr make_item_or(int at, int slot, std::string name, node_ptr otherwise);

// ---- put together ----
struct entry_node {
  std::string key;
  int slot;                                  // later entries read it there
  node_ptr made;
};
node_ptr make_list(int at, std::vector<node_ptr> items);
node_ptr make_context(int at, std::vector<entry_node> members);
struct range_shape {
  bool low_there = true, high_there = true, low_closed = true, high_closed = true;
  range::form is = range::form::interval;
};
node_ptr make_range(int at, node_ptr low, node_ptr high, range_shape s);
node_ptr make_path(int at, node_ptr of, std::string name);
node_ptr make_path(int at, node_ptr of, std::string name, type_ptr t);
// `condition` sees the item in `slot`.
node_ptr make_filter(int at, node_ptr list, int slot, node_ptr condition);

// ---- operators ----
node_ptr make_calculation(int at, operation op, node_ptr a, node_ptr b);
node_ptr make_relation(int at, relation r, node_ptr a, node_ptr b);
node_ptr make_negation(int at, node_ptr a);
node_ptr make_and(int at, node_ptr a, node_ptr b);
node_ptr make_or(int at, node_ptr a, node_ptr b);
node_ptr make_between(int at, node_ptr v, node_ptr low, node_ptr high);
node_ptr make_instance_of(int at, node_ptr v, type_ptr t);
// `tests` see the value in `slot`; any of them may hold.
node_ptr make_in(int at, node_ptr v, int slot, std::vector<node_ptr> tests);

// ---- control ----
node_ptr make_if(int at, node_ptr condition, node_ptr then, node_ptr otherwise);
struct iterator_node {
  int slot;
  node_ptr from, to;                         // `to`: of "for i in 1..n"
};
node_ptr make_for(int at, std::vector<iterator_node> over, int partial_slot, node_ptr body);
enum class quantifier : std::uint8_t { some, every };
node_ptr make_quantified(int at, quantifier q, std::vector<iterator_node> over, node_ptr body);

// ---- functions ----
struct capture {
  int outer, inner;                          // slots
};
struct written_function {
  std::vector<function::parameter> parameters;
  type_ptr result;
  std::vector<int> slots;                    // of the parameters
  int frame_size = 0;
  std::vector<capture> captures;
  std::shared_ptr<const node> body;
  std::string name;
};
node_ptr make_function(int at, std::shared_ptr<const written_function> f);
node_ptr make_call(int at, node_ptr callee, std::vector<node_ptr> arguments,
                   std::vector<std::string> names);
// Converts what the node gives to a type; null and a diagnostic when it cannot be.
node_ptr make_typed(node_ptr n, type_ptr t);

// Calls with implicit conversion of arguments and result.
value call(evaluation& e, int at, const function& f, std::vector<value> arguments);

// ---- unary tests: the value tested is in a slot ----
node_ptr make_test_any(int at);
node_ptr make_test_relation(int at, int slot, relation r, node_ptr to);
// Any expression; `asks` when it names the value by "?".
node_ptr make_test_value(int at, int slot, node_ptr v, bool asks);
node_ptr make_test_not(int at, std::vector<node_ptr> tests);
node_ptr make_test_list(int at, std::vector<node_ptr> tests);

}  // namespace madang::rules
