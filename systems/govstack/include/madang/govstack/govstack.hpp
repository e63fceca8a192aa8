#pragma once
#include "madang/platform/house.hpp"

// The house as building blocks of GovStack see it: thin doors that speak their interfaces, over the
// same registers, cases and rights as all else.
//
//   /govstack/digital-registries     bb-digital-registries 1.3.0 (data and database APIs)
//   /govstack/registration           bb-registration (applicant, operator, statistics)
//   /govstack/information-mediator   bb-information-mediator (directory services)
//   /govstack/consent                bb-consent (configuration, service, audit)
//
// What is behind a door, and who may knock, is data of the pack (govstack/*.yaml). A country whose
// pack has no govstack/callers.yaml has none of these doors.
namespace madang::govstack {

void join(platform::house& house);

}  // namespace madang::govstack
