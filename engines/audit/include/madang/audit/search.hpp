#pragma once
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"

namespace madang::audit {

// What an auditor asks of the trail. Empty fields ask nothing; texts are found anywhere, whatever
// the case of their Latin letters. Newest first; a page ends with a key, the next begins `before`.
struct question {
  std::optional<action> what;
  id subject;                      // the person concerned
  std::string who;                 // name of whoever acted, or what stands behind it: post, agency
  std::string agency;              // name of the agency or title of the post acted for
  std::string purpose;             // or law
  std::string reference;           // number of a case or document, whole
  instant from{0}, until = forever;
  int limit = 100;
  id before{std::numeric_limits<std::int64_t>::max()};
};
std::vector<entry> search(store::read& r, const question& q);

}  // namespace madang::audit
