#pragma once
#include <map>
#include <string>
#include <vector>

#include "madang/exchange/exchange.hpp"
#include "madang/registers/elsewhere.hpp"
#include "madang/xroad/node.hpp"

// The verbs of the exchange between nodes. A system asks by name as ever; whether the other lives
// in this process or at another node is what was said here at the start:
//
//   offer_to_others(hub, node, subsystem, {queries, commands, events})     at the node that keeps
//   ask_others(hub, node, self, subsystem, {queries, commands})            at the node that asks
//   tell_others / hear_others                                              events
//
// Each name is an endpoint of an X-Road service of the subsystem that keeps it: "queries",
// "commands" or "events" (POST /NAME), so rights are given by name. Purpose, law and the case
// travel in the signed message and are demanded at the other end; what is read there is entered
// there, where the person reads it. A refusal comes back as it was said.
namespace madang::nodes {

struct names {
  std::vector<std::string> queries, commands;
};

// The right of a client to one name: kind is "queries", "commands", "registers" or
// "events".
xroad::right right_to(const xroad::client_id& keeper, const xroad::client_id& asker,
                      std::string_view kind, std::string_view name);

// Refusals at the asking side: access.unsaid (no purpose or law), exchange.case_missing (no
// reference), exchange.not_offered, exchange.unreachable (the other node, the way there, or its
// rights; the fact "why" is X-Road's code).
void offer_to_others(exchange::hub& hub, xroad::node& node, const xroad::client_id& keeper,
                     const names& what);
void ask_others(exchange::hub& hub, xroad::node& node, const xroad::client_id& self,
                const xroad::client_id& keeper, const names& what);

// One name of another node, as exchange::answer_elsewhere and registers::keep_elsewhere want it.
// Who looks at her own record without a case is asked under "own".
exchange::hub::query query_at(xroad::node& node, const xroad::client_id& self,
                              const xroad::client_id& keeper, const std::string& name);
exchange::hub::command command_at(xroad::node& node, const xroad::client_id& self,
                                  const xroad::client_id& keeper, const std::string& name);
registers::keeper register_at(xroad::node& node, const xroad::client_id& self,
                              const xroad::client_id& keeper, const std::string& reg);

// The registers of this house that others may look into: the service "registers" of the keeper
// (POST /REGISTER). `items`: what one of them is handed at most, by client and register; one that
// is not named there gets all. Refusals at the asking side besides those above:
// exchange.items (an item that this agency is not handed).
using item_limits = std::map<std::pair<xroad::client_id, std::string>, std::vector<std::string>>;
void offer_registers(exchange::hub& hub, xroad::node& node, const xroad::client_id& keeper,
                     const std::vector<std::string>& registers, item_limits items);

// Events of this house of these names go to another node, in order and at least once: the place up
// to which it heard is this hub's cursor, so a cut only makes it wait.
void tell_others(exchange::hub& hub, xroad::node& node, const xroad::client_id& self,
                 const xroad::client_id& listener, const std::vector<std::string>& events);
// One event, now. Throws std::runtime_error: it was not taken.
void tell_one(xroad::node& node, const xroad::client_id& self, const xroad::client_id& listener,
              const exchange::event& e);
// The other end: what comes is entered once in `db`'s outbox, from where this house's readers hear
// it. Migrates the database.
void hear_others(xroad::node& node, const xroad::client_id& self, store::database& db);

}  // namespace madang::nodes
