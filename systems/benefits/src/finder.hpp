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

// Who asks: the folder of the pack that decides, the page that asks, the texts that say it.
struct audience {
  std::string folder, path, words;
};
extern const audience of_persons, of_businesses;

// The law of the pack and the questions that are asked of a person, or of a business.
struct office {
  explicit office(const packs::pack& pack, const audience& whom = of_persons);
  audience whom;
  rules::statutes law;
  forms::form questions;

  // What the finder says, in the words for whom it is for: "title" is benefits.title.
  std::string_view say(const context& c, std::string_view key) const;
  std::string page_of(const rules::provision& p) const { return whom.path + "/" + p.id; }
};

// Answers by question; what is wrong with others.
struct answers {
  json::object given;
  std::vector<std::pair<std::string, refusal>> wrong;
  std::string about;               // the business that was filled in
};
answers answers_sent(const context& c, const office& o);
// What the resident register knows of who has signed in.
json::object answers_known(context& c);
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
