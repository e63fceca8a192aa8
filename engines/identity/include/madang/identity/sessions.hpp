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
inline constexpr std::string_view acr_basic = "urn:madang:acr:1";    // password, demonstration
inline constexpr std::string_view acr_strong = "urn:madang:acr:2";   // a key and its holder

std::string sid_of(std::string_view token);

struct open_session {
  std::string sid;
  id person;
  instant created, used;
  std::string amr, acr, device;    // device: as its browser calls itself; empty: unknown
};

class sessions {
 public:
  // `directory` has made the tables.
  explicit sessions(store::database& db) : db_(db) {}

  // For somebody who has shown who she is. `why` names purpose and law of a sign-in.
  session open(directory& people, const account& a, const method& how, std::string_view device,
               std::string_view language, const audit::access& why);
  // What is known besides of one that the directory opened.
  void note(std::string_view token, const method& how, std::string_view device);
  // What is known of a live session; one that was begun otherwise is acr_basic.
  std::optional<open_session> of_token(std::string_view token);
  // Those that were used within the last 12 hours, the latest first.
  std::vector<open_session> of_person(id person);
  // Refusal session.unknown: no such session of that person.
  outcome end(const audit::access& why, id person, std::string_view sid);
  // All but the one by which she asks.
  void end_others(const audit::access& why, id person, std::string_view sid);

 private:
  store::database& db_;
};

}  // namespace madang::identity
