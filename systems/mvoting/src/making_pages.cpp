// Making a vote: typed, kept as a draft, pictures, preview, published, ended; what came of it.
#include "madang/html/html.hpp"
#include "making_form.hpp"

namespace madang::mvoting {
namespace {

using namespace html;

// ---- the form ----
struct place_of_form {
  bool poll = true;
  std::string action, back, title;
};

http::response form_page(const context& c, station& s, const place_of_form& w, const typed& t,
                         const refusal* why) {
  question q;
  q.title = w.title;
  q.lead = c.say(w.poll ? "votes.poll_lead" : "votes.vote_lead");
  q.action = w.action;
  q.back = w.back;
  q.fields = fields_of(c, s, w.poll, t, why);
  q.can_save = false;
  q.continue_label = c.say("votes.save_draft");
  const bool day = why && (why->field == "opens" || why->field == "closes");
  if (why)
    q.errors = {{day ? date_field_id(c.shell(), why->field) : why->field, c.explain(*why)}};
  auto r = c.page(q.title, {{"/votes", std::string(c.say("votes.title"))}},
                  question_form(c.shell(), q), {.noindex = true, .has_errors = why != nullptr});
  return r;
}

place_of_form new_one(const context& c, bool poll) {
  return {poll, poll ? "/votes/new" : "/desk/votes/new", poll ? "/votes" : "/desk/votes",
          std::string(c.say(poll ? "votes.start_poll" : "votes.start_vote"))};
}

http::response make(context& c, station& s, bool poll) {
  if (!poll && !c.actor.has_role(organiser))
    return c.refuse(refuse(kind::forbidden, "vote.not_organiser"));
  const typed t = typed_in(c);
  const auto wrong = [&](const refusal& why) {
    if (c.request.wants_json()) return c.refuse(why);
    return form_page(c, s, new_one(c, poll), t, &why);
  };
  const auto p = plan_of(c, t, poll);
  if (!p) return wrong(p.why());
  const auto made = s.draft(s.why(c), poll ? std::string() : c.actor.agency, *p, now());
  if (!made) return wrong(made.why());
  return c.go(path_of(*made, "/manage"));
}

}  // namespace

result<own> own_of(context& c, station& s) {
  auto a = s.find(c);
  if (!a) return refuse(kind::not_found, "voices.unknown");
  vote v = s.vote_of(a->key);
  if (!s.may_manage(c, *a, v))
    return c.hidden(refuse(kind::not_found, "voices.unknown"), "ask", a->key);
  return own{std::move(*a), std::move(v)};
}

namespace {

// ---- one vote of one's own ----
place_of_form old_one(const context& c, const own& o) {
  return {o.v.poll(), path_of(o.a, "/edit"), path_of(o.a, "/manage"),
          std::string(c.say("votes.edit"))};
}

http::response edit(context& c, station& s) {
  const auto o = own_of(c, s);
  if (!o) return c.refuse(o.why());
  const typed t = typed_in(c);
  const auto wrong = [&](const refusal& why) {
    if (c.request.wants_json()) return c.refuse(why);
    return form_page(c, s, old_one(c, *o), t, &why);
  };
  const auto p = plan_of(c, t, o->v.poll());
  if (!p) return wrong(p.why());
  if (const auto done = s.redraft(s.why(c, o->a.number), o->a, *p, now()); !done)
    return wrong(done.why());
  return c.go(path_of(o->a, "/manage"));
}

// What an option shows has a page of its own: its fields are named alike for each.
node shown_link(const context& c, const own& o, std::size_t number, const std::string& of,
                bool picture, bool film) {
  const auto there = [&](bool is, const char* what) {
    return is ? html::all(" ", badge(tone::good, c.say(what))) : node();
  };
  return li(a(href(option_path(o.a, number)), of), there(picture, "votes.picture"),
            there(film, "votes.film"));
}

node draft_part(const context& c, station& s, const own& o) {
  std::vector<node> parts{
      p(c.say("votes.draft_lead")),
      button_row({link_button(path_of(o.a), c.say("votes.look"), look::secondary),
                  link_button(path_of(o.a, "/edit"), c.say("votes.edit"), look::secondary)}),
      h2(c.say("votes.pictures"))};
  const auto p = s.book().paper_of(o.a.key).value_or(paper{});
  const auto films = s.films_of(o.a.key, p);
  std::vector<node> lines{
      shown_link(c, o, 0, std::string(c.say("votes.film_of_all")), false, films.contains(0))};
  for (std::size_t n = 1; n <= p.options.size(); ++n) {
    const auto& of = p.options[n - 1];
    lines.push_back(shown_link(c, o, n, std::to_string(n) + ". " + of.text, !of.picture.empty(),
                               films.contains(n)));
  }
  parts.push_back(ul(lines));
  parts.push_back(h2(c.say("votes.publish")));
  parts.push_back(html::p(c.say("votes.publish_lead")));
  parts.push_back(button_row(
      {post_button(c.shell(), path_of(o.a, "/publish"), c.say("votes.publish")),
       post_button(c.shell(), path_of(o.a, "/discard"), c.say("votes.discard"), look::danger)}));
  return join(parts);
}

node words_form(const context& c, const std::string& to, const char* name, std::string_view button,
                look how, int most, const std::vector<node>& more = {}) {
  field f{.name = name, .label = std::string(c.say("votes.field_" + std::string(name)))};
  f.hint = c.say("votes.hint_" + std::string(name));
  f.most = most;
  return form(method("post"), action(to), cls("questions"), c.shell().csrf_field(),
              area_field(c.shell(), f, 4), more, submit_button(button, how));
}

http::response manage(context& c, station& s) {
  const auto o = own_of(c, s);
  if (!o) return c.refuse(o.why());
  std::vector<node> parts{p(stage_badge(c, s, o->a)), h1(o->a.title)};
  if (o->a.stage == "draft") parts.push_back(draft_part(c, s, *o));
  else parts.push_back(p(a(href(path_of(o->a)), c.say("assembly.public_page"))));
  if (o->a.stage == "open") {
    if (o->v.presence == "venue")
      parts.push_back(p(link_button(path_of(o->a, "/screen"), c.say("votes.screen"))));
    parts.push_back(disclosure(c.say("votes.end_early"),
                               words_form(c, path_of(o->a, "/end"), "reason",
                                          c.say("votes.end_early"), look::danger, 1'000)));
  }
  if (o->a.stage == "ended" && !o->v.poll()) {
    field link{.name = "link", .label = std::string(c.say("votes.field_link"))};
    link.optional = true;
    link.value = o->v.came_link;
    parts.push_back(h2(c.say("votes.came")));
    parts.push_back(words_form(c, path_of(o->a, "/outcome"), "came", c.say("votes.tell_came"),
                               look::primary, 5'000, {text_field(c.shell(), link)}));
  }
  return c.page(o->a.title,
                {{o->v.poll() ? "/votes" : "/desk/votes", std::string(c.say("votes.title"))}},
                join(parts), {.noindex = true});
}

template <class F>
http::response act(context& c, station& s, std::string_view to, F how) {
  const auto o = own_of(c, s);
  if (!o) return c.refuse(o.why());
  if (const outcome done = how(*o, s.why(c, o->a.number)); !done) return c.refuse(done.why());
  return c.go(to == "/votes" ? std::string(to) : path_of(o->a, to));
}

}  // namespace

void making_pages(const shared_station& s) {
  house& h = s->home();
  for (const bool poll : {true, false}) {
    const auto who = poll ? needs::sign_in : needs::official;
    const std::string at = poll ? "/votes/new" : "/desk/votes/new";
    h.page("GET", at, who,
           [s, poll](context& c) { return form_page(c, *s, new_one(c, poll), {}, nullptr); });
    h.page("POST", at, who, [s, poll](context& c) { return make(c, *s, poll); });
  }
  const std::string at = "/votes/{number}";
  h.page("GET", at + "/manage", needs::sign_in, [s](context& c) { return manage(c, *s); });
  h.page("GET", at + "/edit", needs::sign_in, [s](context& c) {
    const auto o = own_of(c, *s);
    if (!o) return c.refuse(o.why());
    return form_page(c, *s, old_one(c, *o), typed_of(c, *s, o->a), nullptr);
  });
  h.page("POST", at + "/edit", needs::sign_in, [s](context& c) { return edit(c, *s); });
  h.page("POST", at + "/publish", needs::sign_in, [s](context& c) {
    return act(c, *s, "", [&](const own& o, const audit::access& why) {
      return s->publish(why, o.a, now());
    });
  });
  h.page("POST", at + "/discard", needs::sign_in, [s](context& c) {
    return act(c, *s, "/votes", [&](const own& o, const audit::access& why) {
      return s->discard(why, o.a);
    });
  });
  h.page("POST", at + "/end", needs::sign_in, [s](context& c) {
    return act(c, *s, "", [&](const own& o, const audit::access& why) {
      return s->end_early(why, o.a, c.field("reason"), now());
    });
  });
  h.page("POST", at + "/outcome", needs::sign_in, [s](context& c) {
    return act(c, *s, "", [&](const own& o, const audit::access& why) -> outcome {
      if (o.v.poll()) return refuse(kind::forbidden, "vote.not_organiser");
      return s->tell_what_came(why, o.a,
                               {std::string(c.field("came")), c.actor.agency,
                                std::string(text::trim(c.field("link")))},
                               now());
    });
  });
}

}  // namespace madang::mvoting
