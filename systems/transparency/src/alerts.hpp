#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/audit/seal.hpp"
#include "madang/platform/house.hpp"
#include "relations.hpp"

// Unusual reading of personal data. The rules are data of the pack (reading-alerts.yaml):
//
//   - {id: many_persons, least: 30, times_usual: 4}    distinct persons in an hour by one official
//   - {id: outside_hours, from: 22, until: 6, least: 3}   at night and on days nobody works
//   - {id: colleague, least: 1}                        the person is herself an official
//   - {id: without_case, least: 20}                    no number of a case was given
//   - {id: namesake | household | former_household | neighbour | outside_district, least: 1}
//                                                      what they are to each other (relations.hpp)
//
// An alert says what was counted and beside what; it accuses nobody. Somebody looks and writes down
// what it was.
namespace madang::transparency {

struct alert_rule {
  std::string id;
  std::int64_t least = 1;          // persons in the hour
  double times_usual = 0;          // 0: not compared
  int from = 22, until = 6;        // hours, for outside_hours
};
// Does nobody work at that hour of the clock?
bool is_outside(const alert_rule& rule, const civil& at,
                const std::function<bool(date)>& is_working_day);
// Throws packs::broken_pack for a rule that is not known here. None where the pack has no file.
std::vector<alert_rule> alert_rules_of(const packs::pack& pack);

struct alert {
  id key;
  std::string rule;
  id official;
  std::string name;
  words agency;
  instant hour;                    // its beginning
  std::int64_t persons = 0;
  double usual = 0;                // persons in an hour in which this official reads
  instant found_at, handled_at;    // handled_at 0: open
  std::string handled_by, note;
  instant seen_at, escalated_at;   // 0: nobody has seen it; it was not passed on
  std::string seen_by, escalated_by, escalated_note;
};

class alerts {
 public:
  explicit alerts(platform::house& h);
  // Looks at what was read in the last two hours; what was found before is not found again.
  void look();
  enum class part { open, escalated, handled };
  std::vector<alert> list(part which, int limit = 200) const;
  std::optional<alert> find(id key) const;
  // Somebody has begun to look into it; who does so again is not entered. Refusals: alert.unknown,
  // alert.handled.
  outcome see(const audit::access& why, id key);
  // It goes to the office of the official, with why; it stays until it is handled. Refusals as of
  // handle, and alert.escalated.
  outcome escalate(const audit::access& why, id key, std::string_view note);
  // Refusals: alert.unknown, alert.note (empty, or longer than 1,000 characters), alert.handled.
  outcome handle(const audit::access& why, id key, std::string_view note);

 private:
  struct hour_of_reading;
  std::vector<hour_of_reading> hours();
  double usual_of(id official, instant before) const;
  bool applies(const alert_rule& rule, const hour_of_reading& h, double& usual) const;
  bool asks_relations() const;
  bool outside(const alert_rule& rule, instant hour) const;
  outcome step(const audit::access& why, id key, std::string_view note,
               const std::function<outcome(store::write&, const alert&, std::string_view)>& what);

  platform::house& house_;
  store::database& db_;
  std::vector<alert_rule> rules_;
  relations relations_;
};

}  // namespace madang::transparency
