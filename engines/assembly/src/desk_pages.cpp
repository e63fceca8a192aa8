// Officials: what their agency owes and by when, hiding with a reason that all read, objections.
#include "forum.hpp"
#include "madang/platform/viewer.hpp"

namespace madang::assembly {
namespace {

using namespace html;

struct owed_line {
  ask_line ask;
  instant due;
  bool late = false;
};
BOOST_DESCRIBE_STRUCT(owed_line, (), (ask, due, late))
struct desk_view {
  std::vector<owed_line> owed;
  std::vector<ask_line> objections;
};
BOOST_DESCRIBE_STRUCT(desk_view, (), (owed, objections))

std::string desk_of(const forum& f, const std::string& number) {
  return f.where().desk + "/" + number;
}

http::response list(context& c, forum& f) {
  assembly::desk_view v;
  for (const auto& a : f.book().owed("")) {
    if (!f.owes(c.actor, a)) continue;
    v.owed.push_back({line_of(c, f, a, f.book().counted(a.key, main_saying(f))), a.due,
                      a.due < now()});
    v.owed.back().ask.href = desk_of(f, a.number);
  }
  if (f.moderates(c))
    for (const auto& a : f.book().appeals()) {
      v.objections.push_back(line_of(c, f, a, f.book().counted(a.key, main_saying(f))));
      v.objections.back().href = desk_of(f, a.number);
    }
  if (f.moderates(c))
    for (const auto& s : f.book().objections()) {
      const auto a = f.book().find(s.ask);
      if (!a) continue;
      v.objections.push_back(line_of(c, f, *a, f.book().counted(a->key, main_saying(f))));
      v.objections.back().href = desk_of(f, a->number) + "/voices";
    }
  return c.show(v, [&] {
    std::vector<todo> owed, objections;
    for (const auto& o : v.owed)
      owed.push_back({badge(o.late ? tone::bad : tone::warn,
                            c.fill("assembly.due_short",
                                   {{"when", c.written(in_zone(o.due).date)}})),
                      a(href(o.ask.href), o.ask.title), o.ask.category_name, {}});
    for (const auto& o : v.objections)
      objections.push_back({badge(tone::warn, c.say("assembly.objection")),
                            a(href(o.href), o.title), o.category_name, {}});
    return c.page(
        c.say(f.key("desk")), {{"/desk", std::string(c.say("work.inbox"))}},
        html::all(h1(c.say(f.key("desk"))), h2(c.say("assembly.owed")),
                  owed.empty() ? empty_state("check", c.say("assembly.nothing_owed"))
                               : todo_list(owed),
                  f.moderates(c)
                      ? html::all(h2(c.say("assembly.objections")),
                                  objections.empty()
                                      ? node(p(cls("note"), c.say("assembly.no_objections")))
                                      : todo_list(objections))
                      : node()),
        {.wide = true, .noindex = true});
  });
}

node text_form(const context& c, const std::string& to, const char* name, std::string_view label,
               std::string_view hint, std::string_view button, html::look how, int most) {
  field f{.name = name, .label = std::string(label)};
  f.hint = hint;
  f.most = most;
  return form(method("post"), action(to), cls("questions"), c.shell().csrf_field(),
              area_field(c.shell(), f, 8), submit_button(button, how));
}

node answer_form(const context& c, forum& f, const ask& a, const std::string& to,
                 const refusal* why) {
  const auto made = [&](const char* name, field out) {
    out.name = name;
    out.label = c.say("assembly.field_" + std::string(std::string_view(name) == "body" ? "answer"
                                                                                       : name));
    out.value = c.field(name);
    if (why && why->field == name) out.error = c.explain(*why);
    return out;
  };
  field words{.hint = std::string(c.say("assembly.hint_answer")), .most = 20'000};
  node verdict;
  if (const auto& all = f.book().stage_of(a).verdicts; !all.empty()) {
    std::vector<choice> choices;
    for (const auto& v : all) choices.push_back({v.id, v.name(c.language)});
    verdict = radio_field(c.shell(), made("verdict", {}), choices);
  }
  return form(method("post"), action(to), cls("questions"), attr("enctype", "multipart/form-data"),
              c.shell().csrf_field(), verdict, area_field(c.shell(), made("body", words), 8),
              recording_fields(c, why), submit_button(c.say("assembly.publish_answer")));
}

// What was said may still be filmed, or its captions put right; the words stay.
node answers_to_record(const context& c, forum& f, const ask& a) {
  std::vector<node> all;
  for (const auto& r : f.book().replies(a.key))
    all.push_back(box(c.written(r.at),
                      html::all(div(cls("keep-lines"), r.body),
                                answer_recording(c, f, f.path_of(a), r.key),
                                disclosure(c.say("assembly.record_answer"),
                                           form(method("post"),
                                                action(answer_address(desk_of(f, a.number), r.key) +
                                                       "/recording"),
                                                attr("enctype", "multipart/form-data"),
                                                cls("questions"), c.shell().csrf_field(),
                                                recording_fields(c),
                                                submit_button(c.say("assembly.record_answer"),
                                                              html::look::secondary))))));
  return join(all);
}

// Comments that somebody who hides may take from sight, each with its reason.
node remarks_to_judge(const context& c, forum& f, const ask& a, const std::string& at) {
  std::vector<node> all;
  for (const auto& r : f.book().remarks(a.key, 100)) {
    if (!r.hidden.empty()) continue;
    const std::string mark = r.key.str();
    field why{.name = "reason-" + mark, .label = std::string(c.say("assembly.field_reason"))};
    why.most = 1'000;
    all.push_back(box(c.written(r.at),
                      html::all(div(cls("keep-lines"), r.body),
                                disclosure(c.say("assembly.hide_remark"),
                                           form(method("post"), action(at + "/remarks/" + mark),
                                                cls("questions"), c.shell().csrf_field(),
                                                text_field(c.shell(), why),
                                                submit_button(c.say("assembly.hide_remark"),
                                                              html::look::danger))))));
  }
  return all.empty() ? node() : html::all(h2(c.say("assembly.remarks")), join(all));
}

node acts(const context& c, forum& f, const ask& a, const refusal* why) {
  std::vector<node> parts;
  const std::string at = desk_of(f, a.number);
  if (f.owes(c.actor, a) && a.due.micros && a.hidden.empty())
    parts.push_back(box(c.say("assembly.answer"), answer_form(c, f, a, at + "/answer", why)));
  if (f.owes(c.actor, a)) parts.push_back(answers_to_record(c, f, a));
  if (f.moderates(c) && a.hidden.empty())
    parts.push_back(disclosure(
        c.say("assembly.hide"),
        text_form(c, at + "/hide", "reason", c.say("assembly.field_reason"),
                  c.say("assembly.hint_reason"), c.say("assembly.hide"), html::look::danger,
                  1'000)));
  if (f.moderates(c) && !a.hidden.empty() && !a.appeal.empty() && a.hidden_by != c.actor.person &&
      a.hidden_by)
    parts.push_back(box(c.say("assembly.objection"),
                        html::all(div(cls("keep-lines"), a.appeal),
                                  button_row({post_button(c.shell(), at + "/objection",
                                                          c.say("assembly.show_again"),
                                                          html::look::primary, {{"show", "yes"}}),
                                              post_button(c.shell(), at + "/objection",
                                                          c.say("assembly.stays_hidden"),
                                                          html::look::secondary,
                                                          {{"show", "no"}})}))));
  if (f.moderates(c) && a.hidden.empty() && a.level == 0) {
    std::vector<node> ways;
    if (said_on_paper(f, a))
      ways.push_back(link_button(at + "/paper", c.say("assembly.paper"), html::look::secondary));
    ways.push_back(link_button(at + "/voices", c.say("assembly.strike"), html::look::secondary));
    parts.push_back(button_row(ways));
  }
  if (f.moderates(c)) parts.push_back(remarks_to_judge(c, f, a, at));
  return join(parts);
}

struct one_view {
  ask_line ask;
  std::string body, hidden, appeal;
  std::optional<instant> due;
};
BOOST_DESCRIBE_STRUCT(one_view, (), (ask, body, hidden, appeal, due))

// `why`: what was wrong with an answer, whose words are still there.
http::response one(context& c, forum& f, const refusal* why = nullptr) {
  const auto a = f.find(c);
  if (!a || !(f.owes(c.actor, *a) || f.moderates(c)))
    return c.refuse(refuse(kind::not_found, "voices.unknown"));
  one_view v{line_of(c, f, *a, f.book().counted(a->key, main_saying(f))), a->body, a->hidden,
             f.moderates(c) ? a->appeal : "", {}};
  if (a->due.micros) v.due = a->due;
  return c.show(v, [&] {
    std::vector<row> facts{
        {std::string(c.say("assembly.category")), v.ask.category_name},
        {std::string(c.say("assembly.stage")), v.ask.stage_name},
        {std::string(c.say("assembly.count")), text::grouped(v.ask.count)}};
    if (v.due) facts.push_back({std::string(c.say("assembly.due_label")), c.written(*v.due)});
    if (!v.hidden.empty())
      facts.push_back({std::string(c.say("assembly.is_hidden")), v.hidden});
    const node errors =
        why ? error_summary(c.shell(), {{why->field == "verdict" ? choice_field_id("verdict")
                                                                 : why->field,
                                         c.explain(*why)}})
            : node();
    auto page = c.page(
        a->title,
        {{"/desk", std::string(c.say("work.inbox"))},
         {f.where().desk, std::string(c.say(f.key("desk")))}},
        beside(html::all(errors, h1(a->title), div(cls("keep-lines"), a->body),
                         acts(c, f, *a, why)),
               html::all(definition_grid(facts),
                         p(html::a(href(f.path_of(*a)), c.say("assembly.public_page"))))),
        {.wide = true, .noindex = true, .has_errors = why != nullptr});
    if (why) page.status = 422;
    return platform::with_media(std::move(page));
  });
}

template <class F>
http::response act(context& c, forum& f, bool may, F how) {
  const auto a = f.find(c);
  if (!a) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  if (!may && !f.owes(c.actor, *a)) return c.refuse(refuse(kind::forbidden, "voices.not_yours"));
  if (const outcome done = how(*a); !done) return c.refuse(done.why());
  return c.go(desk_of(f, a->number));
}

// What is wrong is said where it was written: an answer is long.
http::response answer(context& c, forum& f) {
  const auto a = f.find(c);
  if (!a) return c.refuse(refuse(kind::not_found, "voices.unknown"));
  if (!f.owes(c.actor, *a)) return c.refuse(refuse(kind::forbidden, "voices.not_yours"));
  const uploaded filmed = uploaded_in(c);
  outcome done = recordings::judge(filmed);
  if (done)
    done = f.book().answer(f.why(c, a->number), a->key, c.field("body"), now(), c.field("verdict"),
                           [&](store::write& tx, id reply) { recordings::put(tx, reply, filmed); });
  if (done) return c.go(desk_of(f, a->number));
  if (done.why().field.empty() || c.request.wants_json()) return c.refuse(done.why());
  return one(c, f, &done.why());
}

}  // namespace

void desk_pages(const shared_forum& f) {
  house& h = f->home();
  const std::string& desk = f->where().desk;
  h.page("GET", desk, needs::official, [f](context& c) { return list(c, *f); });
  h.page("GET", desk + "/{number}", needs::official, [f](context& c) { return one(c, *f); });
  h.page("POST", desk + "/{number}/answer", needs::official,
         [f](context& c) { return answer(c, *f); });
  const auto moderating = [f](context& c, auto how) {
    if (!f->moderates(c)) return c.refuse(refuse(kind::forbidden, "voices.not_moderator"));
    return act(c, *f, true, how);
  };
  h.page("POST", desk + "/{number}/hide", needs::official, [f, moderating](context& c) {
    return moderating(c, [&](const ask& a) {
      return f->book().hide(f->why(c, a.number), a.key, c.field("reason"));
    });
  });
  h.page("POST", desk + "/{number}/remarks/{remark}", needs::official,
         [f, moderating](context& c) {
           return moderating(c, [&](const ask& a) -> outcome {
             const auto key = id::parse(c.request.capture("remark"));
             if (!key) return refuse(kind::not_found, "voices.unknown");
             return f->book().hide_remark(f->why(c, a.number), *key,
                                          c.field("reason-" + key->str()));
           });
         });
  h.page("POST", desk + "/{number}/objection", needs::official, [f, moderating](context& c) {
    return moderating(c, [&](const ask& a) {
      return f->book().decide_appeal(f->why(c, a.number), a.key, c.field("show") == "yes");
    });
  });
}

}  // namespace madang::assembly
