// The auditor's list of unusual reading: what was counted, what is usual, what it turned out to be.
#include <set>

#include "alerts.hpp"
#include "madang/identity/roster.hpp"
#include "pages.hpp"

namespace madang::transparency {
namespace {

using namespace html;

struct alert_line {
  std::string key, rule, said, official, name, agency, handled_by, note;
  instant hour;
  std::int64_t persons = 0;
  double usual = 0;
  std::optional<instant> handled_at, seen_at, escalated_at;
  std::string seen_by, escalated_by, escalated_note;
};
BOOST_DESCRIBE_STRUCT(alert_line, (),
                      (key, rule, said, official, name, agency, handled_by, note, hour, persons,
                       usual, handled_at, seen_at, escalated_at, seen_by, escalated_by,
                       escalated_note))
struct alerts_view {
  std::string state;  // "open", "escalated", "handled"
  std::vector<alert_line> alerts;
};
BOOST_DESCRIBE_STRUCT(alerts_view, (), (state, alerts))

std::string one_decimal(double n) {
  const std::string all_digits = std::to_string(n);
  return all_digits.substr(0, all_digits.find('.') + 2);
}

alert_line line_of(const context& c, const alert& a) {
  alert_line l;
  l.key = a.key.str();
  l.rule = a.rule;
  l.said = c.fill("alerts.said_" + a.rule, {{"name", a.name},
                                            {"n", std::to_string(a.persons)},
                                            {"usual", one_decimal(a.usual)},
                                            {"hour", c.written(a.hour)}});
  l.official = a.official.str();
  l.name = a.name;
  l.agency = a.agency(c.language);
  l.hour = a.hour;
  l.persons = a.persons;
  l.usual = a.usual;
  l.handled_by = a.handled_by;
  l.note = a.note;
  if (a.handled_at.micros != 0) l.handled_at = a.handled_at;
  if (a.seen_at.micros != 0) l.seen_at = a.seen_at;
  if (a.escalated_at.micros != 0) l.escalated_at = a.escalated_at;
  l.seen_by = a.seen_by;
  l.escalated_by = a.escalated_by;
  l.escalated_note = a.escalated_note;
  return l;
}

node part_of(const context& c, const alert_line& l, const refusal* wrong) {
  const bool this_one = wrong && c.request.capture("alert") == l.key;
  node body = all(p(l.said), p(cls("note"), l.agency, " · ",
                               a(href("/desk/audit?who=" + http::percent_encode(l.name)),
                                 aria("label", c.fill("alerts.entries_of", {{"name", l.name}})),
                                 c.say("alerts.entries"))));
  if (l.seen_at)
    body = all(body, p(cls("note"), c.fill("alerts.seen_by", {{"name", l.seen_by}}), " · ",
                       c.written(*l.seen_at)));
  if (l.escalated_at)
    body = all(body, p(l.escalated_note),
               p(cls("note"), c.fill("alerts.escalated_by", {{"name", l.escalated_by}}), " · ",
                 c.written(*l.escalated_at)));
  if (l.handled_at) {
    body = all(body, p(l.note), p(cls("note"), l.handled_by, " · ", c.written(*l.handled_at)));
  } else {
    // Several stand on one page, and each control has a name of its own.
    field f{.name = "note_" + l.key, .label = std::string(c.say("alerts.note"))};
    f.hint = c.say("alerts.note_hint");
    f.most = 1000;
    if (this_one) f.error = c.explain(*wrong);
    std::vector<node> buttons{submit_button(c.say("alerts.handle"), look::secondary)};
    if (!l.escalated_at)
      buttons.push_back(submit_button(c.say("alerts.escalate"), look::quiet, "act", "escalate"));
    if (!l.seen_at)
      body = all(body, post_button(c.shell(), "/desk/alerts/" + l.key, c.say("alerts.see"),
                                   look::quiet, {{"act", "see"}}));
    body = all(body, form(method("post"), action("/desk/alerts/" + l.key), c.shell().csrf_field(),
                          text_field(c.shell(), f), button_row(buttons)));
  }
  return box(c.say("alerts.rule_" + l.rule), body,
             l.handled_at     ? badge(tone::neutral, c.say("alerts.handled"))
             : l.escalated_at ? badge(tone::bad, c.say("alerts.escalated"))
                              : badge(tone::warn, c.say("alerts.open")));
}

http::response list_page(context& c, const alerts& all_alerts, const refusal* wrong) {
  if (!c.actor.has_role("auditor")) return c.refuse(refuse(kind::forbidden, "request.role"));
  alerts_view v;
  const auto asked = c.request.param("state");
  const auto which = asked == "handled"     ? alerts::part::handled
                     : asked == "escalated" ? alerts::part::escalated
                                            : alerts::part::open;
  v.state = which == alerts::part::open ? "open" : std::string(asked);
  for (const auto& a : all_alerts.list(which)) v.alerts.push_back(line_of(c, a));
  if (!wrong)
    c.home.database("gov24").writing([&](store::write& tx) {
      audit::append(tx, c.access(c.home.said("purpose.audit"), c.home.said("law.access_logs")),
                    audit::action::read, {}, "alert", v.state);
    });
  if (c.request.wants_json())
    return wrong ? c.refuse(*wrong) : c.with_privacy(http::json_response(json::write(v)));
  node body = all(h1(c.say("alerts.title")), lead(c.say("alerts.lead")),
                  tabs(c.say("alerts.title"),
                       {{"/desk/alerts", std::string(c.say("alerts.open")), v.state == "open"},
                        {"/desk/alerts?state=escalated", std::string(c.say("alerts.escalated")),
                         v.state == "escalated"},
                        {"/desk/alerts?state=handled", std::string(c.say("alerts.handled")),
                         v.state == "handled"}}));
  for (const auto& l : v.alerts) body = all(body, part_of(c, l, wrong));
  if (v.alerts.empty()) body = all(body, empty_state("bell", c.say("alerts.none")));
  auto out = c.page(c.say("alerts.title"),
                    {{"/desk/audit", std::string(c.say("work.audit"))}}, body, {.noindex = true});
  if (wrong) out.status = http::status_of(wrong->kind);
  return out;
}

http::response handle_one(context& c, alerts& all_alerts) {
  const auto key = id::parse(c.request.capture("alert"));
  if (!key) return c.refuse(refuse(kind::not_found, "alert.unknown"));
  if (!c.actor.has_role("auditor")) return c.refuse(refuse(kind::forbidden, "request.role"));
  const auto why = c.access(c.home.said("purpose.audit"), c.home.said("law.access_logs"));
  const auto act = c.field("act");
  const auto note = c.field("note").empty() ? c.field("note_" + key->str()) : c.field("note");
  const auto done = act == "see"        ? all_alerts.see(why, *key)
                    : act == "escalate" ? all_alerts.escalate(why, *key, note)
                                        : all_alerts.handle(why, *key, note);
  if (done)
    return c.go(act == "see"        ? "/desk/alerts"
                : act == "escalate" ? "/desk/alerts?state=escalated"
                                    : "/desk/alerts?state=handled");
  if (done.why().field == "note") return list_page(c, all_alerts, &done.why());
  return c.refuse(done.why());
}

// Those who head the office of the official are told that there is something, and not of whom.
void escalated(platform::house& h, const exchange::event& e) {
  const auto official = id::parse(json::str(e.payload, "official"));
  if (!official) return;
  identity::roster roster(h.database("identity"), h.people());
  std::set<std::string> agencies;
  for (const auto& p : h.people().posts_of(*official)) agencies.insert(p.agency);
  for (const auto& head : roster.posts_with_role("personnel_head", 1000)) {
    if (!head.holder || head.holder == *official || !agencies.contains(head.agency)) continue;
    notices::notice n;
    n.person = head.holder;
    n.title = h.said("alerts.notice");
    n.body = h.said("alerts.notice_body");
    n.at = now();
    h.box().put(std::move(n), "alert " + e.subject);
  }
}

}  // namespace

void alert_pages(office k) {
  auto& h = k->home();
  h.hub().listen("transparency", "alert.escalated",
                 [&h](const exchange::event& e) { escalated(h, e); });
  h.page("GET", "/desk/alerts", needs::official,
         [k](context& c) { return list_page(c, k->unusual(), nullptr); });
  h.page("POST", "/desk/alerts/{alert}", needs::official,
         [k](context& c) { return handle_one(c, k->unusual()); });
}

}  // namespace madang::transparency
