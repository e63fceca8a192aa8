#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/process/machine.hpp"
#include "madang/store/store.hpp"

// Processes that last. They live in the database of the system they belong to, so that one step is
// one transaction: tokens, variables, history, tasks, the audit entry, the outbox, and what local
// work writes there. Local work is therefore done exactly once; a program that is killed in the
// middle has either done a step or not.
//
// An instance stays with the version of the model it began with until it is migrated. Its history
// is what moved it and what the world answered: `replay` makes every state again and compares.
//
// A call activity whose process is named "system:process" (the processId of Zeebe's calledElement)
// runs in that system, in its own database and under its own law: what goes there and comes back
// are events, so each side commits alone, a call is begun once however often it is delivered, and
// the caller waits in between.
//
// Events of the outbox: process.call {system, process, business, variables}, process.returned
// {system, error, variables}, process.call_cancelled, each with {from, instance, activity, purpose,
// law};
// and process.started, process.ended, process.incident, process.task (opened),
// process.message (thrown); each with {instance, process, business}.
namespace madang::process {

struct deployment {
  id key;
  std::string process;
  std::int64_t version = 0;
  std::string name, hash;
  instant deployed;
  std::string deployed_by;
};

struct summary {
  id key, model;
  std::string process, business;  // business: number of the case it serves
  id caller;
  std::int64_t calling = 0;
  process::standing standing = process::standing::running;
  int incidents = 0;
  std::int64_t steps = 0;
  instant started;
  std::optional<instant> ended;
};

struct task {
  id key, instance;
  std::int64_t number = 0;  // of the wait
  std::string process, element, name, business;
  std::string office;  // district; from the variable "office"
  std::string form, assignee;
  std::vector<std::string> roles, posts;
  instant opened;
  std::optional<instant> due;
  std::string claimed_by;  // code of a post; empty: nobody yet
};

struct history_step {
  std::int64_t number = 0;
  instant at;
  std::string who;
  json::value stimulus, answers, path;
  std::string hash;
};

struct migration_report {
  struct line {
    id instance;
    std::string business;
    enum class what : std::uint8_t { moves, by_hand } will = what::moves;
    std::vector<std::string> reasons;  // codes with the element: "process.gone t"
  };
  std::vector<line> lines;
  std::int64_t moves = 0, by_hand = 0;
};

// For whom a process runs: an activity of an instance in another system.
struct served {
  std::string system;
  id instance;
  std::int64_t activity = 0;
};

// Elements that have other ids in the new version: old -> new. Those that are not named keep
// theirs.
using migration_map = std::map<std::string, std::string>;

class engine {
 public:
  // `clock`: purpose and law of what time alone sets in motion.
  engine(store::database& db, audit::access clock);
  engine(const engine&) = delete;

  // ---- the world around (before anything runs) ----
  // Local work, inside the transaction of the step: what it writes and what it throws away is the
  // step's. A refusal undoes what it wrote and becomes an incident. The access is of whoever set
  // the step in motion.
  using worker =
      std::function<work_answer(store::write&, const audit::access&, const work_request&)>;
  void on_work(std::string type, worker w);
  // Work of a type nobody does here waits until `finish_work`; without this it is an incident.
  void work_elsewhere(std::string type);
  void on_decisions(std::function<work_answer(store::read&, const work_request&)> decide);

  // Systems whose processes may be called; of any other the caller hears the error
  // process.unknown.
  void calls_elsewhere(std::set<std::string, std::less<>> systems);

  // ---- models ----
  // One deployment for each executable process in the file; the same file again is the same
  // version. Refusals: those of model::read, process.mistakes {element, code, count},
  // process.nothing_executable.
  result<std::vector<deployment>> deploy(store::write& tx, const audit::access& why,
                                         std::string_view bpmn);
  std::vector<deployment> deployments(store::read& r, std::string_view process = {});
  std::shared_ptr<const model> model_of(store::read& r, id deployment);

  // ---- instances ----
  // Of the newest version. Refusals process.unknown, process.too_large, those of step.
  result<id> start(store::write& tx, const audit::access& why, std::string_view process,
                   const rules::entries& variables, std::string_view business = {});
  // Any stimulus, to one instance. Refusals process.unknown, those of step.
  outcome give(store::write& tx, const audit::access& why, id instance, const stimulus& s);
  // How many took it. `once`: the same id twice is one message. Nobody there: it is kept so long.
  result<int> message(store::write& tx, const audit::access& why, std::string_view name,
                      std::string_view key, const rules::entries& variables,
                      std::string_view once = {}, std::chrono::seconds keep = {});
  // Reaches all in steps of their own (run_due).
  void signal(store::write& tx, std::string_view name, const rules::entries& variables);
  // Work that waits. Refusals process.unknown, process.no_wait.
  outcome finish_work(store::write& tx, const audit::access& why, id instance, std::int64_t wait,
                      const rules::entries& results);
  outcome fail_work(store::write& tx, const audit::access& why, id instance, std::int64_t wait,
                    std::string_view error_code);

