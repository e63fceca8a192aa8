#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "madang/base/base.hpp"

// What is unusual about how an ask was joined, for all to read. None of it invalidates anybody: an
// hour in which many come is as often a broadcast as a machine, and people who agree on everything
// are people. Only an official strikes a voice out, with a reason, and whose it is may object.
namespace madang::voices {

// ---- several statements on one ask: who says the same to all of them ----
struct ballot {
  std::string pseudonym;
  std::vector<std::int8_t> said;   // to each statement: 1 agrees, -1 disagrees, 0 passes, `unsaid`
};
inline constexpr std::int8_t unsaid = 2;

struct clone_rule {
  std::size_t fewest_said = 10;    // statements answered; below, alike says nothing
  std::size_t smallest_group = 3;
};
struct clones {
  std::vector<std::string> pseudonyms;       // as they came
};
// Groups who answered the same statements the same way, the largest first. Who says one thing to
// everything is no clone of others who do: such people are common (3 % in nine real deliberations).
std::vector<clones> find_clones(const std::vector<ballot>& all, const clone_rule& r = {});

// ---- when they came ----
struct burst {
  instant begins;                  // ten minutes
  std::int64_t count = 0;
  double expected = 0;             // by the hours around it
};
struct arrivals {
  instant begins;                  // ten minutes
  std::int64_t count = 0;
};
// Ten minutes in which more came than chance would bring in one of a million (Poisson), given the
// three hours on each side; the largest first. Slots are given in their order, empty ones left out.
std::vector<burst> find_bursts(const std::vector<arrivals>& slots);

// ---- how many there can be ----
struct district_hour {
  instant begins;
  std::string district;
  std::int64_t counted = 0;        // given less taken back
};
struct excess {
  std::string district;
  instant since;                   // the hour at whose end it was so first
  std::int64_t counted = 0;        // the most at the end of an hour
  std::int64_t people = 0;
};
// Districts in which more voices counted than people live, at the end of any hour. Hours are given
// in their order; districts of which `people` says nothing are passed over.
std::vector<excess> find_excess(const std::vector<district_hour>& hours,
                                const std::map<std::string, std::int64_t>& people);

}  // namespace madang::voices
