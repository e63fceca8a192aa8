#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/cases/matter.hpp"
#include "madang/store/store.hpp"

// One matter from request to end: its file, who has to do what, until when, what was said, and what
// was decided. The file lies in the database of the system whose register it changes, so that a
// decision and what follows from it are one transaction.
//
//   consent --all agree--> received <--reply-- question
//      |                      |  \--ask back-->/
//      | one declines         |--> accepted | refused | returned
//      v                      |                  |        |
//   returned                  |<--- objection ---+        |   (by the applicant, within the period)
//                             |<--- reopened -------------+   (by an official, with a reason)
//                          withdrawn (by the applicant, before it is decided)
namespace madang::cases {

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
  std::function<result<review>(const audit::access&, const matter&)> look = {};
  // What acceptance changes, inside the deciding transaction; may refuse. Persons told of the
  // decision besides the applicant, and offices, are added to the lists.
  struct consequences {
    std::vector<madang::id> persons;
    std::vector<std::string> offices;
    json::object facts;            // for the notice and for what follows
  };
  std::function<outcome(store::write&, const audit::access&, const matter&, consequences&)>
      accept = {};
  // What the matter is called when its answers say more than the procedure's name; may be absent.
  std::function<words(const matter&)> title = {};
  // What the law gives by computation, when a decision model says: an official who decides
  // otherwise gives a reason. Absent or none: nothing is computed.
  std::function<std::optional<bool>(const matter&)> computed = {};
  // Pages that belong to the file, for the applicant and the official; may be absent.
  std::function<std::vector<enclosure>(const matter&)> enclosures = {};
  // Applicants take turns (order "fair"): whoever files many waits for the others between them.
  bool turns = false;
  // Whoever may not handle this one though role and office are right, as the official who is
  // complained about; may be absent. Nobody handles her own case, whatever this says.
  std::function<bool(const audit::actor&, const matter&)> barred = {};
  // Last day of the period where the law does not count `working_days`, which then is about as
  // long; may be absent.
  std::function<date(const matter&)> due = {};
  // How often the law of the service lets the period be lengthened, and by how many working days
  // at most; 0: by as many as the period has.
  int extensions = 1, extension_days = 0;
  // What the law of the service gives an applicant against a decision.
  struct objection_terms {
    int days = 60;                 // to object in, from the decision
    int period = 10;               // working days to examine it again
    bool by_another = true;        // not by whoever refused
    std::function<bool(const matter&)> against = {};   // which decisions; absent: what was refused
  };
  objection_terms objection = {};
  // What a decision of any kind needs or changes, inside the deciding transaction and before the
  // file moves; may refuse. May be absent.
  std::function<outcome(store::write&, const audit::access&, const matter&, state to)> ending = {};
  // Where officials and the applicant go on with it; empty: at the common desk, in "my cases".
  std::string desk = {}, page = {};
  // For so many days after the decision, whatever it was, the applicant herself may have it taken
  // up again, as where she says that what was to be mended is not; 0: only an official may.
  int reopen_days = 0;
  // Offices have units of their own (`barred` tells them apart): a case is also passed on within
  // its office.
  bool units = false;
};

// Where a list goes on: after the case of that order value and key.
struct position {
  std::int64_t value = 0;
  id key;
  std::string str() const;
  static std::optional<position> parse(std::string_view s);
};

struct wanted {
  enum class part { any, open, closed };
  std::string office;              // district and everything in it
  madang::id applicant;
  std::vector<std::string> procedures;
  bool open_only = false;          // as `which` = open
  part which = part::any;
  std::optional<cases::state> state;
  std::string post;                // taken by that post
  bool unassigned = false;
  bool unheard = false;            // the applicant has written since
  std::optional<date> due_from, due_until;    // both inclusive
  std::string text;                // number, or words of number, name and title: all of them
  std::string order = "due";       // due | opened | fair
  std::optional<position> after;
  int limit = 50;                  // 500 at most
};
position position_of(const matter& m, std::string_view order);
// Does `a` stand before `b` in that order?
bool before(const matter& a, const matter& b, std::string_view order);

