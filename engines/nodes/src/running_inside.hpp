#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "madang/http/server.hpp"
#include "madang/nodes/bridge.hpp"
#include "madang/nodes/running.hpp"

namespace madang::nodes {

// An order that was taken and is not done yet.
struct order_under_way {
  id key;
  std::string what;
  std::chrono::steady_clock::time_point began;
};

struct running::inside {
  using clock = std::chrono::steady_clock;

  place at;
  membership member;
  node_settings settings;  // what stands before "offers" is read once
  std::string program;     // first 12 hex digits of its SHA-256
  instant since = now();

  mutable std::mutex mutex;  // of what follows, down to the blank line
  std::string state = "starting";
  std::map<trust::bytes, std::vector<trust::bytes>> answers;  // certificate -> of OCSP
  std::vector<neighbour> seen;
  std::shared_ptr<const xroad::configuration> conf;
  instant expires;
  std::string trouble;  // what failed last, of the clock's work; empty: nothing

  std::unique_ptr<xroad::message_log> log;
  std::unique_ptr<xroad::node> node;  // made when the certificates are there, and then stays
  std::atomic<xroad::node*> ready{nullptr};
  std::unique_ptr<xroad::configuration_client> source;
  std::unique_ptr<http::server> door;  // of information systems
  std::vector<xroad::right> rights;
  std::set<std::string> announced;  // clients, since node.yaml was read
  std::filesystem::file_time_type read_at{};
  std::map<std::string, clock::time_point> due;  // work of the clock -> when next
  std::optional<order_under_way> order;
  std::size_t signs_for = 0;

  std::mutex waiting;  // of the threads' sleep
  std::condition_variable wake;
  std::atomic<bool> stopping{false};
  std::thread ticking, watching;

  explicit inside(place p);

  // ---- the clock (running.cpp) ----
  void tick();
  void join_up();
  void open_node(xroad::node_keys keys);
  // Does `work` when it is time; again after `period`, or soon when it failed with a reason.
  void timed(const char* name, int period, const std::function<std::string()>& work);
  std::string refresh();
  std::string ask_for_answers();
  void announce();  // what is offered, and not in the configuration yet
  std::string stamp();
  std::string archive();
  std::string count_traffic();     // (running_traffic.cpp)
  json::value traffic() const;     // by month and client of this node
  void set_state(const std::string& s);
  void sleep(std::chrono::milliseconds most);

  // ---- what is asked and offered (running_verbs.cpp) ----
  void reread();
  void apply();
  void offer(const node_settings::offer& o, std::vector<xroad::right>& wanted);
  void offer_status(std::vector<xroad::right>& wanted);
  void offer_management(std::vector<xroad::right>& wanted);
  void send_elsewhere();
  void refuse_elsewhere();  // as long as this node has no place in the network
  void refuse_agencies();   // of them, what is addressed to agencies
  void send_agencies();
  std::vector<std::string> registers_of(const std::vector<std::string>& agencies) const;
  http::response relay(http::request& r);

  // ---- orders (running_orders.cpp) ----
  void take_orders();
  // "done", "" while it goes on, or why not.
  std::string carry_out(const order_under_way& o);
  std::string manage(const std::string& verb, const std::string& client = {});
  bool drained_in(clock::time_point began);

  // ---- the others (running_watch.cpp) ----
  void watch();
  void look_at(neighbour& n, const xroad::server_info& s);
  json::value status() const;
};

void prepare_orders(store::database& db);
void prepare_traffic(store::database& db);
// The last of drain, resume and retire that was done; empty: none.
std::string last_standing_order(store::database& db);

// The group of all members that own a server, as X-Road's central server keeps it.
inline constexpr const char* owners_group = "security-server-owners";

}  // namespace madang::nodes
