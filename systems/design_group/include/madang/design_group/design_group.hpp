#pragma once

namespace madang::platform {
class house;
}

// National Design Group (국민디자인단, A17; booklet chapter 27): citizens, public officials and
// service designers design a policy together, from observing to the policy itself, with evidence,
// decisions and a result that a ministry reviews. Stages: participation/design.yaml of the pack.
namespace madang::design_group {

void join(platform::house& house);

}  // namespace madang::design_group
