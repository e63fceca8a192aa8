#pragma once
#include <memory>
#include <string>
#include <vector>

#include "madang/forms/forms.hpp"
#include "madang/platform/context.hpp"
#include "madang/rules/live_law.hpp"
#include "madang/rules/sitting.hpp"

// Internal: the questions, what was answered, and what follows.
namespace madang::benefits {

using platform::context;
using platform::house;

// How a fact is called, and whether anybody can be advised about it.
struct term {
  std::string fact;                // "monthly income"
  words name;
  bool fixed = false, rises = false, money = false;
};

// Who asks: the folder of the pack that decides, the page that asks, the texts that say it.
struct audience {
  std::string folder, path, words;
};
extern const audience of_persons, of_businesses;

// The law of the pack and the questions that are asked of a person, or of a business.
struct office {
  explicit office(const house& h, const audience& whom = of_persons);
  audience whom;
  rules::live_law law;
  forms::form questions;
  std::vector<term> terms;
  madang::words yes, no;

  // What the finder says, in the words for whom it is for: "title" is benefits.title.
  std::string_view say(const context& c, std::string_view key) const;
  std::string page_of(const rules::provision& p) const { return whom.path + "/" + p.id; }
  const term* find_term(std::string_view fact) const;
  // A fact in words: choices by their labels, money with separators.
  std::string shown(std::string_view fact, const rules::value& v,
                    const std::string& language) const;
};

// "매달 342,510원"
std::string amount_in_words(const rules::provision& p, const decimal& amount,
                            const std::string& language);
// What one other fact would do: "월 소득인정액: 2,650,000 → 2,572,337이면 받습니다". Empty: nothing
// that anybody could change.
std::vector<std::string> advice(const context& c, const office& o, const rules::provision& p,
                                const rules::entries& facts, date day);
// Every rule that was tried, up to the one that decided, with the values of its conditions.
html::node how_decided(const context& c, const rules::judged& j);

// Answers by question; what is wrong with others.
struct answers {
  json::object given;
  std::vector<std::pair<std::string, refusal>> wrong;
  std::string about;               // the business that was filled in
};
answers answers_sent(const context& c, const office& o);
// What the registers know of who has signed in, as answers and as the decisions take it; each look
// leaves its entry. Refusals: those of registers.
json::object answers_known(context& c);
result<rules::entries> known_facts(context& c, const audit::access& why);
// The same of anybody, as of a day, as it was known at an instant.
result<rules::entries> facts_from_registers(house& h, const audit::access& why, id person,
                                            registers::moment when);
// The register that says a fact: "persons", "circumstances".
std::string origin_of_fact(std::string_view fact);
// What the business register knows of a business of who has signed in: the one that the address
// names (?business=), or the first that goes on. Each look leaves its entry.
answers answers_of_business(context& c, const office& o);

// As the decisions take them; "household_size" becomes "household size". Refusal forms.ages
// (field children): the ages cannot be read.
result<rules::entries> facts_of(const json::object& given);
date day_asked(const context& c, const json::object& given);

http::response show_finder(context& c, const office& o, const answers& a);
http::response show_results(context& c, const office& o, const json::object& given);
http::response show_benefit(context& c, const office& o);

}  // namespace madang::benefits
