#pragma once
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/store/store.hpp"
#include "madang/voices/anomaly.hpp"
#include "madang/voices/choice.hpp"
#include "madang/voices/leaf.hpp"
#include "madang/voices/rule.hpp"

namespace madang::voices {

// Something the people are asked to join: a petition, a proposal.
struct ask {
  id key;
  std::string rule, number;        // "2026-000017", within the rule
  std::string title, body, language, category, agency;
  id author;
  std::string stage;
  instant filed, since;            // since: in this stage
  instant ends;                    // of the stage; `forever`: it does not end by itself
  instant due;                     // of the duty; 0: nothing is owed
  std::string hidden;              // why an official hides it, for all to read; empty: it is shown
  id hidden_by;
  std::string appeal;              // what its author says to that; empty: nothing yet
  bool listed = true;              // false: found by its address alone, in every stage
  std::string source = {};         // path of what a system filed it for; empty: a person filed it
  std::int64_t level = 0;          // of its voices, as its category was when it was filed
};

struct filing {
  std::string title, body, language, category;
  std::string agency = {};         // empty: that of the category
  bool listed = true;
  std::string source = {};         // as of an ask: the same source twice is one ask
};

struct remark {
  id key, ask;
  std::string pseudonym, body;
  instant at;
  std::string hidden;              // as of an ask
};

struct reply {
  id key, ask;
  std::string agency, body;
  instant at;
  std::string verdict = {};        // of the stage's; empty: it asks for none
};

// A sheet of paper that was handed in: where it is kept, and how many people stand on it.
struct sheet {
  id key, ask;
  std::string reference;
  instant at;
  std::int64_t entered = 0;
};

// A voice that an official took from the count, and what came of it. Who gave it knows herself by
// her pseudonym; nobody else does.
struct strike {
  id ask;
  std::string pseudonym, saying, reason;
  instant at;                      // of what was done last
  id struck_by;
  std::string objection;           // empty: nothing was said against it
  std::string state;               // struck, objected, stays, restored
};

// One hour of one district.
struct hour {
  instant begins;
  std::string saying, bucket;
  std::int64_t counted = 0;        // given less taken back
};

// Asks and voices in the database of the system that hears them. A voice is one short transaction
// with its leaf for the public log; counting, and what a count leads to, come after it in `turn`.
//
// Audit: what officials and authors do to an ask is entered as everywhere. That somebody gave a
// voice is entered nowhere under her name: the leaf, under her pseudonym, is the record.
class book {
 public:
  struct options {
    std::string key;               // secret of the pseudonyms, 32 octets or more
    // When a duty that falls due after so many working days is due.
    std::function<instant(instant from, std::int64_t working_days)> deadline;
  };
  // `said` names whom the audit tells when a count or a clock moves an ask on.
  book(store::database& db, options o, std::vector<rule> rules, audit::access said);

  const std::vector<rule>& rules() const { return rules_; }
  const rule* find_rule(std::string_view id) const;
  const stage& stage_of(const ask& a) const;

  // ---- asks ----
  // What file() would refuse of the text.
  outcome judge(std::string_view rule, const filing& f) const;
  // Refusals, with the field: voices.title, voices.body, voices.category; voices.too_many when the
  // author has filed as many as the rule lets her in a day. What a system files for a source is not
  // counted there, and is what it was when it is filed again.
  result<ask> file(const audit::access& why, std::string_view rule, filing f, instant at);
  result<ask> file(store::write& tx, const audit::access& why, std::string_view rule, filing f,
                   instant at);
  // While it is in a stage that is left by hand, its author or agency changes the text. Refusals of
  // judge(); voices.published.
  outcome amend(store::write& tx, const audit::access& why, const ask& a, filing f);
  // Moves it on to `by_hand`, and over each stage whose window is past; voices.published.
  outcome publish(store::write& tx, const audit::access& why, const ask& a, instant at);
  // When a stage ends, of those that have a window.
  void set_end(store::write& tx, id ask, std::string_view stage, instant ends);
  // Ends the stage it is in, before its window does. Refusal voices.closed.
  outcome end_now(store::write& tx, const audit::access& why, const ask& a, instant at);
  // Away with what nobody has seen; voices.published.
  outcome discard(store::write& tx, const audit::access& why, const ask& a);
  std::optional<ask> find(std::string_view rule, std::string_view number) const;
  std::optional<ask> find(id key) const;
  std::optional<ask> find_source(std::string_view rule, std::string_view source) const;
  enum class order { newest, most };
  struct wanted {
    std::string rule = {};
    std::vector<std::string> stages = {};    // any of them; empty: all
    std::string category = {};               // empty: all
    order by = order::newest;
    int limit = 20, skip = 0;
    bool hidden = false;                     // those that are hidden, too
    bool unlisted = false;                   // those known by their address alone, too
  };
  std::vector<ask> list(const wanted& w) const;
  std::int64_t count(const wanted& w) const;
  std::vector<ask> of_author(id person) const;
  // What agencies owe, the first to fall due first; empty agency: all.
  std::vector<ask> owed(std::string_view agency) const;

