// The gate before pages, and why somebody was refused. What is told is which right was missing and
// who can give it: never what stands on the page, nor whether what was asked for is there.
#include "madang/platform/network.hpp"
#include "personnel.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

using namespace html;

struct refusal_row {
  id key, person;
  instant at;
  std::string route, code, post, roles, acr;
};
BOOST_DESCRIBE_STRUCT(refusal_row, (), (key, person, at, route, code, post, roles, acr))

struct holder_line {
  std::string post, title, agency;
};
BOOST_DESCRIBE_STRUCT(holder_line, (), (post, title, agency))
struct why_view {
  std::string reference, code, detail, right, right_name, condition, law, post, post_name;
  instant at;
  bool has_right = false;
  std::vector<std::string> your_roles, roles_that_give;
  std::vector<holder_line> may_give;
};
BOOST_DESCRIBE_STRUCT(why_view, (),
                      (reference, code, detail, right, right_name, condition, law, post, post_name,
                       at, has_right, your_roles, roles_that_give, may_give))

constexpr int kept_days = 90;

std::string keep(const context& c, personnel& p, const refusal& why) {
  const refusal_row row{
      new_id(),
      c.actor.person,
      now(),
      c.route,
      why.code,
      c.actor.post,
      text::join(c.actor.roles, ","),
      std::string(level_of(c, *p.bureau) >= 2 ? identity::acr_strong : identity::acr_basic)};
  p.kept.writing([&](store::write& tx) {
    tx.run("delete from refusal where at < ?1", now().plus(-std::chrono::hours(24 * kept_days)));
    tx.insert("refusal", row);
  });
  return "/my/refusals/" + row.key.str();
}

// How sure we must be of an official at her working pages: as the data asks that her post opens,
// whichever page it is. People of a demonstration are played by whoever comes by.
int level_needed(const context& c, const personnel& p, const identity::right* r,
                 const std::string& route) {
  const int said = r ? r->level : 1;
  if (c.home.needs_of(route) != needs::official && !r) return said;
  if (c.home.chosen().demonstration) {
    const auto a = c.home.people().find_account(c.actor.person);
    if (a && a->persona) return said;
  }
  return std::max(said, p.rights.level_of(c.actor.roles));
}

// Told once, however often somebody goes on asking.
void tell_of_limit(const context& c, const limits::refused& r) {
  log::warn("limits.reached", {{"limit", r.id}, {"whose", r.by_person ? "person" : "address"}});
  if (!r.by_person) return;
  c.home.database("identity").writing([&](store::write& tx) {
    audit::append(tx, c.access(c.home.said("purpose.refused"), c.home.said("law.e_government")),
                  audit::action::refused, c.actor.person, "limit", r.id);
  });
}

std::optional<http::response> too_often(context& c, personnel& p, const std::string& route) {
  const auto whose = c.session ? c.actor.person.str() : platform::network_of(c.request.peer);
  const auto refused = p.limits.take(route, c.session.has_value(), whose, now());
  if (!refused) return {};
  if (refused->first) tell_of_limit(c, *refused);
  return c.refuse(refuse(kind::too_many, "request.too_many", "",
                         {{"seconds", std::to_string(refused->seconds)}}));
}

// A page that needs a right which her post does not give her is refused before it looks at
// anything.
std::optional<http::response> before_page(context& c, personnel& p, const std::string& route) {
  if (auto slowed = too_often(c, p, route)) return slowed;
  if (!c.session || c.home.needs_of(route) == needs::nobody) return {};
  const auto who = presence_of(c, *p.bureau);
  if (!who) return {};
  if (auto stopped = outside_gate(c, *who, route)) return stopped;
  if (auto stopped = once_gate(c, *who, route)) return stopped;
  if (p.rights.asks_fresh(route))
    if (auto first = must_show_first(c, *p.bureau)) return first;
  if (!c.actor.official()) return {};
  const auto* r = p.rights.of_route(route);
  if (r && !p.rights.give(c.actor.roles, r->id))
    return c.refuse(refuse(kind::forbidden, "access.right", "", {{"right", r->name(c.language)}}));
  const int level = level_needed(c, p, r, route);
  if (std::max(0, identity::level_of(who->acr)) >= level) return {};
  return ask_for_step_up(c, *p.bureau, level);
}

