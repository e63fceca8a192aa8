#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "madang/base/id.hpp"
#include "madang/base/json.hpp"
#include "madang/process/model.hpp"

// One running process: where its tokens stand, what it waits for, and its variables. A plain value:
// it can be written down, read back and compared.
namespace madang::process {

enum class standing : std::uint8_t {
  running,
  completed,
  cancelled,
  failed  // ended by an error that nobody caught (of a called process)
};
std::string_view name_of(standing s);

// An element at work (the standard's activity instance, 13.3.2), or a scope with what is in it.
struct activity {
  std::int64_t number = 0;  // counts up within the instance
  int element = -1;
  std::int64_t scope = 0;  // the activity around it; 0: it is the process
  enum class stage : std::uint8_t {
    beginning,  // variables are mapped in, then its work begins
    working,    // it waits
    leaving,    // what was brought is mapped out
    choosing    // where to go on
  } at = stage::beginning;
  std::optional<refusal> incident;  // why it stands still until somebody helps
  rules::entries variables;         // of its own
  rules::entries brought;           // what its work gave, until it is mapped
  int tokens = 0;                   // of a scope: within it
  // ---- repetition: this is one round of `body`, or the body itself ----
  std::int64_t body = 0;
  bool is_body = false;
  int round = 0;                              // from 1
  std::vector<rules::value> items, gathered;  // of a body
  // ---- compensation ----
  std::int64_t undoes_for = 0;  // the event that asked for it; its variables go there
  bool cancelling = false;      // transaction: leaves by its cancel event

  struct undoable {  // a completed activity that can be compensated
    int element = -1;
    rules::entries variables;      // as they were when it completed
    std::vector<undoable> within;  // of a sub-process
  };
  std::vector<undoable> undoable_here;  // of a scope, in the order of completion
  std::vector<undoable> to_undo;        // of a throwing event: what is still to do, last first
};

// Something outside that lets it go on.
struct wait {
  enum class what : std::uint8_t { timer, message, signal, condition, work, task, call };
  std::int64_t number = 0;
  what kind = what::timer;
  std::int64_t activity = 0;
  int element = -1;            // which event; for work, task and call the activity's
  std::string name, key;       // message and signal: name; correlation key; work: type
  std::optional<instant> due;  // timer
  std::int64_t again = 0;      // timer cycle: rounds left; -1: for ever
  std::string cycle;           // its interval, ISO 8601
  bool was_true = false;       // condition: fires when it becomes true
  // ---- task: who may do it (candidates of any kind may) and until when (`due`) ----
  std::string assignee, form;
  std::vector<std::string> roles, posts;
};
std::string_view name_of(wait::what w);

// Tokens that have come to a gateway which waits for others.
struct arrival {
  std::int64_t scope = 0;
  int gateway = -1, flow = -1;
  int count = 0;
};

struct instance {
  id key;
  std::shared_ptr<const process::model> model;
  int process = -1;  // number of the element
  process::standing standing = standing::running;
  bool called = false;  // by another, which catches what it does not
  std::int64_t last_number = 0;
  std::vector<std::unique_ptr<activity>> live;  // by rising number; the first is the process
  std::vector<arrival> arrivals;
  std::vector<wait> waits;
  struct doer {
    int element = -1;
    std::string person;
  };
  std::vector<doer> done_by;  // who did which user task, for four eyes
  rules::entries variables;   // when it has ended: what it ended with

  activity* find(std::int64_t number);
  const activity* find(std::int64_t number) const;
  wait* find_wait(std::int64_t number);
  const activity* root() const { return live.empty() ? nullptr : live.front().get(); }
  int incidents() const;
};

// Elements are written by their ids, values so that they come back as they were.
json::value to_json(const instance& i);
// Refusal process.snapshot_wrong {item}: it does not fit the model.
result<instance> instance_of(const json::value& v, std::shared_ptr<const model> m);
json::value variables_to_json(const rules::entries& v);
rules::entries variables_of_json(const json::value& v);
// A value alone: {"@": "date(\"2026-01-01\")"} for what JSON has no sign for.
json::value value_to_json(const rules::value& v);
rules::value value_of_json(const json::value& v);

}  // namespace madang::process
