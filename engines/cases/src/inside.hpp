#pragma once
#include "madang/cases/cases.hpp"

// What the sources of this room share.
namespace madang::cases {

BOOST_DESCRIBE_STRUCT(matter, (),
                      (key, number, procedure, applicant, applicant_name, office, post, state,
                       answers, opened, received, due, suspended, decided, decided_by, reason,
                       alarm, stage, superior, extended, objected, turn, unheard))
BOOST_DESCRIBE_STRUCT(consent, (), (person, name, state, at, question, about))
BOOST_DESCRIBE_STRUCT(message, (), (key, from_official, author, text, at))
BOOST_DESCRIBE_STRUCT(event, (), (at, what, who, note))
BOOST_DESCRIBE_STRUCT(attachment, (),
                      (key, matter, message, from_official, author, name, type, size, hash, at))
BOOST_DESCRIBE_STRUCT(note, (), (key, at, author, text))
BOOST_DESCRIBE_STRUCT(decision, (), (key, at, who, person, post, state, reason))
BOOST_DESCRIBE_STRUCT(opinion, (),
                      (key, matter, office, state, asked_by, asked_post, question, asked, due,
                       alarm, answer, answered_by, answered))
BOOST_DESCRIBE_STRUCT(rating, (), (stars, text, at))
BOOST_DESCRIBE_STRUCT(pause, (), (since, until, days))
BOOST_DESCRIBE_STRUCT(extension, (), (at, who, days, was_due, due, reason))

inline const std::string& select_matter() {
  static const std::string text = "select " + store::columns<matter>() + " from matter ";
  return text;
}

std::string signed_by(const audit::actor& who);
outcome check_text(std::string_view text);
refusal not_open(const matter& m);
// True the first time a key is seen; an empty one is always new.
bool first_time(store::write& tx, const std::string& once);
// Is this what was done to the case last, by the same and with the same words? Then it was sent
// twice, and is done.
bool just_did(store::read& tx, const matter& m, std::string_view what, const audit::actor& who,
              std::string_view note);
// The words of a text, normal form, as matter_word has them.
std::vector<std::string> words_of(std::string_view text, bool for_query);
// Judged and named, octets left where they are.
result<std::vector<attachment>> judge_uploads(const std::vector<upload>& uploads);

}  // namespace madang::cases
