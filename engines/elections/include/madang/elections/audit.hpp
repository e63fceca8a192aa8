#pragma once
#include "madang/elections/archive.hpp"
#include "madang/elections/poll.hpp"

// All checks that anybody can do with the public data of an election (specification 3.5), by the
// archive alone. `field` of a refusal is the reference of the member that is wrong.
//
// Refusals: those of the archive, of a poll, and
//   elections.chain        events are not a chain, or come in an order the protocol does not know
//   elections.reference    data is named that is not there before its event, or belongs to nothing
//   elections.twice        the same ballot, or a trustee's share, is there twice
//   elections.tally        the sum is not that of the ballots that count
//   elections.result       the result does not follow from the shares
namespace madang::elections {

struct audited {
  std::string uuid;
  std::string name;
  std::string last_event;     // for comparing with a later copy
  std::uint64_t cast = 0;     // ballots, also those replaced by a later one
  std::uint64_t counted = 0;  // voters whose ballot counts
  bool closed = false;        // no more ballots
  int shares = 0;             // trustees who have opened their part
  std::optional<outcome_of_poll> result;
  std::vector<std::string> trackers;  // of the ballots that count, sorted
  std::optional<poll> about;          // the election itself
};

// Ballots and credentials are checked by so many threads.
result<audited> audit(std::string_view octets, unsigned threads = 1);

// Whether `later` is `earlier` with more behind it (3.5.1, step 2).
bool continues(const archive& earlier, const archive& later);

}  // namespace madang::elections
