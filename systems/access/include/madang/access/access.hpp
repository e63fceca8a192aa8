#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "madang/base/id.hpp"

namespace madang::platform {
class house;
}

// Integrated sign-on and access (A05): outside systems ask here who somebody is, and people see
// with whom they are connected, by which ways they come in, and where they are signed in.
namespace madang::access {

// Clients come from signon/clients.yaml of the pack and clients.yaml in the data folder, which is
// the operator's (docs/joining.md). Throws packs::broken_pack when a file of them is wrong.
void join(platform::house& house);

// The provider alone, for a house that is no government, as a telephone company is one: nobody is
// asked for more than its own sign-in page asks, and what waits for somebody is confirmed by her
// PIN, which is her account's password. `person_called`: whom a login_hint means.
void join_provider(platform::house& house,
                   std::function<std::optional<id>(std::string_view hint)> person_called);

}  // namespace madang::access
