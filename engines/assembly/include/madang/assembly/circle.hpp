#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/store/store.hpp"

// People who work on something together. Nobody is put on a list by another: who leads makes an
// invitation, a link that is shown once and works once; whoever gets it reads what it is for and
// joins, or not. Kept in the database of the system; each act has its audit entry.
namespace madang::assembly {

struct member {
  id circle, person;
  std::string kind;  // "citizen", "official", "expert"
  std::string name;
  bool named = false;  // wants her name on public pages
  instant since;
};

struct invitation {
  id key, circle;
  std::string token_hash, kind;  // SHA-256 of the token, hex
  id made_by;
  instant made, until;
  id taken_by;  // 0: nobody yet
};

class circles {
 public:
  explicit circles(store::database& db);

  static constexpr int days_open = 14, most_open = 50;
  // The token, which is kept nowhere. Refusals circle.kind (field kind; not one of `kinds`),
  // circle.too_many.
  result<std::string> invite(const audit::access& why, id circle, std::string_view kind,
                             instant at);
  // Refusals circle.invitation (unknown, taken, over), all alike.
  result<invitation> look(std::string_view token, instant at) const;
  // Refusals as of look, circle.member when she is one already.
  result<member> accept(const audit::access& why, std::string_view token, bool named, instant at);
  // Refusal circle.not_member.
  outcome leave(const audit::access& why, id circle);
  // Who makes a circle is its first member, without an invitation.
  void found(store::write& tx, const member& first) const;

  std::optional<member> find(id circle, id person) const;
  std::vector<member> members(id circle) const;
  std::vector<id> of_person(id person) const;

  static const std::vector<std::string>& kinds();

 private:
  store::database& db_;
};

}  // namespace madang::assembly
