#pragma once
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "madang/xroad/node.hpp"
#include "madang/xroad/transport.hpp"
#include "wire.hpp"

namespace madang::xroad {

// A configuration with what belongs to it.
struct held_configuration {
  std::shared_ptr<const configuration> conf;
  instant expires;
};

// One server of others: its connections, and whether it is worth asking.
struct partner {
  std::mutex mutex;
  std::vector<std::unique_ptr<wire::stream>> idle;
  int failures_in_a_row = 0;
  wire::clock::time_point open_until{};
  bool trying = false;  // half-open: one call is on its way
  node::link seen;
  std::int64_t microseconds = 0;
};

struct node::inside {
  node_options options;
  node_keys keys;
  mutable std::mutex signing;  // of the two that follow; every call reads them
  std::list<node_keys::pair> pairs;  // those that were replaced stay, as a call may hold one
  std::map<client_id, const node_keys::pair*> signs;
  message_log& log;
  wire::secrets secrets;

  mutable std::mutex mutex;  // of what follows
  held_configuration conf;
  std::map<service_id, offered> services;
  std::vector<right> rights;
  std::map<server_id, std::unique_ptr<partner>> partners;
  struct kept_answers {
    std::vector<trust::bytes> answers;
    instant until;
  };
  std::map<trust::bytes, kept_answers> answers_of_others;

  int socket = -1, answers_socket = -1;
  std::thread listener, answers_listener;
  std::atomic<bool> draining{false}, stopping{false};
  std::atomic<std::int64_t> taken{0}, refused{0}, answering{0};
  std::mutex serving_mutex;
  std::condition_variable served;
  std::size_t serving = 0;  // connections, each with a thread

  inside(node_options o, node_keys k, message_log& l);

  // Refusal OutdatedGlobalConf.
  result<std::shared_ptr<const configuration>> current() const;
  const node_keys::pair* pair_of(const client_id& member) const;
  message_signer signer_for(const node_keys::pair& p) const;

  // ---- of the provider (node_serve.cpp) ----
  void listen(int listening, bool answers);
  void converse(wire::stream& s, bool answers);
  std::string answer(const wire::message& m, const std::vector<trust::bytes>& peer);
  result<encoded> process(const wire::message& m, const std::vector<trust::bytes>& peer);
  outcome may(const rest_request& r, const shared_parameters& p) const;
  result<provided> handle(const rest_request& r, const std::optional<std::string>& body) const;
  std::string answers_for(const std::string& target) const;

  // ---- of the client (node_call.cpp) ----
  result<transport_message> seal(const rest_request& r,
                                 const std::optional<std::string>& body) const;
  struct verified {
    rest_response head;
    std::optional<std::string> body;
  };
  result<verified> exchange(const rest_request& r, const std::optional<std::string>& body,
                            const std::vector<const server_info*>& servers, const configuration& c,
                            wire::clock::time_point until);
  result<wire::message> round_trip(const std::vector<const server_info*>& servers,
                                   const encoded& out, const rest_request& r,
                                   const shared_parameters& p, wire::clock::time_point until);
  // One that is kept from an earlier call; null: there is none.
  std::unique_ptr<wire::stream> kept_connection(const server_info& s, const shared_parameters& p);
  outcome believe(const server_info& s, const std::vector<trust::bytes>& peer,
                  const shared_parameters& p, wire::clock::time_point until);
  partner& partner_of(const server_id& id);
};

// host[:port] of a server; the port of its OCSP answers stands 77 above, as 5577 does above 5500.
wire::target target_of(const server_info& s);
inline constexpr int answers_above = 77;

call_answer error_answer(const refusal& why);

}  // namespace madang::xroad
