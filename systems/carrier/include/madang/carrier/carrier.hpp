#pragma once
#include <optional>
#include <string_view>

#include "madang/base/id.hpp"

namespace madang::platform {
class house;
}

// A simulated telephone company, run by `madang carrier` as a program of its own: subscribers, and
// the page that is their telephone, where a question of another site appears and is confirmed by
// PIN. Protocols are those of the house's own provider (access::join_provider); nothing of a house
// is known here but what its programs send.
namespace madang::carrier {

// Makes the accounts and records of the pack's subscribers.yaml that are not there yet.
void join(platform::house& house);

// Whom a login_hint "tel:+821000001001" means.
std::optional<id> subscriber_with(platform::house& house, std::string_view hint);

}  // namespace madang::carrier
