#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/registers/registers.hpp"
#include "madang/store/store.hpp"

// Agencies meet here. A system asks another by name, with who asks and why, and never knows where
// the other runs: in one process it is a function call.
//
//   query    looks; "residents.household"
//   command  changes; carries an idempotency key: the same key twice does it once
//   event    tells what has happened, after the commit, at least once; readers are idempotent
namespace madang::exchange {

struct event {
  id key;
  std::string name;                // "residents.moved"
  std::string subject;
  json::value payload;
  instant at;
};

class hub {
 public:
  using query = std::function<result<json::value>(const audit::access&, const json::value&)>;
  using command = std::function<result<json::value>(const audit::access&, const json::value&,
                                                    std::string_view idempotency_key)>;
  using reader = std::function<void(const event&)>;

  hub() = default;
  ~hub();
  hub(const hub&) = delete;

  void offer_query(std::string name, query q);
  void offer_command(std::string name, command c);
  // The registers of a system answer register.get / register.find / register.history.
  void offer_registers(registers::registry& r);
  // `who` names the reader; its place in each outbox is remembered under that name.
  void listen(std::string who, std::string event_name, reader f);
  // Events of this database are delivered from now on.
  void carry(store::database& db);
  void start();                    // the dispatcher; after all listeners are there
  void stop();

  // Refusals: exchange.unknown, and whatever the other says.
  result<json::value> ask(const std::string& name, const audit::access& why,
                          const json::value& input);
  result<json::value> tell(const std::string& name, const audit::access& why,
                           const json::value& input, std::string_view idempotency_key);

  // Which system's registry holds a register; null when none does.
  registers::registry* registry_of(std::string_view reg) const;
  std::vector<const registers::schema*> schemas() const;

  // Delivers what is waiting now and returns when it is delivered; for tests and for stopping.
  void drain();

  // Deliveries that are still to be made: for every reader, the events it has not heard.
  std::int64_t waiting();

  std::vector<std::string> names() const;

 private:
  void dispatch_forever();
  bool dispatch_once();
  bool dispatch_from(store::database& db);
  std::set<std::string> readers() const;
  std::set<id>& ahead_of(store::database& db, const std::string& reader);
  struct listener;
  static bool hear(const std::vector<const listener*>& readers, const event& e);

  std::map<std::string, query> queries_;
  std::map<std::string, command> commands_;
  std::vector<registers::registry*> registries_;
  struct listener {
    std::string who, event_name;
    reader f;
  };
  std::vector<listener> listeners_;
  std::vector<store::database*> databases_;
  std::thread dispatcher_;
  std::mutex mutex_, dispatching_;
  // What a reader has heard beyond its place in an outbox; under mutex_, changed by the dispatcher.
  std::map<std::pair<store::database*, std::string>, std::set<id>> ahead_;
  std::condition_variable wake_;
  bool woken_ = false, stopping_ = false;
};

}  // namespace madang::exchange
