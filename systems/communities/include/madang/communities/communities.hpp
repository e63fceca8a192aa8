#pragma once

namespace madang::platform {
class house;
}

// Community voting (Ddabok, A35; booklet chapter 44): residents of a village or an apartment
// complex propose, their manager puts proposals to a vote, and the vote is a Belenios 2.0 election,
// whose result nobody has to believe. communities.md says how, and what it does not protect
// against.
namespace madang::communities {

// Nothing when the pack has no communities.yaml.
void join(platform::house& house);

}  // namespace madang::communities
