#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/identity/identity.hpp"

// What is done to an account by others than its holder, and its end. Each act needs grounds, stands
// in the holder's trail and is told to her by whoever calls (event "account.helped" {act}).
// An account whose holder has posts opens working pages: for it one official asks and another one
// decides, but for ending sessions, which only protects.
namespace madang::identity {

enum class account_act { one_time_password, drop_factors, end_sessions, close, reopen };
std::string_view name_of(account_act a);  // "one_time_password", "drop_factors" ...
std::optional<account_act> account_act_named(std::string_view name);

struct account_request {
  id key, person;
  std::string act, grounds, proof;
  id drafter;
  std::string drafter_name;
  instant drafted, expires;
  id decider;
  std::string decider_name;
  instant decided;
  std::string state;  // "waiting", "done", "refused"
};

class accounts {
 public:
  static constexpr std::size_t longest = 400;    // letters of grounds and proof
  static constexpr std::chrono::hours waits{48};  // a request

  accounts(store::database& db, directory& people) : db_(db), people_(people) {}

  // Nobody comes in by it and all sessions end; the records of the person stay. Refusals:
  // account.unknown, account.closed, account.grounds (field grounds).
  outcome close(const audit::access& why, id person, std::string_view grounds);
  // Refusals: account.unknown, account.open, account.grounds.
  outcome reopen(const audit::access& why, id person, std::string_view grounds);
  std::optional<instant> closed_since(id person);
  // How many ended. Refusals: account.unknown, account.grounds.
  result<int> end_sessions(const audit::access& why, id person, std::string_view grounds);

  // Tells of an act that was done elsewhere: passwords::hand_out, factors that were removed.
  outcome helped(const audit::access& why, id person, account_act act, std::string_view grounds);

  // May this act be done at once, or must somebody else decide?
  bool needs_second(id person, account_act act);
  // Grounds, and how the person proved who she is (kind and number of a paper, or of a case).
  // Refusals: account.unknown, account.own (her own account), account.grounds, account.proof,
  // account.waits (the same is asked already).
  outcome may(const audit::access& why, id person, account_act act, std::string_view grounds,
              std::string_view proof);
  result<id> ask(const audit::access& why, id person, account_act act, std::string_view grounds,
                 std::string_view proof);
  std::vector<account_request> waiting();
  std::vector<account_request> of_person(id person, int limit = 20);
  std::optional<account_request> find(id key);
  // Takes it, so that it is done once; the caller does it. Refusals: account.no_request,
  // account.decided, account.expired, account.four_eyes (who asked, or
  // whom it is about).
  result<account_request> decide(const audit::access& why, id key, bool good);

 private:
  store::database& db_;
  directory& people_;
};

// Is it closed? For whoever lets people in.
bool is_closed(store::read& r, id person);

}  // namespace madang::identity
