#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

// Who somebody is, and what she may do.
//
// A person has one account. What an official may do follows from the posts she holds; the post, not
// the person, carries roles and an office (the district it serves). A session acts either for
// the person herself or in one of her posts, and says which.
namespace madang::identity {

struct account {
  id person;                       // record number in the resident register
  std::string login;
  std::string name;
  std::string latin;
  std::string password;            // PHC string (argon2id); empty: cannot sign in by password
  bool persona = false;            // offered for sign-in without password on a demonstration
  words part;                      // what this person plays there
};

struct post {
  std::string code;                // "mois.jongno.cheongun.resident"
  words title;                     // "Resident officer"
  std::string agency;
  words agency_name;
  std::string office;              // district code it serves; empty: the whole nation
  std::string roles;               // comma-separated
  id holder;                       // 0: vacant
};

// A post whose holder is away, and the post that stands in for it; both days inclusive. The same
// row delegates single roles: the substitute then acts in the post with these roles only.
struct absence {
  id key;
  std::string post, substitute;    // codes
  date begins, ends;
  std::string reason;
  std::string roles = {};          // comma-separated; empty: all that a substitute may have
  std::string by_order = {};       // number of the personnel order; empty: said by the holder
};

struct session {
  std::string token;               // only here and in the cookie; the store has its hash
  id person;
  std::string post;                // in which post she acts now; empty: for herself
  std::string csrf;                // must come back with every form
  std::string language;
  instant created, expires;
};

struct options {
  int idle_minutes = 30;
  int longest_hours = 12;
  int failures_before_delay = 5;   // wrong passwords of one login
  int delay_minutes = 5;
  words sign_in_purpose, sign_in_law;   // as the record of a sign-in names them
  std::vector<std::string> personal_roles = {};   // roles that no substitute has
};

class directory {
 public:
  directory(store::database& db, options o = {});

  void put_account(const account& a);
  void put_post(const post& p);
  std::optional<account> find_account(id person);
  std::optional<account> find_login(std::string_view login);
  std::vector<account> personas();
  std::vector<post> posts();
  std::vector<post> posts_of(id person);
  std::optional<post> find_post(std::string_view code);
  // Who decides for a district in a role; the nearest office upwards (town, municipality ...).
  std::optional<post> responsible(std::string_view role, std::string_view district);

  // What a post handles beyond its own; the nearest post upwards from another, or from whoever is
  // responsible for the district when `post` is empty or unknown. Nothing above: none.
  std::optional<post> above(std::string_view role, std::string_view district,
                            std::string_view post);

  // ---- absence and substitution ----
  // Said by the holder of the post. Refusals: absence.not_yours, absence.substitute (no such post,
  // the same, or vacant), absence.days (ends before it begins, or ends before `today`),
  // absence.overlaps, absence.reason (longer than 200 characters).
  outcome put_absence(const audit::access& why, const absence& a, date today);
  // From `today` on there is none any more. Refusals: absence.unknown, absence.not_yours.
  outcome end_absence(const audit::access& why, id key, date today);
  std::vector<absence> absences_of(std::string_view post, date from);
  // Posts for which `substitute` stands in on that day.
  std::vector<absence> standing_in(std::string_view substitute, date day);

  // Refusals: sign_in.wrong (says no more than that), sign_in.wait {minutes}.
  result<session> sign_in(std::string_view login, std::string_view password,
                          std::string_view language);
  // Demonstration only: the caller has made sure that the house runs as one.
  result<session> sign_in_as_persona(id person, std::string_view language);
  // A new token each time somebody signs in: a token known before is worth nothing after.
  void sign_out(std::string_view token);
  void sign_out_everywhere(id person);
  // Renews the idle time. Nothing when unknown, expired or signed out.
  std::optional<session> find_session(std::string_view token);
  // In a post she holds, or for which one of her posts stands in today. Refusal: identity.no_post.
  outcome act_as(std::string_view token, std::string_view post_code);
  void set_language(std::string_view token, std::string_view language);

  // Which roles of a post a person has when she acts in it today: all when she holds it, those of
  // a substitute when a post of hers stands in; nothing: she may not act in it.
  std::optional<std::vector<std::string>> roles_in(id person, const post& p);

  // The actor of a session, with the post's title, agency, office and roles, and for whom she
  // stands in.
  audit::actor actor_of(const session& s);

  std::int64_t live_sessions();

 private:
  result<session> open_session(const account& a, std::string_view language);
  void renew(const std::string& token_hash, instant at);
  store::database& db_;
  options options_;
};

}  // namespace madang::identity