// Who holds which post is known elsewhere; a house says it here. All may be absent.
struct post_book {
  // The post next above another, or above whoever is responsible for the office when none is
  // named, in a role; empty: there is none.
  std::function<std::string(std::string_view role, std::string_view office, std::string_view post)>
      above;
  // May a post handle cases of that role and office?
  std::function<bool(std::string_view post, std::string_view role, std::string_view office)> fits;
  // "종로구 주무관 이도현"
  std::function<std::string(std::string_view post)> name;
};

struct upload {
  std::string name, octets;
};

class files {
 public:
  files(store::database& db, const calendar& days, std::string zone);
  void handle(procedure p);
  void know_posts(post_book book) { posts_ = std::move(book); }
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

  // ---- looking ----
  std::optional<matter> find(id key);
  std::optional<matter> find_once(const std::string& once);      // opened with that key
  // In the order asked for, from an index: the time does not grow with the cases that wait. Of a
  // text that `most_found` cases have in common, those are looked through that were opened last.
  std::vector<matter> list(const wanted& w);
  std::int64_t count(const wanted& w, std::int64_t up_to = 1'000'000);
  static constexpr int most_found = 10'000;
  std::vector<consent> consents(id key);
  std::vector<matter> asking_consent_of(id person);
  std::vector<message> messages(id key);
  std::vector<event> story(id key);
  std::vector<attachment> attachments(id key);
  std::vector<note> notes(id key);
  std::vector<decision> decisions(id key);
  std::vector<opinion> opinions(id key);
  std::optional<rating> rating_of(id key);
  legal_clock clock_of(const matter& m);

  // May this actor handle the case: right role, an office that contains the case's, not her own,
  // not barred.
  bool may_handle(const audit::actor& who, const matter& m) const;
  // May she read its file: she handles it, or her office was asked for an opinion on it.
  bool may_read(const audit::actor& who, const matter& m);

  // ---- acts ----
  // Refusals: case.not_found, case.not_yours, case.not_open (state), case.decided {by, at} when
  // somebody else was first, case.text_missing, case.text_long, case.no_consent,
  // case.against_computed (a reason is missing), case.same_official (an objection is decided by
  // somebody else), and those of the procedure. `who` is in the access. Deciding again as one has
  // decided, and taking what one has, changes nothing and is no error.
  outcome answer_consent(const audit::access& why, id key, bool agree);
  outcome take(const audit::access& why, id key);
  // Refusals also: case.no_post.
  outcome assign(const audit::access& why, id key, std::string_view post);
  outcome ask(const audit::access& why, id key, std::string_view question);
  outcome reply(const audit::access& why, id key, std::string_view text,
                const std::vector<upload>& uploads = {}, const std::string& once = {});
  outcome give_back(const audit::access& why, id key, std::string_view reason);    // returned
  outcome decline(const audit::access& why, id key, std::string_view reason);      // refused
  outcome accept(const audit::access& why, id key, std::string_view reason = {});
  outcome withdraw(const audit::access& why, id key);
  outcome transfer(const audit::access& why, id key, std::string_view office,
                   std::string_view reason);

  // The same acts within a transaction of the system whose case it is, so that what it keeps beside
  // the file changes with it. Refused: nothing of the transaction may be kept.
  outcome take(store::write& tx, const audit::access& why, id key);
  outcome accept(store::write& tx, const audit::access& why, id key, std::string_view reason);
  outcome decline(store::write& tx, const audit::access& why, id key, std::string_view reason);
  outcome withdraw(store::write& tx, const audit::access& why, id key);
  outcome transfer(store::write& tx, const audit::access& why, id key, std::string_view office,
                   std::string_view reason);
  outcome reopen(store::write& tx, const audit::access& why, id key, std::string_view reason);

  // ---- correspondence ----
  // By the applicant or by whoever handles the case, while it is open. `once`: what was sent twice
  // under one key is there once. Refusals also: attachment.type, .large, .empty, .many, .room,
  // .name, .macros, .encrypted.
  outcome write(const audit::access& why, id key, std::string_view text,
                const std::vector<upload>& uploads = {}, const std::string& once = {});
  outcome put_note(const audit::access& why, id key, std::string_view text,
                   const std::string& once = {});
  // The octets of an attachment of that case, with an entry about it; the caller has made sure
  // that the actor is of the case.
  struct download {
    attachment what;
    std::string octets;
  };
  result<download> fetch(const audit::access& why, id key, id which);
  static constexpr std::size_t most_uploads = 10;                 // of one message
  static constexpr std::int64_t most_octets = 50 << 20;           // of one case

