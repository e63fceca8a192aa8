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

// A figure's new value from a day on, as it was proposed and by whom.
struct figure {
  id key;
  std::string parameter;
  date starts;
  std::string becomes;             // FEEL literal
  std::string source;              // the notice or the article that sets it
  std::string state;               // proposed | published | returned | dropped
  id author;
  std::string author_name;
  id approver;
  std::string approver_name, remark;
  instant saved;
  std::optional<instant> published;
};

// The version of a provision that holds on the day asks for the figure, by itself or by an import.
bool uses_figure(const rules::provision& p, std::string_view parameter, date day);

// What a figure's new value does to the trials of a provision, as of its first day.
struct figure_effect {
  std::string provision, trial;
  std::string before, after;       // in words: "entitled, 342510, single"
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

  // ---- figures ----
  std::vector<figure> figures(std::string_view parameter = {});
  std::optional<figure> find_figure(id key);
  // Acts as above. Refusals: rules.no_parameter, figure.value {like}: it is not of the kind and
  // length of the values before it; figure.starts: not later than the value in force, or past;
  // figure.source; draft.not_yours, draft.not_open, draft.same_eyes.
  result<figure> propose(const audit::access& why, std::string_view parameter, date starts,
                         std::string_view becomes, std::string_view source);
  outcome publish_figure(const audit::access& why, id key);
  outcome return_figure(const audit::access& why, id key, std::string_view remark);
  outcome drop_figure(const audit::access& why, id key);
  // Which trials of the pack come out differently; none when the value cannot be read.
  std::vector<figure_effect> effects(const packs::pack& pack, const figure& f) const;

  const rules::statutes& law() const { return law_; }

 private:
  outcome change(const audit::access& why, id key, std::string_view what,
                 const std::function<outcome(store::write&, draft&)>& act);
  outcome change_figure(const audit::access& why, id key, std::string_view what,
                        const std::function<outcome(store::write&, figure&)>& act);
  outcome may_become(std::string_view parameter, date starts, const rules::value& v) const;
  void add_figures(rules::statutes& law);
  store::database& db_;
  rules::live_law law_;
  std::mutex publishing_;          // one after the other: each builds on the law before it
};

std::vector<trial> trials_of(const json::value& list);
json::value trials_of_pack(const packs::pack& pack, std::string_view provision);

// What is wrong with a cell while it is written, and what could stand there.
// Facts of a trial as the decisions take them, and what came out in words.
rules::entries facts_in(const json::value& given);
std::string got_in_words(const rules::judged& j);

// The figures of the law, for everybody to read; proposed and put in force by officials.
void figure_pages(house& h, std::shared_ptr<const office> o, std::shared_ptr<lawbook> book);
http::response cell_help(context& c, const lawbook& book, const draft& d);
void workshop_pages(house& h, std::shared_ptr<const office> o, std::shared_ptr<lawbook> book);

}  // namespace madang::benefits
