#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/store/store.hpp"

// Whose telephone a text message came from. Only numbers count that their people have confirmed
// (notices::channels::confirm).
namespace madang::notices {

struct holder {
  id person;
  std::string language;            // in which she is written to
};

// All who have confirmed this number (as ITU-T E.164 has it, "+821012345678"): a family may share
// one. Each is looked up for a reason and finds that in her trail.
std::vector<holder> holders_of(store::database& notices, const audit::access& why,
                               std::string_view number);

}  // namespace madang::notices