  // ---- the clock ----
  // Lengthens the period once, by the same period at most (Enforcement Decree of the Civil
  // Petitions Treatment Act art. 21), unless the procedure says otherwise. Refusals also:
  // case.extended_before, case.extension_days {most}, case.clock_stands.
  outcome extend(const audit::access& why, id key, int working_days, std::string_view reason);
  // Does what is due by that day: reminders, escalation, opinions that are late. Each case is a
  // transaction of its own; how many acted.
  int ring(date day, const std::function<bool()>& stop = {});
  std::optional<date> last_rung();

  // ---- joint handling ----
  // Refusals also: case.opinion_own (the office is the case's), case.opinion_asked_before,
  // case.opinion_due (not between today and the due date of the case), opinion.not_open.
  outcome ask_opinion(const audit::access& why, id key, std::string_view office,
                      std::string_view question, date due);
  outcome answer_opinion(const audit::access& why, id which, std::string_view answer);
  // Opinions that offices in a district are asked, soonest first, of cases of these procedures.
  struct asked_opinion {
    opinion what;
    matter about;
  };
  std::vector<asked_opinion> opinions_asked(std::string_view office,
                                            const std::vector<std::string>& procedures,
                                            int limit = 100);
  std::int64_t count_opinions(std::string_view office, const std::vector<std::string>& procedures);
  bool may_answer(const audit::actor& who, const opinion& o, const matter& m) const;

  // ---- after the decision ----
  // Once, by the applicant, after the decision. Refusals also: case.rated, case.stars.
  outcome rate(const audit::access& why, id key, int stars, std::string_view text);
  // By the applicant, within 60 days of a refusal, once; the case is examined again within ten
  // working days by another official (Civil Petitions Treatment Act art. 35), unless the procedure
  // says otherwise. Refusals also: case.objection_late {until}, case.objected.
  outcome object(const audit::access& why, id key, std::string_view reason);
  std::optional<date> may_object_until(const matter& m) const;
  // By an official who may handle it: what was refused or returned is taken up again. By the
  // applicant where the procedure has `reopen_days`: also what was accepted. Refusals also:
  // case.reopen_late {days}.
  outcome reopen(const audit::access& why, id key, std::string_view reason);

  store::database& database() const { return db_; }

 private:
  friend struct inside;
  enum class by { anyone, official, applicant };
  using deed = std::function<outcome(store::write&, matter&)>;
  outcome act(store::write& tx, const audit::access& why, id key, by who, const deed& what);
  outcome act(const audit::access& why, id key, by who, const deed& what);
  int times_extended(store::read& r, const matter& m) const;
  int most_extension(const matter& m) const;
  result<matter> locked(store::write& tx, id key) const;
  outcome decide(store::write& tx, const audit::access& why, id key, state to,
                 std::string_view reason);
  refusal too_late(store::write& tx, const matter& m, const audit::actor& who) const;
  outcome may_decide(store::write& tx, const audit::actor& who, const matter& m) const;
  void move(store::write& tx, matter& m);
  void tell(store::write& tx, const matter& m, std::string_view what, const audit::access& why,
            std::string_view note, const procedure::consequences& also = {});
  void put_message(store::write& tx, const matter& m, const audit::access& why, bool from_official,
                   std::string_view text, const std::vector<attachment>& files,
                   const std::vector<upload>& uploads);
  void index(store::write& tx, const matter& m);
  std::int64_t next_turn(store::write& tx, const matter& m, const procedure& p) const;
  int period_of(const matter& m) const;
  void wind(matter& m) const;
  void start_again(store::write& tx, matter& m, const audit::access& why, std::string_view reason,
                   std::string_view what);
  void resume(store::write& tx, matter& m);
  bool ring_one(id key, date day);
  bool ring_opinion(id key, date day);
  date now_date() const { return today(zone_); }

  store::database& db_;
  const calendar& days_;
  std::string zone_;
  std::vector<procedure> procedures_;
  post_book posts_;
};

}  // namespace madang::cases
