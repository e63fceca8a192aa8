#pragma once

namespace madang::platform {
class house;
}

// Information disclosure (정보공개): requests for what agencies hold, decided in the time of the law;
// papers handed on with parts taken out of them; third parties heard; fees; lists of what agencies
// hold; figures. See disclosure.md.
namespace madang::disclosure {

// Pages: /disclosure (everybody), /desk/disclosure (officials). Silent where the pack has no
// disclosure/law.yaml. Throws packs::broken_pack when a file of that folder is wrong.
void join(platform::house& house);

}  // namespace madang::disclosure
