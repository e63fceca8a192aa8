#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"
#include "madang/platform/effort.hpp"
#include "madang/platform/predicate.hpp"

namespace madang::agreements {

using platform::context;
using platform::house;
using platform::needs;

// Banks, schools, public bodies: what holds for all of a kind (agreements/members.yaml).
struct member_class {
  std::string id;
  words name;
  bool consents = true;     // the person must have agreed, whatever the agreement says
  std::int64_t tariff = 0;  // won an answer, unless the agreement says otherwise
  int most_a_day = 200;     // answers
};

struct member {
  std::string id;             // of an agency's own program: the code of the agency
  std::string klass, client;  // client: of our OpenID provider
  words name;
};

// What an agreement may name in place of an item (agreements/questions.yaml): the member learns yes
// or no. Among the items it is called "?" and its id.
struct question {
  std::string id, reg;
  words asks;
  platform::predicate answer;
};

// asked -> in_force | refused | withdrawn; in_force -> ended. One whose last day is over is in
// force no longer, whatever its row says.
struct agreement {
  id key;
  std::string number;     // "A-2026-0007"
  std::string applicant;  // code of an agency, or a member
  std::string provider;   // agency that keeps the register
  std::string reg;
  json::value items;
  std::string purpose, law, state, asked_by;
  id asked_person;
  instant asked_at;
  std::string decided_by;
  std::optional<instant> decided_at;
  std::string note;  // why it was refused or ended
  date begins, ends;
  std::int64_t tariff = 0;  // won an answer
  std::string renews;       // number of the agreement it goes on with; empty: none
};

struct permission {
  id key;
  std::string bundle;
  id agreement, person;
  std::string member, reference, state;  // asked, given, declined, stopped
  instant asked_at;
  std::optional<instant> answered_at;
  date until;
  std::string items = {};  // those of the agreement that are sent, as JSON; empty: all
  bool sends(std::string_view item) const;
};
BOOST_DESCRIBE_STRUCT(permission, (),
                      (key, bundle, agreement, person, member, reference, state, asked_at,
                       answered_at, until, items))

// What a rich authorization request (RFC 9396) asks under one agreement: "persons.name" of its
// `datatypes`, as items of the register.
struct asked_part {
  agreement of;
  std::vector<std::string> items;
};

struct usage {
  std::string month, number, applicant, provider, reg, outcome;
  std::int64_t n = 0, tariff = 0;
};
BOOST_DESCRIBE_STRUCT(usage, (), (month, number, applicant, provider, reg, outcome, n, tariff))

struct application {
  std::string applicant, reg, purpose, law, renews;
  std::vector<std::string> items;
  std::optional<date> ends;
};

class office {
 public:
  static constexpr int longest_days = 366 * 3, most_refused_a_day = 20;

  // Throws packs::broken_pack.
  explicit office(house& h);

  house& home() { return house_; }
  const std::vector<member>& members() const { return members_; }
  const member_class* class_of(const member& m) const;
  const member* find_member(std::string_view id) const;
  const member* with_client(std::string_view client) const;
  std::string name_of(const std::string& party, const std::string& language) const;
  const std::vector<question>& questions() const { return questions_; }
  // Of an item of an agreement; null: it is none.
  const question* find_question(std::string_view reg, std::string_view item) const;
  // An item, or a question, as people call it.
  std::string item_name(const std::string& reg, const std::string& item,
                        const std::string& language) const;

  // ---- agreements ----
  // Refusals: agreement.register, agreement.items, agreement.purpose, agreement.law, agreement.ends
  // (fields), agreement.unknown (renews), agreement.asked.
  result<agreement> apply(const audit::access& why, const application& a);
  std::optional<agreement> find(const std::string& number);
  std::vector<agreement> all();
  std::vector<agreement> in_force_for(const member& m);
  std::string state_of(const agreement& a) const;  // "expired" besides
  // An official of the agency that keeps the register; of the centre, where that agency has none.
  bool may_review(const audit::actor& who, const agreement& a);
  // Refusals: agreement.not_yours, agreement.own (nobody decides what she asked for),
  // agreement.decided, agreement.note, agreement.tariff.
  outcome decide(const audit::access& why, const std::string& number, bool approve,
                 const std::string& note, std::optional<std::int64_t> tariff);
  // By either side. Refusals: agreement.not_yours, agreement.not_in_force, agreement.note.
  outcome end(const audit::access& why, const std::string& number, const std::string& note);
  std::vector<usage> used();

