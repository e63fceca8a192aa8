#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "madang/exchange/exchange.hpp"
#include "madang/nodes/authority.hpp"
#include "madang/nodes/membership.hpp"

// A node of the exchange at work in a house: its listener, its clocks (configuration, answers of
// OCSP, time stamps, archives, the other nodes), and the verbs of the house across it, as
// <data>/exchange/node.yaml says.
namespace madang::nodes {

// One other server as it was last asked.
struct neighbour {
  std::string server, name, address;
  bool in_maintenance = false;
  std::optional<json::value> status;  // what it says of itself; nothing: it did not answer
  std::int64_t micros = 0;            // there and back
  instant at;                         // when it was asked; 0: not yet
  std::string problem;
};

class running {
 public:
  struct place {
    exchange::hub& hub;
    store::database& db;           // "exchange" of the house: message log, orders, events
    std::filesystem::path folder;  // <data>/exchange
    std::string passphrase;
    // The authority, when this process runs it.
    std::shared_ptr<authority> governs;
  };
  // A folder with node.yaml. Throws packs::broken_pack. Listens to events: before the hub starts.
  explicit running(place p);
  ~running();
  static bool is_in(const std::filesystem::path& folder);

  // Throws std::system_error: a port is taken.
  void start();
  void stop();

  const node_settings& settings() const;
  // "waiting" (for approval), "refused", "starting", "serving", "draining", "drained", "retired".
  std::string state() const;
  // What every node says of itself to the others, and the page shows: server, name, state, program
  // (the first 12 hex digits of the program's SHA-256), since, links, certificates, messages,
  // traffic (what its clients asked: [{month "2026-11", client, calls, octets}], both ways).
  json::value status() const;
  std::vector<neighbour> neighbours() const;

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

// ---- orders to a running node, from another process over the same store ----

// "drain", "resume", "retire", "release CLIENT".
id give_order(store::database& db, const std::string& what);
// "waiting", "done", or why not; empty: there is no such order.
std::string outcome_of_order(store::database& db, id order);

}  // namespace madang::nodes
