#pragma once

namespace madang::platform {
class house;
}

// Gwanghwamoon 1st Street (광화문1번가, A16; booklet chapter 27): proposals that 60 likes, or 10
// people who comment, bring to the ministry in charge, whose result and reason are public:
// voices/innovation-proposal.yaml of the pack.
namespace madang::first_street {

void join(platform::house& house);

}  // namespace madang::first_street
