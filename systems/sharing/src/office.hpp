#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"
#include "madang/platform/effort.hpp"
#include "tasks.hpp"

namespace madang::sharing {

using platform::context;
using platform::house;
using platform::needs;

// asked -> given | declined; given -> withdrawn. One whose last day is over holds no longer.
struct consent {
  id key, person;
  std::string task, office, agency, agency_name, asked_by, reference, state;
  instant asked_at;
  std::optional<instant> answered_at;
  date until;
};

// Why an official may look: the application, or the consent.
struct ground {
  std::string reference;             // number of the case, or of the file a consent was asked for
  std::string what;                  // "case", "consent"
};

// What came of one source.
struct finding {
  const source* from = nullptr;
  const registers::schema* schema = nullptr;
  std::string state;                 // found, none, yes, no, unknown, failed
  std::vector<json::value> records;  // as they are shown: only the items of the task
  instant at;
  std::int64_t micros = 0;
  std::optional<refusal> why;        // of a failure
};

struct usage {
  std::string month, agency, task, reg, outcome;
  std::int64_t n = 0, micros = 0;
};
BOOST_DESCRIBE_STRUCT(usage, (), (month, agency, task, reg, outcome, n, micros))

class office {
 public:
  static constexpr int most_a_day = 200, most_refused_a_day = 10, most_consent_days = 365;

  explicit office(house& h);

  house& home() { return house_; }
  const catalogue& book() const { return book_; }

  // The person with a resident number, and nothing of her. Refusals: sharing.no_person (field
  // number), and when the post has done too much today sharing.too_many or sharing.locked.
  result<id> person(const context& c, const task& t, std::string_view number,
                    const std::string& reference);
  // Refusal sharing.no_ground: no open application of hers with that number waits at the
  // official's office, and she has not agreed. Tries without ground are counted.
  result<ground> may_look(const context& c, const task& t, id who, const std::string& reference);
  // How she is called; asked for when there is a ground.
  std::string name_of(const context& c, const task& t, id who, const ground& g);
  // All sources at once; one that fails does not hold up the others.
  // Refusal sharing.too_many.
  result<std::vector<finding>> look(const context& c, const task& t, id who, const ground& g);
  // The same as the person herself sees it before she agrees.
  std::vector<finding> preview(const context& c, const task& t);

  // ---- consent ----
  // Refusals: sharing.reference (field reference), sharing.until (field until), sharing.asked,
  // sharing.too_many.
  result<consent> ask(const context& c, const task& t, id who, const std::string& reference,
                      date until);
  std::vector<consent> of_person(id who);
  std::optional<consent> find(id key);
  // Refusals: sharing.unknown, sharing.answered.
  outcome answer(const context& c, id key, const std::string& state);

  std::vector<usage> used();

 private:
  audit::access why(const context& c, const task& t, const std::string& reference) const;
  std::optional<consent> standing(const context& c, const task& t, id who);
  finding look_at(const audit::access& why, const source& s, id who, std::string_view language);
  std::vector<finding> ask_all(const audit::access& why, const task& t, id who,
                               const std::string& language);
  outcome within_limits(const context& c) const;
  outcome count_look(const context& c);
  void count_refusal(const context& c);
  void remember(const context& c, const task& t, const std::vector<finding>& all);

  house& house_;
  store::database& db_;
  platform::effort effort_;
  catalogue book_;
};
using shared_office = std::shared_ptr<office>;

void desk_pages(house& h, shared_office o);        // the screen of officials
void my_pages(house& h, shared_office o);          // consents of a person, with what would be seen
void public_pages(house& h, shared_office o);      // what is shared, and how much

// An agency or a district by its code.
std::string agency_name(const context& c, const std::string& code);
// The registers of a task as they are called, each once.
std::string register_names(const context& c, const task& t);

// One source with what was found.
html::node finding_box(const context& c, const finding& f);
struct finding_line {
  std::string reg, name, agency, state, asks, at;
  std::int64_t micros = 0;
  std::vector<json::value> records;
  std::string problem;
};
BOOST_DESCRIBE_STRUCT(finding_line, (),
                      (reg, name, agency, state, asks, at, micros, records, problem))
finding_line line_of(const context& c, const finding& f);

}  // namespace madang::sharing
