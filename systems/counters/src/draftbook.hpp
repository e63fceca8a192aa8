#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/process/engine.hpp"

// Internal: drafts of procedures and how they come into force (four eyes, checked).
namespace madang::counters {

struct process_draft {
  id key;
  std::string process;
  date starts;
  std::string bpmn;
  id base;            // the version it was begun from
  std::string trial;  // lines of the last simulation
  std::string state;  // draft | submitted | returned | published | dropped
  id author;
  std::string author_name;
  id approver;
  std::string approver_name, remark;
  instant saved;
  std::optional<instant> published, deployed;

  bool open() const { return state == "draft" || state == "returned"; }
};

// Something in a model that keeps it from being published, with the element it is about.
struct model_finding {
  std::string element;
  int line = 0;
  refusal why;
};

class draftbook {
 public:
  static constexpr std::size_t largest = 1u << 20;  // octets of a file

  draftbook(store::database& db, process::engine& engine) : db_(db), engine_(engine) {}
  // Types of local work and decisions that there are; set when the house is furnished.
  std::vector<std::string> works, decisions;

  std::vector<process_draft> drafts();
  std::optional<process_draft> find(id key);

  // Acts; each leaves its entry. Refusals: draft.not_yours, draft.not_open, draft.changed,
  // draft.starts, draft.same_eyes, process.unknown, draft.findings {n}, and of files those of
  // process::model::read, draft.file_large {most}, draft.other_process {process}.
  result<process_draft> begin(const audit::access& why, std::string_view process, date starts);
  // Empty `bpmn`: the file stays. The instant of saving, which the next save names.
  result<instant> save(const audit::access& why, id key, std::string bpmn,
                       std::optional<date> starts, std::optional<instant> seen);
  outcome keep_trial(const audit::access& why, id key, std::string lines);
  outcome submit(const audit::access& why, id key, date today);
  outcome give_back(const audit::access& why, id key, std::string_view remark);
  outcome drop(const audit::access& why, id key);
  outcome publish(const audit::access& why, id key, date today);

  // Published drafts whose day has come become the newest version.
  outcome put_in_force(store::write& tx, audit::access why, date today);

  // What keeps the file from running here: not executed, unknown work or decision, no step of
  // deciding. A file that is no model at all is a refusal.
  result<std::vector<model_finding>> check(const std::string& bpmn, std::string_view process) const;

 private:
  outcome change(const audit::access& why, id key, std::string_view what,
                 const std::function<outcome(store::write&, process_draft&)>& act);
  outcome ready(const process_draft& d) const;

  store::database& db_;
  process::engine& engine_;
};

// What is different in words: a sentence each, by keys of the texts with their facts.
struct model_difference {
  std::string key;  // "added", "removed", "renamed", "changed", "flow_changed" ...
  std::map<std::string, std::string> facts;
};
std::vector<model_difference> differences(const process::model& before, const process::model& now,
                                          std::string_view language);

}  // namespace madang::counters
