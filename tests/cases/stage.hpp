#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "madang/platform/house.hpp"
#include "script.hpp"

// Where one case is played: a whole house with the registers of its pack, empty but for what is
// given.
//
//   given  REGISTER NAME {items} [from DATE]   a record; NAME is its key where keys are written
//   given  official NAME {role: …, office: …, agency: …, post: …, person: …}; roles with commas
//                                              somebody who acts in a post
//   given  instant NAME                        now, to ask later what was known then
//   when   WHO tells COMMAND {input} [as NAME] through the exchange; the case that it opens is "it"
//                                              and is called so, =it else
//   when   WHO queries QUERY {input}           through the exchange
//   when   WHO agrees | declines | takes | accepts | withdraws
//   when   WHO asks | replies | returns | refuses "text"
//   when   WHO moves it to DISTRICT "reason"
//   when   WHO writes | notes | objects | reopens "text"
//   when   WHO extends it by DAYS "reason"
//   when   WHO consults DISTRICT "question"     by the due date of the case
//   when   WHO advises "opinion"                on what was asked last
//   when   WHO rates STARS
//   when   WHO does STEP good | bad            of the process of the case
//   when   clock rings on DATE
//   when   WHO looks                           at the review of the case
//   then   done                                what was tried last was not refused
//   then   refused CODE [at FIELD]
//   then   answer {members}
//   then   answer says | hides "TEXT"          anywhere in what was answered last
//   then   state STATE
//   then   story EVENT                         is told in the story of the case
//   then   rule "WORDS" met | open             of the review, in English
//   then   REGISTER NAME holds {items} [on DATE]
//   then   REGISTER NAME is not there [on DATE]
//   then   REGISTER of ITEM VALUE counts N
//   then   entry about WHO {what: …, by: …, record_of: …}
//   then   event NAME {members of its payload}
//
//   then   notice to WHO "WORDS"               in her message box, in English
//   then   no notice to WHO "WORDS"            none; "no second notice": not two
//
// Values: =name is the key of what was given under that name, =today, =today-5 are dates,
// =years-65 the day 65 years ago, =years-65+1 the day after that, =now this instant, =number a
// fresh resident number for the born and sex beside it.
namespace madang::cases_of {

class stage {
 public:
  explicit stage(platform::house& house);
  // What is wrong; nothing when all is as said.
  std::optional<std::string> play(const statement& s);

 private:
  std::optional<std::string> given(const statement& s);
  std::optional<std::string> when(const statement& s);
  std::optional<std::string> then(const statement& s);
  std::optional<std::string> register_holds(const statement& s);
  std::optional<std::string> rule_is(const statement& s);
  std::optional<std::string> story_tells(const statement& s);
  std::optional<std::string> entry_is_there(const statement& s);
  std::optional<std::string> event_was(const statement& s);
  std::optional<std::string> notice_is(const statement& s);

  audit::access access_of(const std::string& who) const;
  json::value meant(const json::value& v, const json::object* beside = nullptr);
  std::string meant(std::string_view s, const json::object* beside = nullptr);
  std::string key_of(const std::string& name) const;
  date day(const statement& s, const char* preposition, date otherwise);
  std::optional<std::string> settle();
  outcome act(const statement& s, const audit::access& why);
  outcome do_step(const audit::access& why, const std::string& number, const std::string& step,
                  const std::string& found);

  platform::house& house_;
  std::map<std::string, std::string, std::less<>> keys_;      // name -> key of a record
  std::map<std::string, audit::actor, std::less<>> actors_;
  std::map<std::string, json::value> events_;                 // the last of each name
  id it_;                                                     // the case that was opened last
  std::optional<refusal> refused_;
  bool seen_ = true;                 // a refusal that no "then" has named is a failure
  json::value answer_;
  cases::review review_;
  int serial_ = 0;
};

}  // namespace madang::cases_of
