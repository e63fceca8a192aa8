// The desk of the planning group: forums planned, announced, and what was promised in them.
#include <algorithm>

#include "parts.hpp"

namespace madang::first_street {
namespace {

using namespace html;

constexpr const char* desk = "/desk/forum-plans";

struct plan_line {
  std::string key, number, title;
  instant begins;
};
BOOST_DESCRIBE_STRUCT(plan_line, (), (key, number, title, begins))
struct plans_view {
  std::vector<plan_line> plans;
};
BOOST_DESCRIBE_STRUCT(plans_view, (), (plans))
struct promise_line {
  std::string key, what, category, until, state, note, handed;
};
BOOST_DESCRIBE_STRUCT(promise_line, (), (key, what, category, until, state, note, handed))
struct plan_view {
  plan_line plan;
  std::vector<promise_line> promises;
};
BOOST_DESCRIBE_STRUCT(plan_view, (), (plan, promises))

std::string at(const plan& p, const std::string& then = {}) {
  return std::string(desk) + "/" + p.key.str() + then;
}

std::vector<link> way(const context& c) {
  return {{"/desk", std::string(c.say("work.inbox"))}, {desk, std::string(c.say("forums.plans"))}};
}

http::response list(context& c, street& s, const std::string& invited = {}) {
  plans_view v;
  for (const auto& p : s.all_plans()) v.plans.push_back({p.key.str(), p.number, p.title, p.begins});
  return c.show(v, [&] {
    std::vector<todo> lines;
    for (const auto& p : v.plans)
      lines.push_back({badge(p.number.empty() ? tone::warn : tone::good,
                             c.say(p.number.empty() ? "forums.draft" : "forums.announced")),
                       a(href(std::string(desk) + "/" + p.key), p.title),
                       c.written(p.begins),
                       {}});
    std::vector<choice> kinds;
    for (const auto& k : assembly::circles::kinds())
      kinds.push_back({k, std::string(c.say("circle.kind_" + k))});
    const node link = invited.empty()
                          ? node()
                          : banner(c.shell(), tone::good, c.say("circle.invited"),
                                   all(p(c.say("circle.invited_lead")), p(element("code", invited)),
                                       copy_button(c.shell(), invited)));
    return c.page(
        c.say("forums.plans"), {{"/desk", std::string(c.say("work.inbox"))}},
        beside(
            all(h1(c.say("forums.plans")), link,
                p(link_button(std::string(desk) + "/new", c.say("forums.plan_new"))),
                lines.empty() ? empty_state("calendar", c.say("forums.no_plans"))
                              : todo_list(lines)),
            all(p(a(href("/forums/planning"), c.say("forums.planning"))),
                box(c.say("circle.invite"),
                    form(method("post"), action(std::string(desk) + "/invite"), cls("questions"),
                         c.shell().csrf_field(),
                         select_field(c.shell(),
                                      {.name = "kind", .label = std::string(c.say("circle.kind"))},
                                      kinds),
                         submit_button(c.say("circle.invite"), look::secondary))))),
        {.wide = true, .noindex = true});
  });
}

// ---- a plan ----
struct typed {
  plan what;
  date_parts day;
  std::string time;
  std::vector<std::string> topics;
};

typed typed_in(const context& c, id key) {
  typed t;
  const auto said = [&](const char* name) { return std::string(text::trim(c.field(name))); };
  t.what = {key,
            {},
            said("title"),
            said("body"),
            said("category"),
            {},
            said("place"),
            said("stream"),
            c.actor.person,
            now()};
  t.what.begins = moment_of(c, "begins").value_or(instant{});
  t.day = parts_in(c, "begins");
  t.time = said("begins_time");
  for (const auto& [name, value] : c.form())
    if (name == "topics[]") t.topics.push_back(value);
  return t;
}

typed typed_of(street& s, const plan& p) {
  const auto when = in_zone(p.begins, s.home().pack().zone());
  typed t{p, parts_of(when.date), fmt::format("{:02}:{:02}", when.hour, when.minute), {}};
  for (const auto& one : s.topics_of(p.key)) t.topics.push_back(one.href);
  return t;
}

node when_fields(const context& c, const typed& t, const refusal* why) {
  return all(
      date_field(c.shell(), field_with(c, "begins", c.say("forums.when"), {}, why), t.day),
      text_field(c.shell(),
                 [&] {
                   auto f = field_with(c, "begins_time", c.say("forums.time"), t.time, nullptr, 5);
                   f.hint = c.say("forums.hint_time");
                   f.width = 5;
                   return f;
                 }()),
      text_field(c.shell(), field_with(c, "place", c.say("forums.place"), t.what.place, why, 200)),
      text_field(c.shell(), [&] {
        auto f = field_with(c, "stream", c.say("forums.stream"), t.what.stream, why, 1000);
        f.hint = c.say("forums.hint_stream");
        f.optional = true;
        return f;
      }()));
}

node topic_fields(const context& c, street& s, const typed& t) {
  std::vector<choice> all;
  for (const auto& one : candidates(c, s)) {
    if (all.size() >= 15) break;
    all.push_back(
        {one.href, one.title, c.fill("forums.wishes", {{"n", text::grouped(one.wishes)}})});
  }
  if (all.empty()) return p(cls("note"), c.say("forums.no_candidates"));
  return checkbox_field(
      c.shell(),
      {.name = "topics[]", .label = std::string(c.say("forums.topics")), .optional = true}, all,
      t.topics);
}

node plan_form(const context& c, street& s, const typed& t, const std::string& to,
               const refusal* why) {
  const auto most = [](std::int64_t n) { return static_cast<int>(n); };
  const bool open = t.what.number.empty();
  const node words =
      open ? all(text_field(c.shell(), field_with(c, "title", c.say("assembly.field_title"),
                                                  t.what.title, why, most(s.rule().longest_title))),
                 area_field(c.shell(),
                            field_with(c, "body", c.say("forums.body"), t.what.body, why,
                                       most(s.rule().longest_body)),
                            6),
                 category_field(c, s.rule(), t.what.category, why))
           : node();
  return form(method("post"), action(to), cls("questions"), c.shell().csrf_field(), words,
              when_fields(c, t, why), open ? topic_fields(c, s, t) : node(),
              submit_button(c.say("forums.save"), look::secondary));
}

http::response form_page(context& c, street& s, const typed& t, const refusal* why) {
  return c.page(
      c.say("forums.plan_new"), way(c),
      all(why ? error_summary(c.shell(), {{why->field, c.explain(*why)}}) : node(),
          h1(c.say("forums.plan_new")), plan_form(c, s, t, std::string(desk) + "/new", why)),
      {.noindex = true, .has_errors = why != nullptr});
}

std::vector<topic> topics_in(const context& c, street& s, const typed& t) {
  std::vector<topic> out;
  for (const auto& one : candidates(c, s))
    if (std::ranges::find(t.topics, one.href) != t.topics.end())
      out.push_back({t.what.key, one.href, one.title});
  return out;
}

http::response put(context& c, street& s, typed t, bool fresh) {
  if (const auto kept = s.put_plan(s.why(c), t.what, topics_in(c, s, t)); !kept) {
    if (c.request.wants_json() || !fresh) return c.refuse(kept.why());
    return form_page(c, s, t, &kept.why());
  }
  return c.go(at(t.what));
}

// ---- one plan ----
node recording_form(const context& c, const std::string& to) {
  return form(method("post"), action(to), attr("enctype", "multipart/form-data"), cls("questions"),
              c.shell().csrf_field(), assembly::recording_fields(c),
              submit_button(c.say("forums.upload"), look::secondary));
}

node promise_acts(const context& c, const plan& p, const promise& one) {
  const std::string to = at(p, "/promises/" + one.key.str());
  std::vector<choice> states;
  for (const char* state : {"open", "done", "dropped"})
    states.push_back({state, std::string(c.say("forums.promise_" + std::string(state)))});
  field state{.name = "state-" + one.key.str(), .label = std::string(c.say("forums.state"))};
  state.value = one.state;
  field note{.name = "note-" + one.key.str(), .label = std::string(c.say("forums.note"))};
  note.value = one.note;
  note.most = 500;
  return box(one.what,
             all(one.handed.empty() && !p.number.empty()
                     ? post_button(c.shell(), to + "/hand", c.say("forums.hand"), look::secondary)
                     : node(),
                 form(method("post"), action(to), cls("questions"), c.shell().csrf_field(),
                      select_field(c.shell(), state, states), area_field(c.shell(), note, 2),
                      submit_button(c.say("forums.settle"), look::quiet))));
}

node promise_form(const context& c, street& s, const plan& p) {
  return form(
      method("post"), action(at(p, "/promises")), cls("questions"), c.shell().csrf_field(),
      text_field(c.shell(), field_with(c, "what", c.say("forums.what"), {}, nullptr, 100)),
      category_field(c, s.rule(), {}, nullptr),
      date_field(c.shell(), field_with(c, "until", c.say("forums.until_day"), {}, nullptr), {}),
      submit_button(c.say("forums.promise_add"), look::secondary));
}

http::response one(context& c, street& s, const plan& p) {
  plan_view v{{p.key.str(), p.number, p.title, p.begins}, {}};
  const auto promises = s.promises_of(p.key);
  for (const auto& one : promises)
    v.promises.push_back(
        {one.key.str(), one.what, one.category, one.until.str(), one.state, one.note, one.handed});
  return c.show(v, [&] {
    std::vector<node> acts;
    for (const auto& one : promises) acts.push_back(promise_acts(c, p, one));
    const node head =
        p.number.empty()
            ? node(post_button(c.shell(), at(p, "/announce"), c.say("forums.announce")))
            : node(html::p(a(href("/forums/" + p.number), c.say("assembly.public_page")), " · ",
                           a(href("/desk/forums/" + p.number), c.say("forums.write_record"))));
    return c.page(
        p.title, way(c),
        beside(all(h1(p.title), head, h2(c.say("forums.promises")), join(acts),
                   disclosure(c.say("forums.promise_add"), promise_form(c, s, p))),
               all(box(c.say("forums.plan"), plan_form(c, s, typed_of(s, p), at(p), nullptr)),
                   box(c.say("forums.recording"),
                       recording_form(c, at(p, "/recording"))))),
        {.wide = true, .noindex = true});
  });
}

using plan_act = std::function<outcome(context&, street&, const plan&)>;

http::response act(context& c, street& s, const plan_act& how) {
  const auto key = id::parse(c.request.capture("plan"));
  const auto p = key ? s.find_plan(*key) : std::optional<plan>();
  if (!p) return c.refuse(refuse(kind::not_found, "forum.unknown"));
  if (const auto done = how(c, s, *p); !done) return c.refuse(done.why());
  return c.go(at(*p));
}

// A promise of this forum, by the address.
result<promise> promise_in(context& c, street& s, const plan& p) {
  const auto key = id::parse(c.request.capture("promise"));
  auto found = key ? s.find_promise(*key) : std::optional<promise>();
  if (!found || found->plan != p.key) return refuse(kind::not_found, "forum.unknown");
  return std::move(*found);
}

outcome add_promise(context& c, street& s, const plan& p) {
  return s.put_promise(s.why(c, p.number), {new_id(),
                                            p.key,
                                            std::string(text::trim(c.field("what"))),
                                            std::string(c.field("category")),
                                            day_of(c, "until").value_or(date{}),
                                            "open",
                                            {},
                                            {},
                                            now()});
}

}  // namespace

void plan_desk_pages(const shared_street& all) {
  auto& h = all->home();
  const std::string one_plan = std::string(desk) + "/{plan}";
  // The rights of the pack open these pages to the planning officials alone.
  const auto page = [&](const char* verb, const std::string& where, auto handle) {
    h.page(verb, where, needs::official, [all, handle](context& c) -> http::response {
      if (!c.actor.has_role(planner_role))
        return c.refuse(refuse(kind::forbidden, "forum.not_planner"));
      return handle(c, *all);
    });
  };
  const auto acts = [&](const std::string& then, plan_act how) {
    page("POST", one_plan + then, [how](context& c, street& s) { return act(c, s, how); });
  };
  page("GET", desk, [](context& c, street& s) { return list(c, s); });
  page("POST", std::string(desk) + "/invite", [](context& c, street& s) {
    const auto token = s.group().invite(s.why(c), planning_group, c.field("kind"), now());
    if (!token) return c.refuse(token.why());
    const std::string link = c.home.chosen().public_url + "/forums/join/" + *token;
    if (c.request.wants_json())
      return c.with_privacy(http::json_response(json::print(json::object{{"link", link}})));
    return list(c, s, link);
  });
  page("GET", std::string(desk) + "/new",
       [](context& c, street& s) { return form_page(c, s, {}, nullptr); });
  page("POST", std::string(desk) + "/new",
       [](context& c, street& s) { return put(c, s, typed_in(c, new_id()), true); });
  page("GET", one_plan, [](context& c, street& s) {
    const auto key = id::parse(c.request.capture("plan"));
    const auto p = key ? s.find_plan(*key) : std::optional<plan>();
    return p ? one(c, s, *p) : c.refuse(refuse(kind::not_found, "forum.unknown"));
  });
  acts("", [](context& c, street& s, const plan& p) {
    typed t = typed_in(c, p.key);
    if (!p.number.empty())
      t.what.number = p.number, t.what.title = p.title, t.what.body = p.body,
      t.what.category = p.category;
    return s.put_plan(s.why(c, p.number), t.what, topics_in(c, s, t));
  });
  acts("/announce", [](context& c, street& s, const plan& p) -> outcome {
    const auto done = s.announce(s.why(c), p.key);
    return done ? outcome(nothing{}) : outcome(done.why());
  });
  acts("/recording", [](context& c, street& s, const plan& p) {
    return s.put_recording(s.why(c, p.number), p.key, assembly::uploaded_in(c));
  });
  acts("/promises", add_promise);
  acts("/promises/{promise}", [](context& c, street& s, const plan& p) -> outcome {
    const auto one = promise_in(c, s, p);
    if (!one) return one.why();
    const std::string mark = one->key.str();
    return s.settle(s.why(c, p.number), one->key, c.field("state-" + mark),
                    c.field("note-" + mark));
  });
  acts("/promises/{promise}/hand", [](context& c, street& s, const plan& p) -> outcome {
    const auto one = promise_in(c, s, p);
    if (!one) return one.why();
    return s.hand_over(s.why(c, p.number), one->key);
  });
}

}  // namespace madang::first_street
