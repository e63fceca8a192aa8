#pragma once
#include <string>
#include <vector>

#include "madang/base/base.hpp"

// Text cases: what a system's verbs do, as given, when and then, readable without C++.
//
//   # a comment
//   given  persons kim {name: 김가나, born: 1990-01-01, household: =home}
//   case   a report of a move to where one lives already is refused
//   when   kim tells residents.apply {procedure: move-in, answers: {...}}
//   then   refused move.same_address at address
//
// What stands before the first case holds in each of them. A line that ends inside braces goes on
// in the next. The vocabulary is that of stage.hpp; the values in braces are YAML.
namespace madang::cases_of {

struct statement {
  int line = 0;
  std::vector<std::string> words;    // "quoted words" are one
  json::value with;                  // what stood in braces; null: nothing did

  const std::string& word(std::size_t i) const;      // empty when there are fewer
  // "refused move.same_address at address" -> word after "at"; empty when it is not said
  std::string after(std::string_view preposition) const;
};

struct one_case {
  int line = 0;
  std::string name;
  std::vector<statement> steps;
};

struct script {
  std::string file;
  std::vector<statement> givens;     // of all cases
  std::vector<one_case> cases;
};

// Throws packs::broken_pack with file and line.
script read_script(const std::string& file);

}  // namespace madang::cases_of