  // ---- use by a member's program ----
  // The agreement that covers it now. Everything else is refused: agreement.none.
  result<agreement> in_force(const member& m, const std::string& number);
  // Refusals: agreement.none, agreement.no_consent, agreement.no_person, agreement.reference,
  // agreement.too_many, agreement.locked.
  result<json::object> look(const member& m, const std::string& number, const std::string& resident,
                            const std::string& reference);
  // Refusals: those of look, agreement.until.
  result<permission> ask(const member& m, const std::string& number, const std::string& resident,
                         const std::string& reference, date until);
  // What somebody sends it, as of now: {items: [{agreement, register, records, answers, at}]}, with
  // answers by the id of the question: true, false, or null when it cannot be known. `only`: no
  // more than these elements of type mydata, which a token names.
  result<json::object> bundle(const member& m, const std::string& bundle,
                              const json::array* only = nullptr);
  std::vector<std::string> bundles(const member& m);

  // ---- rich authorization requests: elements of type mydata (details.cpp) ----
  // The agreements of this member that cover an element now. Refusals, whose field says where:
  // agreement.until, agreement.purpose_unknown, agreement.items.
  result<std::vector<asked_part>> parts_of(const member& m, const json::value& element);
  // What she agreed to, as permissions of one bundle; once, whatever is told twice. Refusals those
  // of parts_of.
  outcome grant(const audit::access& why, const member& m, id person, const std::string& bundle,
                const json::array& details);
  // What of them holds at this moment: items she still sends, under agreements in force.
  json::array holding(const member& m, const std::string& bundle, const json::array& details);
  // All of a bundle that is hers.
  void stop(const audit::access& why, id person, const std::string& bundle);

  // ---- the person ----
  std::vector<permission> of_person(id person);
  // Refusals: agreement.none, agreement.until (field until), agreement.nothing_chosen.
  result<std::string> send(const context& c, const std::vector<std::string>& numbers, date until);
  // "given", "declined", "stopped". Refusals: agreement.unknown, agreement.answered.
  outcome answer(const context& c, id key, const std::string& state);
  std::string permission_state(const permission& p) const;  // "over" besides

 private:
  audit::access why_of(const member& m, const agreement& a, const std::string& reference) const;
  result<id> person(const audit::access& why, const std::string& resident);
  std::vector<permission> standing(const agreement& a, const std::string& member, id who);
  std::vector<std::pair<agreement, permission>> given_in(const member& m,
                                                         const std::string& bundle);
  result<json::object> records(const audit::access& why, const agreement& a, id who);
  result<std::vector<registers::record>> found_of(const audit::access& why, const agreement& a,
                                                  id who, const std::vector<std::string>& items);
  audit::access why_asked(audit::access why, const question& q) const;
  void read_questions();
  platform::effort::limits limits_of(const member& m) const;
  outcome within_limits(const member& m) const;
  outcome count_look(const member& m);
  void count_refusal(const member& m);
  void remember(const agreement& a, const std::string& outcome);
  void refuse_entry(const audit::access& why, const agreement& a, id who);
  date day() const { return today(house_.pack().zone()); }

  house& house_;
  store::database& db_;
  platform::effort effort_;
  std::string centre_, reviewer_role_;
  std::vector<member_class> classes_;
  std::vector<member> members_;
  std::vector<question> questions_;
};
using shared_office = std::shared_ptr<office>;

void desk_pages(house& h, shared_office o);
void my_pages(house& h, shared_office o);
void public_pages(house& h, shared_office o);
void member_doors(house& h, shared_office o);
void details_doors(house& h, shared_office o);

html::node state_badge(const context& c, const std::string& state);
std::string register_name(const context& c, const std::string& reg);
std::string item_names(const context& c, const office& o, const agreement& a);
// The agreement as far as the permission goes.
agreement as_sent(agreement a, const std::vector<permission>& by);

}  // namespace madang::agreements
