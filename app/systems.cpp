#include "house_of_korea.hpp"
#include "madang/access/access.hpp"
#include "madang/agreements/agreements.hpp"
#include "madang/archive/archive.hpp"
#include "madang/benefits/benefits.hpp"
#include "madang/businesses/businesses.hpp"
#include "madang/certification/certification.hpp"
#include "madang/communities/communities.hpp"
#include "madang/counters/counters.hpp"
#include "madang/design_group/design_group.hpp"
#include "madang/desk/desk.hpp"
#include "madang/disclosure/disclosure.hpp"
#include "madang/distribution/distribution.hpp"
#include "madang/epeople/epeople.hpp"
#include "madang/eungdapso/eungdapso.hpp"
#include "madang/families/families.hpp"
#include "madang/first_street/first_street.hpp"
#include "madang/gov24/gov24.hpp"
#include "madang/govstack/govstack.hpp"
#include "madang/land/land.hpp"
#include "madang/mvoting/mvoting.hpp"
#include "madang/network/network.hpp"
#include "madang/petitions/petitions.hpp"
#include "madang/residents/residents.hpp"
#include "madang/sharing/sharing.hpp"
#include "madang/transparency/transparency.hpp"
#include "madang/vehicles/vehicles.hpp"
#include "madang/wallet/wallet.hpp"

namespace madang::app {

void move_in(platform::house& house) {
  residents::join(house);
  families::join(house);
  land::join(house);
  vehicles::join(house);
  businesses::join(house);
  benefits::join(house);
  counters::join(house);
  epeople::join(house);
  eungdapso::join(house);
  disclosure::join(house);
  certification::join(house);
  gov24::join(house);
  desk::join(house);
  transparency::join(house);
  access::join(house);
  wallet::join(house);
  archive::join(house);
  sharing::join(house);
  petitions::join(house);
  first_street::join(house);
  communities::join(house);
  mvoting::join(house);
  design_group::join(house);
  agreements::join(house);
  distribution::join(house);
  govstack::join(house);
  network::join(house);
}

}  // namespace madang::app
