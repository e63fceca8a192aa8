#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "finder.hpp"
#include "madang/rules/proof.hpp"

// Internal: drafts of decisions, and how they become law (four eyes, proven, tried).
namespace madang::benefits {

// What must follow from some facts on a day; worked out by hand by who writes it.
struct trial {
  std::string name;
  date as_of;
  json::value given;               // facts by name, blanks as "_"
  bool entitled = false;
  std::string amount, because;     // empty: not said
  std::string by;                  // how it was worked out
};
struct trial_result {
  bool passed = false;
  std::string got;                 // in words: "entitled, 342510, single"
};

struct draft {
  id key;
  std::string provision;
  date starts;
  std::string model;               // DMN
  std::string base;                // hash of the version that it was begun from
  json::value trials;
  std::string state;               // draft | submitted | returned | published | dropped
  id author;
  std::string author_name;
  id approver;
  std::string approver_name, remark;
  instant saved;
  std::optional<instant> published;
};

class lawbook {
 public:
  lawbook(store::database& db, rules::live_law law);

  // The law of the pack with everything that has been published; called once, when the house opens.
  void add_published(const packs::pack& pack);

  std::vector<draft> drafts(std::string_view state = {});
  std::optional<draft> find(id key);

  // Acts; each leaves its entry. Refusals: rules.no_provision, draft.not_yours, draft.not_open,
  // draft.changed (somebody saved meanwhile), draft.starts, draft.same_eyes, draft.unproven {n},
  // draft.trials {n}, draft.no_trials, and those of statutes::amend.
  result<draft> begin(const audit::access& why, std::string_view provision, date starts,
                      const json::value& trials);
  outcome save(const audit::access& why, const draft& d, instant seen);
  outcome submit(const audit::access& why, id key);
  outcome give_back(const audit::access& why, id key, std::string_view remark);
  outcome drop(const audit::access& why, id key);
  outcome publish(const audit::access& why, id key);

  // The law as it would be with the draft. Refusals: those of statutes::amend.
  result<rules::statutes> with(const draft& d) const;
  std::vector<trial_result> tried(const rules::statutes& would_be, const draft& d) const;
  // Nothing keeps it from being published but another pair of eyes.
  outcome ready(const draft& d) const;

  const rules::statutes& law() const { return law_; }

 private:
  outcome change(const audit::access& why, id key, std::string_view what,
                 const std::function<outcome(store::write&, draft&)>& act);
  store::database& db_;
  rules::live_law law_;
  std::mutex publishing_;          // one after the other: each builds on the law before it
};

std::vector<trial> trials_of(const json::value& list);
json::value trials_of_pack(const packs::pack& pack, std::string_view provision);

// What is wrong with a cell while it is written, and what could stand there.
http::response cell_help(context& c, const lawbook& book, const draft& d);
void workshop_pages(house& h, std::shared_ptr<const office> o, std::shared_ptr<lawbook> book);

}  // namespace madang::benefits
