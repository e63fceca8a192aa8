#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// By which rules the people are heard, as data: which stages an ask goes through, what may be said
// in each, how much of it leads on, how long it may take, and what an agency then owes.
namespace madang::voices {

// What a person can say about an ask, once each and taken back at will.
enum class saying : std::uint8_t { back, like, comment, choice };
// "back", "like", "comment"; "choice": what is chosen on the ask's ballot paper (choice.hpp).
std::string_view name_of(saying s);
std::optional<saying> saying_named(std::string_view name);

struct goal {
  saying of = saying::back;
  std::int64_t count = 0;
};

// What an agency makes of an ask when it does what it owes, besides its words.
struct verdict {
  std::string id;                  // "adopted", "partly", "not_adopted"
  words name;
  bool adopts = false;             // counts as adopted, in whole or in part
};

struct stage {
  std::string id;
  words name, says;                // what it is called; what happens next, for readers
  bool listed = true;              // found by whoever has no link
  std::vector<saying> takes;
  std::int64_t days = 0;           // until `ended`; 0: only a goal or an agency ends it
  bool window = false;             // until `ended`, on the day that each ask says for itself
  std::string by_hand;             // stage to which who made it moves it on
  std::vector<goal> goals;         // any one of them leads to `reached`
  std::string reached, ended;      // stages; empty: there is no such way on
  std::string duty;                // what the responsible agency owes here; empty: nothing
  std::int64_t duty_days = 0;      // working days it has for it
  std::string done;                // stage when it has done so
  std::vector<verdict> verdicts;   // one of them belongs to what it says; empty: none does

  bool takes_any(saying s) const;
  const verdict* find_verdict(std::string_view id) const;
};

struct category {
  std::string id, agency;          // responsible for asks of this category
  words name;
  // 0: voices under a pseudonym that the house makes (leaf.hpp), whose key's holder can trace it.
  // 1: voices by blind tokens (tokens.hpp), which nobody can; they need a browser with script.
  // 2: by a pass for all asks of a quarter (passes.hpp), which nobody can either.
  std::int64_t level = 0;
};

struct rule {
  std::string id;                  // "national-petition"
  words name;
  std::string law;                 // key of a text
  std::vector<stage> stages;       // an ask begins in the first
  std::vector<category> categories;
  std::int64_t longest_title = 0, longest_body = 0;        // characters
  std::string prefix;              // of numbers: "P" for "P2026-000017"
  std::int64_t most_a_day = 5;     // filed by one person

  const stage* find_stage(std::string_view id) const;
  const category* find_category(std::string_view id) const;
  // In whichever stage it is given.
  const verdict* find_verdict(std::string_view id) const;
};

// {id, name, law, longest: {title, body}, categories: [{id, agency, name, level}], stages: [{id,
// name, says, listed, takes, days, window, by_hand, goals: [{of, count}], reached, ended, duty,
// duty_days, done, verdicts: [{id, name, adopts}]}], prefix, most_a_day}.
// Refusal voices.rule, whose field names the place: a stage nothing leads to, a way that leads
// nowhere, a goal that cannot be reached because nobody may say it, two of one name, a level
// that is not 0 to 2, that is not 0 where a stage takes comments, which need a pseudonym, or is 2
// where one takes choices, which passes do not bind.
result<rule> read_rule(const json::value& v);

}  // namespace madang::voices
