#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "madang/trust/key.hpp"
#include "madang/xroad/log.hpp"
#include "madang/xroad/service.hpp"

// A security server of X-Road for REST: it speaks for the clients that are registered at it, to the
// servers of others, and offers their services. Everything that passes is signed, verified, logged.
namespace madang::xroad {

// Keys and certificates of a node: one pair signs for each member, one authenticates the server.
// `answers` gives OCSP answers about a certificate, fresh enough for the configuration.
struct node_keys {
  struct pair {
    trust::key key;
    trust::bytes certificate;
  };
  pair auth;
  std::map<client_id, pair> sign;   // member -> its pair
  std::vector<trust::bytes> chain;  // above the certificates, the root need not be there
  std::function<std::vector<trust::bytes>(const trust::bytes& certificate)> answers;
};

struct node_options {
  server_id id;
  std::string address = "127.0.0.1";
  int port = 5500;                             // 0: any free one
  int answers_port = 5577;                     // OCSP answers by plain HTTP; 0: any free one
  std::size_t connections = 200;               // that others may hold
  std::size_t message_bytes = 10u << 20;       // of a body
  std::chrono::milliseconds deadline{30'000};  // of a call, from end to end
  std::size_t calls_per_server = 32;  // bulkhead: a slow partner holds up no more than these
  int failures_to_open = 5;           // of connections in a row, until a circuit opens
  std::chrono::milliseconds open_for{10'000};  // and stays so before one call tries again
  std::chrono::seconds skew{600};              // between a signature's time and ours
};

// What a provider's system answers.
struct provided {
  int status = 200;
  std::string reason = "OK";
  fields headers;
  std::optional<std::string> body;
};
using provider = std::function<provided(const rest_request&, const std::optional<std::string>&)>;

struct offered {
  service_id id;
  provider handle;
  std::string description;          // OpenAPI as text; empty: none
  std::vector<endpoint> endpoints;  // as the description says them, or by hand
};

// Who may call what: a subsystem or a global group; a service as a whole, or endpoints of it.
struct right {
  service_id service;
  std::optional<client_id> client;
  std::string group;  // instead of a client
  endpoint at{"*", "**"};
};

// As an information system gets it (PR-REST section 4.6): errors of the exchange are 400 or 500
// with
// {"type", "message", "detail"} and the header X-Road-Error.
struct call_answer {
  int status = 0;
  fields headers;
  std::optional<std::string> body;
  std::string error;  // X-Road-Error; empty: the provider's own answer
  std::string_view header(std::string_view name) const;
};

class node {
 public:
  node(node_options o, node_keys keys, message_log& log);
  ~node();

  // From now on this configuration holds; until the first everything is refused, and after
  // `expires` again (OutdatedGlobalConf).
  void use(std::shared_ptr<const configuration> c, instant expires);
  void offer(offered service);  // replaces one of the same name
  void allow(right r);
  void forbid(const right& r);  // takes exactly this one back
  // A member more for whom this node signs; one that it has signs with the new pair from now on.
  void sign_for(const client_id& member, node_keys::pair p);
  void start();                 // throws std::system_error: a port is taken
  void drain();                 // takes no new messages, ends those under way
  void resume();                // takes them again
  void stop();
  int port() const;
  int answers_port() const;
  const server_id& id() const;

  // Calls a service for a client of this server. The caller is an information system that was
  // recognised as this client by who asks.
  call_answer call(const std::string& method, const std::string& path, const std::string& query,
                   const fields& headers, const std::optional<std::string>& body);
  // listClients (PR-META section 2): members and subsystems of an instance, as JSON.
  std::string list_clients(const std::string& instance) const;
  // As the configuration calls a member; its identifier when it does not know it.
  std::string name_of(const client_id& id) const;

  struct link {
    std::string server, circuit;  // circuit: "closed" "open" "half-open"
    std::int64_t calls = 0, failures = 0, under_way = 0;
    std::int64_t mean_microseconds = 0;
    std::string last_failure;
  };
  std::vector<link> links() const;
  struct figures {
    std::int64_t taken = 0, refused = 0;  // requests of others
    std::int64_t under_way = 0;           // of them, now
    bool draining = false;
  };
  figures now() const;

  // What would be sent for a request: for tests of what may go wrong on the way.
  result<std::string> sealed(const rest_request& r, const std::optional<std::string>& body,
                             std::string& content_type) const;

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

}  // namespace madang::xroad
