#pragma once
#include <string>
#include <vector>

namespace madang::signon {

// What we ask of others over HTTP, short and without following anybody elsewhere.
struct outgoing {
  std::string address;
  std::string content_type;  // of the body; empty: GET
  std::string body;
  std::vector<std::string> headers;
};
struct outgoing_answer {
  long status = 0;      // 0: nobody answered
  std::string body;     // one MiB at most; longer: status 0
  std::string problem;  // why not; never an address or a token
};
outgoing_answer post_to(const outgoing& what);

}  // namespace madang::signon
