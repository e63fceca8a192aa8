#include <algorithm>

#include "desk_pages.hpp"

namespace madang::desk {
namespace {

using namespace html;

struct inbox_line {
  std::string key, number, procedure, applicant, state, due, office;
  std::int64_t days_left = 0;
};
BOOST_DESCRIBE_STRUCT(inbox_line, (),
                      (key, number, procedure, applicant, state, due, office, days_left))
struct inbox_view {
  std::int64_t total = 0;
  std::vector<inbox_line> cases;
};
BOOST_DESCRIBE_STRUCT(inbox_view, (), (total, cases))

struct case_json {
  inbox_line head;
  json::value answers;
  std::vector<std::string> evidence, rules;
};
BOOST_DESCRIBE_STRUCT(case_json, (), (head, answers, evidence, rules))

constexpr int most_lines = 100;

std::string procedure_name(const context& c, const cases::matter& m) {
  for (auto* files : c.home.all_files())
    if (files->find_procedure(m.procedure)) return files->title_of(m)(c.language);
  return m.procedure;
}

int days_left(const context& c, const cases::matter& m) {
  return c.home.pack().calendar().working_days_between(today(c.home.pack().zone()), m.due);
}

// "D-2" for two working days left, "today", "1 day late".
node due_badge(const context& c, const cases::matter& m) {
  if (m.state == cases::state::question) return badge(tone::neutral, c.say("work.clock_stopped"));
  if (!cases::is_open(m.state))
    return badge(m.state == cases::state::accepted ? tone::good : tone::neutral,
                 c.say("case.state_" + std::string(cases::name_of(m.state))));
  const int left = days_left(c, m);
  if (left < 0) return badge(tone::bad, c.fill("work.late", {{"n", std::to_string(-left)}}));
  if (left == 0) return badge(tone::bad, c.say("work.today"));
  return badge(left <= 2 ? tone::warn : tone::neutral, "D-" + std::to_string(left));
}

inbox_line line_of(const context& c, const cases::matter& m) {
  return {m.key.str(), m.number, m.procedure, m.applicant_name,
          std::string(cases::name_of(m.state)), m.due.str(), m.office, days_left(c, m)};
}

struct filter_choice {
  bool done = false;
  std::string procedure, text, order;
};

filter_choice chosen(const context& c) {
  return {c.request.param("state") == "done", std::string(c.request.param("procedure")),
          std::string(text::head(c.request.param("q"), 60)), std::string(c.request.param("order"))};
}

std::string query_of(const filter_choice& f) {
  std::string q;
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty())
      q += (q.empty() ? "?" : "&") + std::string(name) + "=" + http::percent_encode(value);
  };
  add("state", f.done ? "done" : "");
  add("procedure", f.procedure);
  add("q", f.text);
  add("order", f.order);
  return q;
}

cases::wanted wanted_of(const context& c, const filter_choice& f) {
  cases::wanted w = own(c);
  w.open_only = !f.done;
  if (!f.procedure.empty()) w.procedures = {f.procedure};
  w.text = f.text;
  w.order = f.done ? "opened" : f.order.empty() ? "due" : f.order;
  w.limit = most_lines;
  return w;
}

node tools(const context& c, const filter_choice& f) {
  std::vector<tab> list;
  filter_choice open = f, done = f;
  open.done = false;
  done.done = true;
  list.push_back({"/desk" + query_of(open), std::string(c.say("work.open")), !f.done});
  list.push_back({"/desk" + query_of(done), std::string(c.say("work.done")), f.done});
  for (auto* files : c.home.all_files())
    for (const auto& p : files->procedures()) {
      if (!c.actor.has_role(p.role) || !p.desk.empty()) continue;
      filter_choice one = f;
      one.procedure = f.procedure == p.id ? "" : p.id;
      list.push_back({"/desk" + query_of(one), p.name(c.language), f.procedure == p.id});
    }
  search_view box;
  box.action = "/desk";
  box.value = f.text;
  box.label = c.say("work.search");
  box.suggest = "";
  return all(search_box(c.shell(), box), filters(c.say("work.filters"), list));
}

