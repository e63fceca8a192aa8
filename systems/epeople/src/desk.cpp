// The officials' desk of e-People: what waits, writers taking turns; one matter with who should
// have it and why, whom it is about, who else says the same; and the acts.
#include <algorithm>

#include "madang/platform/question.hpp"
#include "pages.hpp"

namespace madang::epeople {
namespace {

using namespace html;

constexpr std::size_t most_lines = 100;

struct queue_line {
  std::string key, number, kind, title, applicant, state, due, language, office;
  std::int64_t voices = 1, turn = 0;
};
BOOST_DESCRIBE_STRUCT(queue_line, (),
                      (key, number, kind, title, applicant, state, due, language, office, voices,
                       turn))
struct queue_view {
  std::int64_t waiting = 0;
  std::vector<queue_line> filings;
};
BOOST_DESCRIBE_STRUCT(queue_view, (), (waiting, filings))

queue_line line_of(const queued& q) {
  return {q.row.matter.str(), q.file.number,         q.row.kind,
          q.row.title,        q.file.applicant_name, std::string(cases::name_of(q.file.state)),
          q.file.due.str(),   q.row.language,        q.row.office,
          q.file.voices,      q.row.turn.value_or(0)};
}

node due_badge(const context& c, cases::state state, date due) {
  if (state == cases::state::question) return badge(tone::neutral, c.say("work.clock_stopped"));
  if (!cases::is_open(state)) return state_badge(c, state);
  const int left = c.home.pack().calendar().working_days_between(today(c.home.pack().zone()), due);
  if (left < 0) return badge(tone::bad, c.fill("work.late", {{"n", std::to_string(-left)}}));
  if (left == 0) return badge(tone::bad, c.say("work.today"));
  return badge(left <= 2 ? tone::warn : tone::neutral, "D-" + std::to_string(left));
}

void fill_list(const context& c, bureau& o, desk_view& d, const std::vector<queued>& list,
               id open = {}) {
  d.list_label = c.say("epeople.desk");
  d.list_note = c.fill("work.list_note", {{"n", std::to_string(o.waiting(c.actor))}});
  d.empty = c.say("work.empty");
  const bool answered = c.request.param("state") == "done";
  d.tools = all(
      filters(c.say("work.filters"), {{"/desk/epeople", std::string(c.say("work.open")), !answered},
                                      {"/desk/epeople?state=done",
                                       std::string(c.say("epeople.state_accepted")), answered}}),
      answered ? node() : node(p(cls("note"), c.say("epeople.turns_line"))));
  for (const auto& q : list) {
    std::string note = q.file.received.str() + " · " + kind_name(c, o, q.row.kind);
    if (q.file.voices > 1)
      note += " · " + c.fill("epeople.voices", {{"n", std::to_string(q.file.voices)}});
    if (q.row.escalated) note += " · " + std::string(c.say("epeople.escalated"));
    d.items.push_back({"/desk/epeople/" + q.row.matter.str(),
                       q.row.title + " — " + q.file.applicant_name,
                       due_badge(c, q.file.state, q.file.due), note, q.row.matter == open});
  }
}

http::response show_queue(context& c, bureau& o) {
  const auto list = o.queue(c.actor, most_lines, c.request.param("state") == "done");
  queue_view view{o.waiting(c.actor), {}};
  for (const auto& q : list) view.filings.push_back(line_of(q));
  return c.show(view, [&] {
    desk_view d = desk_frame(c, o, c.say("epeople.desk"));
    fill_list(c, o, d, list);
    d.detail = empty_state("bell", c.say("work.choose"), p(c.say("work.choose_hint")));
    return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
  });
}

// ---- one matter ----

struct suggestion_line {
  std::string office, name, because;
  double score = 0;
};
BOOST_DESCRIBE_STRUCT(suggestion_line, (), (office, name, because, score))
struct similar_line {
  std::string key, title, words;
  std::int64_t voices = 0, percent = 0;
};
BOOST_DESCRIBE_STRUCT(similar_line, (), (key, title, words, voices, percent))
struct voice_line {
  std::string key, number, applicant, state, text;
};
BOOST_DESCRIBE_STRUCT(voice_line, (), (key, number, applicant, state, text))
struct translation_line {
  std::string part, language, text, author;
};
BOOST_DESCRIBE_STRUCT(translation_line, (), (part, language, text, author))
struct case_json {
  queue_line head;
  json::value answers;
  std::int64_t transfers = 0;
  std::vector<suggestion_line> suggestions;
  std::vector<similar_line> alike;
  std::vector<voice_line> voices;
  std::vector<std::string> targets;
  std::vector<translation_line> translations;
};
BOOST_DESCRIBE_STRUCT(case_json, (),
                      (head, answers, transfers, suggestions, alike, voices, targets, translations))

std::string reasons(const context& c, const suggestion& s) {
  std::vector<std::string> out;
  for (const auto& w : s.why)
    if (out.size() < 6)
      out.push_back(w.word + " (" + std::string(c.say("epeople.from_" + w.from)) + " " +
                    fmt::format("{:.1f}", w.points) + ")");
  return text::join(out, ", ");
}

std::string full_text(const json::value& answers) {
  return std::string(json::str(answers, "title")) + "\n" + std::string(json::str(answers, "text"));
}

case_json view_of(const context& c, bureau& o, const bureau::opened& it) {
  case_json v{line_of({it.row,
                       {it.file.key, it.file.number, it.file.applicant_name, it.file.post,
                        it.file.state, it.file.received, it.file.due, o.voices(it.row.lead)}}),
              it.file.answers,
              o.transfers(it.file.key),
              {},
              {},
              {},
              {},
              {}};
  v.head.office = it.file.office;
  std::string said =
      full_text(it.file.answers) + "\n" + std::string(json::str(it.file.answers, "translation"));
  for (const auto& t : o.translations(it.file.key))
    if (t.part == "text") said += "\n" + t.text;
  for (const auto& s : o.routes.suggest(said, json::str(it.file.answers, "place")))
    v.suggestions.push_back({s.office, office_words(c, s.office), reasons(c, s), s.score});
  if (it.row.is_lead() && cases::is_open(it.file.state) && !it.row.confidential)
    for (const auto& s : o.alike_to(full_text(it.file.answers), it.row.kind, it.file.key))
      if (s.row.office == it.row.office)
        v.alike.push_back({s.matter.str(), s.row.title, text::join(s.words, ", "), s.voices,
                           static_cast<std::int64_t>(s.score * 100 + 0.5)});
  for (const auto& f : o.group(it.row.lead))
    if (f.matter != it.row.matter)
      if (const auto m = o.files.find(f.matter))
        v.voices.push_back({f.matter.str(), m->number, m->applicant_name,
                            std::string(cases::name_of(m->state)),
                            std::string(json::str(m->answers, "text"))});
  for (const auto& t : o.targets(it.row.lead)) {
    const auto post = c.home.people().find_post(t.post);
    v.targets.push_back(post ? post->agency_name(c.language) + " " + post->title(c.language)
                             : t.post);
  }
  for (const auto& t : o.translations(it.file.key))
    v.translations.push_back({t.part, t.language, t.text, t.author});
  return v;
}

node text_part(const context& c, const bureau& o, const bureau::opened& it, const case_json& v) {
  const auto* k = o.kinds.find(it.row.kind);
  std::vector<row> rows;
  const bool foreign = it.row.language != c.home.pack().language();
  for (const auto& q : k->form.questions) {
    const auto& answer = json::at(it.file.answers, q.id);
    if (answer.is_null() || q.id == "translation") continue;
    auto options = o.options(*k, q, it.file.answers.as_object());
    if (q.how == forms::ask::yes_no)
      options = {{"yes", c.home.said("part.yes"), {}}, {"no", c.home.said("part.no"), {}}};
    std::string shown = forms::shown(q, options, answer, c.language);
    const bool typed = q.how == forms::ask::text || q.how == forms::ask::long_text;
    rows.push_back({q.title(c.language),
                    all(span(cls("keep-lines"),
                             foreign && typed ? lang_(it.row.language) : attribute(), shown)),
                    ""});
  }
  node translated;
  if (foreign) {
    std::vector<node> parts{
        p(badge(tone::info,
                c.fill("epeople.original_in", {{"language", language_name(c, it.row.language)}})))};
    if (const auto own = json::str(it.file.answers, "translation"); !own.empty())
      parts.push_back(all(h3(c.say("epeople.translation_by_citizen")), p(cls("keep-lines"), own)));
    for (const auto& t : v.translations)
      if (t.part == "text")
        parts.push_back(all(h3(c.fill("epeople.translation_by", {{"who", t.author}})),
                            p(cls("keep-lines"), t.text)));
    translated = div(parts);
  }
  return all(definition_grid(rows), translated);
}

node act_form(const context& c, const std::string& at, const char* act, const node& fields,
              look how = look::secondary) {
  const std::string label(c.say("epeople.act_" + std::string(act)));
  return disclosure(label, form(method("post"), action(at + act), c.shell().csrf_field(), fields,
                                submit_button(label, how)));
}

node text_of(const context& c, const std::string& name, const std::string& id_prefix,
             const char* label, int lines, const std::string& value = {}) {
  const std::string control = id_prefix + "-" + name;
  return div(cls("field"), html::label(for_(control), c.say(label)),
             textarea(id_(control), name_(name), attr("rows", std::int64_t(lines)), value));
}

node select_of(const std::string& name, const std::string& id_prefix, std::string_view label,
               const std::vector<std::pair<std::string, std::string>>& options) {
  const std::string control = id_prefix + "-" + name;
  std::vector<node> list;
  for (const auto& [value, said] : options) list.push_back(option(value_(value), said));
  return div(cls("field"), html::label(for_(control), label),
             select(id_(control), name_(name), list));
}

node route_act(const context& c, const std::string& at, const case_json& v) {
  std::vector<std::pair<std::string, std::string>> offices;
  for (const auto& s : v.suggestions)
    offices.emplace_back(s.office, s.name + " · " + fmt::format("{:.1f}", s.score));
  for (const auto& a : c.home.pack().agencies()) {
    offices.emplace_back(a.code, a.name(c.language));
    if (a.code == "acrc")
      for (const auto& u : a.units)
        offices.emplace_back(u.code, a.name(c.language) + " " + u.name(c.language));
  }
  for (const auto& m : c.home.pack().municipalities())
    offices.emplace_back(m.code, c.home.pack().full_name(m.code)(c.language));
  return act_form(c, at, "route",
                  all(select_of("office", "route", c.say("epeople.route_to"), offices),
                      text_of(c, "text", "route", "epeople.route_reason", 2),
                      p(cls("note"), c.say("epeople.third_line"))));
}

node target_act(const context& c, const std::string& at) {
  std::vector<std::pair<std::string, std::string>> posts;
  for (const auto& post : c.home.people().posts())
    posts.emplace_back(post.code, post.agency_name(c.language) + " " + post.title(c.language));
  return act_form(c, at, "target",
                  all(p(cls("note"), c.say("epeople.target_line")),
                      select_of("post", "target", c.say("epeople.target_post"), posts)));
}

node translate_act(const context& c, const std::string& at) {
  std::vector<std::pair<std::string, std::string>> languages;
  for (const auto& tag : all_languages(c.home)) languages.emplace_back(tag, language_name(c, tag));
  return act_form(c, at, "translate",
                  all(select_of("language", "translate", c.say("shell.language"), languages),
                      text_of(c, "text", "translate", "epeople.translation_text", 4)));
}

node extend_act(const context& c, const std::string& at, int most) {
  return act_form(c, at, "extend",
                  all(div(cls("field"),
                          label(for_("extend-days"),
                                c.fill("epeople.extend_days", {{"n", std::to_string(most)}})),
                          input(id_("extend-days"), name_("days"), type_("text"),
                                attr("inputmode", "numeric"), attr("maxlength", "3"))),
                      text_of(c, "text", "extend", "epeople.extend_reason", 2)));
}

node notes_part(const context& c, bureau& o, id key) {
  std::vector<moment> lines;
  for (const auto& n : o.files.notes(key))
    lines.push_back({c.written(n.at), n.author, node(p(cls("keep-lines"), n.text))});
  return lines.empty() ? node() : box(c.say("epeople.notes"), timeline(lines));
}

node reward_act(const context& c, const bureau& o, const bureau::opened& it,
                const std::string& at) {
  const auto* k = o.kinds.find(it.row.kind);
  if (k->reward.empty()) return {};
  const auto questions = forms::parse_form(c.home.pack().yaml("epeople/rewards/facts.yaml"),
                                           "epeople/rewards/facts.yaml");
  std::vector<node> fields;
  for (const auto& q : questions.questions)
    fields.push_back(
        platform::control(c, q, q.options, json::at(it.file.answers, q.id), "", false));
  return act_form(c, at, "reward", join(fields));
}

node actions_of(const context& c, bureau& o, const bureau::opened& it, const case_json& v) {
  const std::string at = "/desk/epeople/" + it.file.key.str() + "/";
  std::vector<node> list;
  const bool open = cases::is_open(it.file.state), lead = it.row.is_lead();
  if (open && lead && it.file.state == cases::state::received) {
    node fields = text_of(c, "text", "answer", "epeople.answer_text", 6);
    if (it.row.language != c.home.pack().language())
      fields = all(fields, text_of(c, "other", "answer", "epeople.answer_other", 4));
    list.push_back(act_form(c, at, "answer", fields, look::primary));
    list.push_back(act_form(c, at, "ask", text_of(c, "text", "ask", "work.text_ask", 3)));
    list.push_back(route_act(c, at, v));
  }
  if (open && !lead)
    list.push_back(
        post_button(c.shell(), at + "separate", c.say("epeople.act_separate"), look::secondary));
  if (open) list.push_back(target_act(c, at));
  if (const int most = o.files.clock_of(it.file).may_extend;
      lead && most > 0 && it.file.state == cases::state::received)
    list.push_back(extend_act(c, at, most));
  list.push_back(act_form(c, at, "note", text_of(c, "text", "note", "epeople.note_text", 2)));
  if (it.row.language != c.home.pack().language()) list.push_back(translate_act(c, at));
  list.push_back(reward_act(c, o, it, at));
  if (open && lead)
    list.push_back(act_form(c, at, "return", text_of(c, "text", "return", "work.text_return", 2),
                            look::danger));
  if (it.file.state == cases::state::accepted && it.row.openly && !it.row.confidential)
    list.push_back(link_button(at + "publish", c.say("epeople.act_publish"), look::secondary));
  return div(cls("acts"), list);
}

node identity_part(const context& c, const bureau::opened& it) {
  if (!it.row.confidential) return {};
  return box(c.say("epeople.protected_reporter"), p(c.say("epeople.protected_desk")));
}

node alike_part(const context& c, const std::string& at, const case_json& v) {
  std::vector<node> lines;
  for (const auto& s : v.alike)
    lines.push_back(li(a(href("/desk/epeople/" + s.key), s.title), " ",
                       badge(tone::info, std::to_string(s.percent) + " %"), " ",
                       span(cls("note"), c.fill("epeople.same_words", {{"words", s.words}})),
                       post_button(c.shell(), at + "join",
                                   c.fill("epeople.join_to", {{"n", std::to_string(s.voices)}}),
                                   look::secondary, {{"lead", s.key}})));
  if (lines.empty()) return {};
  return box(c.say("epeople.alike"), ul(lines));
}

node voices_part(const context& c, const case_json& v) {
  if (v.voices.empty()) return {};
  std::vector<node> lines;
  for (const auto& one : v.voices)
    lines.push_back(li(a(href("/desk/epeople/" + one.key), one.number), " ", one.applicant,
                       p(cls("keep-lines"), one.text)));
  return box(c.fill("epeople.voices", {{"n", std::to_string(v.voices.size() + 1)}}), ul(lines));
}

node routing_part(const context& c, const case_json& v) {
  if (v.suggestions.empty())
    return box(c.say("epeople.suggested"), p(c.say("epeople.no_suggestion")));
  table_view t;
  t.caption = c.say("epeople.suggested");
  t.caption_hidden = true;
  t.columns = {{std::string(c.say("epeople.column_office"))},
               {std::string(c.say("epeople.score")), true},
               {std::string(c.say("epeople.because"))}};
  for (const auto& s : v.suggestions)
    t.rows.push_back({node(s.name), node(fmt::format("{:.1f}", s.score)), node(s.because)});
  return box(c.say("epeople.suggested"), data_table(c.shell(), t));
}

http::response show_case(context& c, bureau& o, const refusal* wrong = nullptr) {
  const auto key = id::parse(c.request.capture("matter"));
  auto it = o.reach(c.actor, key.value_or(id{}));
  if (!it) return c.refuse(key ? c.hidden(it.why(), "filing", *key) : it.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto v = view_of(c, o, *it);
  return c.show(v, [&] {
    const std::string title = it->row.title + " — " + it->file.applicant_name;
    const std::string at = "/desk/epeople/" + it->file.key.str() + "/";
    desk_view d = desk_frame(c, o, title);
    fill_list(c, o, d, o.queue(c.actor), it->file.key);
    d.back = "/desk/epeople";
    std::vector<moment> story, said;
    for (const auto& e : o.files.story(it->file.key))
      story.push_back({c.written(e.at), std::string(c.say("case.event_" + e.what)),
                       node(p(cls("note"), e.who, e.note.empty() ? "" : " · " + e.note))});
    for (const auto& m : o.files.messages(it->file.key))
      said.push_back({c.written(m.at), m.author, node(p(cls("keep-lines"), m.text))});
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"", c.explain(*wrong)});
    node named;
    if (!v.targets.empty())
      named = box(c.say("epeople.complained_about"), p(text::join(v.targets, ", ")),
                  badge(tone::warn, c.say("epeople.barred")));
    node done;
    if (!it->file.reason.empty())
      done = box(c.say("epeople.answer"),
                 all(p(cls("keep-lines"), it->file.reason), p(cls("note"), it->file.decided_by)));
    d.detail =
        all(error_summary(c.shell(), errors),
            div(cls("matter-head"), h1(title), " ", due_badge(c, it->file.state, it->file.due),
                span(cls("note"), " ", it->file.number, " · ", kind_name(c, o, it->row.kind), " · ",
                     c.fill("epeople.transfers", {{"n", std::to_string(v.transfers)}}))),
            identity_part(c, *it), box(c.say("work.application"), text_part(c, o, *it, v)), named,
            routing_part(c, v), alike_part(c, at, v), voices_part(c, v), done,
            notes_part(c, o, it->file.key),
            attachments_part(c, o, it->file.key, "/desk/epeople/" + it->file.key.str()),
            box(c.say("case.messages"),
                said.empty() ? p(cls("note"), c.say("work.no_messages")) : timeline(said)),
            box(c.say("case.story"), timeline(story)));
    d.actions = actions_of(c, o, *it, v);
    auto r = c.html_response(
        html::desk(c.shell(), d, {.noindex = true, .has_errors = wrong != nullptr}));
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// An act on one matter; what is refused is said on the same screen.
template <class F>
platform::page_handler act(office o, F f) {
  return [o, f](context& c) -> http::response {
    const auto key = id::parse(c.request.capture("matter"));
    auto it = o->reach(c.actor, key.value_or(id{}));
    if (!it) return c.refuse(key ? c.hidden(it.why(), "filing", *key) : it.why());
    const auto* k = o->kinds.find(it->row.kind);
    outcome done = f(*o, c.access(k->name, k->law, it->file.number), it->file.key, c);
    if (!done) return show_case(c, *o, &done.why());
    // What was passed on may not be hers to see any more.
    return c.go(o->reach(c.actor, it->file.key) ? "/desk/epeople/" + it->file.key.str()
                                                : "/desk/epeople");
  };
}

rules::entries facts_of(const context& c) {
  rules::entries out;
  const auto effect = decimal::parse(text::replace_all(std::string(c.field("effect")), ",", ""));
  out.emplace_back("effect", effect ? rules::value(*effect) : rules::value());
  out.emplace_back("spending", rules::value(c.field("spending")));
  out.emplace_back("spreads", rules::value(c.field("spreads") == "yes"));
  out.emplace_back("own duty", rules::value(c.field("own_duty") == "yes"));
  return out;
}

}  // namespace

desk_view desk_frame(const context& c, bureau& o, std::string_view title) {
  desk_view d;
  d.title = title;
  d.places.push_back({"/desk", std::string(c.say("work.inbox")), 0, false});
  d.places.push_back({"/desk/epeople", std::string(c.say("epeople.desk")),
                      static_cast<int>(o.waiting(c.actor)), true});
  if (c.actor.has_role(guardian))
    d.places.push_back(
        {"/desk/epeople-reporters", std::string(c.say("epeople.guardian")), 0, false});
  d.places.push_back({"/", std::string(c.say("work.portal")), 0, false});
  d.post = {c.actor.agency_name(c.language), c.actor.name + " " + c.actor.post_title(c.language)};
  return d;
}

void desk_pages(office o) {
  auto& h = o->home;
  const std::string at = "/desk/epeople/{matter}";
  h.page("GET", "/desk/epeople", needs::official, [o](context& c) { return show_queue(c, *o); });
  h.page("GET", at, needs::official, [o](context& c) { return show_case(c, *o); });
  platform::file_pages(
      h, at + "/files/{file}", needs::official,
      [o](context& c) -> result<platform::case_reached> {
        const auto key = id::parse(c.request.capture("matter"));
        auto it = o->reach(c.actor, key.value_or(id{}));
        if (!it) return key ? c.hidden(it.why(), "filing", *key) : it.why();
        const auto* k = o->kinds.find(it->row.kind);
        return platform::case_reached{
            &o->files, it->file.key, c.access(k->name, k->law, it->file.number),
            {{"/desk/epeople", std::string(c.say("epeople.desk"))},
             {"/desk/epeople/" + it->file.key.str(), it->file.number}}};
      });
  const auto on = [&](const char* name, auto f) {
    h.page("POST", at + "/" + name, needs::official, act(o, f));
  };
  on("answer", [](bureau& b, const auto& why, id key, context& c) {
    return b.answer(why, key, c.field("text"), c.field("other"));
  });
  on("ask", [](bureau& b, const auto& why, id key, context& c) {
    return b.files.ask(why, key, c.field("text"));
  });
  on("return", [](bureau& b, const auto& why, id key, context& c) {
    return b.files.give_back(why, key, c.field("text"));
  });
  on("extend", [](bureau& b, const auto& why, id key, context& c) {
    const auto days = decimal::parse(c.field("days"));
    return b.files.extend(why, key, days ? static_cast<int>(std::atoi(days->str().c_str())) : 0,
                          c.field("text"));
  });
  on("note", [](bureau& b, const auto& why, id key, context& c) {
    return b.files.put_note(why, key, c.field("text"));
  });
  on("take", [](bureau& b, const auto& why, id key, context&) { return b.files.take(why, key); });
  on("route", [](bureau& b, const auto& why, id key, context& c) -> outcome {
    auto to = b.route(why, key, c.field("office"), c.field("text"));
    if (!to) return to.why();
    return nothing{};
  });
  on("join", [](bureau& b, const auto& why, id key, context& c) {
    return b.join(why, key, id::parse(c.field("lead")).value_or(id{}));
  });
  on("separate", [](bureau& b, const auto& why, id key, context&) { return b.separate(why, key); });
  on("target", [](bureau& b, const auto& why, id key, context& c) {
    return b.name_target(why, key, c.field("post"));
  });
  on("translate", [](bureau& b, const auto& why, id key, context& c) {
    return b.translate(why, key, "text", c.field("language"), c.field("text"));
  });
  on("reward", [](bureau& b, const auto& why, id key, context& c) -> outcome {
    auto r = b.compute_reward(why, key, facts_of(c));
    if (!r) return r.why();
    return nothing{};
  });
}

}  // namespace madang::epeople
