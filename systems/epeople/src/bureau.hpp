#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "madang/redaction/anonymise.hpp"
#include "kinds.hpp"
#include "likeness.hpp"
#include "madang/rules/statutes.hpp"
#include "madang/search/index.hpp"
#include "routing.hpp"
#include "sealed.hpp"

// The business of e-People behind its pages and its verbs. Each act is one transaction with its
// audit entry and events. A filing is a case of `cases::files`; what the file does not know of it
// stands in `filing`.
namespace madang::epeople {

inline constexpr const char* officer = "petition_officer";

struct filing {
  id matter;
  std::string kind, title, language, place, office;
  bool confidential = false, openly = false;
  bool routed = false;  // it was chosen an agency when it was filed
  bool escalated = false;
  id lead;  // the filing with which it is answered
  std::optional<std::int64_t> turn;
  date filed;
  std::optional<date> answered;
  std::optional<bool> in_time;

  bool is_lead() const { return lead == matter; }
};

struct target {
  id matter;
  std::string post;
  id person;
  std::string said;
  instant at;
};
struct translation {
  id key, matter;
  std::string part, language, text, author;  // part: "text" or "answer"
  instant at;
};
struct published {
  id matter;
  std::string kind, office, title, question, answer, author;
  instant at;
};
struct reward {
  id matter;
  bool entitled = false;
  std::string amount, record, author;
  instant at;
};

// The same matter, told by somebody else.
struct similar {
  id matter;
  double score = 0;                // Jaccard
  std::vector<std::string> words;  // of the text asked about
  std::int64_t voices = 0;
  filing row;
};

// What lists show of the file.
struct file_line {
  id key;
  std::string number, applicant_name, post;
  cases::state state = cases::state::received;
  date received, due;
  std::int64_t voices = 0;  // of the group that it leads
};
struct queued {
  filing row;
  file_line file;
};

class bureau {
 public:
  explicit bureau(platform::house& h);

  platform::house& home;
  cases::files& files;
  const epeople::kinds kinds;
  const router routes;
  const redaction::anonymiser names;
  const rules::statutes rewards;
  sealed reporters;
  search::index answers;  // those that were published

  // ---- filing ----
  // Answers as the pages keep them: question id -> answer, and "language". Refusals:
  // epeople.no_kind, those of forms, epeople.no_office, epeople.too_late {days},
  // epeople.join_closed.
  result<cases::matter> file(const audit::access& why, std::string_view kind,
                             const json::object& answers, const std::string& once, id join = {});
  // What the form of a kind can offer for a question whose options are not in the pack.
  std::vector<forms::option> options(const filing_kind& k, const forms::question& q,
                                     const json::object& answers) const;
  // The answers checked again, as they would have come from the pages; those of questions that do
  // not apply are left out.
  result<json::object> checked(const filing_kind& k, const json::object& answers) const;
  std::vector<suggestion> suggested(const json::value& answers) const;

  // ---- looking ----
  std::optional<filing> find(id matter);
  std::vector<filing> group(id lead);
  std::int64_t voices(id lead);
  std::vector<target> targets(id lead);  // of all filings of the group
  std::vector<translation> translations(id matter);
  std::optional<reward> reward_of(id matter);
  int transfers(id matter);
  // The same matter among those that are open, most alike first. `but`: not this one.
  std::vector<similar> alike_to(std::string_view text, std::string_view kind, id but = {},
                                std::size_t most = 5);
  // Those of a person, protected reports too, newest first.
  std::vector<queued> of_person(id person);
  // Hers? A protected report is hers by what is sealed.
  bool belongs_to(const cases::matter& m, const filing& f, id person);
  // Who acts on it when she does: herself, or nobody by name.
  audit::access acting(audit::access why, const cases::matter& m, const filing& f) const;
  // What waits at the actor's office, writers taking turns; or what was answered there, latest
  // first. Nothing that complains about the actor or is her own.
  std::vector<queued> queue(const audit::actor& who, std::size_t most = 100, bool answered = false);
  std::int64_t waiting(const audit::actor& who);
  bool barred(const audit::actor& who, const cases::matter& m);
  // Her own, or of somebody who filed the same: nobody decides on what she asks for herself.
  bool concerns(const audit::actor& who, id lead);

