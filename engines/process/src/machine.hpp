#pragma once
#include <deque>
#include <optional>
#include <string>

#include "madang/process/machine.hpp"

// Internal: one step of one instance. Tokens move through a queue, so that a long way is no deep
// recursion; when the queue is empty, what depends on the whole (inclusive gateways, conditions) is
// looked at, until nothing moves any more.
//
// A scope counts the tokens within it: each live activity there, each token on its way in the queue
// and each that waits at a joining gateway is one. Compensation handlers are none: the event that
// asked for them holds the token. A scope without tokens is done.
namespace madang::process {

class machine {
 public:
  machine(instance& i, host& world, const limits_of_step& limits)
      : i_(i), m_(*i.model), world_(world), limits_(limits) {}
  result<step_effects> run(const stimulus& s);

  // When a timer start event is due first, computed without variables: due, again, cycle.
  // Refusals process.not_a_time, process.expression_failed.
  static result<wait> timer_of_start(const model& m, int start, instant at);
  // One interval of a cycle later.
  static std::optional<instant> next_of_cycle(const std::string& cycle, instant from);

 private:
  // ---- stimuli (machine.cpp) ----
  outcome take(const stimulus& s);
  outcome take_start(const stimulus& s);
  outcome take_wait(const stimulus& s);
  outcome take_completion(const stimulus& s);
  outcome take_activation(const stimulus& s);
  outcome take_help(const stimulus& s);  // assign, retry, skip
  void settle();
  void stop_runaways();
  bool fire_inclusive();
  bool fire_conditions();
  step_effects effects();

  // ---- tokens (machine.cpp) ----
  activity& make(int element, std::int64_t scope);
  void remove(std::int64_t number);
  void send(std::int64_t scope, int flow);  // a token on a sequence flow
  void arrive(std::int64_t scope, int element, int flow);
  bool join(std::int64_t scope, int gateway, int flow);
  void cancel(std::int64_t number);
  void cancel_within(std::int64_t scope, std::int64_t but = -1);
  void consume_token(std::int64_t scope);
  void scope_done(std::int64_t number);
  void finish(standing how);
  void path(passage::what kind, int element, std::int64_t activity);

  // ---- activities (machine_activities.cpp) ----
  void enter(int element, std::int64_t scope);
  void begin(activity& a);
  void work(activity& a);
  void perform(activity& a, bool decision);
  void run_script(activity& a);
  void open_task(activity& a);
  void call_process(activity& a);
  void begin_scope(activity& a);
  void begin_adhoc(activity& a);
  void check_adhoc(activity& scope);
  void complete(activity& a, rules::entries brought);
  void leave(activity& a);
  bool map_out(activity& a);
  // Flows to be taken; none: an incident stands in the way.
  std::optional<std::vector<int>> choose(activity& a);
  void remember_undoable(const activity& a);
  void continue_from(activity& a);  // by its stage, after an incident was helped

  // ---- repetition (machine_loops.cpp) ----
  void begin_loop(activity& body);
  void queue_round(activity& body, int round);
  void begin_round(activity& body, int round);
  void prepare_round(activity& round, const activity& body, int number);
  void round_done(activity& round);
  void body_done(activity& body);
  bool loops_on(activity& body, int rounds_done, bool& failed);
  void count_rounds(activity& body);

  // ---- events (machine_events.cpp) ----
  void throw_event(activity& a);
  void end_event(activity& a);
  void send_message(activity& a);
  void go_to_link(activity& a);
  void open_boundaries(activity& a);
  void open_event_subprocesses(activity& a);
  bool open_event(activity& a, int event);  // false: an incident
  bool open_timer(activity& a, int event, wait& w);
  void rearm(const wait& fired);
  void fire(const wait& w, rules::entries variables);
  void fire_boundary(std::int64_t host, int event, rules::entries variables);
  void fire_event_subprocess(std::int64_t scope, int start, rules::entries variables);
  void throw_error(activity& a, const std::string& code, rules::entries variables);
  void throw_escalation(activity& a, const std::string& code);
  // An event on `at`, or of an event sub-process in it, that catches; -1: none does.
  int boundary_catching(const activity& at, trigger t, const std::string& code) const;
  int start_catching(const activity& scope, trigger t, const std::string& code) const;
  void begin_compensation(activity& a, std::int64_t scope);
  void next_undo(std::int64_t thrower);
  void cancel_transaction(activity& end);

  // ---- values (machine_values.cpp) ----
  std::optional<rules::value> value_of(activity& blamed, const formula& f, std::int64_t at);
  std::optional<bool> truth_of(activity& blamed, const formula& f, std::int64_t at);
  // True, not null: what cannot be told yet has not happened.
  bool holds(const formula& f, std::int64_t at);
  std::optional<std::vector<std::string>> texts_of(activity& a, const formula& f);
  void set(rules::entries& in, std::string_view name, rules::value v);
  // In the nearest scope that has it, else in the process.
  void propagate(std::int64_t from, std::string_view name, rules::value v);
  bool map_in(activity& a);
  void incident(activity& a, refusal why);
  std::optional<instant> moment_of(const rules::value& v);
  const rules::date_time& today_now();

  // ---- waits ----
  wait& open(activity& a, wait::what kind, int element);
  void close_waits(std::int64_t activity);
  void close_starts(std::int64_t scope);  // of event sub-processes
  void close_wait(std::int64_t number);

  const element& of(const activity& a) const { return m_.at(a.element); }
  activity* scope_of(const activity& a) { return a.scope ? i_.find(a.scope) : nullptr; }

  // What is still to be done in this step: a token on a flow, the next round of a body (`at`), the
  // next handler of a compensation (`at` is who asked for it).
  struct arriving {
    enum class what : std::uint8_t { token, round, undo } kind;
    std::int64_t at;  // token: the scope
    int number;       // of the flow, of the round
  };
  instance& i_;
  const model& m_;
  host& world_;
  const limits_of_step limits_;
  step_effects out_;
  std::vector<wait> waits_before_;
  std::deque<arriving> queue_;
  std::optional<rules::date_time> now_;
  int passages_ = 0;
  bool overrun_ = false;
};

}  // namespace madang::process
