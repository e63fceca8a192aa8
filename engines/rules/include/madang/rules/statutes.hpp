#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "madang/packs/packs.hpp"
#include "madang/base/time.hpp"
#include "madang/rules/model.hpp"

// Law as dated data: what a pack says in a folder, decisions/*.yaml. A provision (a benefit, a
// duty) is decided by a DMN model; each version of it holds from a date on, and so does each value
// of a parameter (a threshold, a rate, a table). Nothing of the past is overwritten: a question is
// asked as of a date and decided by what was in force then.
//
//   id: basic-pension
//   for: person               or household (decided once, told to its head), or business
//   name: {ko: .., en: ..}    law: {..}    line: {..}    simplified: {..}    agency: mohw
//   amount: {ko: "매달 {amount}원", en: ..}
//   versions: [{from: 2014-07-01, model: basic-pension.dmn}]
//   because: {old_enough: {ko: .., en: ..}}      keys that the decision gives; {fact} are filled in
//
// The model has a decision "entitlement" whose value is {entitled: boolean, amount: number,
// because: string}; keys of "because" that a provision does not say itself stand in reasons.yaml
// of the folder. Its inputs are facts of the person, or parameters (parameters.yaml of the folder)
// of the same name. A model may import common.dmn of the folder.
namespace madang::rules {

struct parameter {
  struct version {
    date from;
    value is;
    std::string source;
  };
  std::string id;
  words name, unit;
  std::vector<version> versions;             // by date, oldest first
  const version* at(date day) const;         // null: none held then
};

struct provision {
  struct version {
    date from;
    std::string file, hash;      // hash: SHA-256 of the model and what it imports, hexadecimal
    std::shared_ptr<const std::string> text;       // of the model
    std::shared_ptr<const rules::model> logic;
  };
  std::string id, agency, period;            // period: "month", "year", "once"
  std::string for_whom;                      // "person", "household", "business"
  words name, law, line, simplified, amount;
  std::map<std::string, words, std::less<>> because;
  std::vector<version> versions;             // by date, oldest first
  // Versions in whose place another of the same day was put. Nothing is decided by them any more,
  // but what was is in records that name them.
  std::vector<version> replaced;
  const version* at(date day) const;
};

struct judged {
  bool entitled = false;
  decimal amount;
  std::string because;                       // key
  words reason;                              // filled with the facts it speaks of
  date version;                              // of the provision
  std::string hash;
  entries inputs;                            // facts and parameters as they were used
  std::map<std::string, std::string> sources;      // of the parameters
  explanation how;
};

// The record of a decision: what it was reached from and how, so that anyone can follow it and the
// house can repeat it to the same octets. Facts that are no parameter have their origin in
// `origins` ("resident register"); values are FEEL literals, which lose nothing.
struct decision_origin {
  std::map<std::string, std::string> of_facts;
  instant known;                             // facts as they were recorded then
};
json::value record_of(const provision& p, const judged& j, date as_of, const decision_origin& o);
// The record made anew from what it says itself. Refusals: rules.record_wrong {item},
// rules.model_unknown {hash}, and those of judge.
class statutes;
result<json::value> replay(const statutes& law, const json::value& record);
// What the record says was decided, decided again. Refusals as above.
result<judged> judged_in(const statutes& law, const json::value& record);
// A FEEL literal back to what it was; null when it is none.
value value_of_literal(std::string_view literal);

class statutes {
 public:
  // Throws packs::broken_pack: a file that is wrong, a model whose logic cannot be compiled or that
  // has no decision "entitlement".
  explicit statutes(const packs::pack& pack, std::string_view folder = "decisions");

  // Copies are cheap: models are shared. A copy can be changed, to see what a change would do.
  // A version from a day on; one of the same day is replaced. Refusals: rules.no_provision, those
  // of model::load, rules.logic_wrong {near, line}, rules.no_entitlement.
  outcome amend(std::string_view provision, date from, const std::string& name,
                const std::string& model);
  // A value from a day on. Refusal: rules.no_parameter.
  outcome set_parameter(std::string_view id, date from, value is, const std::string& source);

  const std::vector<provision>& provisions() const { return provisions_; }
  const provision* find(std::string_view id) const;
  const std::vector<parameter>& parameters() const { return parameters_; }
  const parameter* find_parameter(std::string_view id) const;

  // Facts by the names of the model's inputs; what is not there is null. Refusals:
  // rules.not_in_force {name}, rules.undecided {code}.
  result<judged> judge(const provision& p, const entries& facts, date as_of) const;
  // The same from inputs that are all given, parameters too: as a record has kept them.
  result<judged> judge_again(const provision& p, const provision::version& v, const entries& inputs,
                             date as_of) const;

 private:
  void read_parameters(const packs::pack& pack);
  void read_parameter(const json::value& one, const std::string& file, int line,
                      const std::function<int(std::size_t)>& line_of);
  void read_provision(const packs::pack& pack, const std::string& file);
  result<provision::version> compiled(const std::string& name, const std::string& text) const;
  provision::version read_version(const packs::pack& pack, const std::string& model_file) const;

  std::string folder_;
  model::file common_;
  std::map<std::string, words, std::less<>> reasons_;
  std::vector<parameter> parameters_;
  std::vector<provision> provisions_;
};

}  // namespace madang::rules
