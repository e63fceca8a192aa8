#pragma once
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "alerts.hpp"
#include "madang/audit/seal.hpp"
#include "madang/platform/house.hpp"
#include "madang/tlog/log.hpp"
#include "madang/tlog/witness.hpp"
#include "plan.hpp"

namespace madang::transparency {

// Keeps the logs of the house: numbers what is new in each database, enters it, has it witnessed.
// One thread does all of it; everything else only looks.
class keeper {
 public:
  explicit keeper(platform::house& h);
  ~keeper() { stop(); }
  keeper(const keeper&) = delete;

  void start();
  void stop();

  platform::house& home() const { return house_; }
  const std::vector<std::unique_ptr<tlog::tiled_log>>& logs() const { return logs_; }
  const tlog::tiled_log* find_log(std::string_view name) const;
  // Enters what another system says; see tiled_log::append. Refusals transparency.no_log, tlog.gap.
  outcome enter(std::string_view log, const tlog::batch& b);
  tlog::witness* find_witness(std::string_view id) const;
  // Who must have signed a checkpoint of any of the logs.
  const tlog::policy& believed() const { return *policy_; }

  alerts& unusual() { return alerts_; }

  // An entry of some database, with its proof when it is sealed.
  struct entry_proof {
    std::string database;
    audit::entry entry;
    std::optional<tlog::inclusion_proof> proof;   // with salt and statement in `extra`
  };
  // Refusal transparency.no_entry.
  result<entry_proof> prove(id entry) const;

  // Refusal transparency.stopped.
  outcome may_write() const;
  platform::house::watched state() const;
  // Since when the oldest thing waits for its seal; nothing when nothing does.
  std::optional<instant> waiting_since() const;
  // Whatever was entered before is in a checkpoint that the witnesses have confirmed.
  instant sealed_until() const { return {sealed_until_}; }

  struct seen_witness {
    std::string id;
    words name;
    tlog::verifier key;
    bool elsewhere = false;
    instant last{};                // cosigned; 0: not since the start
    std::string trouble;           // code of the refusal; empty: the last time was good
  };
  std::vector<seen_witness> witnesses() const;
  std::size_t quorum() const { return plan_.quorum; }

 private:
  struct watcher {
    witness_plan plan;
    std::unique_ptr<tlog::witness> here;     // null: elsewhere
    tlog::verifier key;
    std::map<std::string, tlog::witness_link> links;   // by log
    instant last{};
    std::string trouble;
  };
  struct source {
    store::database* db = nullptr;
    id reached;                    // everything below has been numbered
    bool swept = false;            // ... from the beginning on
  };

  tlog::note_signer signer_of(const std::string& file, std::string name,
                              tlog::signature_type type) const;
  void make_logs();
  void make_witnesses();
  void work();
  bool round();                    // all that is to be done now; true: more is waiting
  bool number_new(source& s, bool wide);
  bool enter_new(const source& s);
  void publish(tlog::tiled_log& l);

  platform::house& house_;
  plan plan_;
  std::string passphrase_;
  store::database& db_;
  std::vector<std::unique_ptr<tlog::tiled_log>> logs_;
  std::vector<std::unique_ptr<watcher>> watchers_;
  std::optional<tlog::policy> policy_;
  alerts alerts_;
  std::vector<source> sources_;
  instant last_wide_{};

  std::thread thread_;
  mutable std::mutex mutex_;       // watchers' last and trouble, stopping
  std::condition_variable wake_;
  bool stopping_ = false;
  std::atomic<std::int64_t> last_round_{0};      // microseconds; of the last that went well
  std::atomic<std::int64_t> waiting_since_{0};   // 0: nothing waits
  std::atomic<std::int64_t> sealed_until_{0};
};

}  // namespace madang::transparency
