// Drafting personnel orders and deciding on them.
#include "madang/identity/orders.hpp"

#include <algorithm>

#include "order_row.hpp"

namespace madang::identity {
namespace {

constexpr std::string_view sorts[] = {"appoint", "transfer", "leave", "absence", "delegation"};
constexpr std::string_view states[] = {"waiting", "approved",  "done",
                                       "refused", "withdrawn", "failed"};
constexpr std::size_t longest_words = 500;

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

refusal wrong(std::string code, std::string field) {
  return madang::refuse(kind::invalid, std::move(code), std::move(field));
}

}  // namespace

std::string_view name_of(sort s) { return sorts[static_cast<int>(s)]; }
std::string_view name_of(order_state s) { return states[static_cast<int>(s)]; }

std::optional<sort> sort_named(std::string_view name) {
  const auto* found = std::ranges::find(sorts, name);
  if (found == std::end(sorts)) return {};
  return static_cast<sort>(found - std::begin(sorts));
}

// A substitute may draft and approve only what her own post lets her: roles of personnel are bound
// to the person where the pack says so.
bool orders::covers(const audit::actor& who, std::string_view role, std::string_view agency) const {
  return who.official() && who.has_role(role) &&
         (who.agency == agency || contains(rules_.everywhere, who.agency));
}

bool orders::may_draft(const audit::actor& who, std::string_view agency) const {
  return covers(who, rules_.drafts, agency);
}

bool orders::may_approve(const audit::actor& who, std::string_view agency) const {
  return covers(who, rules_.approves, agency);
}

// Who can do more by it.
std::vector<id> orders::gainers(const order& o) {
  if (!stands_in_for_another(o)) return {o.person};
  auto p = people_.find_post(o.substitute);
  return {p ? p->holder : id{}};
}

std::optional<refusal> orders::wrong_substitution(const order& o, const post& p) {
  auto other = people_.find_post(o.substitute);
  if (!other || other->code == p.code || !other->holder || other->holder == p.holder)
    return wrong("order.substitute", "substitute");
  if (o.ends < in_zone(o.begins).date || o.ends - today() > rules_.days_ahead)
    return wrong("order.ends", "ends");
  const auto own = text::split(p.roles, ',');
  if (o.sort == sort::delegation) {
    const auto lent = text::split(o.roles, ',');
    if (o.roles.empty()) return wrong("order.roles", "roles");
    for (const auto& role : lent)
      if (!contains(own, role) || contains(rules_.personal_roles, role))
        return wrong("order.roles", "roles");
  }
  return {};
}

std::optional<refusal> orders::wrong_in(const order& o, const audit::access& why) {
  auto p = people_.find_post(o.post);
  if (!p) return wrong("order.post", "post");
  if (!may_draft(why.who, p->agency))
    return madang::refuse(kind::forbidden, "order.not_yours", "post");
  if (o.begins > now().plus(std::chrono::hours(24 * rules_.days_ahead)))
    return wrong("order.begins", "begins");
  if (text::trim(o.grounds).empty() || !text::is_utf8(o.grounds) ||
      text::length(o.grounds) > longest_words)
    return madang::refuse(kind::invalid, "order.grounds", "grounds",
                          {{"limit", std::to_string(longest_words)}});
  if (stands_in_for_another(o)) return wrong_substitution(o, *p);
  if (!people_.find_account(o.person)) return wrong("order.person", "person");
  if (o.sort == sort::leave && p->holder != o.person) return wrong("order.not_holder", "post");
  if (o.sort != sort::leave && p->holder == o.person) return wrong("order.holds_it", "post");
  if (o.sort != sort::transfer) return {};
  auto from = people_.find_post(o.from_post);
  if (!from || from->code == p->code) return wrong("order.from_post", "from_post");
  if (from->holder != o.person) return wrong("order.not_holder", "from_post");
  if (!may_draft(why.who, from->agency))
    return madang::refuse(kind::forbidden, "order.not_yours", "from_post");
  return {};
}

result<order> orders::draft(const audit::access& why, order o) {
  if (stands_in_for_another(o)) {
    auto p = people_.find_post(o.post);
    o.person = p ? p->holder : id{};
  } else {
    o.substitute.clear();
    o.ends = {};
  }
  if (o.sort != sort::transfer) o.from_post.clear();
  if (o.sort != sort::delegation) o.roles.clear();
  if (o.begins < now()) o.begins = now();
  if (auto bad = wrong_in(o, why)) return *bad;
  if (const auto gain = gainers(o); std::ranges::find(gain, why.who.person) != gain.end())
    return madang::refuse(kind::forbidden, "order.own");
  o.key = new_id();
  o.state = order_state::waiting;
  o.drafter = why.who.person;
  o.drafter_name = why.who.name;
  o.approver = {};
  o.approver_name.clear();
  o.drafted = now();
  o.approved = o.done = {};
  o.remark.clear();
  o.grounds = text::trim(o.grounds);
  const std::string year = std::to_string(today().year());
  return db_.writing([&](store::write& tx) -> result<order> {
    auto count = tx.one<std::int64_t>("select count(*) from personnel_order where number like ?1",
                                      year + "-%");
    std::string digits = std::to_string(count.value_or(0) + 1);
    if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
    o.number = year + "-" + digits;
    tx.insert("personnel_order", o);
    audit::append(tx, why, audit::action::changed, o.person, "personnel_order", o.number, "draft");
    tx.emit("order.drafted", o.key.str(), json::object{{"number", o.number}});
    return o;
  });
}

std::optional<refusal> orders::may_decide(const order& o, const audit::access& why) {
  auto p = people_.find_post(o.post);
  auto from = o.from_post.empty() ? std::nullopt : people_.find_post(o.from_post);
  if (!p || !may_approve(why.who, p->agency) || (from && !may_approve(why.who, from->agency)))
    return madang::refuse(kind::forbidden, "order.not_yours");
  if (o.drafter == why.who.person) return madang::refuse(kind::forbidden, "order.four_eyes");
  const auto gain = gainers(o);
  if (std::ranges::find(gain, why.who.person) != gain.end())
    return madang::refuse(kind::forbidden, "order.own");
  if (o.state != order_state::waiting) return madang::refuse(kind::conflict, "order.decided");
  return {};
}

outcome orders::approve(const audit::access& why, id key) {
  auto o = find(key);
  if (!o) return madang::refuse(kind::not_found, "order.unknown");
  if (auto bad = may_decide(*o, why)) return *bad;
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update personnel_order set state = ?1, approver = ?2, approver_name = ?3, "
                "approved = ?4 where key = ?5 and state = ?6",
                order_state::approved, why.who.person, why.who.name, now(), key,
                order_state::waiting))
      return madang::refuse(kind::conflict, "order.decided");
    audit::append(tx, why, audit::action::decided, o->person, "personnel_order", o->number,
                  "approve");
    tx.emit("order.approved", key.str(), json::object{{"number", o->number}});
    return nothing{};
  });
}

