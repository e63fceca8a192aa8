#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/identity/identity.hpp"

// Personnel orders: the only way by which people come to posts and leave them once a house is set
// up. One official drafts an order, another approves it, and at its hour it is carried out: the
// post changes hands, with all that hangs on the post; substitutions that its holder gave end;
// sessions of those concerned end. All of that is one transaction with its audit entries.
//
// What a person may do follows from tenure alone, so "why may she" has an answer: the post, and the
// order by which she holds it.
namespace madang::identity {

enum class sort { appoint, transfer, leave, absence, delegation };
enum class order_state { waiting, approved, done, refused, withdrawn, failed };
std::string_view name_of(sort s);
std::string_view name_of(order_state s);
std::optional<sort> sort_named(std::string_view name);

struct order {
  id key;
  std::string number;  // "2026-0012"
  identity::sort sort = sort::appoint;
  id person;               // who comes or goes; absence, delegation: who holds the post
  std::string post;        // appoint, transfer: she gets it; leave: she leaves it;
                           // absence, delegation: it is stood in for
  std::string from_post;   // transfer: she leaves it
  std::string substitute;  // absence, delegation: the post that stands in
  std::string roles;       // delegation: comma-separated
  instant begins;          // carried out at this hour, or at once when it has passed
  date ends;               // absence, delegation: the last day; else 0
  std::string grounds;     // in the drafter's words
  order_state state = order_state::waiting;
  id drafter, approver;
  std::string drafter_name, approver_name;  // as they were called then
  instant drafted, approved, done;
  std::string remark;  // why refused, or the code of what kept it from being done
};

// Since when somebody held a post, and by which orders. `by_order` is empty for who held it when
// the house was set up.
struct tenure {
  id key;
  std::string post;
  id person;
  instant begins, ends;  // ends: 0 while it lasts
  std::string by_order, until_order;
};

struct order_rules {
  std::string drafts = "personnel_officer", approves = "personnel_head";  // roles
  std::vector<std::string> everywhere = {};      // agencies whose personnel offices order for all
  std::vector<std::string> personal_roles = {};  // cannot be delegated
  int days_ahead = 366;
};

// Which of the orders can be carried out together, given who holds what. An exchange of two posts
// needs both of its orders; one that cannot be done takes those with it that waited for its post.
// The value is empty, or the code of what is in the way (order.occupied, order.not_holder).
std::map<id, std::string> settled(const std::vector<order>& due, std::map<std::string, id> holders);

class orders {
 public:
  orders(store::database& db, directory& people, order_rules rules)
      : db_(db), people_(people), rules_(std::move(rules)) {}

  // May this actor draft or approve for a post of that agency?
  bool may_draft(const audit::actor& who, std::string_view agency) const;
  bool may_approve(const audit::actor& who, std::string_view agency) const;

  // Of `o` are read: sort, person, post, from_post, substitute, roles, begins, ends, grounds.
  // Refusals: order.not_yours, order.person, order.post, order.from_post, order.substitute,
  // order.roles, order.begins, order.ends, order.grounds, order.own (whoever gains by it neither
  // drafts nor approves it), order.not_holder, order.holds_it. That another holds the post is no
  // refusal: she may leave it by an order yet to come; if not, this one fails at its hour.
  result<order> draft(const audit::access& why, order o);
  // Refusals: order.unknown, order.not_yours, order.own, order.four_eyes, order.decided.
  outcome approve(const audit::access& why, id key);
  outcome refuse(const audit::access& why, id key, std::string_view remark);
  // By whoever drafted it, until it is done.
  outcome withdraw(const audit::access& why, id key);

  std::optional<order> find(id key);
  std::optional<order> find_number(std::string_view number);
  // Newest first; of the agencies whose posts they move, all where `agency` is empty.
  std::vector<order> list(std::string_view agency, std::optional<order_state> state, int limit);
  std::vector<order> of_person(id person, int limit = 50);
  // Who holds or held a post, the latest first.
  std::vector<tenure> tenures(std::string_view post);

  // The scheduled step: what is approved and due by `at` is done; how many orders were done or
  // found impossible. Emits "order.done" {key, persons, vacated} for each that was done.
  int carry_out(const audit::access& clock, instant at = now());

 private:
  std::optional<refusal> wrong_in(const order& o, const audit::access& why);
  std::optional<refusal> wrong_substitution(const order& o, const post& p);
  std::optional<refusal> may_decide(const order& o, const audit::access& why);
  std::vector<id> gainers(const order& o);
  bool covers(const audit::actor& who, std::string_view role, std::string_view agency) const;
  void apply(store::write& tx, const audit::access& clock, const order& o, instant at);

  store::database& db_;
  directory& people_;
  order_rules rules_;
};

}  // namespace madang::identity
