#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/packs/packs.hpp"

// Whose business a text is: a suggestion with its reasons, for a person to decide. Knows every
// agency of the pack by name, units and duty, and the words of epeople/routing.yaml; what a city
// or county sees to itself goes to the place that is named.
namespace madang::epeople {

struct routing_reason {
  std::string word;  // as it stands in the rule
  std::string from;  // "word", "name", "unit", "duty", "local", "place"
  double points = 0;
};
struct suggestion {
  std::string office;  // code of an agency or a municipality
  double score = 0;
  std::vector<routing_reason> why;  // strongest first
};

class router {
 public:
  // Throws packs::broken_pack: a word for an agency that is not there.
  explicit router(const packs::pack& pack);

  // Best first, at most so many. `place`: code of a municipality, or empty.
  std::vector<suggestion> suggest(std::string_view text, std::string_view place = {},
                                  std::size_t most = 5) const;

  // Who takes over what was passed on too often, and with which passing on.
  const std::string& ombudsman() const { return ombudsman_; }
  int transfers() const { return transfers_; }

 private:
  struct term {
    std::string folded, shown, office, from;
    double points = 0;
  };
  void read_words(const json::value& rules);
  void read_agencies(const json::value& rules);
  void add(std::string_view word, std::string_view office, const char* from, double weight);
  std::string place_in(std::string_view folded) const;

  const packs::pack& pack_;
  std::vector<term> terms_, local_;
  std::string ombudsman_;
  int transfers_ = 3;
};

}  // namespace madang::epeople
