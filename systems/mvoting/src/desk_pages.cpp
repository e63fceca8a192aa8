// Officials: the votes of their agency; hiding with a public reason, and objections.
#include "madang/html/html.hpp"
#include "station.hpp"

namespace madang::mvoting {
namespace {

using namespace html;

struct desk_line {
  std::string number, title, href, stage, stage_name;
  std::int64_t voters = 0;
};
BOOST_DESCRIBE_STRUCT(desk_line, (), (number, title, href, stage, stage_name, voters))
struct desk_view {
  std::vector<desk_line> votes, objections;
};
BOOST_DESCRIBE_STRUCT(desk_view, (), (votes, objections))

desk_line line_of(const context& c, station& s, const ask& a, std::string href) {
  return {a.number, a.title, std::move(href), a.stage, s.book().stage_of(a).name(c.language),
          s.book().counted(a.key, saying::choice)};
}

node list_of(const context& c, const std::vector<desk_line>& lines) {
  std::vector<todo> all;
  for (const auto& l : lines)
    all.push_back({badge(l.stage == "open" ? tone::good : tone::neutral, l.stage_name),
                   a(href(l.href), l.title),
                   c.fill("votes.n_joined", {{"n", text::grouped(l.voters)}}), {}});
  return todo_list(all);
}

http::response list(context& c, station& s) {
  mvoting::desk_view v;
  if (c.actor.has_role(organiser))
    for (const auto& a : s.of_agency(c.actor.agency))
      v.votes.push_back(line_of(c, s, a, path_of(a, "/manage")));
  if (s.moderates(c))
    for (const auto& a : s.book().appeals())
      v.objections.push_back(line_of(c, s, a, "/desk/votes/" + a.number));
  return c.show(v, [&] {
    std::vector<node> parts{h1(c.say("votes.desk"))};
    if (c.actor.has_role(organiser)) {
      parts.push_back(p(link_button("/desk/votes/new", c.say("votes.start_vote"))));
      parts.push_back(v.votes.empty() ? empty_state("document", c.say("votes.none_yet"))
                                      : list_of(c, v.votes));
    }
    if (s.moderates(c)) {
      parts.push_back(h2(c.say("assembly.objections")));
      parts.push_back(v.objections.empty() ? node(p(cls("note"), c.say("assembly.no_objections")))
                                           : list_of(c, v.objections));
    }
    return c.page(c.say("votes.desk"), {{"/desk", std::string(c.say("work.inbox"))}}, join(parts),
                  {.wide = true, .noindex = true});
  });
}

node moderation(const context& c, const ask& a) {
  const std::string at = "/desk/votes/" + a.number;
  if (a.hidden.empty()) {
    field f{.name = "reason", .label = std::string(c.say("assembly.field_reason"))};
    f.hint = c.say("assembly.hint_reason");
    f.most = 1'000;
    return form(method("post"), action(at + "/hide"), cls("questions"), c.shell().csrf_field(),
                area_field(c.shell(), f, 4), submit_button(c.say("assembly.hide"), look::danger));
  }
  if (a.appeal.empty() || !a.hidden_by || a.hidden_by == c.actor.person)
    return p(cls("note"), c.fill("assembly.told_reason", {{"reason", a.hidden}}));
  return box(c.say("assembly.objection"),
             html::all(div(cls("keep-lines"), a.appeal),
                       button_row({post_button(c.shell(), at + "/objection",
                                               c.say("assembly.show_again"), look::primary,
                                               {{"show", "yes"}}),
                                   post_button(c.shell(), at + "/objection",
                                               c.say("assembly.stays_hidden"), look::secondary,
                                               {{"show", "no"}})})));
}

http::response one(context& c, station& s) {
  const auto a = s.find(c);
  if (!a || a->stage == "draft" || !s.moderates(c))
    return c.refuse(refuse(kind::not_found, "voices.unknown"));
  return c.page(a->title,
                {{"/desk", std::string(c.say("work.inbox"))},
                 {"/desk/votes", std::string(c.say("votes.desk"))}},
                html::all(p(stage_badge(c, s, *a)), h1(a->title), div(cls("keep-lines"), a->body),
                          p(html::a(href(path_of(*a)), c.say("assembly.public_page"))),
                          moderation(c, *a)),
                {.noindex = true});
}

template <class F>
http::response moderate(context& c, station& s, F how) {
  const auto a = s.find(c);
  if (!a || a->stage == "draft") return c.refuse(refuse(kind::not_found, "voices.unknown"));
  if (!s.moderates(c)) return c.refuse(refuse(kind::forbidden, "voices.not_moderator"));
  if (const outcome done = how(*a); !done) return c.refuse(done.why());
  return c.go("/desk/votes/" + a->number);
}

}  // namespace

void desk_pages(const shared_station& s) {
  house& h = s->home();
  h.page("GET", "/desk/votes", needs::official, [s](context& c) { return list(c, *s); });
  h.page("GET", "/desk/votes/{number}", needs::official, [s](context& c) { return one(c, *s); });
  h.page("POST", "/desk/votes/{number}/hide", needs::official, [s](context& c) {
    return moderate(c, *s, [&](const ask& a) {
      return s->book().hide(s->why(c, a.number), a.key, c.field("reason"));
    });
  });
  h.page("POST", "/desk/votes/{number}/objection", needs::official, [s](context& c) {
    return moderate(c, *s, [&](const ask& a) {
      return s->book().decide_appeal(s->why(c, a.number), a.key, c.field("show") == "yes");
    });
  });
}

}  // namespace madang::mvoting
