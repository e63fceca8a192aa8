// Where members work: the board, decisions, stages and the result. All of it is plain forms, each
// saved as it is sent; what was taken off the board can be put back.
#include <algorithm>

#include "parts.hpp"

namespace madang::design_group {
namespace {

using namespace html;

struct work_item {
  std::string key, kind, stage, title, body;
  bool published = false, removed = false, people = false, consent_public = false;
};
BOOST_DESCRIBE_STRUCT(work_item, (),
                      (key, kind, stage, title, body, published, removed, people, consent_public))
struct need_line {
  std::string of;
  std::int64_t wanted = 0, there = 0;
};
BOOST_DESCRIBE_STRUCT(need_line, (), (of, wanted, there))
struct work_decision {
  std::string key, what;
  bool published = false;
};
BOOST_DESCRIBE_STRUCT(work_decision, (), (key, what, published))
struct work_view {
  std::string number, title, stage, result, handed;
  std::vector<need_line> needs;
  std::vector<work_item> items;
  std::vector<work_decision> decisions;
};
BOOST_DESCRIBE_STRUCT(work_view, (),
                      (number, title, stage, result, handed, needs, items, decisions))

std::string work(const project& p, const std::string& then = {}) { return at(p, "/board" + then); }

field labelled(const context& c, const char* name, const char* label, int most = 0) {
  field f{.name = name, .label = std::string(c.say(label))};
  f.most = most;
  return f;
}

node consent_fields(const context& c, bool always) {
  field consent = labelled(c, "consent", "design.consent", 300);
  consent.hint = c.say("design.hint_consent");
  consent.optional = !always;
  return all(always ? node()
                    : checkbox_field(c.shell(), labelled(c, "people", "design.people"),
                                     {{"yes", std::string(c.say("design.people_yes"))}}),
             text_field(c.shell(), consent),
             checkbox_field(c.shell(), labelled(c, "consent_public", "design.consent_scope"),
                            {{"yes", std::string(c.say("design.consent_public"))}}));
}

// A form a kind: each asks what it needs and no more. The names of their fields are told apart by
// standing in forms of their own pages.
http::response new_item(context& c, studio&, const project& p, const std::string& kind,
                        const refusal* why) {
  const auto filled = [&](field f) {
    f.value = c.field(f.name);
    if (why && why->field == f.name) f.error = c.explain(*why);
    return f;
  };
  std::vector<node> fields{
      text_field(c.shell(), filled(labelled(c, "title", "assembly.field_title", 120)))};
  if (kind == "photo") {
    fields.push_back(upload_field(c.shell(), filled(labelled(c, "photo", "design.kind_photo")),
                                  "image/jpeg,image/png", limits::upload_bytes));
    fields.push_back(text_field(c.shell(), filled(labelled(c, "alt", "activities.alt", 300))));
  }
  field body =
      filled(labelled(c, "body", kind == "interview" ? "design.said" : "design.words", 5'000));
  body.optional = kind == "photo" || kind == "journey_map";
  fields.push_back(area_field(c.shell(), body, 6));
  if (kind == "photo" || kind == "interview")
    fields.push_back(consent_fields(c, kind == "interview"));
  return c.page(kind_words(c, kind),
                {list_link(c), {at(p), p.title}, {work(p), std::string(c.say("design.work"))}},
                all(why ? error_summary(c.shell(), {{why->field, c.explain(*why)}}) : node(),
                    h1(kind_words(c, kind)),
                    form(method("post"), action(work(p, "/items")), cls("questions"),
                         kind == "photo" ? attr("enctype", "multipart/form-data") : attribute(),
                         c.shell().csrf_field(), hidden_field("kind", kind), join(fields),
                         submit_button(c.say("design.put")))),
                {.noindex = true, .has_errors = why != nullptr});
}

node step_form(const context& c, const project& p, const item& i) {
  std::vector<choice> feelings;
  for (int n = 4; n >= 0; --n)
    feelings.push_back(
        {std::to_string(n - 2), std::string(c.say("design.feeling_" + std::to_string(n)))});
  const std::string mark = "-" + i.key.str();
  const auto named = [&](const char* name, const char* label, int most) {
    field f{.name = name + mark, .label = std::string(c.say(label))};
    f.most = most;
    return f;
  };
  return disclosure(
      c.say("design.add_step"),
      form(method("post"), action(work(p, "/items/" + i.key.str() + "/steps")), cls("questions"),
           c.shell().csrf_field(), text_field(c.shell(), named("what", "design.step", 200)),
           select_field(c.shell(), named("feeling", "design.feeling", 0), feelings),
           text_field(c.shell(), named("thought", "design.thought", 300)),
           submit_button(c.say("design.add_step"), look::secondary)));
}

node item_box(const context& c, studio& s, const project& p, const item& i) {
  const std::string to = work(p, "/items/" + i.key.str());
  std::vector<node> acts;
  if (!i.people || i.consent_public)
    acts.push_back(post_button(c.shell(), to + "/publish",
                               c.say(i.published ? "design.unpublish" : "design.publish"),
                               look::secondary, {{"on", i.published ? "no" : "yes"}}));
  acts.push_back(
      post_button(c.shell(), to + "/remove", c.say("design.remove"), look::quiet, {{"on", "yes"}}));
  if (i.people)
    acts.push_back(post_button(c.shell(), to + "/forget", c.say("design.forget"), look::quiet));
  return box(i.title,
             all(item_words(c, p, i, true), i.kind == "journey_map" ? step_form(c, p, i) : node(),
                 button_row(acts)),
             all(badge(tone::neutral, kind_words(c, i.kind)), " ",
                 badge(i.published ? tone::good : tone::warn,
                       c.say(i.published ? "design.is_public" : "design.is_private")),
                 " ", span(cls("note"), stage_words(c, s, i.stage))));
}

node needs_part(const context& c, studio& s, const project& p) {
  std::vector<node> lines;
  bool ready = true;
  for (const auto& n : s.needs_of(p)) {
    ready = ready && n.there >= n.wanted;
    const bool person = c.home.texts().has("circle.kind_" + n.of);
    lines.push_back(li(badge(n.there >= n.wanted ? tone::good : tone::warn,
                             std::to_string(n.there) + "/" + std::to_string(n.wanted)),
                       " ",
                       person ? std::string(c.say("circle.kind_" + n.of)) : kind_words(c, n.of)));
  }
  const auto* here = s.find_stage(p.stage);
  const auto* next = s.after(p.stage);
  const node forward =
      !next   ? node()
      : ready ? node(post_button(c.shell(), work(p, "/next"),
                                 c.fill("design.next", {{"stage", next->name(c.language)}})))
              : node(html::p(cls("note"), c.say("design.not_ready")));
  node back;
  if (const auto* before = s.before(p.stage); before && p.handed.empty())
    back = disclosure(
        c.fill("design.back", {{"stage", before->name(c.language)}}),
        form(method("post"), action(work(p, "/back")), cls("questions"), c.shell().csrf_field(),
             text_field(c.shell(),
                        [&] {
                          field f{.name = "back", .label = std::string(c.say("design.because"))};
                          f.most = 500;
                          return f;
                        }()),
             submit_button(c.say("design.go_back"), look::secondary)));
  return box(stage_words(c, s, p.stage),
             all(here ? html::p(here->says(c.language)) : node(), ul(lines), forward, back));
}

node decision_part(const context& c, studio& s, const project& p, const std::vector<item>& items) {
  std::vector<node> parts;
  for (const auto& d : s.decisions(p.key))
    parts.push_back(box(d.what,
                        all(html::p(cls("keep-lines"), d.because),
                            post_button(c.shell(), work(p, "/decisions/" + d.key.str()),
                                        c.say(d.published ? "design.unpublish" : "design.publish"),
                                        look::secondary, {{"on", d.published ? "no" : "yes"}})),
                        badge(tone::neutral, stage_words(c, s, d.stage))));
  std::vector<choice> evidence;
  for (const auto& i : items)
    if (i.removed.micros == 0 && evidence.size() < 50)
      evidence.push_back({i.key.str(), i.title, kind_words(c, i.kind)});
  field list = labelled(c, "evidence[]", "design.evidence");
  list.optional = true;
  parts.push_back(disclosure(
      c.say("design.decide"),
      form(method("post"), action(work(p, "/decisions")), cls("questions"), c.shell().csrf_field(),
           text_field(c.shell(), labelled(c, "what", "design.what", 200)),
           area_field(c.shell(), labelled(c, "because", "design.because", 2'000), 4),
           evidence.empty() ? node() : checkbox_field(c.shell(), list, evidence),
           submit_button(c.say("design.decide"), look::secondary))));
  return section(h2(c.say("design.decisions")), join(parts));
}

node result_part(const context& c, studio& s, const project& p) {
  if (!p.handed.empty())
    return section(h2(c.say("design.result")), div(cls("keep-lines"), p.result),
                   came_part(c, s, p));
  field f = labelled(c, "result", "design.result", static_cast<int>(s.rule().longest_body));
  f.hint = c.say("design.hint_result");
  f.value = p.result;
  return section(
      h2(c.say("design.result")),
      form(method("post"), action(work(p, "/result")), cls("questions"), c.shell().csrf_field(),
           area_field(c.shell(), f, 8), submit_button(c.say("forums.save"), look::secondary)),
      s.after(p.stage) || p.result.empty()
          ? node()
          : node(post_button(c.shell(), work(p, "/hand"), c.say("forums.hand"))));
}

node removed_part(const context& c, const project& p, const std::vector<item>& items) {
  std::vector<todo> lines;
  for (const auto& i : items)
    if (i.removed.micros)
      lines.push_back({badge(tone::neutral, kind_words(c, i.kind)), i.title, c.written(i.removed),
                       post_button(c.shell(), work(p, "/items/" + i.key.str() + "/remove"),
                                   c.say("design.restore"), look::secondary, {{"on", "no"}})});
  return lines.empty() ? node() : node(disclosure(c.say("design.removed"), todo_list(lines)));
}

node member_part(const context& c, studio& s, const project& p, const std::string& invited) {
  std::vector<node> names;
  for (const auto& m : s.circles().members(p.key))
    names.push_back(li(m.name, " ", span(cls("note"), c.say("circle.kind_" + m.kind))));
  std::vector<choice> kinds;
  for (const auto& k : assembly::circles::kinds())
    kinds.push_back({k, std::string(c.say("circle.kind_" + k))});
  const node link =
      invited.empty()
          ? node()
          : banner(c.shell(), tone::good, c.say("circle.invited"),
                   all(html::p(c.say("circle.invited_lead")), html::p(element("code", invited)),
                       copy_button(c.shell(), invited)));
  const node invite =
      p.lead == c.actor.person
          ? all(link, form(method("post"), action(work(p, "/invite")), cls("questions"),
                           c.shell().csrf_field(),
                           select_field(c.shell(), labelled(c, "invite", "circle.kind"), kinds),
                           submit_button(c.say("circle.invite"), look::secondary)))
          : node(post_button(c.shell(), work(p, "/leave"), c.say("design.leave"), look::quiet));
  return box(c.say("design.members"), all(ul(names), invite));
}

work_view view_of(studio& s, const project& p) {
  work_view v{p.number, p.title, p.stage, p.result, p.handed, {}, {}, {}};
  for (const auto& n : s.needs_of(p)) v.needs.push_back({n.of, n.wanted, n.there});
  for (const auto& i : s.items(p.key))
    v.items.push_back({i.key.str(), i.kind, i.stage, i.title, i.body, i.published,
                       i.removed.micros != 0, i.people, i.consent_public});
  for (const auto& d : s.decisions(p.key))
    v.decisions.push_back({d.key.str(), d.what, d.published});
  return v;
}

http::response show(context& c, studio& s, const project& p, const std::string& invited = {}) {
  const auto v = view_of(s, p);
  return c.show(v, [&] {
    const auto items = s.items(p.key);
    std::vector<node> board;
    for (const auto& i : items)
      if (i.removed.micros == 0) board.push_back(item_box(c, s, p, i));
    std::vector<node> ways;
    for (const char* kind : {"note", "photo", "interview", "journey_map"})
      ways.push_back(
          link_button(work(p, "/new/" + std::string(kind)), kind_words(c, kind), look::secondary));
    return c.page(c.say("design.work"), {list_link(c), {at(p), p.title}},
                  all(h1(p.title), stage_line(c, s, p),
                      beside(all(section(h2(c.say("design.board")), button_row(ways),
                                         board.empty() ? node(html::p(c.say("design.empty_board")))
                                                       : join(board),
                                         removed_part(c, p, items)),
                                 decision_part(c, s, p, items), result_part(c, s, p)),
                             all(needs_part(c, s, p), member_part(c, s, p, invited)))),
                  {.wide = true, .noindex = true});
  });
}

// ---- acts ----
using act = std::function<http::response(context&, studio&, const project&)>;
using item_act = std::function<outcome(context&, studio&, const project&, const item&)>;

http::response put_item(context& c, studio& s, const project& p) {
  const std::string kind(c.field("kind"));
  item i{new_id(),
         p.key,
         kind,
         p.stage,
         std::string(text::trim(c.field("title"))),
         std::string(text::trim(c.field("body"))),
         {},
         std::string(text::trim(c.field("alt"))),
         {},
         c.field("people") == "yes",
         std::string(text::trim(c.field("consent"))),
         c.field("consent_public") == "yes",
         false,
         c.actor.person,
         now(),
         {}};
  std::string_view photo;
  for (const auto& part : c.files())
    if (part.name == "photo") photo = part.body;
  const auto kept = s.put_item(s.why(c, p.number), std::move(i), photo);
  if (kept) return c.go(work(p));
  if (c.request.wants_json() || kept.why().code == "design.kind") return c.refuse(kept.why());
  return new_item(c, s, p, kind, &kept.why());
}

http::response decide(context& c, studio& s, const project& p) {
  std::vector<std::string> evidence;
  for (const auto& [name, value] : c.form())
    if (name == "evidence[]") evidence.push_back(value);
  const auto kept = s.decide(
      s.why(c, p.number), {new_id(), p.key, p.stage, std::string(text::trim(c.field("what"))),
                           std::string(text::trim(c.field("because"))), text::join(evidence, ","),
                           false, c.actor.person, now()});
  return kept ? c.go(work(p)) : c.refuse(kept.why());
}

http::response gone_on(context& c, const project& p, const outcome& done) {
  return done ? c.go(work(p)) : c.refuse(done.why());
}

http::response invite(context& c, studio& s, const project& p) {
  if (p.lead != c.actor.person) return c.refuse(refuse(kind::forbidden, "design.not_lead"));
  const auto token = s.circles().invite(s.why(c, p.number), p.key, c.field("invite"), now());
  if (!token) return c.refuse(token.why());
  const std::string link = c.home.chosen().public_url + "/design/join/" + *token;
  if (c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(json::object{{"link", link}})));
  return show(c, s, p, link);
}

outcome add_step(context& c, studio& s, const project& p, const item& i) {
  const std::string mark = "-" + i.key.str();
  const auto feeling = c.field("feeling" + mark);
  journey_step step{std::string(text::trim(c.field("what" + mark))),
                    std::string(text::trim(c.field("thought" + mark))), 0};
  step.feeling = feeling == "-2"   ? -2
                 : feeling == "-1" ? -1
                 : feeling == "1"  ? 1
                 : feeling == "2"  ? 2
                 : feeling == "0"  ? 0
                                   : 9;
  return s.add_step(s.why(c, p.number), i, std::move(step));
}

void board_pages(const std::function<void(const char*, const std::string&, act)>& page) {
  const auto on_item = [&](const std::string& then, item_act how) {
    page("POST", "/items/{item}" + then,
         [how](context& c, studio& st, const project& p) -> http::response {
           const auto key = id::parse(c.request.capture("item"));
           const auto i = key ? st.find_item(p.key, *key) : std::optional<item>();
           if (!i) return c.refuse(refuse(kind::not_found, "design.unknown"));
           return gone_on(c, p, how(c, st, p, *i));
         });
  };
  page("POST", "/items", put_item);
  on_item("/publish", [](context& c, studio& st, const project& p, const item& i) {
    return st.publish_item(st.why(c, p.number), i, c.field("on") == "yes");
  });
  on_item("/remove", [](context& c, studio& st, const project& p, const item& i) -> outcome {
    st.remove_item(st.why(c, p.number), i, c.field("on") == "yes");
    return nothing{};
  });
  on_item("/forget", [](context& c, studio& st, const project& p, const item& i) -> outcome {
    st.forget_item(st.why(c, p.number), i);
    return nothing{};
  });
  on_item("/steps", add_step);
  on_item("/drop-step", [](context& c, studio& st, const project& p, const item& i) {
    const int n = std::atoi(std::string(c.field("at")).c_str());
    return st.drop_step(st.why(c, p.number), i, static_cast<std::size_t>(std::max(n, 0)));
  });
}

}  // namespace

void working_pages(const shared_studio& s) {
  auto& h = s->home();
  // What a project works on is there for its members alone.
  const auto page = [&](const char* verb, const std::string& then, act how) {
    h.page(verb, "/design/{number}/board" + then, needs::sign_in,
           [s, how](context& c) -> http::response {
             const auto p = project_in(c, *s);
             if (!p) return c.refuse(p.why());
             if (!s->is_member(c, *p))
               return c.refuse(
                   c.hidden(refuse(kind::forbidden, "design.not_member"), "project", p->key));
             return how(c, *s, *p);
           });
  };
  page("GET", "", [](context& c, studio& st, const project& p) { return show(c, st, p); });
  page("GET", "/new/{kind}", [](context& c, studio& st, const project& p) -> http::response {
    const std::string kind(c.request.capture("kind"));
    if (kind != "note" && kind != "photo" && kind != "interview" && kind != "journey_map")
      return c.refuse(refuse(madang::kind::not_found, "design.unknown"));
    return new_item(c, st, p, kind, nullptr);
  });
  board_pages(page);
  page("POST", "/decisions", decide);
  page("POST", "/decisions/{decision}",
       [](context& c, studio& st, const project& p) -> http::response {
         const auto key = id::parse(c.request.capture("decision"));
         if (!key) return c.refuse(refuse(kind::not_found, "design.unknown"));
         return gone_on(
             c, p, st.publish_decision(st.why(c, p.number), p.key, *key, c.field("on") == "yes"));
       });
  page("POST", "/next", [](context& c, studio& st, const project& p) {
    return gone_on(c, p, st.move_on(st.why(c, p.number), p));
  });
  page("POST", "/back", [](context& c, studio& st, const project& p) {
    return gone_on(c, p, st.move_back(st.why(c, p.number), p, c.field("back")));
  });
  page("POST", "/result", [](context& c, studio& st, const project& p) {
    return gone_on(c, p, st.put_result(st.why(c, p.number), p, c.field("result")));
  });
  page("POST", "/hand", [](context& c, studio& st, const project& p) {
    return gone_on(c, p, st.hand_over(st.why(c, p.number), p));
  });
  page("POST", "/invite", invite);
  page("POST", "/leave", [](context& c, studio& st, const project& p) -> http::response {
    // Who leads would leave it without anybody who may invite.
    if (p.lead == c.actor.person) return c.refuse(refuse(kind::conflict, "design.leads"));
    const auto left = st.circles().leave(st.why(c, p.number), p.key);
    return left ? c.go(at(p)) : c.refuse(left.why());
  });
}

}  // namespace madang::design_group
