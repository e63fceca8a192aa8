#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/platform/context.hpp"

// The file of a case as applicant and officials see it: the same views and parts on both sides.
namespace madang::platform {

struct attached_line {
  std::string key, name, type, hash, href, view;
  std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(attached_line, (), (key, name, type, hash, href, view, size))
struct said_line {
  bool official = false;
  std::string author, text;
  instant at;
  std::vector<attached_line> files;
};
BOOST_DESCRIBE_STRUCT(said_line, (), (official, author, text, at, files))
struct decided_line {
  std::string state, who, reason;
  instant at;
};
BOOST_DESCRIBE_STRUCT(decided_line, (), (state, who, reason, at))
struct opinion_line {
  std::string key, office, office_name, state, question, asked_by, answer, answered_by;
  date due;
  instant asked;
  std::optional<instant> answered;
};
BOOST_DESCRIBE_STRUCT(opinion_line, (),
                      (key, office, office_name, state, question, asked_by, answer, answered_by,
                       due, asked, answered))
struct note_line {
  std::string author, text;
  instant at;
};
BOOST_DESCRIBE_STRUCT(note_line, (), (author, text, at))
struct story_line {
  std::string what, said, who, note;
  instant at;
};
BOOST_DESCRIBE_STRUCT(story_line, (), (what, said, who, note, at))
struct rated_line {
  int stars = 0;
  std::string text;
  instant at;
};
BOOST_DESCRIBE_STRUCT(rated_line, (), (stars, text, at))
struct case_file {
  std::vector<said_line> messages;
  std::vector<decided_line> decisions;
  std::vector<opinion_line> opinions;
  std::vector<note_line> notes;              // officials only
  std::vector<std::string> clock;            // how the due date came to be, and what comes next
  std::vector<story_line> story;
  std::optional<rated_line> rating;
};
BOOST_DESCRIBE_STRUCT(case_file, (),
                      (messages, decisions, opinions, notes, clock, story, rating))

// `base` is the address of the case for this reader: attachments lie below it. Officials see notes
// and what offices asked each other; the applicant does not.
case_file file_of(const context& c, cases::files& files, const cases::matter& m,
                  const std::string& base, bool official);

html::node messages_part(const context& c, const case_file& f);
html::node clock_part(const context& c, const case_file& f);
html::node decisions_part(const context& c, const case_file& f);
html::node story_part(const context& c, const case_file& f, bool official);

// A form for text with files; its control is called `text` and has the id `id`. What is sent twice
// is there once.
struct writing {
  std::string action, label, hint, button, error, value;
  std::string id = "text";
  bool files = true, required = true, primary = false;
};
html::node writing_form(const context& c, const writing& w);
std::vector<cases::upload> uploads_of(const context& c);
// The key against sending twice that the form carried, made the case's own; empty: it had none.
std::string once_of(const context& c, id matter);

// The whole file as one sealed PDF/A (documents/case-file.yaml), issued to the actor.
result<documents::issued> issue_case_file(context& c, cases::files& files, const cases::matter& m,
                                          const audit::access& why, bool official);

}  // namespace madang::platform
