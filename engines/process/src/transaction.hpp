#pragma once
#include <deque>
#include <set>
#include <string>

#include "madang/process/engine.hpp"

// Internal: the steps of one store transaction. A step may set others in motion (a called process,
// a message to another instance); they are made one after the other, in the same transaction.
namespace madang::process {

struct engine::stored {
  summary row;
  process::instance instance;
};

// What the world answered in a step, so that it can be answered again.
class engine::recording_host final : public host {
 public:
  recording_host(engine::transaction& t, id key) : t_(t), key_(key) {}
  instant now() override;
  work_answer work(const work_request& r) override;
  work_answer decide(const work_request& r) override;
  void send_message(std::string_view name, std::string_view key,
                    const rules::entries& variables) override;
  void send_signal(std::string_view name, const rules::entries& variables) override;
  void call(std::int64_t activity, std::string_view process,
            const rules::entries& variables) override;
  void cancel_call(std::int64_t activity) override;
  json::array answers;

 private:
  work_answer noted(work_answer a);
  engine::transaction& t_;
  const id key_;
};

class engine::transaction {
 public:
  transaction(engine& e, store::write& tx, const audit::access& why, instant at)
      : e_(e), tx_(tx), why_(why), at_(at) {}

  result<id> begin(id model, const std::shared_ptr<const process::model>& m, int process, int start,
                   const rules::entries& variables, std::string_view business, id caller,
                   std::int64_t calling);
  outcome give(id key, const stimulus& s);
  // What the steps have set in motion, until nothing moves.
  outcome follow();
  outcome serve(const served& whom, std::string_view process, const rules::entries& variables,
                std::string_view business);
  // The end of a process that another system ran for `activity` of an instance here.
  void come_back(id instance, std::int64_t activity, std::string_view error,
                 const rules::entries& variables);
  void tell_caller(const served& whom, std::string_view error, const rules::entries& variables);
  int deliver(std::string_view name, std::string_view key, const rules::entries& variables,
              bool start_too);
  // To every wait of one instance.
  void deliver_signal(id instance, std::string_view name, const rules::entries& variables);
  int start_by(std::string_view kind, std::string_view name, const rules::entries& variables);
  void keep(std::string_view name, std::string_view key, const rules::entries& variables,
            std::chrono::seconds how_long);

 private:
  friend class engine::recording_host;
  struct motion {
    enum class what : std::uint8_t { call, cancel_call, back, message, taken } kind;
    id instance;  // who set it in motion, or (back, taken) who gets it
    std::int64_t activity = 0;
    std::string name, key;
    rules::entries variables;
  };
  outcome move(stored& s, const stimulus& given);
  outcome write_step(stored& s, const stimulus& given, const step_effects& effects,
                     const json::array& answers, bool is_new);
  bool attempt(id key, const stimulus& s);
  void open_wait(const stored& s, const wait& w);
  void open_task(const stored& s, const wait& w);
  void close_wait(const stored& s, const wait& w, const stimulus& given);
  void tell(std::string_view event, const stored& s, std::string_view detail = {});
  outcome follow_call(const motion& m);
  void follow_cancel(const motion& m);
  json::object between(id instance, std::int64_t activity) const;
  void call_elsewhere(const motion& m, const stored& caller);
  void cancel_elsewhere(const motion& m);
  void tell_caller(const motion& m);

  engine& e_;
  store::write& tx_;
  const audit::access& why_;
  const instant at_;
  std::deque<motion> motions_;
  int steps_ = 0;
};

// Writes the events that start a process of its newest version.
class start_writer {
 public:
  start_writer(store::write& tx, instant at) : tx_(tx), at_(at) {}
  outcome write(const model& m, int process, id deployment);  // refusal process.not_a_time

 private:
  store::write& tx_;
  const instant at_;
};

// What somebody sees of an instance by name: the district it belongs to.
std::string office_of(const instance& i, std::int64_t activity);
std::string hash_of(const json::value& snapshot);
json::value stimulus_to_json(const stimulus& s, const model& m);
stimulus stimulus_of(const json::value& v, const model& m);
// An instance on another version of its model; `mapping` as it is kept.
result<instance> migrated(const instance& i, std::shared_ptr<const model> to,
                          const json::value& mapping);
// Plays back what was recorded.
work_answer answer_of(const json::value& v);

}  // namespace madang::process
