#pragma once

namespace madang::platform {
class house;
}

// m-Voting (엠보팅, A18 and B5; booklet chapter 28): officials ask everybody, or those of a place, an
// age, a sex, a kind of work; citizens make polls of their own; what came of a vote is told. The
// rules are voices/vote.yaml and voices/poll.yaml of the pack; without them there is no such place.
namespace madang::mvoting {

void join(platform::house& house);

}  // namespace madang::mvoting
