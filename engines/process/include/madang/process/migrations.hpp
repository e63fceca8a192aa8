#pragma once
#include <string>
#include <vector>

#include "madang/process/engine.hpp"

// What has been moved from one version of a process to another.
namespace madang::process {

struct migration_record {
  id key, from, to;
  std::int64_t from_version = 0, to_version = 0, moved = 0;
  instant at;
  std::string who;                 // code of the post
  bool undone = false;
};

// Of one process, the newest first.
std::vector<migration_record> migrations_of(store::read& r, std::string_view process);

}  // namespace madang::process
