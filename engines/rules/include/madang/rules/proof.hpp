#pragma once
#include <span>
#include <string>
#include <vector>

#include "madang/rules/model.hpp"

// Proof at save: what can be said about a model without running it. Of every decision table: is
// there an input that no rule covers, do rules meet where they must not, is a rule hidden by
// others; of all logic: does it compile, do types fit, is what is required used.
//
// Conditions that are comparisons, intervals, lists and their negations over numbers, dates, times,
// durations, texts and truth values are sets, and a rule is a box of such sets; boxes are compared
// exactly. An end that is no literal ("<= limit") is a symbol: the proof goes through every order
// that symbols and literals can have, and says of what it finds whether it holds in each of them,
// or only "if limit < 0". A calculated end ("limit * 2") is a symbol too; what would hold only for
// some of its orders is claimed only when values were found that bring it about. What is left out
// is said by findings: opaque (a condition by any other expression: nothing is claimed about it)
// and not_proven (the limit of work was reached, or it depends on what is opaque).
//
// Not claimed: that every value of one input can meet every value of another. Findings about
// columns that depend on the same input are warnings therefore. Null is outside of everything but
// "-" and tests that ask for it; gaps at null are none. Numbers are dense: between 9 and 10 there
// is 9.5.
namespace madang::rules {

struct finding {
  enum class what : std::uint8_t {
    gap,                   // no rule covers the example
    overlap,               // two rules cover the example
    masked,                // a rule never decides; `rules`: it, then those that hide it
    duplicate,             // rules with the same conditions
    contradiction,         // a condition that holds for nothing that the column allows
    wrong_type,            // a condition that never fits the input; an output that does not fit
    uncompiled,            // logic that is no FEEL, or missing; a reference to nothing
    unknown_name,          // a name that is not known where it stands
    unused,                // an input, a column or a requirement that nothing uses
    rounding,              // date + months may fall on a day that its month lacks
    no_priority,           // hit policies P and O without an order of outputs
    opaque, not_proven     // what the proof does not speak of
  };
  enum class weight : std::uint8_t { information, warning, mistake };

  what is = what::gap;
  weight how = weight::information;
  std::string decision;                      // name of the element it is about
  int table = -1;                            // which of the element's tables, from 0; -1: none
  std::vector<int> rules;                    // from 1
  int input = 0, output = 0;                 // column, from 1; 0: none
  // Values that show it: by the expressions of the columns, and names that conditions use.
  entries example;
  std::vector<std::string> matters;          // those of the example without which it is none
  // "proof.gap" {example}: the sentence is the text "rules.proof.gap".
  refusal why;
};

struct limits_of_proof {
  std::int64_t steps = 40'000'000;           // comparisons of sets, for each table
  std::size_t orders = 4'000;                // of symbols and literals, for each table
  std::size_t findings = 50;                 // of one kind, for each table
};

// By the order of elements; mistakes of a table before warnings before information.
std::vector<finding> prove(const model& m, const limits_of_proof& limits = {});

// No mistake is among them.
bool may_publish(std::span<const finding> all);

std::string_view name_of(finding::what w);           // "gap"
std::string_view name_of(finding::weight w);         // "mistake"
json::value to_json(const finding& f);

}  // namespace madang::rules
