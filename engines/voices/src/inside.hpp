#pragma once
#include "madang/voices/book.hpp"

// Internal: what the two halves of the book share.
namespace madang::voices {

BOOST_DESCRIBE_STRUCT(ask, (),
                      (key, rule, number, title, body, language, category, agency, author, stage,
                       filed, since, ends, due, hidden, hidden_by, appeal, listed, source, level))
BOOST_DESCRIBE_STRUCT(remark, (), (key, ask, pseudonym, body, at, hidden))
BOOST_DESCRIBE_STRUCT(strike, (),
                      (ask, pseudonym, saying, reason, at, struck_by, objection, state))
BOOST_DESCRIBE_STRUCT(sheet, (), (key, ask, reference, at, entered))
BOOST_DESCRIBE_STRUCT(reply, (), (key, ask, agency, body, at, verdict))

inline constexpr std::size_t longest_reply = 20'000, longest_reason = 1'000;

const std::string& ask_columns();

// A reason that all read.
outcome judge_reason(std::string_view said);
bool is_word(std::string_view s);            // of a leaf: small letters, digits, - and _
bool is_hex(std::string_view s, std::size_t digits);
void write_leaf(store::write& tx, const leaf& l);

std::optional<paper> paper_in(store::read& q, id ask);
// What somebody chose, while it counts.
struct given_choice {
  std::string pseudonym, chosen, salt;
};
BOOST_DESCRIBE_STRUCT(given_choice, (), (pseudonym, chosen, salt))
std::optional<given_choice> choice_in(store::read& q, id ask, std::string_view pseudonym);
// What a pseudonym chooses, instead of what it chose before, with the leaves of both; `group` as of
// book::choose. Chosen again alike is nothing.
void give_choice(store::write& tx, id ask, const paper& p, const std::string& pseudonym,
                 std::string_view group, const std::string& chosen, instant at);
// What was chosen is forgotten with it.
void withdraw_choice(store::write& tx, id ask, const std::string& pseudonym, instant at);

inline std::optional<ask> find_in(store::read& q, id key) {
  return q.one<ask>("select " + ask_columns() + " from ask where key = ?1", key);
}

inline instant end_of(const stage& s, instant from) {
  return s.days == 0 ? forever : from.plus(std::chrono::hours(24 * s.days));
}

}  // namespace madang::voices
