#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/process/formula.hpp"
#include "madang/xml/xml.hpp"

// Process models: BPMN 2.0.2 (OMG formal/2013-12-09, ISO/IEC 19510), read from the standard's XML,
// checked and compiled once. A model may be used from many threads.
//
// Executed are: none, message, timer, signal, conditional, error, escalation, cancel, compensation,
// link and terminate events where the standard has them; abstract, manual, user, service, send,
// receive, business rule and script tasks; call activities; sub-processes, event sub-processes,
// transactions, ad-hoc sub-processes; exclusive, parallel, inclusive and event-based gateways;
// standard loops and both kinds of multi-instance; compensation. What else an executable process
// contains is refused, with the element and the reason (`mistakes`).
//
// How work is done is said by the extension elements that modelers for Zeebe write (task
// definition, io mapping, assignment, called decision, called element, script, loop
// characteristics, subscription, form, schedule), and by ours in the namespace urn:madang:process
// (four-eyes). Expressions are FEEL.
namespace madang::process {

inline constexpr std::string_view bpmn_space = "http://www.omg.org/spec/BPMN/20100524/MODEL";
inline constexpr std::string_view zeebe_space = "http://camunda.org/schema/zeebe/1.0";
inline constexpr std::string_view own_space = "urn:madang:process";

enum class element_kind : std::uint8_t {
  process,
  start,
  catch_event,
  throw_event,
  end,
  boundary,
  task,
  user,
  service,
  send,
  receive,
  rule,
  script,
  call,
  subprocess,
  event_subprocess,
  transaction,
  adhoc,
  exclusive,
  parallel,
  inclusive,
  event_gateway
};
enum class trigger : std::uint8_t {
  none,
  message,
  timer,
  signal,
  conditional,
  error,
  escalation,
  cancel,
  compensation,
  link,
  terminate
};
std::string_view name_of(element_kind k);  // "userTask"
std::string_view name_of(trigger t);       // "timer"

struct sequence_flow {
  std::string id, name;
  int from = -1, to = -1;  // numbers of elements
  formula condition;       // not there: always
};

struct mapping {
  formula source;
  std::string target;
};

// Repetition of an activity (13.3.6, 13.3.7).
struct repetition {
  enum class how : std::uint8_t { standard, parallel, sequential } kind = how::parallel;
  formula condition;  // standard: again while true; others: done when true
  bool test_before = false;
  std::int64_t most = 0;       // standard: loopMaximum; 0: no limit of its own
  formula items, cardinality;  // one of them
  std::string item, output;    // names of the item and the collected list
  formula output_item;
};

struct element {
  std::string id, name;
  element_kind kind = element_kind::task;
  trigger event = trigger::none;
  int scope = -1;                       // the process or sub-process around it
  std::vector<int> incoming, outgoing;  // sequence flows
  int default_flow = -1;

  // ---- events ----
  std::string reference;  // of message, signal, link: name; error, escalation: code
  formula key;            // message: correlation key
  enum class clock : std::uint8_t { none, date, duration, cycle } timer = clock::none;
  formula when;       // timer
  formula condition;  // conditional
  int host = -1;      // boundary: the activity
  bool interrupting = true;
  int of_activity = -1;  // compensation throw: this activity alone
  bool waits = true;     // compensation throw: until it is done

  // ---- activities ----
  std::vector<int> boundary;  // events on it
  std::optional<repetition> loop;
  std::vector<mapping> inputs, outputs;
  std::string work;      // type of work, decision, or process that is called
  formula work_formula;  // the same when it is computed
  int retries = 3;
  formula script;
  std::string result;                       // variable that takes what came out
  bool takes_all = true, gives_all = true;  // call activity: all variables in, out
  formula assignee, roles, posts, due;      // user task
  std::string form;
  int not_who_did = -1;  // four eyes: not the person who did that task
  bool for_compensation = false;
  int compensated_by = -1;  // the activity that undoes it

  // ---- scopes ----
  std::vector<int> children;  // flow nodes, in the order of the file
  std::vector<int> starts;    // where a token begins: none start events, or nodes
                              // without incoming flow
  std::vector<int> event_subprocesses;
  bool one_by_one = false;        // ad-hoc: sequential
  formula done_when, begin_with;  // ad-hoc: completion, elements to begin with
  bool cancels_rest = true;       // ad-hoc

  int line = 0;

  bool is_scope() const {
    return kind == element_kind::process ||
           (kind >= element_kind::subprocess && kind <= element_kind::adhoc);
  }
  bool is_activity() const {
    return kind >= element_kind::task && kind <= element_kind::adhoc &&
           kind != element_kind::event_subprocess;
  }
};

// Something that is refused at deployment: process.not_executed, process.no_work ...
struct mistake {
  std::string element;  // id
  int line = 0;
  refusal why;
};

class model {
 public:
  // Any BPMN file: also one that is a drawing alone. Refusals: those of xml, process.not_bpmn,
  // process.double_id {id}. What stands in the way of running it is in `mistakes`.
  static result<std::shared_ptr<const model>> read(std::string_view octets);

  // The file, with everything that others put into it.
  const xml::document& file() const { return file_; }
  const std::string& name() const { return name_; }
  const std::vector<element>& elements() const { return elements_; }
  const std::vector<sequence_flow>& flows() const { return flows_; }
  // Executable processes, as numbers of elements.
  const std::vector<int>& processes() const { return processes_; }
  const std::vector<mistake>& mistakes() const { return mistakes_; }
  int find(std::string_view id) const;  // -1: there is none
  const element& at(int number) const { return elements_[static_cast<std::size_t>(number)]; }
  const sequence_flow& flow(int number) const { return flows_[static_cast<std::size_t>(number)]; }
  const std::string& hash() const { return hash_; }  // SHA-256 of the octets, hex

  // Which incoming flows of an inclusive gateway can still be reached from an element without
  // passing the gateway (13.4.3); one bit a flow in the order of `incoming`.
  std::uint64_t reaches(int gateway, int from) const;

 private:
  friend class reader;
  friend class checker;
  xml::document file_;
  std::string name_, hash_;
  std::vector<element> elements_;
  std::vector<sequence_flow> flows_;
  std::vector<int> processes_;
  std::vector<mistake> mistakes_;
  std::vector<std::pair<std::string, int>> by_id_;  // sorted
  std::vector<std::vector<std::uint64_t>> reach_;   // by inclusive gateway; else empty
};

}  // namespace madang::process
