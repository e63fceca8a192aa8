#pragma once
#include "said.hpp"

namespace madang::signon {

struct signal_row {
  std::string jti, client, claims;
  instant at, next_try;
  std::int64_t tries = 0;
};
BOOST_DESCRIBE_STRUCT(signal_row, (), (jti, client, claims, at, next_try, tries))

// Keeps a CAEP event "session revoked" for a client, about its own name for the person.
void signal_ended(store::write& tx, const client& by, std::string_view subject, const connection& k,
                  std::string_view initiator);

}  // namespace madang::signon
