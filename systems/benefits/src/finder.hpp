#pragma once
#include <memory>
#include <string>
#include <vector>

#include "madang/forms/forms.hpp"
#include "madang/platform/context.hpp"
#include "madang/rules/statutes.hpp"

// Internal: the questions, what was answered, and what follows.
namespace madang::benefits {

using platform::context;
using platform::house;

// The law of the pack and the questions that are asked of a person.
struct office {
  explicit office(const packs::pack& pack);
  rules::statutes law;
  forms::form questions;
};

// Answers by question; what is wrong with others.
struct answers {
  json::object given;
  std::vector<std::pair<std::string, refusal>> wrong;
};
answers answers_sent(const context& c, const office& o);
// What the resident register knows of who has signed in.
json::object answers_known(context& c);

// As the decisions take them; "household_size" becomes "household size". Refusal forms.ages
// (field children): the ages cannot be read.
result<rules::entries> facts_of(const json::object& given);
date day_asked(const context& c, const json::object& given);

http::response show_finder(context& c, const office& o, const answers& a);
http::response show_results(context& c, const office& o, const json::object& given);
http::response show_benefit(context& c, const office& o);

}  // namespace madang::benefits
