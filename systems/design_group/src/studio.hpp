#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/assembly/circle.hpp"
#include "madang/platform/context.hpp"
#include "madang/voices/rule.hpp"

// Projects: their stages, members, evidence board, decisions and result. Each act is one
// transaction with its audit entry. What members do not publish, only members see.
namespace madang::design_group {

using platform::context;
using platform::house;
using platform::needs;

inline constexpr const char* lead_role = "participation_officer";

struct stage {
  std::string id;
  words name, says;
  // What must be there before the project goes on: kinds of items, "decision", "result", or a kind
  // of members, and how many. Items and decisions are those of this stage.
  std::vector<std::pair<std::string, std::int64_t>> needs;
};

struct project {
  id key;
  std::string number;              // "2026-000017"
  std::string title, problem, category, agency;
  std::int64_t year = 0;
  std::string stage;
  id lead;                         // who opened it
  instant made;
  std::string result;              // what is proposed; a draft until it was handed over
  std::string handed;              // number of the ask at the ministry; empty: not yet
  std::string folded;              // title and problem as they are searched
};
BOOST_DESCRIBE_STRUCT(project, (),
                      (key, number, title, problem, category, agency, year, stage, lead, made,
                       result, handed, folded))

// A step of a journey map: what somebody goes through, how she feels (-2 to 2), what she thinks.
struct journey_step {
  std::string what, thought;
  int feeling = 0;
};
BOOST_DESCRIBE_STRUCT(journey_step, (), (what, thought, feeling))

struct item {
  id key, project;
  std::string kind;                // note, photo, interview, journey_map
  std::string stage, title, body;
  json::value steps;               // of a journey map: [{what, thought, feeling}]
  std::string alt, type;           // of a photo
  bool people = false;             // it shows or tells of people, who have agreed
  std::string consent;             // who agreed, how and when, without a name
  bool consent_public = false;     // also to its being public
  bool published = false;
  id author;
  instant made, removed;           // removed 0: it stands on the board
};
BOOST_DESCRIBE_STRUCT(item, (),
                      (key, project, kind, stage, title, body, steps, alt, type, people, consent,
                       consent_public, published, author, made, removed))

struct decision {
  id key, project;
  std::string stage, what, because;
  std::string evidence;            // keys of items, comma-separated
  bool published = false;
  id author;
  instant made;
};
BOOST_DESCRIBE_STRUCT(decision, (),
                      (key, project, stage, what, because, evidence, published, author, made))

struct movement {
  id key, project;
  std::string stage, because;      // because: why back; empty: forward
  id moved_by;
  instant at;
};
BOOST_DESCRIBE_STRUCT(movement, (), (key, project, stage, because, moved_by, at))

class studio {
 public:
  // Throws packs::broken_pack when participation/design.yaml is wrong.
  studio(house& h, store::database& db);

  house& home() const { return house_; }
  assembly::circles& circles() { return circles_; }
  const std::vector<stage>& stages() const { return stages_; }
  const stage* find_stage(std::string_view id) const;
  const stage* after(std::string_view id) const;
  const stage* before(std::string_view id) const;
  const voices::rule& rule() const { return rule_; }       // of results: categories, limits
  audit::access why(const context& c, const std::string& reference = {}) const;
  bool is_member(const context& c, const project& p) const;

  // ---- projects ----
  struct wanted {
    std::string words = {}, stage = {}, agency = {};       // empty: all
    std::int64_t year = 0;                                 // 0: all
    int limit = 20, skip = 0;
  };
  std::vector<project> list(const wanted& w, std::int64_t* total = nullptr) const;
  std::vector<std::int64_t> years() const;
  std::optional<project> find(std::string_view number) const;
  std::vector<project> of_person(id person) const;
  // Refusals design.title, design.problem, design.category, with the field.
  result<project> open(const audit::access& why, std::string title, std::string problem,
                       std::string category);

  // ---- the board ----
  std::vector<item> items(id project) const;               // removed ones too
  std::optional<item> find_item(id project, id key) const;
  std::optional<std::string> photo_of(id item) const;
  // Refusals design.kind, design.item_title, design.body, design.alt, design.consent, picture.*.
  outcome put_item(const audit::access& why, item i, std::string_view photo);
  // Refusal design.consent_public: people in it agreed to be seen by members alone.
  outcome publish_item(const audit::access& why, const item& i, bool on);
  // Taken off the board, and put back.
  void remove_item(const audit::access& why, const item& i, bool on);
  // Consent was withdrawn: nothing of it is kept but that it was there.
  void forget_item(const audit::access& why, const item& i);
  // Refusals design.step, design.too_many.
  static constexpr std::size_t most_steps = 30;
  static constexpr std::int64_t most_items = 1'000;
  outcome add_step(const audit::access& why, const item& i, journey_step s);
  outcome drop_step(const audit::access& why, const item& i, std::size_t at);

  // ---- decisions, stages, result ----
  std::vector<decision> decisions(id project) const;
  // Refusals design.what, design.because, design.evidence.
  outcome decide(const audit::access& why, decision d);
  outcome publish_decision(const audit::access& why, id project, id key, bool on);
  struct need {
    std::string of;
    std::int64_t wanted = 0, there = 0;
  };
  std::vector<need> needs_of(const project& p) const;
  // Refusals design.needs (what is lacking), design.last.
  outcome move_on(const audit::access& why, const project& p);
  // Refusals design.because, design.first.
  outcome move_back(const audit::access& why, const project& p, std::string_view because);
  std::vector<movement> movements(id project) const;
  // Refusals design.result, design.handed.
  outcome put_result(const audit::access& why, const project& p, std::string_view result);
  // To the ministry of its category, as an ask with a duty; once. Refusals design.result,
  // design.last_stage.
  outcome hand_over(const audit::access& why, const project& p);
  json::value came_of(const project& p) const;             // as handed.ask says it; null: nothing

  // Invented projects of a demonstration: 12, or as many more as the population is larger than
  // 1:1000, 900 at most. The same seed gives the same.
  void begin_demonstration();

 private:
  template <class F>
  outcome change(const audit::access& why, id project, std::string_view said, F how);

  house& house_;
  store::database& db_;
  assembly::circles circles_;
  voices::rule rule_;
  std::vector<stage> stages_;
};
using shared_studio = std::shared_ptr<studio>;

std::vector<journey_step> steps_of(const item& i);
// A curve of feelings, as a picture (SVG 1.1) of its own.
std::string curve_of(const std::vector<journey_step>& steps);

void open_pages(const shared_studio& s);
void working_pages(const shared_studio& s);
void lead_pages(const shared_studio& s);

}  // namespace madang::design_group
