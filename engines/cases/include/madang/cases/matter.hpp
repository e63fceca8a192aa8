#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

// What the file of a case holds.
namespace madang::cases {

enum class state { consent, received, question, accepted, refused, returned, withdrawn };
std::string_view name_of(state s);
std::optional<state> state_of(std::string_view name);
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
  std::optional<date> alarm;       // when the clock acts next, if nothing happens until then
  int stage = 0;                   // 0: a reminder comes next; 1: reminded; 2 and more: overdue
  std::string superior;            // post to which it was reported as overdue
  std::optional<date> extended;    // the day on which the period was lengthened
  std::optional<date> objected;    // the applicant objected to a refusal: it is examined again
  std::int64_t turn = 0;           // its place where applicants take turns; 0: they do not
  int unheard = 0;                 // messages of the applicant since an official last acted
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

// One line of the story of a case; `what` is a text key "case.event_<what>".
struct event {
  instant at;
  std::string what;
  std::string who;
  std::string note;
};

// A file of the case. Its octets are kept by their hash.
struct attachment {
  id key, matter;
  id message;                      // with which it came; 0: by itself
  bool from_official = false;
  std::string author;
  std::string name;                // as its sender called it, without path or control characters
  std::string type;                // by content: "application/pdf"
  std::int64_t size = 0;           // octets
  std::string hash;                // SHA-256 in hex
  instant at;
};

// What officials write for each other; the applicant does not see it.
struct note {
  id key;
  instant at;
  std::string author;
  std::string text;
};

struct decision {
  id key;
  instant at;
  std::string who;
  id person;
  std::string post;
  cases::state state = cases::state::accepted;
  std::string reason;
};

// What another office was asked before the lead decides. It has its own due date; the case's clock
// goes on, as the law counts the time of joint handling within the period.
enum class opinion_state { asked, answered, dropped };
std::string_view name_of(opinion_state s);
struct opinion {
  id key, matter;
  std::string office;              // district that is asked
  opinion_state state = opinion_state::asked;
  std::string asked_by, asked_post;
  std::string question;
  instant asked;
  date due;
  std::optional<date> alarm;       // when it is called overdue
  std::string answer, answered_by;
  std::optional<instant> answered;
};

struct rating {
  int stars = 0;                   // 1 to 5
  std::string text;
  instant at;
};

// The legal clock of a case, with everything that moved it: how `due` came to be.
struct pause {
  date since, until;
  int days = 0;                    // working days it stood
};
struct extension {
  instant at;
  std::string who;
  int days = 0;                    // working days given
  date was_due, due;
  std::string reason;
};
struct legal_clock {
  date received;
  int period = 0;                  // working days of the procedure (or of an objection)
  std::vector<pause> pauses;
  std::optional<date> stands_since;
  std::vector<extension> extensions;
  date due;
  int left = 0;                    // working days until due; negative: late by so many
  std::optional<date> reminder;    // when the official is reminded, if it is still to come
  std::optional<date> escalation;  // when it goes to the superior, if it is still to come
  int may_extend = 0;              // working days by which the period may still be lengthened
};

}  // namespace madang::cases
