#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/identity/identity.hpp"

// Sessions as their holder sees them, and as sign-on tells others of them.
//
// A session has a name besides its token, its `sid`: it can be shown and sent (OpenID Connect
// Back-Channel Logout section 2.1), for nothing can be done by it. When a session ends before its
// time, the event "session.ended" tells its sid.
namespace madang::identity {

// How somebody showed who she is.
struct method {
  std::string amr;                 // RFC 8176, with blanks between: "pwd"; "hwk user"
  std::string acr;                 // assurance: acr_basic or acr_strong
};
inline constexpr std::string_view acr_outside = "urn:madang:acr:0";  // another provider's word
inline constexpr std::string_view acr_basic = "urn:madang:acr:1";    // password, demonstration
inline constexpr std::string_view acr_strong = "urn:madang:acr:2";   // two factors
// 0, 1 or 2; -1: not one of them.
int level_of(std::string_view acr);

std::string sid_of(std::string_view token);

struct open_session {
  std::string sid;
  id person;
  instant created, used;
  std::string amr, acr, device;    // device: as its browser calls itself; empty: unknown
  instant authenticated;           // when she last showed who she is
};

class sessions {
 public:
  // `directory` has made the tables.
  explicit sessions(store::database& db) : db_(db) {}

  // For somebody who has shown who she is. `why` names purpose and law of a sign-in.
  session open(directory& people, const account& a, const method& how, std::string_view device,
               std::string_view language, const audit::access& why);
  // What is known besides of one that the directory opened, or of one in which she has shown anew
  // who she is.
  void note(std::string_view token, const method& how, std::string_view device);
  // What is known of a live session; one that was begun otherwise is acr_basic.
  std::optional<open_session> of_token(std::string_view token);
  // Those that were used within the last 12 hours, the latest first.
  std::vector<open_session> of_person(id person);
  // Refusal session.unknown: no such session of that person.
  outcome end(const audit::access& why, id person, std::string_view sid);
  // All but the one by which she asks.
  void end_others(const audit::access& why, id person, std::string_view sid);
  // A browser (by a secret that it keeps) from which somebody signs in. True when she has used
  // others before and never this one: she is told then.
  bool is_new_device(id person, std::string_view secret);

 private:
  store::database& db_;
};

}  // namespace madang::identity
