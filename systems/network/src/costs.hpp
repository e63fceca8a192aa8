#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/base/words.hpp"

// What circuits and shared services cost each agency in a month: a part shared equally by those
// that use it, and a part by what passed. Whole won, and what is split adds up to what it was.
namespace madang::network {

// A circuit (by octets) or a shared service (by calls), as network/costs.yaml of the pack has it.
struct shared_thing {
  std::string id;
  bool circuit = true;
  words name;
  std::string capacity;
  std::int64_t cost = 0;             // won a month
  int fixed = 100;                   // percent of it
  std::vector<std::string> members;  // empty: all of the network
};
struct volume {
  std::int64_t calls = 0, octets = 0;
};
struct share {
  std::string thing, member;
  std::int64_t fixed = 0, by_volume = 0;  // won
};

// Throws std::runtime_error, naming what is wrong.
std::vector<shared_thing> read_things(const json::value& yaml);

// `amount` by weights, none negative, by the largest remainder (of equal ones the first); equally
// when all weigh nothing. Their sum is the amount.
std::vector<std::int64_t> split(std::int64_t amount, const std::vector<std::int64_t>& weights);

// `month`: by member, "KR/GOV/1741000"; who is not in it is not in the network. A thing that none
// of them uses is nobody's.
std::vector<share> accounted(const std::vector<shared_thing>& things,
                             const std::map<std::string, volume>& month);

}  // namespace madang::network
