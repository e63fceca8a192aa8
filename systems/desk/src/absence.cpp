// Being away: who stands in for one's post, from when until when.
#include <algorithm>

#include "desk_pages.hpp"

namespace madang::desk {
namespace {

using namespace html;

struct absence_item {
  std::string key, post, substitute, substitute_name, begins, ends, reason;
};
BOOST_DESCRIBE_STRUCT(absence_item, (),
                      (key, post, substitute, substitute_name, begins, ends, reason))
struct absence_view {
  std::vector<absence_item> absences;
};
BOOST_DESCRIBE_STRUCT(absence_view, (), (absences))

date this_day(const context& c) { return today(c.home.pack().zone()); }

std::string post_name(const context& c, const std::string& code) {
  auto p = c.home.people().find_post(code);
  if (!p) return code;
  auto holder = c.home.people().find_account(p->holder);
  return p->agency_name(c.language) + " " + p->title(c.language) +
         (holder ? " " + holder->name : "");
}

// Those who share a role with the post and serve the same district or one that holds it.
std::vector<choice> substitutes(const context& c) {
  std::vector<choice> out;
  for (const auto& p : c.home.people().posts()) {
    const auto roles = text::split(p.roles, ',');
    const bool same =
        std::ranges::any_of(roles, [&](const auto& r) { return c.actor.has_role(r); });
    const bool same_house = p.agency == c.actor.agency && !c.actor.agency.empty();
    if (p.code != c.actor.post && p.holder && p.holder != c.actor.person && (same || same_house))
      out.push_back({p.code, post_name(c, p.code), ""});
  }
  return out;
}

node form_of(const context& c, const refusal* wrong) {
  auto error_of = [&](const char* name) {
    return wrong && wrong->field == name ? c.explain(*wrong) : std::string();
  };
  auto field_of = [&](const char* name, const char* label, const std::string& otherwise) {
    field f;
    f.name = name;
    f.label = c.say(label);
    f.error = error_of(name);
    f.value = wrong ? std::string(c.field(name)) : otherwise;
    return f;
  };
  const std::string day = this_day(c).str();
  field begins = field_of("begins", "work.absence_begins", day);
  begins.hint = c.say("work.absence_hint");
  begins.width = 12;
  field ends = field_of("ends", "work.absence_ends", "");
  ends.width = 12;
  field reason = field_of("reason", "work.absence_reason", "");
  reason.optional = true;
  return form(method("post"), action("/desk/absence"), cls("questions"), c.shell().csrf_field(),
              select_field(c.shell(), field_of("substitute", "work.absence_substitute", ""),
                           substitutes(c)),
              text_field(c.shell(), begins), text_field(c.shell(), ends),
              text_field(c.shell(), reason), submit_button(c.say("work.absence_put")));
}

http::response show(context& c, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  absence_view view;
  for (const auto& a : c.home.people().absences_of(c.actor.post, this_day(c)))
    view.absences.push_back({a.key.str(), a.post, a.substitute, post_name(c, a.substitute),
                             a.begins.str(), a.ends.str(), a.reason});
  return c.show(view, [&] {
    desk_view d = frame(c, "/desk/absence", c.say("work.absence"));
    d.list_label = c.say("work.absence");
    d.back = "/desk";
    std::vector<node> list;
    for (const auto& a : view.absences)
      list.push_back(li(strong(a.begins, " – ", a.ends), " ", a.substitute_name,
                        a.reason.empty() ? "" : " · " + a.reason,
                        post_button(c.shell(), "/desk/absence/" + a.key + "/end",
                                    c.say("work.absence_end"), look::quiet)));
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const bool own = c.actor.stands_in_for.empty();
    d.detail = all(error_summary(c.shell(), errors), h1(c.say("work.absence")),
                   p(c.say("work.absence_lead")),
                   list.empty() ? node(p(cls("note"), c.say("work.absence_none")))
                                : node(ul(cls("plain"), list)),
                   own ? form_of(c, wrong) : node());
    auto r = c.html_response(
        html::desk(c.shell(), d, {.noindex = true, .has_errors = wrong != nullptr}));
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

audit::access why(const context& c) {
  return c.access(c.home.said("purpose.substitution"), c.home.said("law.substitution"));
}

http::response put(context& c) {
  identity::absence a;
  a.post = c.actor.post;
  a.substitute = c.field("substitute");
  a.reason = c.field("reason");
  for (auto [name, into] : {std::pair("begins", &a.begins), std::pair("ends", &a.ends)}) {
    auto day = date::parse(c.field(name));
    if (!day) {
      const auto wrong = refuse(kind::invalid, "forms.date", name);
      return show(c, &wrong);
    }
    *into = *day;
  }
  const auto known = substitutes(c);
  if (std::ranges::none_of(known, [&](const choice& one) { return one.value == a.substitute; })) {
    const auto wrong = refuse(kind::invalid, "absence.substitute", "substitute");
    return show(c, &wrong);
  }
  if (auto done = c.home.people().put_absence(why(c), a, this_day(c)); !done)
    return show(c, &done.why());
  return c.go("/desk/absence");
}

http::response end(context& c) {
  auto key = id::parse(c.request.capture("absence"));
  if (!key) return c.refuse(refuse(kind::not_found, "absence.unknown"));
  if (auto done = c.home.people().end_absence(why(c), *key, this_day(c)); !done)
    return c.refuse(done.why());
  return c.go("/desk/absence");
}

}  // namespace

void absence_pages(house& h) {
  h.page("GET", "/desk/absence", needs::official, [](context& c) { return show(c); });
  h.page("POST", "/desk/absence", needs::official, put);
  h.page("POST", "/desk/absence/{absence}/end", needs::official, end);
}

}  // namespace madang::desk
