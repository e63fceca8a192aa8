#pragma once

namespace madang::platform {
class house;
}

// Eungdapso (응답소): what is wrong in the street, from every channel into one window, to the crew
// responsible for the place, and back with an answer. See eungdapso.md.
namespace madang::eungdapso {

// Pages: /eungdapso (everybody), /desk/eungdapso (crews and the centre), /open311/v2 (programs).
// Silent where the pack has no eungdapso/categories.yaml. Throws packs::broken_pack when a file of
// that folder is wrong.
void join(platform::house& house);

}  // namespace madang::eungdapso