  // ---- voices ----
  // Said twice is said once. Refusals voices.closed (not in this stage), voices.struck,
  // voices.by_token (of levels 1 and 2).
  outcome say(id person, const ask& a, saying s, std::string_view bucket, instant at);
  // Many in one transaction, in their order; returns how many of them the stage took. What somebody
  // has said already is taken once.
  struct given {
    id person;
    std::string bucket;
    instant at;
    std::string remark = {};                 // not empty: a comment; else the saying
    std::string chosen = {};                 // of a choice, by write_chosen
  };
  int say_all(const ask& a, saying s, std::span<const given> all);
  outcome take_back(id person, const ask& a, saying s, instant at);
  bool says(id person, const ask& a, saying s) const;

  // ---- on paper ----
  static constexpr std::size_t longest_reference = 60;
  // What an official enters from a sheet, once for its key, in one transaction with its entry in
  // the audit. Who has said it already counts once, as everywhere, and nothing tells which of them
  // had: `entered` counts who stands on the sheet. Refusals voices.sheet (field reference),
  // voices.closed.
  outcome enter_sheet(const audit::access& why, sheet s, saying what, std::span<const given> all);
  // What enter_sheet would refuse of the sheet itself.
  outcome judge_sheet(const sheet& s) const;
  std::vector<sheet> sheets(id ask) const;         // the latest 1,000

  // ---- striking out ----
  // Only a person does it, with a reason that all read; each is a leaf of the log. What is chosen
  // cannot be struck out.
  // Whose voices of ten minutes count, to choose among; 1,000 at most.
  std::vector<std::string> pseudonyms_of(id ask, saying s, instant slot) const;
  // All of them or none. Refusals voices.reason (field reason), voices.no_voice (field voices) when
  // one does not count, voices.heard when one was put back before, voices.by_token (levels 1, 2).
  outcome strike_out(const audit::access& why, id ask, saying s,
                     std::span<const std::string> pseudonyms, std::string_view reason, instant at);
  std::vector<strike> strikes(id ask) const;       // the latest 1,000
  std::optional<strike> strike_of(id person, const ask& a, saying s) const;
  // Asks in which a voice of hers is out, and she has not been heard.
  std::vector<ask> struck_of(id person) const;
  // Who gave it says why not, once. Refusals voices.appeal (field body), voices.not_hidden.
  outcome object(const audit::access& why, const ask& a, saying s, std::string_view body);
  // Another official than who struck it out: it counts again, or stays out. Refusals
  // voices.not_hidden, voices.same_official.
  outcome decide_objection(const audit::access& why, id ask, saying s, std::string_view pseudonym,
                           bool restore, instant at);
  std::vector<strike> objections() const;          // that wait, of all asks

