#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/identity/breached.hpp"
#include "madang/identity/identity.hpp"

// Passwords that people choose (NIST SP 800-63B-4 section 3.1.1.2, OWASP ASVS 5.0 V6.2): their
// length counts and nothing else, but that others would guess them.
namespace madang::identity {

// What makes a password one that is guessed first. Words are lower case; a password is compared
// with the letters that digits stand for put back ("p4ssw0rd"), without digits and signs around it,
// and as its repetition ("abcabcabc").
class common_passwords {
 public:
  // One word a line; lines that begin with # say where they come from.
  explicit common_passwords(std::string_view list);
  common_passwords() = default;
  bool holds(std::string_view password) const;
  std::size_t size() const { return words_.size(); }

 private:
  std::set<std::string, std::less<>> words_;
};

struct password_rules {
  static constexpr std::size_t least = 8, most = 128;  // letters as they are typed
  common_passwords common;
  std::vector<std::string> of_service;  // names of the house; lower case
  int one_time_hours = 24;
  std::shared_ptr<const breached_passwords> breached = {};  // null: the operator has loaded none
};

class passwords {
 public:
  // `people` has made the tables.
  passwords(store::database& db, directory& people, password_rules rules)
      : db_(db), people_(people), rules_(std::move(rules)) {}

  // Refusals, field "fresh": password.short {least}, password.long {most}, password.common,
  // password.own (it says her name, login or the service), password.breached.
  outcome judge(const account& a, std::string_view fresh) const;
  // Is this hers? Counts as a sign-in that failed when it is not. Refusals, field "current":
  // sign_in.wrong_current, sign_in.wait {minutes}, as directory::sign_in.
  outcome prove(id person, std::string_view typed);
  // For who has shown that it is she; all her sessions but `sid` end. Refusals of judge(), and
  // password.same.
  outcome choose(const audit::access& why, id person, std::string_view fresh,
                 std::string_view sid);
  // A password that lets in once, within rules().one_time_hours, to choose another; the one before
  // is worth nothing and all sessions end. Shown this once.
  std::string hand_out(const audit::access& why, id person);

  struct state {
    bool there = false;     // she has a password
    instant chosen;         // 0: not known, or handed out
    instant expires, used;  // of one that was handed out; 0: it was not
    bool one_time() const { return expires.micros != 0; }
  };
  state of(id person);
  const password_rules& rules() const { return rules_; }

 private:
  store::database& db_;
  directory& people_;
  password_rules rules_;
};

}  // namespace madang::identity
