#pragma once

namespace madang::platform {
class house;
}

// e-People (국민신문고): petitions, proposals, reports and appeals to all agencies. See epeople.md.
namespace madang::epeople {

// Pages: /epeople (citizens), /desk/epeople (officials). Silent where the pack has no
// epeople/kinds.yaml. Throws packs::broken_pack when a file of that folder is wrong.
void join(platform::house& house);

}  // namespace madang::epeople