void fill_list(const context& c, desk_view& view, const filter_choice& f,
               const std::vector<cases::matter>& list, id open_case = {}) {
  view.tools = tools(c, f);
  view.list_label = c.say("work.inbox");
  view.list_note = c.fill("work.list_note", {{"n", std::to_string(list.size())}});
  view.empty = c.say("work.empty");
  for (const auto& m : list)
    view.items.push_back({"/desk/cases/" + m.key.str() + query_of(f),
                          procedure_name(c, m) + " — " + m.applicant_name, due_badge(c, m),
                          m.received.str() + " · " + c.home.pack().full_name(m.office)(c.language),
                          m.key == open_case});
}

http::response inbox_page(context& c) {
  const filter_choice f = chosen(c);
  const auto list = inbox(c, wanted_of(c, f));
  inbox_view view{static_cast<std::int64_t>(list.size()), {}};
  for (const auto& m : list) view.cases.push_back(line_of(c, m));
  return c.show(view, [&] {
    desk_view d = frame(c, "/desk", c.say("work.inbox"));
    fill_list(c, d, f, list);
    d.detail = empty_state("bell", c.say("work.choose"), p(c.say("work.choose_hint")));
    return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
  });
}

// ---- one matter ----
struct opened {
  cases::files* files = nullptr;
  cases::matter m;
  audit::access why;
};

result<opened> open_case(context& c) {
  auto key = id::parse(c.request.capture("case"));
  std::optional<cases::matter> m;
  auto* files = key ? c.home.files_with(*key, &m) : nullptr;
  // A case of another office is not there: whose it is, is nobody's business.
  const auto unknown = refuse(kind::not_found, "case.not_found");
  if (!files) return unknown;
  // What has a desk of its own is decided there, by the rules of that desk.
  if (!files->find_procedure(m->procedure)->desk.empty()) return unknown;
  if (!files->may_handle(c.actor, *m)) return c.hidden(unknown, "case", *key);
  const auto* p = files->find_procedure(m->procedure);
  return opened{files, *m, c.access(p->name, p->law, m->number)};
}

tone tone_of(const std::string& name) {
  return name == "good" ? tone::good : name == "warn" ? tone::warn : name == "bad" ? tone::bad
                                                                                   : tone::neutral;
}

node facts(const context& c, const std::vector<cases::fact>& list) {
  std::vector<row> rows;
  for (const auto& f : list)
    rows.push_back(
        {f.label(c.language),
         all(f.tone.empty() ? node(f.value(c.language))
                            : badge(tone_of(f.tone), f.value(c.language)),
             f.source.empty() ? node() : node(small(cls("note"), " ", f.source(c.language)))),
         ""});
  return definition_grid(rows);
}

node rules(const context& c, const std::vector<cases::judgement>& list) {
  std::vector<reason> reasons;
  for (const auto& r : list)
    reasons.push_back(
        {r.rule(c.language), node(r.value(c.language)), node(r.law(c.language)), r.met});
  return judgement(c.shell(), reasons);
}

node enclosures(const context& c, const std::vector<cases::enclosure>& list) {
  std::vector<node> links;
  for (const auto& one : list) links.push_back(li(a(href(one.href), one.title(c.language))));
  return links.empty() ? node() : ul(links);
}

node messages(const context& c, const std::vector<cases::message>& list) {
  if (list.empty()) return p(cls("note"), c.say("work.no_messages"));
  std::vector<moment> said;
  for (const auto& m : list)
    said.push_back({c.written(m.at), m.author, node(p(cls("keep-lines"), m.text))});
  return timeline(said);
}

node act_form(const context& c, const opened& o, const std::string& act, look how,
              const std::string& error) {
  field f{.name = act + "-text", .label = std::string(c.say("work.text_" + act))};
  f.name = "text";
  f.most = 2000;
  f.error = error;
  return disclosure(c.say("work.act_" + act),
                    form(method("post"), action("/desk/cases/" + o.m.key.str() + "/" + act),
                         c.shell().csrf_field(),
                         div(cls("field"), label(for_(act + "-text"), f.label),
                             error.empty() ? node() : node(p(cls("error"), error)),
                             textarea(id_(act + "-text"), name_("text"),
                                      attr("rows", std::int64_t(3)), attr("required", ""))),
                         submit_button(c.say("work.act_" + act), how)));
}

