#pragma once
#include "madang/cases/cases.hpp"
#include "madang/platform/house.hpp"

namespace madang::residents {

// An application that may be filed: where, with what, and who has to agree first.
struct prepared {
  std::string office;
  json::value answers;
  std::vector<cases::consent> consents;
};

result<prepared> prepare_move_in(platform::house& house, const audit::access& why,
                                 const json::value& answers);
result<cases::review> review_move_in(platform::house& house, const audit::access& why,
                                     const cases::matter& m);
outcome accept_move_in(platform::house& house, store::write& tx, const audit::access& why,
                       const cases::matter& m, cases::procedure::consequences& follow);

result<cases::review> review_birth(platform::house& house, const audit::access& why,
                                   const cases::matter& m);
outcome accept_birth(platform::house& house, store::write& tx, const audit::access& why,
                     const cases::matter& m, cases::procedure::consequences& follow);

// Refusals: forms.*, correction.same (field = the item).
outcome check_correction(platform::house& house, const audit::access& why,
                         const json::value& answers);
result<cases::review> review_correction(platform::house& house, const audit::access& why,
                                        const cases::matter& m);
// Refusals: correction.same, correction.not_registered_then, correction.no_household.
outcome accept_correction(platform::house& house, store::write& tx, const audit::access& why,
                          const cases::matter& m, cases::procedure::consequences& follow);

}  // namespace madang::residents
