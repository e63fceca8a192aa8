#pragma once
#include <string>
#include <vector>

#include "madang/packs/packs.hpp"

namespace madang::counters {

struct permit {
  std::string id;                    // of its service too: "dog-registration"
  std::string prefix;                // of licence numbers: "DOG"
  words name, law;                   // of the licence, and of deciding on it
  words deed;                        // what is entered: "반려견 등록"
  std::string role;                  // who decides
  int working_days = 3;              // the legal period
  int years = 0;                     // a licence holds so long; 0: until it is given back
  std::string title;                 // the question whose answer names the licence
  std::string place;                 // ... and where it is exercised; empty: where the holder lives
  std::vector<std::string> details;  // questions that it repeats
};

// Throws packs::broken_pack.
std::vector<permit> read_permits(const packs::pack& pack);

}  // namespace madang::counters