// The condition that a refusal's code stands for, or that of the right.
const identity::condition* condition_of(const personnel& p, const identity::right* r,
                                        std::string_view code) {
  for (const auto& one : p.rights.conditions)
    if (std::find(one.refusals.begin(), one.refusals.end(), code) != one.refusals.end())
      return &one;
  return r ? p.rights.find_condition(r->condition) : nullptr;
}

why_view view_of(const context& c, personnel& p, const refusal_row& row) {
  why_view v;
  v.reference = row.key.str();
  v.code = row.code;
  v.at = row.at;
  v.post = row.post;
  auto post = c.home.people().find_post(row.post);
  v.post_name = post ? post_words(c, *post) : std::string(c.say("refused.as_citizen"));
  const auto* r = p.rights.of_route(row.route);
  v.detail = row.code == "access.right" && r
                 ? c.fill("refusal.access.right", {{"right", r->name(c.language)}})
                 : c.explain(refuse(kind::forbidden, row.code));
  const auto held = text::split(row.roles, ',');
  for (const auto& role : held)
    if (!role.empty()) v.your_roles.push_back(roles_words(c, p, {role}));
  if (r) {
    v.right = r->id;
    v.right_name = r->name(c.language);
    v.law = r->law(c.language);
    v.has_right = p.rights.give(held, r->id);
    for (const auto* role : p.rights.givers(r->id))
      v.roles_that_give.push_back(role->name(c.language));
  }
  if (const auto* condition = condition_of(p, r, row.code))
    v.condition = condition->name(c.language);
  // The personnel offices that order for her agency.
  const std::string agency = post ? post->agency : "";
  for (const auto& head : p.roster.posts_with_role("personnel_head", 1000)) {
    const bool covers =
        head.agency == agency || std::find(p.rights.everywhere.begin(), p.rights.everywhere.end(),
                                           head.agency) != p.rights.everywhere.end();
    if (covers && !agency.empty())
      v.may_give.push_back({head.code, head.title(c.language), head.agency_name(c.language)});
  }
  return v;
}

node body_of(const context& c, const why_view& v) {
  std::vector<row> rows{{std::string(c.say("refused.at")), node(c.written(v.at)), ""},
                        {std::string(c.say("refused.acting")), node(v.post_name), ""},
                        {std::string(c.say("refused.your_roles")),
                         node(v.your_roles.empty() ? std::string(c.say("refused.no_roles"))
                                                   : text::join(v.your_roles, ", ")),
                         ""}};
  if (!v.right.empty()) {
    rows.push_back({std::string(c.say("refused.right")), node(v.right_name), ""});
    rows.push_back(
        {std::string(c.say("refused.given_by")), node(text::join(v.roles_that_give, ", ")), ""});
    rows.push_back({std::string(c.say("refused.law")), node(v.law), ""});
  }
  if (!v.condition.empty())
    rows.push_back({std::string(c.say("refused.condition")), node(v.condition), ""});
  node out = all(h1(c.say("refused.title")), lead(v.detail), summary_list(c.shell(), rows));
  if (v.has_right) out = all(out, inset(p(c.say("refused.has_right"))));
  std::vector<node> givers;
  for (const auto& g : v.may_give) givers.push_back(li(g.agency, " ", g.title));
  out = all(out, h2(c.say("refused.who_can")),
            givers.empty() ? node(p(c.say("refused.nobody_can")))
                           : all(p(c.say("refused.who_can_line")), ul(givers)),
            p(cls("note"), c.fill("refused.reference", {{"reference", v.reference}})));
  return out;
}

http::response why(context& c, personnel& p) {
  auto key = id::parse(c.request.capture("refusal"));
  auto row = key ? p.kept.reading([&](store::read& r) {
    return r.one<refusal_row>(
        "select " + store::columns<refusal_row>() + " from refusal where key = ?1 and person = ?2",
        *key, c.actor.person);
  })
                 : std::nullopt;
  if (!row) return c.refuse(refuse(kind::not_found, "refused.unknown"));
  const auto v = view_of(c, p, *row);
  return c.show(v, [&] {
    return c.page(c.say("refused.title"), {{"/my", std::string(c.say("my.title"))}}, body_of(c, v),
                  {.noindex = true});
  });
}

}  // namespace

void refusal_pages(shared_personnel p) {
  auto& h = p->home;
  h.page("GET", "/my/refusals/{refusal}", needs::sign_in, [p](context& c) { return why(c, *p); });
  h.guard([p](context& c, const std::string& route) { return before_page(c, *p, route); });
  h.explain_refusals([p](const context& c, const refusal& r) { return keep(c, *p, r); });
}

}  // namespace madang::access
