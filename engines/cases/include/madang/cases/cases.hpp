#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

// One matter from request to end: its file, who has to do what, until when, what was said, and what
// was decided. The file lies in the database of the system whose register it changes, so that a
// decision and what follows from it are one transaction.
//
//   consent --all agree--> received <--reply-- question
//      |                      |  \--ask back-->/
//      | one declines         |--> accepted | refused | returned
//      v                      |
//   returned              withdrawn (by the applicant, before it is decided)
namespace madang::cases {

enum class state { consent, received, question, accepted, refused, returned, withdrawn };
std::string_view name_of(state s);
bool is_open(state s);

struct matter {
  id key;
  std::string number;              // 2026-1123-000418
  std::string procedure;           // "move-in"
  id applicant;
  std::string applicant_name;
  std::string office;              // district that decides
  std::string post;                // official who has taken it; empty: nobody yet
  cases::state state = cases::state::received;
  json::value answers;             // what was asked for
  instant opened;
  date received;                   // when the clock began
  date due;                        // last working day of the legal period
  std::optional<date> suspended;   // since when the clock stands still
  std::optional<instant> decided;
  std::string decided_by;          // who signed, as she was called then
  std::string reason;
};

struct consent {
  id person;
  std::string name;
  std::string state;               // asked | given | declined
  instant at;
  words question;                  // "김하윤님이 세대에 들어오려고 합니다"
  words about;                     // what it is about, one line a fact: "주소: 경기도 …"
};

struct message {
  id key;
  bool from_official = false;
  std::string author;
  std::string text;
  instant at;
};

// One line of the story of a case; `what` is a text key "case.event.<what>".
struct event {
  instant at;
  std::string what;
  std::string who;
  std::string note;
};

// What an official needs on one screen.
struct fact {
  words label, value, source;
  std::string tone;                // "", good, warn, bad
};
struct judgement {
  words rule, value, law;
  bool met = false;
};
struct review {
  std::vector<fact> application, evidence;
  std::vector<judgement> rules;
};

// A page that lies in the file of a case.
struct enclosure {
  words title;
  std::string href;
};

// How a system handles one kind of case.
struct procedure {
  std::string id;
  words name, law;
  std::string role;                // who may decide
  int working_days = 3;
  std::function<result<review>(const audit::access&, const matter&)> look;
  // What acceptance changes, inside the deciding transaction; may refuse. Persons told of the
  // decision besides the applicant, and offices, are added to the lists.
  struct consequences {
    std::vector<madang::id> persons;
    std::vector<std::string> offices;
    json::object facts;            // for the notice and for what follows
  };
  std::function<outcome(store::write&, const audit::access&, const matter&, consequences&)> accept;
  // What the matter is called when its answers say more than the procedure's name; may be absent.
  std::function<words(const matter&)> title;
  // What the law gives by computation, when a decision model says: an official who decides
  // otherwise gives a reason. Absent or none: nothing is computed.
  std::function<std::optional<bool>(const matter&)> computed;
  // Pages that belong to the file, for the applicant and the official; may be absent.
  std::function<std::vector<enclosure>(const matter&)> enclosures;
};

struct wanted {
  std::string office;              // district and everything in it
  madang::id applicant;
  std::vector<std::string> procedures;
  bool open_only = false;
  std::string text;                // number or name of the applicant
  std::string order = "due";       // due | opened
  int limit = 50, offset = 0;
};

class files {
 public:
  files(store::database& db, const calendar& days, std::string zone);
  void handle(procedure p);
  const procedure* find_procedure(std::string_view id) const;
  const std::vector<procedure>& procedures() const { return procedures_; }
  words title_of(const matter& m) const;
  std::vector<enclosure> enclosures_of(const matter& m) const;

  struct request {
    std::string procedure;
    madang::id applicant;
    std::string applicant_name;
    std::string office;
    json::value answers;
    std::vector<consent> consents;   // persons who must agree first
    std::string once;                // idempotency key: the same key opens one case; may be empty
  };
  result<matter> open(store::write& tx, const audit::access& why, const request& r);

  std::optional<matter> find(id key);
  std::optional<matter> find_once(const std::string& once);      // opened with that key
  std::vector<matter> list(const wanted& w);
  std::int64_t count(const wanted& w);
  std::vector<consent> consents(id key);
  std::vector<matter> asking_consent_of(id person);
  std::vector<message> messages(id key);
  std::vector<event> story(id key);

  // May this actor handle the case: right role, and an office that contains the case's.
  bool may_handle(const audit::actor& who, const matter& m) const;

  // Acts. Refusals: case.not_found, case.not_yours, case.not_open (state), case.text_missing,
  // case.no_consent, case.against_computed (a reason is missing), and
  // those of the procedure. `who` is in the access.
  outcome answer_consent(const audit::access& why, id key, bool agree);
  outcome take(const audit::access& why, id key);
  outcome ask(const audit::access& why, id key, std::string_view question);
  outcome reply(const audit::access& why, id key, std::string_view text);
  outcome give_back(const audit::access& why, id key, std::string_view reason);    // returned
  outcome decline(const audit::access& why, id key, std::string_view reason);      // refused
  outcome accept(const audit::access& why, id key, std::string_view reason = {});
  outcome withdraw(const audit::access& why, id key);
  outcome transfer(const audit::access& why, id key, std::string_view office,
                   std::string_view reason);

  store::database& database() const { return db_; }

 private:
  struct step;
  result<matter> locked(store::write& tx, id key) const;
  outcome decide(const audit::access& why, id key, state to, std::string_view reason);
  void move(store::write& tx, matter& m);
  void tell(store::write& tx, const matter& m, std::string_view what, const audit::access& why,
            std::string_view note, const procedure::consequences& also = {});
  date now_date() const { return today(zone_); }

  store::database& db_;
  const calendar& days_;
  std::string zone_;
  std::vector<procedure> procedures_;
};

}  // namespace madang::cases
