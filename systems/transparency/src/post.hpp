#pragma once
#include <string>

#include "madang/tlog/witness.hpp"

namespace madang::transparency {

// POSTs to <prefix>/add-checkpoint of a witness elsewhere, 10 seconds at most. Refusal
// transparency.unreachable.
result<tlog::witness_answer> post_to_witness(const std::string& prefix, const std::string& body);

}  // namespace madang::transparency
