#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/platform/house.hpp"

// transparency.yaml in the data folder, else that of the pack: what the logs are called and who
// watches them.
//
//   origin: log.korea.example        logs are called <origin>/<log>
//   limit_seconds: 14400             unsealed for longer: writes are refused; 4 hours when unsaid
//   quorum: 2                        so many witnesses must have seen a checkpoint
//   witnesses:
//     - {id: bai, agency: bai}       in this house, with a key and a database of its own
//     - {id: kisa, name: {...}, key: "<vkey>", url: "https://..."}   elsewhere
namespace madang::transparency {

struct witness_plan {
  std::string id;
  words name;
  std::string url, key;            // both empty: in this house
};
struct plan {
  std::string origin;
  std::size_t quorum = 0;
  std::int64_t limit_seconds = 4 * 3600;   // as long as a security server of X-Road goes on
  std::vector<witness_plan> witnesses;
};

// Throws packs::broken_pack.
plan read_plan(const platform::house& h);

}  // namespace madang::transparency
