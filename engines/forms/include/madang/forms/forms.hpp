#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "madang/base/base.hpp"

// Questions, one at a time; their answers, checked; and which question comes next.
namespace madang::forms {

enum class ask {
  radio,        // one of some
  checkboxes,   // any of some; the answer is a list
  select,       // one of many
  text,         // one line
  long_text,
  date,         // three fields: <id>_year, <id>_month, <id>_day, or one <id> in ISO form
  yes_no,       // "yes" or "no"; the labels are options that the caller gives
  number,       // whole, not negative
  address,      // a place from the address finder, <id> and <id>_id: {"town": code, "text": ...}
  office        // one of very many, found by typing: <id> its name as typed, <id>_id its value
};

struct option {
  std::string value;
  words label, hint;
};

// When a question is asked at all: an earlier answer has one of the values.
struct condition {
  std::string question;
  std::vector<std::string> values;
};

struct question {
  std::string id;
  ask how = ask::text;
  words title, hint;
  words part;                      // heading of the part that begins here, all on one page
  bool optional = false;
  std::vector<option> options;
  json::value options_from;        // options that a register gives; see services::evidence
  std::vector<condition> when;     // all of them
  std::size_t longest = 200;       // code points
  bool not_after_today = false;
  int not_before_days = 0;         // at most so many days before today; 0: any
  std::int64_t least = 0, most = 1'000'000'000;
};

struct form {
  std::vector<question> questions;
  const question* find(std::string_view id) const;
};

// Throws packs::broken_pack.
form parse_form(const json::value& questions, const std::string& file);

bool applies(const question& q, const json::object& answers);
// First question that applies and has no answer yet; null when all are answered.
const question* first_open(const form& f, const json::object& answers);
const question* previous(const form& f, const question& q, const json::object& answers);
// Number of q among the questions that apply, and how many those are, as far as is known.
std::pair<int, int> place(const form& f, const question& q, const json::object& answers);

using fields = std::vector<std::pair<std::string, std::string>>;

// Makes an answer of what a form sent. Refusals (field = the control to go to): forms.missing,
// forms.option, forms.date, forms.date_future, forms.date_past {days}, forms.too_long {limit},
// forms.number {least, most}, forms.address, forms.office, forms.text.
result<json::value> answer(const question& q, const std::vector<option>& options,
                           const fields& sent, date today);

// The answer in words, for "check your answers".
std::string shown(const question& q, const std::vector<option>& options, const json::value& answer,
                  std::string_view language);

}  // namespace madang::forms
