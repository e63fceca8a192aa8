#pragma once
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

// Who did or saw what, for which purpose, under which law.
//
// No engine hands out personal data without an `access`; what was handed out becomes an entry in
// the database that the data came from, committed before the data leaves. The person concerned
// reads those entries ("My data"); so does an auditor.
namespace madang::audit {

// Who acts. A citizen acts for herself; an official acts in a post, and what she may do follows
// from the post, not from her.
struct actor {
  id person;                       // 0: nobody has signed in, or a system acts by itself
  std::string name;
  std::string post;                // code of the post; empty for a citizen
  words post_title;
  std::string agency;              // code of the agency or district the post belongs to
  words agency_name;
  std::string office;              // district code the post serves; empty: the whole nation
  std::vector<std::string> roles;
  std::string stands_in_for;       // name of the post's holder, when its substitute acts in it

  bool signed_in() const { return bool(person); }
  bool official() const { return !post.empty(); }
  bool has_role(std::string_view role) const;
};

// The house itself, when a clock or an event sets it in motion.
actor system_actor(std::string_view name);

// Why somebody looks or changes. An access without purpose or law is refused by who asks for it.
struct access {
  actor who;
  words purpose;                   // "Move-in report"
  words law;                       // "Resident Registration Act art. 16"
  std::string reference;           // number of the case or document it serves; may be empty

  // Refusal access.unsaid when purpose or law is missing.
  outcome stated() const;
};

enum class action { read, changed, issued, decided, signed_in, refused };

struct entry {
  id key;
  instant at;
  id subject;                      // the person concerned; 0: nobody
  action what = action::read;
  std::string record_of;           // register or kind of thing: "persons", "case", "document"
  std::string record;              // its key
  std::string items;               // which items, comma-separated
  id actor_person;
  json::value actor;               // {name, post, agency}: as they were called then
  words purpose;
  words law;
  std::string reference;
  std::optional<instant> hidden_until;   // by order of a court; that there is one is shown
};

// Tables of this room; migrate them into every database that keeps personal data.
void prepare(store::database& db);

// The subject of a look at everybody at once; each person reads it among those about herself.
inline constexpr id everybody{-1};

void append(store::write& tx, const access& why, action what, id subject,
            std::string_view record_of, std::string_view record, std::string_view items = {});

// Which entries somebody wants. Keys are in the order of time: a page ends with some key, and the
// next begins `before` it.
struct wanted {
  std::optional<action> what;      // none: all
  id not_by;                       // without what this person did herself; 0: by whomever
  int limit = 100;
  id before{std::numeric_limits<std::int64_t>::max()};
};

// Newest first. Entries about one person or everybody, of one action or all.
std::vector<entry> about(store::read& r, id subject, const wanted& which);
std::vector<entry> about(store::read& r, id subject, std::optional<action> what = {},
                         int limit = 100);
std::int64_t count_about(store::read& r, id subject, id not_by = {});
std::vector<entry> of_reference(store::read& r, std::string_view reference, int limit = 100);
// Everything, for auditors.
std::vector<entry> latest(store::read& r, const wanted& which);
// Entries of several databases as one trail: newest first, `limit` at most.
std::vector<entry> merged(std::vector<entry> all, int limit);

std::string_view name_of(action a);

}  // namespace madang::audit