outcome orders::refuse(const audit::access& why, id key, std::string_view remark) {
  auto o = find(key);
  if (!o) return madang::refuse(kind::not_found, "order.unknown");
  if (auto bad = may_decide(*o, why)) return *bad;
  const auto said = text::trim(remark);
  if (said.empty() || !text::is_utf8(said) || text::length(said) > longest_words)
    return madang::refuse(kind::invalid, "order.remark", "remark",
                          {{"limit", std::to_string(longest_words)}});
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update personnel_order set state = ?1, approver = ?2, approver_name = ?3, "
                "approved = ?4, remark = ?5 where key = ?6 and state = ?7",
                order_state::refused, why.who.person, why.who.name, now(), said, key,
                order_state::waiting))
      return madang::refuse(kind::conflict, "order.decided");
    audit::append(tx, why, audit::action::decided, o->person, "personnel_order", o->number,
                  "refuse");
    return nothing{};
  });
}

outcome orders::withdraw(const audit::access& why, id key) {
  auto o = find(key);
  if (!o) return madang::refuse(kind::not_found, "order.unknown");
  if (o->drafter != why.who.person || !why.who.has_role(rules_.drafts))
    return madang::refuse(kind::forbidden, "order.not_yours");
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update personnel_order set state = ?1 where key = ?2 and (state = ?3 or "
                "state = ?4)",
                order_state::withdrawn, key, order_state::waiting, order_state::approved))
      return madang::refuse(kind::conflict, "order.decided");
    audit::append(tx, why, audit::action::changed, o->person, "personnel_order", o->number,
                  "withdraw");
    return nothing{};
  });
}

std::optional<order> orders::find(id key) {
  return db_.reading(
      [&](store::read& r) { return r.one<order>(select_order() + "where key = ?1", key); });
}

std::optional<order> orders::find_number(std::string_view number) {
  return db_.reading(
      [&](store::read& r) { return r.one<order>(select_order() + "where number = ?1", number); });
}

std::vector<order> orders::list(std::string_view agency, std::optional<order_state> state,
                                int limit) {
  const std::int64_t wanted = state ? static_cast<int>(*state) : -1;
  constexpr std::string_view where =
      "where (?1 = '' or post in (select code from post where agency = ?1) or from_post in "
      "(select code from post where agency = ?1)) and (?2 = -1 or state = ?2) "
      "order by key desc limit ?3";
  return db_.reading([&](store::read& r) {
    return r.all<order>(select_order() + std::string(where), agency, wanted, limit);
  });
}

std::vector<order> orders::of_person(id person, int limit) {
  return db_.reading([&](store::read& r) {
    return r.all<order>(select_order() + "where person = ?1 order by key desc limit ?2", person,
                        limit);
  });
}

std::vector<tenure> orders::tenures(std::string_view post_code) {
  return db_.reading([&](store::read& r) {
    return r.all<tenure>(
        "select " + store::columns<tenure>() + " from tenure where post = ?1 order by key desc",
        post_code);
  });
}

}  // namespace madang::identity
