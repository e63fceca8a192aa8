#pragma once
#include <span>
#include <string>
#include <vector>

#include "madang/rules/statutes.hpp"

// One provision decided for many persons as of one day: what follows from the law alone is looked
// up once, and the facts come as values in a fixed order. No explanation is made; who is told
// something is judged once more, with one.
namespace madang::rules {

class sitting {
 public:
  // `facts`: the names of the values that will come; inputs of the model that are neither among
  // them nor parameters stay null. Refusals: rules.not_in_force {name}. The statutes must outlive
  // the sitting.
  static result<sitting> open(const statutes& law, const provision& p, date as_of,
                              std::span<const std::string> facts);

  struct verdict {
    bool decided = false;          // the model gave a boolean
    bool entitled = false;
    decimal amount;
    std::string because;
  };
  // From many threads.
  verdict decide(std::span<const value> facts) const;

  const provision& about() const { return *provision_; }
  date as_of() const { return as_of_; }
  // Which of the facts the model reads.
  bool reads(std::size_t fact) const;

 private:
  struct bound {
    int element;
    std::size_t fact;
  };
  sitting(const provision& p, const provision::version& v, date as_of);
  const provision* provision_;
  date as_of_;
  int decision_ = -1;
  std::vector<bound> facts_;
  decision_run by_law_;              // with the parameters set; each decision is made in a copy
};

// What a decision was reached from, and what one other answer would have changed.
struct single_change {
  std::string fact;
  value is, would_be;              // the nearest value that was found to change the result
  bool entitled = false;           // with it
  decimal amount;
};
// What an answer can be, as those who ask know it.
struct domain {
  std::string fact;
  std::vector<value> choices;      // of a choice; booleans need none
  std::int64_t least = 0, most = 0;          // of a whole number; equal: it is not changed
};
// For each fact by itself: does another value turn the decision round? Of numbers the nearest one
// below or above is sought by halving, so a result that turns more than once in between may have a
// nearer turn than the one found; what is returned has been decided, not guessed.
std::vector<single_change> single_changes(const statutes& law, const provision& p,
                                          const entries& facts, date as_of,
                                          std::span<const domain> domains);

}  // namespace madang::rules