  // ---- choices ----
  // The paper is settled before it is published; it has been judged.
  void set_paper(store::write& tx, id ask, const paper& p);
  std::optional<paper> paper_of(id ask) const;
  // Chosen again is chosen instead. `group` says of what kind the person is (province, age, sex,
  // as the system likes), stays in the house, is in no leaf. Refusals of write_chosen and say().
  outcome choose(id person, const ask& a, const chosen& c, std::string_view group, instant at);
  std::optional<chosen> chosen_by(id person, const ask& a) const;
  // From the leaves; of a sealed paper, nothing before its end.
  ballots chosen_counts(id ask) const;
  // Grows with each leaf of the ask that has been counted.
  std::int64_t version(id ask) const;
  // From the voices that count, by group.
  std::map<std::string, ballots> chosen_by_group(id ask) const;
  // A remark; the first of a person is her `comment`. Refusals voices.closed, voices.remark (field
  // body), voices.too_many.
  static constexpr int most_remarks_a_day = 20;
  static constexpr std::size_t longest_remark = 1000;
  outcome comment(id person, const ask& a, std::string_view body, std::string_view bucket,
                  instant at);
  std::vector<remark> remarks(id ask, int limit, instant before = forever) const;
  // Those of them that this person wrote are told by their pseudonym.
  std::string pseudonym(id person, id ask) const { return pseudonym_of(options_.key, person, ask); }

  // ---- counts ----
  std::int64_t counted(id ask, saying s) const;
  std::map<id, std::int64_t> counted(const std::vector<ask>& of, saying s) const;
  std::vector<hour> hours(id ask) const;
  // Ten minutes in which unusually many gave a voice that still counts.
  std::vector<burst> bursts(id ask, saying s) const;
  // Asks of which leaves after `number` have been counted, and the last leaf that has.
  struct news {
    std::vector<id> asks;
    std::int64_t last = 0;
  };
  news counted_after(std::int64_t number) const;
  // Counts what is new, moves on what has reached a goal or come to its end; how many leaves were
  // counted. One thread at a time.
  int turn(instant at);
  // Leaves after `number`, in their order, for the log.
  struct numbered_leaf {
    std::int64_t number = 0;
    std::string said;
  };
  std::vector<numbered_leaf> leaves_after(std::int64_t number, int limit) const;
  std::vector<std::string> leaves_of(id ask) const;      // 100,000 at most

  // ---- officials ----
  // The responsible agency does what it owes. Refusals voices.not_owed, voices.reply (field body),
  // voices.verdict (field verdict) when the stage knows no such, or asks for one.
  // `beside` keeps what belongs to the reply, in the same transaction; it may run again.
  outcome answer(const audit::access& why, id ask, std::string_view body, instant at,
                 std::string_view verdict = {},
                 const std::function<void(store::write&, id reply)>& beside = {});
  std::vector<reply> replies(id ask) const;
  // What agencies of a rule owe or have done, the latest first; 5,000 at most.
  struct reviewed {
    ask what;
    std::optional<reply> said;     // nothing: it is owed still
  };
  std::vector<reviewed> reviews(std::string_view rule) const;
  // Hidden from all, with a reason that all read. Refusals voices.reason (field reason),
  // voices.hidden.
  outcome hide(const audit::access& why, id ask, std::string_view reason);
  // A remark likewise; there is no objection to it.
  outcome hide_remark(const audit::access& why, id remark, std::string_view reason);
  // The author says why not; another official than who hid it decides: shown again, or it stays.
  // Refusals voices.appeal (field body), voices.not_hidden, voices.same_official.
  outcome appeal(const audit::access& why, id ask, std::string_view body);
  outcome decide_appeal(const audit::access& why, id ask, bool show);
  std::vector<ask> appeals() const;

 private:
  void move_on(store::write& tx, const ask& a, const std::string& to, instant at);
  void reach(store::write& tx, id ask, instant at);
  void end_stages(instant at);
  outcome put(store::write& tx, id person, const ask& a, saying s, std::string_view bucket,
              instant at, const std::string& chosen = {}) const;
  void open_choices(store::write& tx, const ask& a, instant at) const;
  outcome change(id ask, const std::function<outcome(store::write&, const struct ask&)>& how);

  store::database& db_;
  options options_;
  std::vector<rule> rules_;
  audit::access said_;
};

}  // namespace madang::voices
