#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "madang/process/machine.hpp"

// Processes without a store, in a time that moves when it is told to: for trying a model out before
// it is deployed, for text cases, and for measuring the machine alone. What is the world's part
// (work, decisions) is answered by functions; whoever has none answers with nothing.
namespace madang::process {

class simulation {
 public:
  using worker = std::function<work_answer(const work_request&)>;
  struct run {
    std::unique_ptr<process::instance> instance;
    std::size_t caller = 0;    // number of the run that called it
    std::int64_t calling = 0;  // ... and the activity there; 0: nobody
  };
  struct traced {
    std::size_t run;
    passage what;
  };

  explicit simulation(std::vector<std::shared_ptr<const model>> models, instant begin = {});

  void on_work(std::string type, worker w) { work_[std::move(type)] = std::move(w); }
  void on_decision(std::string name, worker w) { decisions_[std::move(name)] = std::move(w); }
  // Every instance is written down and read again after each step, as a store would.
  void through_snapshots(bool on) { snapshots_ = on; }

  // By the id of a process; the number of its run. Refusals process.unknown, those of step.
  result<std::size_t> start(std::string_view process, rules::entries variables = {});
  outcome give(std::size_t run, const stimulus& s);
  // To every wait that it fits; then to a process that starts with it. How many took it.
  int message(std::string_view name, std::string_view key, const rules::entries& variables);
  int signal(std::string_view name, const rules::entries& variables);
  // Time moves on; timers fire in the order of their times.
  void advance(instant to);
  instant now() const { return now_; }

  std::vector<run>& runs() { return runs_; }
  const std::vector<run>& runs() const { return runs_; }
  // The paths of all, in the order in which they were gone.
  const std::vector<traced>& path() const { return path_; }
  bool snapshots_differ() const { return differ_; }

 private:
  class world;
  friend class world;
  struct sent {
    enum class what : std::uint8_t { message, signal, call, back } kind;
    std::string name, key;
    rules::entries variables;
    std::size_t run = 0;
    std::int64_t activity = 0;
  };
  result<std::size_t> begin(std::shared_ptr<const model> m, int process, int start,
                            rules::entries variables, std::size_t caller, std::int64_t calling);
  outcome move(std::size_t run, const stimulus& s);
  void deliver();
  void deliver_message(const sent& s, int& took);
  void deliver_signal(const sent& s, int& took);
  void deliver_call(const sent& s);
  void cancel_called(std::size_t caller, std::int64_t calling);

  std::vector<std::shared_ptr<const model>> models_;
  std::map<std::string, worker, std::less<>> work_, decisions_;
  instant now_;
  std::vector<run> runs_;
  std::vector<traced> path_;
  std::deque<sent> sent_;
  bool delivering_ = false, snapshots_ = false, differ_ = false;
};

}  // namespace madang::process
