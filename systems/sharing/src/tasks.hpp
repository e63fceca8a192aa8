#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/exchange/exchange.hpp"
#include "madang/packs/packs.hpp"
#include "madang/platform/predicate.hpp"

// What officials look up, as the pack says it (sharing/tasks.yaml, sharing/documents.csv).
namespace madang::sharing {

// One register that a task needs something of.
struct source {
  std::string reg;
  std::string by;                    // "key": the person's own record; else an item that names her
  std::vector<std::string> items;    // what is handed out; empty with a question
  words asks;                        // a question that is answered yes or no, and nothing else
  std::optional<platform::predicate> answer;

  bool is_question() const { return answer.has_value(); }
};

struct task {
  std::string id;
  words name, law;
  std::string agency;                // whose business it is
  std::vector<std::string> roles;    // of officials who do it
  std::vector<source> sources;
};

// A document that offices see instead of asking for paper (구비서류).
struct document_type {
  std::string code;
  words name;
  std::string agency;                // who keeps it
  std::string reg;                   // where it is looked up here; empty: described only
};

class catalogue {
 public:
  // Throws packs::broken_pack naming the task: registers and items that are not there, FEEL that
  // is none, agencies nobody knows.
  catalogue(const packs::pack& pack, const exchange::hub& hub);

  const std::vector<task>& tasks() const { return tasks_; }
  const std::vector<document_type>& documents() const { return documents_; }
  const task* find(std::string_view id) const;
  // Those that one of the actor's roles does.
  std::vector<const task*> tasks_of(const audit::actor& who) const;

 private:
  std::vector<task> tasks_;
  std::vector<document_type> documents_;
};

}  // namespace madang::sharing