  // ---- acts of officials ----
  // Refusals of all: case.not_found for whoever may not handle it.
  struct opened {
    cases::matter file;
    filing row;
  };
  result<opened> reach(const audit::actor& who, id matter);
  // Passes it on; the third time the ombudsman gets it instead. Refusals: epeople.no_office,
  // and those of cases.
  result<std::string> route(const audit::access& why, id matter, std::string_view office,
                            std::string_view reason);
  // Refusals: epeople.join_self, epeople.join_kind, epeople.join_closed at "lead".
  outcome join(const audit::access& why, id matter, id lead);
  outcome separate(const audit::access& why, id matter);
  // Names the post that is complained about. Refusal: epeople.no_post at "post".
  outcome name_target(const audit::access& why, id matter, std::string_view post);
  outcome translate(const audit::access& why, id matter, std::string_view part,
                    std::string_view language, std::string_view text);
  // The answer for every voice. Refusals: those of cases.
  outcome answer(const audit::access& why, id matter, std::string_view text,
                 std::string_view in_other = {});
  // Refusals: epeople.not_answered, epeople.not_open_to_all, epeople.protected.
  outcome publish(const audit::access& why, id matter, std::string_view title,
                  std::string_view question, std::string_view answer);
  // Refusals: epeople.no_reward, those of rules.
  result<reward> compute_reward(const audit::access& why, id matter, const rules::entries& facts);
  result<reporter> open_identity(const audit::access& why, id matter, std::string_view reason);

  // ---- acts of citizens ----
  // As herself or under the mask of a report. Refusals: case.not_found, those of cases.
  outcome rate(const audit::access& why, id matter, int stars, std::string_view remark);

  // Makes what was published findable.
  void index_answers();
  // Hears what has happened to files, keeps `filing` in step, answers the other voices.
  void listen();

 private:
  void handle_kinds();
  void file_away(store::write& tx, const audit::access& why, const filing_kind& k,
                 const cases::matter& m, const json::object& answers, std::int64_t last_of_writer,
                 id join);
  outcome may_join(const filing_kind& k, id lead);
  result<cases::review> look(const audit::access& why, const cases::matter& m);
  outcome accept(store::write& tx, const audit::access& why, const cases::matter& m);
  std::vector<target> named_in(const json::value& answers, id matter);
  void answer_voices(const cases::matter& lead);
  void tell_reporter(const filing& f, const cases::matter& m, const exchange::event& e);
  void after_case(const std::string& what, const exchange::event& e);
};

// The place of a new filing where writers take turns: the day on which it was filed, or, where she
// has filed before, the day after her last one's place. So a writer has one place a day; whatever
// more she files waits for days to come, behind what others file until then, and never longer.
std::int64_t next_turn(date filed, std::int64_t last_own);

BOOST_DESCRIBE_STRUCT(filing, (),
                      (matter, kind, title, language, place, office, confidential, openly, routed,
                       escalated, lead, turn, filed, answered, in_time))
BOOST_DESCRIBE_STRUCT(file_line, (),
                      (key, number, applicant_name, post, state, received, due, voices))
BOOST_DESCRIBE_STRUCT(target, (), (matter, post, person, said, at))
BOOST_DESCRIBE_STRUCT(translation, (), (key, matter, part, language, text, author, at))
BOOST_DESCRIBE_STRUCT(published, (), (matter, kind, office, title, question, answer, author, at))
BOOST_DESCRIBE_STRUCT(reward, (), (matter, entitled, amount, record, author, at))

}  // namespace madang::epeople
