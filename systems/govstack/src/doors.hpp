#pragma once
#include <memory>

#include "caller.hpp"
#include "consents.hpp"
#include "registrations.hpp"
#include "shelf.hpp"

namespace madang::govstack {

// All four blocks stand on one another: an application that is decided becomes a record, and a
// record is shown to whom its person agreed.
struct block {
  explicit block(house& h) : home(h), people(h), books(h), consents(h), desk(h, books) {
    books.agreed = [this](const std::string& agreement, const std::string& individual) {
      return consents.holds(agreement, individual);
    };
  }
  house& home;
  callers people;
  shelf books;
  govstack::consents consents;
  registrations desk;
};
using shared_block = std::shared_ptr<block>;

void registry_doors(house& h, shared_block k);
void registration_doors(house& h, shared_block k);
void mediator_doors(house& h, shared_block k);
void consent_doors(house& h, shared_block k);

// Once, in a new house: the records and applications that the pack begins with
// (govstack/seed.yaml).
void seed(block& k);

}  // namespace madang::govstack
