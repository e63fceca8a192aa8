#pragma once

namespace madang::platform {
class house;
}

// Integrated sign-on and access (A05): outside systems ask here who somebody is, and people see
// with whom they are connected, by which ways they come in, and where they are signed in.
namespace madang::access {

// Clients come from signon/clients.yaml of the pack and clients.yaml in the data folder, which is
// the operator's (docs/joining.md). Throws packs::broken_pack when a file of them is wrong.
void join(platform::house& house);

}  // namespace madang::access
