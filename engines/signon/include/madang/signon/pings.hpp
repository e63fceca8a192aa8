#pragma once
#include "madang/signon/provider.hpp"

namespace madang::signon {

// Tells clients that somebody has decided and there is something to fetch (CIBA Core 1.0 section
// 10.2). Nothing is told but the request's own name, under the client's token; what is not taken is
// tried again until the request is over. Clients of mode push get the tokens themselves, or the
// error (sections 10.3, 12).
class pings {
 public:
  pings(store::database& db, provider& p) : db_(db), provider_(p) {}
  // Tells what is due; how many were told.
  int send_due(instant at = now());

 private:
  store::database& db_;
  provider& provider_;
};

}  // namespace madang::signon
