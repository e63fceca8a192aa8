#pragma once
#include <optional>
#include <string>
#include <vector>

#include "law.hpp"
#include "madang/cases/cases.hpp"
#include "madang/platform/house.hpp"
#include "madang/redaction/anonymise.hpp"
#include "madang/redaction/redaction.hpp"
#include "madang/search/index.hpp"

// The business of information disclosure behind its pages and its verbs. Each act is one
// transaction with its audit entry and events. A request is a case of `cases::files`; what the file
// does not know of it stands in `request`. Article numbers are those of the Official Information
// Disclosure Act.
namespace madang::disclosure {

inline constexpr const char* procedure_id = "information-disclosure-request";
inline constexpr const char* system_name = "disclosure";

struct request {
  id matter;
  std::string subject, form, delivery, reduction, item;
  bool openly = false;  // the answer may be published
  date filed;
  std::string outcome;          // "", full, partial, closed, absent
  std::string committee;        // what the deliberation committee found; empty: not asked
  std::optional<date> release;  // from which it may be had
  bool stopped = false;         // a third party's objection was upheld: it is not released
  std::optional<date> decided;
  std::optional<bool> in_time;
};
struct withheld {
  id key, matter;
  std::string ground, what;
  id paper;  // 0: of no paper
  std::string author;
  instant at;
};
struct paper {
  id key, matter;
  std::string agency, name, type, hash;
  std::int64_t pages = 0;  // 0: a text
  std::string author;
  instant at;
};
struct mark {
  id key, paper;
  std::int64_t page = 0;  // 0: octets x to x + width of a text
  std::int64_t x = 0, y = 0, width = 0, height = 0;
  std::string ground, words, author;
  instant at;
};
struct made_copy {
  id key, paper, matter;
  std::string name, type, hash, marks, author;
  instant at;
};
struct hearing {
  id key, matter, person;
  std::string name, about, author;
  instant told;
  date until;
  std::string answer, said;  // "", agrees, objects
  std::optional<instant> answered;
  std::optional<date> release;  // told with the decision
  std::optional<instant> objected;
  std::string objection, ruling;  // "", kept, stopped
};
struct fee {
  id matter;
  std::string form;
  std::int64_t quantity = 0, full_sum = 0;
  std::string reduction;
  std::int64_t sum = 0;
  std::string state, author;  // none, pending, paid
  instant at;
  std::string paid_to;
  std::optional<instant> paid_at;
};
struct handed {
  id key, matter, copy;
  std::string name, how, who;  // file, post, visit
  instant at;
};
struct published {
  id matter;
  std::string agency, outcome, grounds, title, question, answer, author;
  instant at;
};
struct listed {
  std::string key, agency, title, title_en, department, department_en, made, cycle, access, ground;
  bool removed = false;
  std::string author;
  instant at;
};

BOOST_DESCRIBE_STRUCT(request, (),
                      (matter, subject, form, delivery, reduction, item, openly, filed, outcome,
                       committee, release, stopped, decided, in_time))
BOOST_DESCRIBE_STRUCT(withheld, (), (key, matter, ground, what, paper, author, at))
BOOST_DESCRIBE_STRUCT(paper, (), (key, matter, agency, name, type, hash, pages, author, at))
BOOST_DESCRIBE_STRUCT(mark, (), (key, paper, page, x, y, width, height, ground, words, author, at))
BOOST_DESCRIBE_STRUCT(made_copy, (), (key, paper, matter, name, type, hash, marks, author, at))
BOOST_DESCRIBE_STRUCT(hearing, (),
                      (key, matter, person, name, about, author, told, until, answer, said,
                       answered, release, objected, objection, ruling))
BOOST_DESCRIBE_STRUCT(fee, (),
                      (matter, form, quantity, full_sum, reduction, sum, state, author, at, paid_to,
                       paid_at))
BOOST_DESCRIBE_STRUCT(handed, (), (key, matter, copy, name, how, who, at))
BOOST_DESCRIBE_STRUCT(published, (),
                      (matter, agency, outcome, grounds, title, question, answer, author, at))
BOOST_DESCRIBE_STRUCT(listed, (),
                      (key, agency, title, title_en, department, department_en, made, cycle, access,
                       ground, removed, author, at))

class bureau {
 public:
  explicit bureau(platform::house& h);

  platform::house& home;
  cases::files& files;
  const disclosure::law law;
  const redaction::anonymiser names;
  search::index answers;  // those that were published

  // ---- requests ----
  // Answers as the service's questions keep them. Refusals: disclosure.no_agency, those of cases.
  result<cases::matter> file(const audit::access& why, const json::value& answers,
                             std::string_view once);
  struct opened {
    cases::matter file;
    request row;
  };
  std::optional<opened> find(id matter);
  // For whoever handles it: of the agency that has it, and not her own. Refusal: case.not_found.
  result<opened> reach(const audit::actor& who, id matter);
  // For the requester. Refusal: case.not_found.
  result<opened> own(id person, id matter);
  std::vector<opened> queue(const audit::actor& who, bool answered, int most = 100);
  std::int64_t waiting(const audit::actor& who);
  std::vector<withheld> withheld_of(id matter);
  std::optional<fee> fee_of(id matter);
  std::vector<handed> handed_of(id matter);
  std::vector<hearing> hearings_of(id matter);
  audit::access access(const audit::actor& who, const std::string& number) const;

