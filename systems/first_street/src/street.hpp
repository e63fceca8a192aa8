#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/assembly/circle.hpp"
#include "madang/assembly/recording.hpp"
#include "madang/platform/context.hpp"
#include "madang/voices/book.hpp"

// Forums, activities and what was uploaded for them. What is said of a forum or activity, and
// whether it is hidden, is of its ask (engines/voices), which is filed when it becomes public.
namespace madang::first_street {

using platform::context;
using platform::house;
using platform::needs;

inline constexpr const char* planner_role = "participation_officer";
// The planning group is one circle of the database.
inline constexpr id planning_group{1};

struct plan {
  id key;
  std::string number;              // of its ask; empty: not announced yet
  std::string title, body, category;
  instant begins;
  std::string place, stream;       // stream: an address to embed; empty: none
  id made_by;
  instant made;
};
BOOST_DESCRIBE_STRUCT(plan, (),
                      (key, number, title, body, category, begins, place, stream, made_by, made))

struct topic {
  id plan;
  std::string href, title;
};
BOOST_DESCRIBE_STRUCT(topic, (), (plan, href, title))

struct promise {
  id key, plan;
  std::string what, category;      // the ministry of the category does it
  date until;
  std::string state;               // open, done, dropped
  std::string note;                // what came of it
  std::string handed;              // number of the ask at the ministry; empty: not handed over
  instant made;
};
BOOST_DESCRIBE_STRUCT(promise, (),
                      (key, plan, what, category, until, state, note, handed, made))

struct activity {
  id key;
  std::string number;              // of its ask; empty: a draft, seen by its author alone
  std::string title, body, category, team, place;
  date held;
  id author;
  instant made;
};
BOOST_DESCRIBE_STRUCT(activity, (),
                      (key, number, title, body, category, team, place, held, author, made))

struct upload {
  id key, owner;
  std::string part;                // picture
  std::string type, alt;
  int width = 0, height = 0;
};
BOOST_DESCRIBE_STRUCT(upload, (), (key, owner, part, type, alt, width, height))

class street {
 public:
  street(house& h, store::database& db);

  house& home() const { return house_; }
  assembly::circles& group() { return circles_; }
  audit::access why(const context& c, const std::string& reference = {}) const;
  const voices::rule& rule() const { return rule_; }       // of forums: its categories are shared
  const std::string& agency_of(std::string_view category) const;
  // Of the planning group: officials by their role, others by invitation.
  bool plans(const context& c) const;

  // ---- forums ----
  // Refusals, with the field: forum.title, forum.body, forum.category, forum.begins, forum.place,
  // forum.stream (not an address at an origin of the operator's list).
  outcome judge(const plan& p) const;
  // Draft, or what may still be changed of an announced one: date, place, stream.
  outcome put_plan(const audit::access& why, plan p, const std::vector<topic>& topics);
  std::optional<plan> find_plan(id key) const;
  std::vector<plan> plans_between(instant from, instant until) const;      // announced
  std::vector<plan> all_plans() const;                                     // the latest first
  std::vector<topic> topics_of(id plan) const;
  // Files its ask; it is public from then on.
  result<plan> announce(const audit::access& why, id key);
  std::vector<promise> promises_of(id plan) const;
  // Refusals promise.what, promise.category, promise.until.
  outcome put_promise(const audit::access& why, promise p);
  // Refusals promise.state, promise.note.
  outcome settle(const audit::access& why, id key, std::string_view state, std::string_view note);
  std::optional<promise> find_promise(id key) const;
  // Gives it to the ministry of its category as an ask with a duty; once.
  outcome hand_over(const audit::access& why, id key);
  // The state of what was handed over, as handed.ask says it; null: not handed over.
  json::value came_of(const promise& p) const;

  // ---- wishes of the planning group ----
  void wish(const audit::access& why, std::string_view href, bool on);
  std::int64_t wishes(std::string_view href) const;
  bool wished(std::string_view href, id person) const;

  // ---- activities ----
  static constexpr int most_drafts = 20, most_pictures = 6;
  outcome judge(const activity& a) const;
  outcome put_activity(const audit::access& why, activity a);
  std::optional<activity> find_activity(id key) const;
  std::vector<activity> drafts_of(id author) const;
  std::vector<activity> activities_between(date from, date until) const;   // public
  result<activity> publish(const audit::access& why, id key);
  void drop(const audit::access& why, id key);

  // ---- uploads ----
  // By the key of the plan.
  const assembly::recordings& recordings() const { return recordings_; }
  // Refusals of recordings::judge.
  outcome put_recording(const audit::access& why, id plan, const assembly::uploaded& u);
  // Refusals shared_file.alt, .too_many, picture.*.
  outcome put_upload(const audit::access& why, id owner, std::string_view part,
                     std::string_view octets, std::string_view alt);
  std::vector<upload> uploads_of(id owner, std::string_view part) const;
  std::optional<std::pair<upload, std::string>> octets_of(id key) const;
  void drop_upload(const audit::access& why, id owner, id key);

  bool may_embed(std::string_view address) const;

 private:
  result<std::string> file(const audit::access& why, const std::string& place,
                           const std::string& title, const std::string& body,
                           const std::string& category, const std::string& source);

  house& house_;
  store::database& db_;
  assembly::circles circles_;
  assembly::recordings recordings_;
  voices::rule rule_;
  std::vector<std::string> frames_;          // origins that may be embedded
};
using shared_street = std::shared_ptr<street>;
class channel;

std::string origin_of(std::string_view address);

// ---- pages by subject ----
void forum_pages(const shared_street& s);
void planning_pages(const shared_street& s);
void plan_desk_pages(const shared_street& s);
void activity_pages(const shared_street& s);
void calendar_pages(const shared_street& s, const std::shared_ptr<channel>& ch);
void overview_pages(const shared_street& s, const std::shared_ptr<channel>& ch);

}  // namespace madang::first_street