node actions_of(const context& c, const opened& o, bool met, const std::string& wrong_act,
                const std::string& error) {
  if (!cases::is_open(o.m.state)) return {};
  auto error_of = [&](const char* act) { return wrong_act == act ? error : std::string(); };
  std::vector<node> list;
  if (o.m.state == cases::state::received) {
    const auto* p = o.files->find_procedure(o.m.procedure);
    if (p->computed && !p->computed(o.m).value_or(true))
      list.push_back(act_form(c, o, "accept", look::secondary, error_of("accept")));
    else
      list.push_back(post_button(c.shell(), "/desk/cases/" + o.m.key.str() + "/accept",
                                 c.say(met ? "work.act_accept" : "work.act_accept_anyway"),
                                 met ? look::primary : look::secondary));
    list.push_back(act_form(c, o, "ask", look::secondary, error_of("ask")));
    list.push_back(act_form(c, o, "refuse", look::danger, error_of("refuse")));
  }
  list.push_back(act_form(c, o, "return", look::secondary, error_of("return")));
  if (o.m.state == cases::state::received)
    list.push_back(form(
        method("post"), action("/desk/cases/" + o.m.key.str() + "/transfer"),
        c.shell().csrf_field(), cls("transfer"),
        disclosure(c.say("work.act_transfer"),
                   all(label(for_("office"), c.say("work.transfer_to")),
                       input(id_("office"), name_("office"), type_("text"),
                             attr("inputmode", "numeric"), attr("maxlength", "7")),
                       label(for_("transfer-text"), c.say("work.text_transfer")),
                       textarea(id_("transfer-text"), name_("text"), attr("rows", std::int64_t(2))),
                       submit_button(c.say("work.act_transfer"), look::secondary)))));
  return div(cls("acts"), list);
}

// "/desk/epeople/KEY" for a case that is handled at a desk of its own; empty: it is not.
std::string own_desk(const context& c) {
  auto key = id::parse(c.request.capture("case"));
  std::optional<cases::matter> m;
  auto* files = key ? c.home.files_with(*key, &m) : nullptr;
  const auto* p = files ? files->find_procedure(m->procedure) : nullptr;
  return p && !p->desk.empty() ? p->desk + "/" + key->str() : std::string();
}

http::response case_page(context& c, const std::string& wrong_act = {},
                         const refusal* wrong = nullptr) {
  if (const auto desk = own_desk(c); !desk.empty() && c.request.method == "GET") return c.go(desk);
  auto o = open_case(c);
  if (!o) return c.refuse(o.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto* p_ = o->files->find_procedure(o->m.procedure);
  auto review = p_->look(o->why, o->m);
  if (!review) return c.refuse(review.why());
  const bool met = std::all_of(review->rules.begin(), review->rules.end(),
                               [](const auto& r) { return r.met; });
  case_json view{line_of(c, o->m), o->m.answers, {}, {}};
  for (const auto& f : review->evidence)
    view.evidence.push_back(f.label("en") + ": " + f.value("en"));
  for (const auto& r : review->rules)
    view.rules.push_back(r.rule("en") + ": " + (r.met ? "met" : "not met"));
  return c.show(view, [&] {
    const filter_choice f = chosen(c);
    const std::string title = procedure_name(c, o->m) + " — " + o->m.applicant_name;
    desk_view d = frame(c, "/desk", title);
    fill_list(c, d, f, inbox(c, wanted_of(c, f)), o->m.key);
    d.back = "/desk" + query_of(f);
    std::vector<moment> story;
    for (const auto& e : o->files->story(o->m.key))
      story.push_back({c.written(e.at), std::string(c.say("case.event_" + e.what)),
                       node(p(cls("note"), e.who, e.note.empty() ? "" : " · " + e.note))});
    const bool open = cases::is_open(o->m.state);
    std::vector<std::string> steps;
    for (const char* s : {"received", "checked", "decided", "told"})
      steps.emplace_back(c.say("case.step_" + std::string(s)));
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong_act.empty() ? "" : wrong_act + "-text", c.explain(*wrong)});
    d.detail = all(
        error_summary(c.shell(), errors),
        div(cls("matter-head"), h1(title), " ", due_badge(c, o->m),
            span(cls("note"), " ", o->m.number)),
        process_line(steps, open ? 1 : 3),
        halves({box(c.say("work.application"), facts(c, review->application)),
                box(c.say("work.evidence"), facts(c, review->evidence))}),
        box(c.say("work.judgement"),
            all(rules(c, review->rules), enclosures(c, o->files->enclosures_of(o->m))),
            badge(met ? tone::good : tone::warn, c.say(met ? "work.met" : "work.not_met"))),
        box(c.say("case.messages"), messages(c, o->files->messages(o->m.key))),
        box(c.say("case.story"), timeline(story)));
    d.actions = actions_of(c, *o, met, wrong_act, wrong ? c.explain(*wrong) : std::string());
    auto r = c.html_response(
        html::desk(c.shell(), d, {.noindex = true, .has_errors = wrong != nullptr}));
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// An act on the open case; what is refused is said on the same screen.
template <class F>
platform::page_handler act(std::string name, F f) {
  return [name = std::move(name), f](context& c) -> http::response {
    auto o = open_case(c);
    if (!o) return c.refuse(o.why());
    outcome done = f(*o->files, o->why, o->m.key, c);
    if (!done) return case_page(c, name, &done.why());
    return c.go("/desk/cases/" + o->m.key.str());
  };
}

}  // namespace

cases::wanted own(const context& c) {
  cases::wanted w;
  w.office = c.actor.office;
  w.open_only = true;
  return w;
}

std::vector<cases::matter> inbox(const context& c, const cases::wanted& filter) {
  std::vector<cases::matter> out;
  for (auto* files : c.home.all_files()) {
    cases::wanted w = filter;
    std::vector<std::string> mine;
    for (const auto& p : files->procedures())
      if (c.actor.has_role(p.role) && p.desk.empty() && (filter.procedures.empty() ||
                                       std::find(filter.procedures.begin(), filter.procedures.end(),
                                                 p.id) != filter.procedures.end()))
        mine.push_back(p.id);
    if (mine.empty()) continue;
    w.procedures = mine;
    auto some = files->list(w);
    out.insert(out.end(), some.begin(), some.end());
  }
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) {
    return filter.order == "opened" ? b.opened < a.opened
                                    : std::tie(a.due, a.opened) < std::tie(b.due, b.opened);
  });
  return out;
}

