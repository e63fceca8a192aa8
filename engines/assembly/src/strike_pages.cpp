// Voices that somebody takes from the count: moderators choose among those of an unusual time, say
// why, and another moderator hears who objects. Who they are is seen by none of them.
#include <algorithm>
#include <set>

#include "forum.hpp"

namespace madang::assembly {
namespace {

using namespace html;

struct strikes_view {
  ask_line ask;
  std::vector<instant> times;              // unusual ones
  std::optional<instant> chosen;
  std::vector<std::string> pseudonyms;     // of the chosen time, while they count
  std::vector<strike_line> struck;
};
BOOST_DESCRIBE_STRUCT(strikes_view, (), (ask, times, chosen, pseudonyms, struck))

std::string desk_of(const forum& f, const ask& a) { return f.where().desk + "/" + a.number; }

result<ask> meant(const context& c, const forum& f) {
  const auto a = f.find(c);
  if (!a) return refuse(kind::not_found, "voices.unknown");
  if (!f.moderates(c)) return refuse(kind::forbidden, "voices.not_moderator");
  if (a->level != 0) return refuse(kind::conflict, "voices.by_token");
  return *a;
}

strikes_view view_of(const context& c, forum& f, const ask& a) {
  const saying s = main_saying(f);
  strikes_view v{line_of(c, f, a, f.book().counted(a.key, s)), {}, {}, {}, {}};
  for (const auto& b : f.book().bursts(a.key, s)) v.times.push_back(b.begins);
  const auto at = instant::parse(c.request.param("at"));
  if (at && std::ranges::find(v.times, *at) != v.times.end()) {
    v.chosen = at;
    v.pseudonyms = f.book().pseudonyms_of(a.key, s, *at);
  }
  v.struck = struck_lines(f, a);
  return v;
}

node choose_time(const context& c, const forum& f, const ask& a, const strikes_view& v) {
  if (v.times.empty()) return empty_state("check", c.say("assembly.unusual_none"));
  std::vector<node> links;
  for (const auto t : v.times)
    links.push_back(li(html::a(href(desk_of(f, a) + "/voices?at=" + t.str()), c.written(t))));
  return ul(links);
}

node choose_voices(const context& c, const forum& f, const ask& a, const strikes_view& v) {
  if (!v.chosen) return {};
  std::vector<choice> all;
  for (const auto& p : v.pseudonyms) all.push_back({p, short_of(p), {}});
  field which{.name = "voices[]", .label = c.fill("assembly.voices_of",
                                                  {{"when", c.written(*v.chosen)}})};
  which.hint = c.say("assembly.hint_voices");
  field why{.name = "reason", .label = std::string(c.say("assembly.field_reason"))};
  why.hint = c.say("assembly.hint_strike");
  why.most = 1'000;
  return form(method("post"), action(desk_of(f, a) + "/voices"), cls("questions"),
              c.shell().csrf_field(), checkbox_field(c.shell(), which, all),
              area_field(c.shell(), why, 4),
              submit_button(c.say("assembly.strike_out"), html::look::danger));
}

node objections_part(const context& c, const forum& f, const ask& a, const strikes_view& v) {
  std::vector<node> parts;
  for (const auto& s : v.struck) {
    if (s.state != "objected") continue;
    const std::string to = desk_of(f, a) + "/voices/objection";
    parts.push_back(
        box(std::string(c.say("assembly.objection")) + " · " + short_of(s.pseudonym),
            div(cls("stack"), p(strong(c.fill("assembly.told_reason", {{"reason", s.reason}}))),
                div(cls("keep-lines"), s.objection),
                button_row({post_button(c.shell(), to, c.say("assembly.count_again"),
                                        html::look::primary,
                                        {{"voice", s.pseudonym}, {"restore", "yes"}}),
                            post_button(c.shell(), to, c.say("assembly.stays_struck"),
                                        html::look::secondary,
                                        {{"voice", s.pseudonym}, {"restore", "no"}})}))));
  }
  return parts.empty() ? node() : html::all(h2(c.say("assembly.objections")), join(parts));
}

http::response show(context& c, forum& f) {
  const auto a = meant(c, f);
  if (!a) return c.refuse(a.why());
  const strikes_view v = view_of(c, f, *a);
  return c.show(v, [&] {
    return c.page(c.say("assembly.strike"),
                  {{"/desk", std::string(c.say("work.inbox"))},
                   {f.where().desk, std::string(c.say(f.key("desk")))},
                   {desk_of(f, *a), a->title}},
                  html::all(h1(c.say("assembly.strike")), lead(a->title),
                            p(c.say("assembly.strike_lead")), objections_part(c, f, *a, v),
                            h2(c.say("assembly.unusual")), choose_time(c, f, *a, v),
                            choose_voices(c, f, *a, v), struck_table(c, v.struck)),
                  {.noindex = true});
  });
}

template <class F>
http::response act(context& c, forum& f, F how) {
  const auto a = meant(c, f);
  if (!a) return c.refuse(a.why());
  if (const outcome done = how(*a); !done) return c.refuse(done.why());
  return c.go(desk_of(f, *a) + "/voices");
}

outcome strike(context& c, forum& f, const ask& a) {
  const saying s = main_saying(f);
  std::set<std::string> unusual;
  for (const auto& b : f.book().bursts(a.key, s))
    for (auto& one : f.book().pseudonyms_of(a.key, s, b.begins)) unusual.insert(std::move(one));
  std::vector<std::string> voices;
  for (const auto& [name, value] : c.form())
    if (name == "voices[]" && unusual.contains(value)) voices.emplace_back(value);
    else if (name == "voices[]") return refuse(kind::conflict, "voices.no_voice", "voices");
  return f.book().strike_out(f.why(c, a.number), a.key, s, voices, c.field("reason"),
                             now());
}

}  // namespace

std::string short_of(std::string_view pseudonym) { return std::string(pseudonym.substr(0, 16)); }

std::vector<strike_line> struck_lines(forum& f, const ask& a) {
  std::vector<strike_line> out;
  for (auto& s : f.book().strikes(a.key))
    out.push_back({s.pseudonym, s.reason, s.objection, s.state, s.at});
  return out;
}

node struck_table(const context& c, const std::vector<strike_line>& all) {
  if (all.empty()) return {};
  table_view t;
  t.caption = c.say("assembly.struck");
  t.columns = {{std::string(c.say("assembly.pseudonym"))},
               {std::string(c.say("assembly.reason"))},
               {std::string(c.say("assembly.state"))}};
  t.stacked = true;
  for (const auto& s : all)
    t.rows.push_back({node(code(short_of(s.pseudonym))), node(s.reason),
                      node(c.say("assembly.strike_" + s.state))});
  return data_table(c.shell(), t);
}

node own_strike(const context& c, forum& f, const ask& a) {
  if (!c.actor.signed_in()) return {};
  const auto s = f.book().strike_of(c.actor.person, a, main_saying(f));
  if (!s || s->state == "restored") return {};
  const node why = p(c.fill("assembly.told_reason", {{"reason", s->reason}}));
  if (s->state != "struck")
    return banner(c.shell(), tone::warn, c.say("assembly.yours_struck"),
                  html::all(why, p(c.say("assembly.strike_" + s->state))));
  field body{.name = "body", .label = std::string(c.say("assembly.field_objection"))};
  body.hint = c.say("assembly.hint_appeal");
  body.most = 1'000;
  return html::all(banner(c.shell(), tone::warn, c.say("assembly.yours_struck"), why),
                   form(method("post"), action(f.path_of(a, "/object")), cls("questions"),
                        c.shell().csrf_field(), area_field(c.shell(), body, 4),
                        submit_button(c.say("assembly.appeal"), html::look::secondary)));
}

void strike_pages(const shared_forum& f) {
  house& h = f->home();
  const std::string at = f->where().desk + "/{number}/voices";
  h.page("GET", at, needs::official, [f](context& c) { return show(c, *f); });
  h.page("POST", at, needs::official, [f](context& c) {
    return act(c, *f, [&](const ask& a) { return strike(c, *f, a); });
  });
  h.page("POST", at + "/objection", needs::official, [f](context& c) {
    return act(c, *f, [&](const ask& a) {
      return f->book().decide_objection(f->why(c, a.number), a.key, main_saying(*f),
                                        c.field("voice"), c.field("restore") == "yes", now());
    });
  });
  h.page("POST", f->where().path + "/{number}/object", needs::sign_in, [f](context& c) {
    const auto a = f->find(c);
    if (!a) return c.refuse(refuse(kind::not_found, "voices.unknown"));
    const auto done = f->book().object(f->why(c, a->number), *a, main_saying(*f), c.field("body"));
    return done ? c.go(f->path_of(*a)) : c.refuse(done.why());
  });
}

}  // namespace madang::assembly
