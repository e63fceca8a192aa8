// What follows an order: those concerned are told, clients hear that powers have changed, and what
// an empty post leaves behind goes to whoever can handle it. Events come at least once, so all of
// this may happen twice.
#include "personnel.hpp"

namespace madang::access {
namespace {

// A held post of that role whose office holds the case's; the nearest one.
std::string other_post(personnel& p, const identity::post& empty, std::string_view role,
                       std::string_view office) {
  std::string out;
  std::size_t nearest = 0;
  for (const auto& one : p.roster.posts_with_role(role, 1000)) {
    if (one.code == empty.code || !one.holder || !office.starts_with(one.office)) continue;
    if (!out.empty() && one.office.size() <= nearest) continue;
    out = one.code;
    nearest = one.office.size();
  }
  return out;
}

// Cases are a post's, so a successor has them. One without holder gives its open cases to another
// post of the same role and office; where there is none they wait for the successor.
int hand_on(personnel& p, const identity::post& empty) {
  int handed = 0;
  for (auto* files : p.home.all_files()) {
    cases::wanted w;
    w.post = empty.code;
    w.which = cases::wanted::part::open;
    w.limit = 500;
    for (const auto& m : files->list(w)) {
      const auto* procedure = files->find_procedure(m.procedure);
      const auto other =
          procedure ? other_post(p, empty, procedure->role, m.office) : std::string();
      if (other.empty()) continue;
      audit::access why = p.by_clock();
      why.who.post = empty.code;
      why.who.post_title = empty.title;
      why.who.agency = empty.agency;
      why.who.agency_name = empty.agency_name;
      why.who.office = empty.office;
      why.who.roles = text::split(empty.roles, ',');
      why.reference = m.number;
      if (files->assign(why, m.key, other)) ++handed;
    }
  }
  return handed;
}

void tell(personnel& p, id person, std::string_view key, const identity::order& o,
          std::string_view link) {
  if (!person) return;
  notices::notice n;
  n.person = person;
  n.title = p.home.said("orders.notice_" + std::string(key), {{"number", o.number}});
  n.body = p.home.said("orders.notice_body_" + std::string(key), {{"number", o.number}});
  n.link = link;
  n.at = now();
  p.home.box().put(std::move(n), "order " + std::string(key) + " " + o.number);
}

std::optional<identity::order> order_of(personnel& p, const exchange::event& e) {
  auto key = id::parse(e.subject);
  return key ? p.orders.find(*key) : std::nullopt;
}

void drafted(personnel& p, const exchange::event& e) {
  auto o = order_of(p, e);
  auto post = o ? p.home.people().find_post(o->post) : std::nullopt;
  if (!post) return;
  for (const auto& head : p.roster.posts_with_role("personnel_head", 1000)) {
    audit::actor who;
    who.post = head.code;
    who.agency = head.agency;
    who.roles = text::split(head.roles, ',');
    if (p.orders.may_approve(who, post->agency))
      tell(p, head.holder, "drafted", *o, "/desk/orders/" + o->key.str());
  }
}

void approved(personnel& p, const exchange::event& e) {
  auto o = order_of(p, e);
  if (!o) return;
  tell(p, o->person, "approved", *o, "/my/orders");
  if (auto other = p.home.people().find_post(o->substitute))
    tell(p, other->holder, "substitute", *o, "/my/orders");
}

void done(personnel& p, const exchange::event& e) {
  auto o = order_of(p, e);
  if (!o) return;
  tell(p, o->person, "done", *o, "/my/orders");
  const auto& persons = json::at(e.payload, "persons");
  if (persons.is_array())
    for (const auto& one : persons.get_array())
      if (auto person = id::parse(one.is_string() ? std::string_view(one.get_string()) : ""))
        p.bureau->provider.powers_changed(*person);
  p.bureau->sender.wake();
  const auto& vacated = json::at(e.payload, "vacated");
  if (vacated.is_array())
    for (const auto& one : vacated.get_array())
      if (auto post =
              p.home.people().find_post(one.is_string() ? std::string_view(one.get_string()) : ""))
        if (!post->holder)
          if (const int n = hand_on(p, *post))
            log::info("personnel.cases_handed_on", {{"cases", std::to_string(n)}});
}

}  // namespace

void listen_to_orders(shared_personnel p) {
  auto& hub = p->home.hub();
  hub.listen("access", "order.drafted", [p](const exchange::event& e) { drafted(*p, e); });
  hub.listen("access", "order.approved", [p](const exchange::event& e) { approved(*p, e); });
  hub.listen("access", "order.done", [p](const exchange::event& e) { done(*p, e); });
  hub.listen("access", "order.failed", [p](const exchange::event& e) {
    if (auto o = order_of(*p, e))
      tell(*p, o->drafter, "failed", *o, "/desk/orders/" + o->key.str());
  });
}

}  // namespace madang::access