  // ---- calls between systems: what the events ask for, each as often as it may be delivered ----
  // Runs the newest version of `process` for somebody elsewhere; its end becomes process.returned,
  // also when it cannot begin: a refusal of `start` is the error that returns.
  outcome begin_for(store::write& tx, const audit::access& why, const served& whom,
                    std::string_view process, const rules::entries& variables,
                    std::string_view business);
  outcome cancel_for(store::write& tx, const audit::access& why, const served& whom);
  // What was asked of another system has ended; `error` is empty when it ended well. Nothing
  // happens when nobody waits for it any more.
  outcome returned(store::write& tx, const audit::access& why, id instance, std::int64_t activity,
                   std::string_view error, const rules::entries& variables);

  // ---- tasks ----
  bool may_do(const audit::actor& who, const task& t) const;
  // Refusals process.no_task, process.not_yours, process.claimed {post}, process.same_person.
  outcome claim(store::write& tx, const audit::access& why, id task);
  outcome hand_over(store::write& tx, const audit::access& why, id task, std::string_view post,
                    std::string_view reason);  // also back: to ""
  outcome complete(store::write& tx, const audit::access& why, id task,
                   const rules::entries& results);
  std::optional<task> find_task(store::read& r, id key);
  // What the actor may do, the most urgent first.
  std::vector<task> tasks_of(store::read& r, const audit::actor& who, int limit = 50,
                             instant after = {});
  std::vector<task> tasks_in(store::read& r, id instance);

  // ---- time ----
  // Timers, timer starts, signals on their way: each instance in a transaction of its own. How many
  // steps were made; fewer than `limit`: nothing is due any more.
  int run_due(instant now, int limit = 1000);
  std::optional<instant> next_due(store::read& r);

  // ---- looks ----
  std::optional<summary> find(store::read& r, id instance);
  std::vector<summary> of_business(store::read& r, std::string_view business);
  std::vector<summary> running(store::read& r, id model, int limit, id after = {});
  std::vector<summary> with_incidents(store::read& r, int limit, id after = {});
  result<instance> load(store::read& r, id instance);
  std::vector<history_step> history(store::read& r, id instance);

  // Every state made again from the history. The number of steps that came out the same; refusal
  // process.differs {step} when one does not, process.unknown.
  result<std::int64_t> replay(store::read& r, id instance);

  // ---- migration ----
  result<migration_report> plan_migration(store::read& r, id from, id to, const migration_map& map);
  // All that move, in this transaction; those that need a hand stay. Its key, for undoing.
  result<id> migrate(store::write& tx, const audit::access& why, id from, id to,
                     const migration_map& map);
  // Back, where an instance has not moved since: how many went back, how many stay.
  result<std::pair<std::int64_t, std::int64_t>> undo_migration(store::write& tx,
                                                               const audit::access& why, id key);

  // ---- where time goes ----
  struct time_spent {
    std::string element, office, week;  // ISO week: "2026-W48"
    std::int64_t visits = 0, open = 0;
    double mean_hours = 0, longest_hours = 0;
  };
  std::vector<time_spent> analytics(store::read& r, std::string_view process, instant from,
                                    instant to);

 private:
  class transaction;
  class recording_host;
  friend class transaction;
  friend class recording_host;
  struct stored;
  std::optional<stored> stored_of(store::read& r, id key);
  outcome move_to(store::write& tx, id instance, id to, const std::shared_ptr<const model>& model,
                  const json::value& mapping, const std::string& who);
  int run_starts(instant at, int limit);
  int run_broadcasts(instant at, int limit);

  store::database& db_;
  const audit::access clock_;
  std::map<std::string, worker, std::less<>> workers_;
  std::vector<std::string> elsewhere_;
  std::set<std::string, std::less<>> calls_elsewhere_;
  std::function<work_answer(store::read&, const work_request&)> decide_;
  std::mutex mutex_;  // of the models, which are read once
  std::map<id, std::shared_ptr<const model>> models_;
};

}  // namespace madang::process