  // ---- deciding ----
  struct decision {
    std::string outcome, reason, committee;
    std::optional<date> release;  // none: as soon as the law lets it
    std::int64_t quantity = 0;    // pages, files ... for the fee
  };
  // Refusals: disclosure.outcome, disclosure.no_ground (something is held back without one),
  // disclosure.nothing_withheld (partial, and nothing is), disclosure.withheld (full, and something
  // is), disclosure.no_copy (a paper of which no copy was made, or marks came after it),
  // disclosure.hearing_open {until}, disclosure.no_committee (an objection needs one),
  // disclosure.release {from, until}, and those of cases.
  outcome decide(const audit::access& why, id matter, const decision& d);
  // By hand, what goes with no paper. Refusals: disclosure.no_ground, case.text_missing.
  outcome withhold(const audit::access& why, id matter, std::string_view ground,
                   std::string_view what);
  outcome unwithhold(const audit::access& why, id matter, id which);
  // Art. 11(4). Refusals: disclosure.no_agency, and those of cases.
  outcome transfer(const audit::access& why, id matter, std::string_view agency,
                   std::string_view reason);
  // Whoever has received it pays to the agency: an official says so. Refusals: disclosure.no_fee.
  outcome pay(const audit::access& why, id matter);
  // Handed over at the counter or sent by post, of what was made. Refusals: disclosure.not_ready.
  outcome hand_over(const audit::access& why, id matter, std::string_view how);
  outcome publish(const audit::access& why, id matter, std::string_view title,
                  std::string_view question, std::string_view answer);
  // Without names, as it would be published.
  std::string without_names(std::string_view said, const cases::matter& m) const;

  // ---- third parties (art. 21) ----
  // Refusals: disclosure.no_person, disclosure.own_hearing (the requester herself),
  // case.text_missing.
  outcome hear(const audit::access& why, id matter, id person, const std::string& name,
               std::string_view about);
  // By a resident or business number.
  struct third_party {
    id person;
    std::string name;
  };
  result<third_party> find_party(const audit::access& why, std::string_view number);
  // By the third party. Refusals: disclosure.no_hearing, disclosure.hearing_late,
  // disclosure.answered.
  outcome answer_hearing(const audit::access& why, id hearing, bool agrees, std::string_view said);
  // Against a decision to disclose, within 7 days. Refusals also: disclosure.no_objection.
  outcome object_as_third(const audit::access& why, id hearing, std::string_view said);
  // Refusals: disclosure.no_hearing, disclosure.no_objection.
  outcome rule(const audit::access& why, id matter, id hearing, bool stop);
  std::optional<hearing> hearing_of(id person, id key);
  std::vector<hearing> hearings_with(id person);
  std::optional<date> third_may_object_until(const hearing& h);

  // ---- papers ----
  std::vector<paper> papers_of(id matter, std::string_view agency);
  std::vector<mark> marks_of(id paper);
  std::vector<made_copy> copies_of(id matter);
  std::optional<made_copy> copy_of_paper(id paper);
  std::string octets_of(id paper);
  // Refusals: disclosure.paper_type, disclosure.many_papers, those of redaction and attachments.
  result<id> add_paper(const audit::access& why, id matter, std::string_view name,
                       std::string octets);
  // An attachment of the case.
  result<id> add_attachment(const audit::access& why, id matter, id attachment);
  outcome drop_paper(const audit::access& why, id matter, id paper);
  // Refusals: disclosure.no_paper, disclosure.no_ground, redaction.outside, redaction.many_marks.
  outcome add_mark(const audit::access& why, id matter, const mark& m);
  outcome drop_mark(const audit::access& why, id matter, id paper, id mark);
  // Marks every place where the words stand; how many are new. Refusals also: disclosure.not_found.
  result<int> mark_words(const audit::access& why, id matter, id paper, std::string_view words,
                         std::string_view ground);
  // Makes the copy that is handed on, in place of an earlier one.
  result<id> make_copy(const audit::access& why, id matter, id paper);
  bool copy_is_fresh(const made_copy& c);
  // The octets of a copy. For the requester: when it is released and paid; each time is recorded.
  // Refusals: disclosure.not_ready, attachment.not_found.
  struct download {
    made_copy what;
    std::string octets;
  };
  result<download> fetch_copy(const audit::access& why, id matter, id copy, bool requester);
  bool ready(const opened& o);

  // ---- lists (arts. 7 and 8) ----
  struct list_wanted {
    std::string agency, text, access;
    int limit = 500;
  };
  struct listed_line {
    listed what;
    std::int64_t wanted = 0;  // requests that name it
  };
  std::vector<listed_line> list(const list_wanted& w);
  std::optional<listed_line> find_listed(std::string_view key);
  std::vector<listed_line> most_wanted(int most);
  // Refusals: disclosure.no_agency (not the actor's), case.text_missing, disclosure.no_ground,
  // disclosure.access.
  outcome put_listed(const audit::access& why, listed l);
  outcome remove_listed(const audit::access& why, std::string_view key);

  void index_answers();
  void listen();

 private:
  void handle();
  void seed_lists();
  outcome ending(store::write& tx, const audit::access& why, const cases::matter& m,
                 cases::state to);
  outcome may_decide(store::read& r, const opened& o, const decision& d);
  outcome write_mark(store::write& tx, const audit::access& why, const opened& o, const mark& m);
  std::optional<paper> paper_in(id matter, id key, std::string_view agency);
  void tell_hearing(const hearing& h, const char* what, const std::string& source);
  date day() const { return today(home.pack().zone()); }
};

std::string signed_by(const audit::actor& who, const std::string& language);
outcome check_text(std::string_view s, std::size_t longest, const char* field);
// The entry and the event of an act; what is in the event names nobody.
void tell(store::write& tx, const audit::access& why, const cases::matter& m, const char* what,
          json::object facts = {});
// Agencies and municipalities.
bool is_agency(const packs::pack& pack, std::string_view code);

}  // namespace madang::disclosure