desk_view frame(const context& c, std::string_view active, std::string_view title) {
  desk_view d;
  d.title = title;
  int open = 0;
  for (auto* files : c.home.all_files())
    for (const auto& p : files->procedures())
      if (c.actor.has_role(p.role) && p.desk.empty()) {
        cases::wanted w = own(c);
        w.procedures = {p.id};
        open += static_cast<int>(files->count(w));
      }
  auto place = [&](const char* href, const char* label, int count = 0) {
    d.places.push_back({href, std::string(c.say(label)), count, active == href});
  };
  place("/desk", "work.inbox", open);
  if (c.actor.has_role("petition_officer")) place("/desk/epeople", "epeople.desk");
  if (c.actor.has_role("resident_officer") || c.actor.has_role("register_reader"))
    place("/desk/registers", "work.registers");
  place("/desk/office", "work.office_notices");
  if (c.actor.has_role("rule_author") || c.actor.has_role("rule_approver"))
    place("/desk/decisions", "work.decisions");
  if (c.actor.has_role("auditor")) place("/desk/audit", "work.audit");
  if (c.actor.has_role("operator")) place("/desk/operations", "work.operations");
  place("/", "work.portal");
  d.post = {c.actor.agency_name(c.language), c.actor.name + " " + c.actor.post_title(c.language)};
  return d;
}

void inbox_pages(house& h) {
  h.page("GET", "/desk", needs::official, inbox_page);
  h.page("GET", "/desk/cases/{case}", needs::official, [](context& c) { return case_page(c); });
  const std::string at = "/desk/cases/{case}/";
  h.page("POST", at + "accept", needs::official,
         act("accept", [](auto& files, const auto& why, id key, context& c) {
           return files.accept(why, key, c.field("text"));
         }));
  h.page("POST", at + "ask", needs::official,
         act("ask", [](auto& files, const auto& why, id key, context& c) {
           return files.ask(why, key, c.field("text"));
         }));
  h.page("POST", at + "return", needs::official,
         act("return", [](auto& files, const auto& why, id key, context& c) {
           return files.give_back(why, key, c.field("text"));
         }));
  h.page("POST", at + "refuse", needs::official,
         act("refuse", [](auto& files, const auto& why, id key, context& c) {
           return files.decline(why, key, c.field("text"));
         }));
  h.page("POST", at + "transfer", needs::official,
         act("transfer", [](auto& files, const auto& why, id key, context& c) -> outcome {
           if (c.field("office").size() != 7 || !c.home.pack().find_district(c.field("office")))
             return refuse(kind::invalid, "case.no_office", "office");
           return files.transfer(why, key, c.field("office"), c.field("text"));
         }));
}

}  // namespace madang::desk
