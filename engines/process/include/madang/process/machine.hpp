#pragma once
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "madang/process/instance.hpp"

// What moves tokens. One stimulus, one step: the machine takes an instance from one resting point
// to the next, where every token waits for something outside or has ended. It is deterministic: the
// same instance, the same stimulus and the same answers of its host give the same instance again.
namespace madang::process {

struct work_request {
  const process::instance& of;
  const process::element& element;
  std::int64_t activity;
  std::string_view type;         // of work, or the decision
  const rules::entries& inputs;  // own variables of the activity: what was mapped in
  const variables& sees;         // all it sees
};
struct work_done {
  rules::entries results;
};
struct work_error {  // a BPMN error, caught by the model
  std::string code;
  rules::entries variables;
};
struct work_later {};  // somebody will say it: a wait is opened
// A refusal becomes an incident.
using work_answer = std::variant<work_done, work_error, work_later, refusal>;

// The world around one step.
class host {
 public:
  virtual ~host() = default;
  virtual instant now() = 0;
  virtual work_answer work(const work_request& r) = 0;
  // Of a decision: its value as the only entry, or its values by name.
  virtual work_answer decide(const work_request& r) = 0;
  virtual void send_message(std::string_view name, std::string_view key,
                            const rules::entries& variables) = 0;
  virtual void send_signal(std::string_view name, const rules::entries& variables) = 0;
  // Starts a process for the activity; its end comes back as a stimulus.
  virtual void call(std::int64_t activity, std::string_view process,
                    const rules::entries& variables) = 0;
  virtual void cancel_call(std::int64_t activity) = 0;
};

struct stimulus {
  enum class what : std::uint8_t {
    start,     // element: a start event, or the process; variables
    timer,     // wait
    message,   // wait, variables
    signal,    // wait, variables
    complete,  // wait of work, task or call: variables; person who did it
    error,     // wait of work or call: code, variables
    activate,  // activity: an ad-hoc sub-process; element in it; variables
    assign,    // variables of an activity (`activity`), set by hand
    retry,     // activity with an incident
    skip,      // activity with an incident, or a wait: as if it had completed; variables
    cancel     // the whole instance
  };
  what kind = what::start;
  std::int64_t wait = 0, activity = 0;
  int element = -1;
  std::string code, person;
  rules::entries variables;
};
std::string_view name_of(stimulus::what w);

// A line of the path.
struct passage {
  enum class what : std::uint8_t { entered, completed, cancelled, failed, taken };
  what kind = what::entered;
  int element = -1;  // taken: number of a sequence flow
  std::int64_t activity = 0;
};
std::string_view name_of(passage::what w);

struct step_effects {
  std::vector<passage> path;
  std::vector<wait> opened, closed;
  bool ended = false;
  std::string uncaught;  // error code, when it ended failed
};

struct limits_of_step {
  int passages = 20'000;             // elements entered in one step
  int live = 10'000;                 // activities alive
  std::size_t variables = 4u << 20;  // octets of all variables together, roughly
};

// Refusals: process.ended, process.no_wait, process.no_activity, process.no_incident,
// process.not_startable, process.same_person (four eyes). A refused stimulus changes nothing.
result<step_effects> step(instance& i, const stimulus& s, host& world,
                          const limits_of_step& limits = {});

// What somebody sees at an activity of an instance; for forms and candidates.
class sight final : public variables {
 public:
  sight(const instance& i, std::int64_t at) : instance_(i), at_(at) {}
  const rules::value* find(std::string_view name) const override;

 private:
  const instance& instance_;
  std::int64_t at_;
};

}  // namespace madang::process
