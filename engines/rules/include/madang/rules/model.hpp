#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/rules/evaluation.hpp"

// A decision model (DMN 1.1 to 1.5): inputs, decisions, business knowledge and decision services,
// read from the standard's XML and compiled once. A model may be used from many threads.
namespace madang::rules {

// What a model consists of, for those who list and draw it.
struct drg_element {
  enum class what : std::uint8_t { input, decision, knowledge, service };
  what kind = what::input;
  std::string name, id, space;               // space: namespace of the model it stands in
  type_ptr type;
  std::vector<int> requires_these;           // numbers of elements
  std::string logic;                         // "decisionTable", "literalExpression" ...
  std::vector<refusal> mistakes;             // its logic cannot be compiled: feel.syntax, ...
};

class model {
 public:
  struct file {
    std::string name, text;
  };
  // The first file is the model; what it imports is looked for among the others, by namespace.
  // Refusals: those of XML, dmn.not_dmn, dmn.import {name}. Logic that cannot be compiled is a
  // mistake of its element: it evaluates to null with a diagnostic.
  static result<std::shared_ptr<const model>> load(const std::vector<file>& files);
  ~model();

  const std::string& name() const;
  const std::string& space() const;
  const std::vector<drg_element>& elements() const;
  // Of this model unless a namespace is given; -1: there is none.
  int find(std::string_view name, std::string_view space = {}) const;

  struct inside;
  const inside& in() const { return *inside_; }

 private:
  explicit model(std::unique_ptr<inside> i);
  std::unique_ptr<inside> inside_;
};

// Inputs and what follows from them.
class decision_run final : public globals {
 public:
  explicit decision_run(const model& m);
  explicit decision_run(const model::inside& in);
  // An input, or a decision whose value is given instead of being decided. False: no such element.
  bool set(std::string_view name, value v, std::string_view space = {});
  void set(int element, value v);
  // Evaluates; what was evaluated before is kept.
  value get(evaluation& e, int element) override;
  value decide(evaluation& e, std::string_view name);
  // A decision service with its inputs by name (those set before are not seen).
  value invoke(evaluation& e, std::string_view service,
               const std::vector<std::pair<std::string, value>>& inputs);

 private:
  // given: nobody has asked for it yet, so whether an input is of its type was not looked at.
  enum class status : std::uint8_t { open, given, running, known };
  const model::inside& in_;
  std::vector<value> values_;
  std::vector<status> states_;
};

}  // namespace madang::rules
