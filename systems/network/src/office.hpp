#pragma once
#include <memory>

#include "madang/nodes/authority.hpp"
#include "madang/nodes/running.hpp"
#include "madang/platform/context.hpp"

namespace madang::network {

using platform::context;
using platform::house;
using platform::needs;

// What of the exchange lives in this house; either may be null.
struct office {
  std::shared_ptr<nodes::authority> governs;
  std::shared_ptr<nodes::running> node;
};
using shared_office = std::shared_ptr<office>;

void machines(house& h, shared_office o);  // what nodes ask of the authority
void cost_pages(house& h, shared_office o);  // circuits and shared services by agency and month
void pages(house& h, shared_office o);     // the network, and who wants to belong to it

}  // namespace madang::network
