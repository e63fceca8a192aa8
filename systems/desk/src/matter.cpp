// One case on one screen: what was asked, what the registers say, the judgement, what was said, and
// the acts, always at the same place.
#include <algorithm>

#include "desk_pages.hpp"

namespace madang::desk {
namespace {

using namespace html;

struct case_json {
  case_line head;
  json::value answers;
  std::vector<std::string> evidence, rules;
  bool lead = true;
  platform::case_file file;
};
BOOST_DESCRIBE_STRUCT(case_json, (), (head, answers, evidence, rules, lead, file))

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

// An act with a text that says why; a letter of the pack may begin it.
node act_form(const context& c, const opened& o, const std::string& name, look how,
              const std::string& error) {
  const std::string letter = fetched_letter(c, o, name);
  const std::string id = name + "-text";
  const std::string value = error.empty() ? letter : std::string(c.field("text"));
  return details(
      cls("disclosure"), flag("open", !error.empty() || !letter.empty()),
      summary(c.say("work.act_" + name)),
      div(letter_choice(c, o, name),
          form(method("post"), action("/desk/cases/" + o.m.key.str() + "/" + name),
               c.shell().csrf_field(),
               div(cls("field"), label(for_(id), c.say("work.text_" + name)),
                   error.empty() ? node() : node(p(cls("error"), id_(id + "-error"), error)),
                   textarea(id_(id), name_("text"), attr("rows", std::int64_t(4)),
                            error.empty() ? attribute()
                                          : attr("aria-describedby", id + "-error"),
                            attr("maxlength", std::int64_t(2000)), flag("required"), value)),
               submit_button(c.say("work.act_" + name), how))));
}

node transfer_form(const context& c, const opened& o, const std::string& error) {
  field to{.name = "office", .label = std::string(c.say("work.transfer_to"))};
  to.hint = c.say("work.transfer_hint");
  to.error = error;
  if (!error.empty()) to.value = std::string(c.field("office"));
  return form(
      method("post"), action("/desk/cases/" + o.m.key.str() + "/transfer"), c.shell().csrf_field(),
      cls("transfer"),
      disclosure(c.say("work.act_transfer"),
                 all(address_field(c.shell(), to, "/desk/offices"),
                     label(for_("transfer-text"), c.say("work.text_transfer")),
                     textarea(id_("transfer-text"), name_("text"), attr("rows", std::int64_t(2))),
                     submit_button(c.say("work.act_transfer"), look::secondary))));
}

node actions_of(const context& c, const opened& o, bool met, const std::string& wrong_act,
                const std::string& error) {
  if (!o.lead) return {};
  auto error_of = [&](const char* act) { return wrong_act == act ? error : std::string(); };
  const std::string here = "/desk/cases/" + o.m.key.str();
  std::vector<node> list;
  if (!cases::is_open(o.m.state)) {
    if (o.m.state == cases::state::refused || o.m.state == cases::state::returned)
      list.push_back(act_form(c, o, "reopen", look::secondary, error_of("reopen")));
    return list.empty() ? node() : node(div(cls("acts"), list));
  }
  if (o.m.state == cases::state::received) {
    const auto* p = o.files->find_procedure(o.m.procedure);
    if (p->computed && !p->computed(o.m).value_or(true))
      list.push_back(act_form(c, o, "accept", look::secondary, error_of("accept")));
    else
      list.push_back(post_button(c.shell(), here + "/accept",
                                 c.say(met ? "work.act_accept" : "work.act_accept_anyway"),
                                 met ? look::primary : look::secondary));
    list.push_back(act_form(c, o, "ask", look::secondary, error_of("ask")));
    list.push_back(act_form(c, o, "refuse", look::danger, error_of("refuse")));
  }
  if (o.m.state != cases::state::consent) {
    list.push_back(act_form(c, o, "return", look::secondary, error_of("return")));
    if (o.m.post != c.actor.post)
      list.push_back(post_button(c.shell(), here + "/take", c.say("work.act_take"),
                                 look::secondary));
  }
  if (o.m.state == cases::state::received)
    list.push_back(transfer_form(c, o, error_of("transfer")));
  return div(cls("acts"), list);
}

case_json json_of(const context& c, const opened& o, const cases::review& review,
                  platform::case_file file) {
  case_json view{line_of(c, o.m), o.m.answers, {}, {}, o.lead, std::move(file)};
  for (const auto& f : review.evidence)
    view.evidence.push_back(f.label("en") + ": " + f.value("en"));
  for (const auto& r : review.rules)
    view.rules.push_back(r.rule("en") + ": " + (r.met ? "met" : "not met"));
  return view;
}

node detail_of(const context& c, const opened& o, const cases::review& review, bool met,
               const platform::case_file& file, const std::string& wrong_act,
               const std::string& error) {
  const bool open = cases::is_open(o.m.state);
  std::vector<std::string> steps;
  for (const char* s : {"received", "checked", "decided", "told"})
    steps.emplace_back(c.say("case.step_" + std::string(s)));
  std::string holder;
  if (!o.m.post.empty())
    if (auto p = c.home.people().find_post(o.m.post)) {
      auto account = c.home.people().find_account(p->holder);
      holder = p->title(c.language) + (account ? " " + account->name : "");
    }
  return all(
      div(cls("matter-head"), h1(title_of(c, o.m) + " — " + o.m.applicant_name), " ",
          due_badge(c, o.m),
          o.m.objected ? all(" ", badge(tone::warn, c.say("case.objection"))) : node(),
          span(cls("note"), " ", o.m.number,
               holder.empty() ? "" : " · " + c.fill("work.held_by", {{"who", holder}}))),
      process_line(steps, open ? 1 : 3),
      halves({box(c.say("work.application"), facts(c, review.application)),
              box(c.say("work.evidence"), facts(c, review.evidence))}),
      box(c.say("work.judgement"),
          all(rules(c, review.rules), enclosures(c, o.files->enclosures_of(o.m))),
          badge(met ? tone::good : tone::warn, c.say(met ? "work.met" : "work.not_met"))),
      file_parts(c, o, file, wrong_act, error));
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
  const std::string here = "/desk/cases/" + o->m.key.str();
  auto file = platform::file_of(c, *o->files, o->m, here, true);
  return c.show(json_of(c, *o, *review, file), [&] {
    const inbox_choice f = chosen(c);
    desk_view d = frame(c, "/desk", title_of(c, o->m) + " — " + o->m.applicant_name);
    fill_list(c, d, f, o->m.key);
    d.back = "/desk" + query_of(f);
    const std::string error = wrong ? c.explain(*wrong) : std::string();
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field == "office" ? "office"
                                 : wrong_act.empty()      ? ""
                                                          : wrong_act + "-text",
                                 error});
    d.detail = all(error_summary(c.shell(), errors),
                   detail_of(c, *o, *review, met, file, wrong_act, error));
    d.actions = actions_of(c, *o, met, wrong_act, error);
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

int number_in(const context& c, std::string_view name) {
  const auto s = c.field(name);
  if (s.empty() || s.size() > 4 || s.find_first_not_of("0123456789") != s.npos) return 0;
  return std::atoi(std::string(s).c_str());
}

result<platform::case_reached> reached(context& c) {
  auto o = open_case(c);
  if (!o) return o.why();
  return platform::case_reached{o->files, o->m.key, o->why,
                                {{"/desk", std::string(c.say("work.inbox"))},
                                 {"/desk/cases/" + o->m.key.str(), o->m.number}}};
}

http::response export_file(context& c) {
  auto o = open_case(c);
  if (!o) return c.refuse(o.why());
  if (!o->lead) return c.refuse(refuse(kind::forbidden, "case.not_yours"));
  auto made = platform::issue_case_file(c, *o->files, o->m, o->why, true);
  if (!made) return c.refuse(made.why());
  http::response r;
  r.content_type = "application/pdf";
  r.body = c.home.documents().file(*made);
  r.with("Content-Disposition", fmt::format("attachment; filename=\"{}.pdf\"", o->m.number));
  return c.with_privacy(std::move(r));
}

void deciding_pages(house& h, const std::string& at) {
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
  h.page("POST", at + "reopen", needs::official,
         act("reopen", [](auto& files, const auto& why, id key, context& c) {
           return files.reopen(why, key, c.field("text"));
         }));
}

void handling_pages(house& h, const std::string& at) {
  h.page("POST", at + "take", needs::official,
         act("take", [](auto& files, const auto& why, id key, context&) {
           return files.take(why, key);
         }));
  h.page("POST", at + "assign", needs::official,
         act("assign", [](auto& files, const auto& why, id key, context& c) {
           return files.assign(why, key, c.field("post"));
         }));
  h.page("POST", at + "transfer", needs::official,
         act("transfer", [](auto& files, const auto& why, id key, context& c) -> outcome {
           const auto office = office_meant(c, c.field("office_id"), c.field("office"));
           if (office.empty()) return refuse(kind::invalid, "case.no_office", "office");
           return files.transfer(why, key, office, c.field("text"));
         }));
  h.page("POST", at + "extend", needs::official,
         act("extend", [](auto& files, const auto& why, id key, context& c) {
           return files.extend(why, key, number_in(c, "days"), c.field("text"));
         }));
  h.page("POST", at + "messages", needs::official,
         act("write", [](auto& files, const auto& why, id key, context& c) {
           return files.write(why, key, c.field("text"), platform::uploads_of(c),
                              platform::once_of(c, key));
         }));
  h.page("POST", at + "notes", needs::official,
         act("note", [](auto& files, const auto& why, id key, context& c) {
           return files.put_note(why, key, c.field("text"), platform::once_of(c, key));
         }));
  h.page("POST", at + "opinions", needs::official,
         act("opinion", [](auto& files, const auto& why, id key, context& c) -> outcome {
           // The finder has a name of its own, as two are on the page; programs send `office`.
           const auto typed = c.field("asked_office").empty() ? c.field("office")
                                                              : c.field("asked_office");
           const auto office = office_meant(c, c.field("asked_office_id"), typed, reach::all);
           if (office.empty()) return refuse(kind::invalid, "case.office_unknown", "office");
           const auto due = date::parse(c.field("due"));
           if (!due) return refuse(kind::invalid, "forms.date", "due");
           return files.ask_opinion(why, key, office, c.field("text"), *due);
         }));
  h.page("POST", at + "opinions/{opinion}", needs::official,
         act("answer", [](auto& files, const auto& why, id, context& c) -> outcome {
           auto which = id::parse(c.request.capture("opinion"));
           if (!which) return refuse(kind::not_found, "case.not_found");
           return files.answer_opinion(why, *which, c.field("text"));
         }));
}

}  // namespace

result<opened> open_case(context& c) {
  auto key = id::parse(c.request.capture("case"));
  std::optional<cases::matter> m;
  auto* files = key ? c.home.files_with(*key, &m) : nullptr;
  // A case of another office is not there: whose it is, is nobody's business.
  const auto unknown = refuse(kind::not_found, "case.not_found");
  if (!files) return unknown;
  // What has a desk of its own is decided there, by the rules of that desk.
  if (!files->find_procedure(m->procedure)->desk.empty()) return unknown;
  const bool lead = files->may_handle(c.actor, *m);
  if (!lead && !files->may_read(c.actor, *m)) return c.hidden(unknown, "case", *key);
  const auto* p = files->find_procedure(m->procedure);
  return opened{files, *m, c.access(p->name, p->law, m->number), lead};
}

std::vector<identity::post> posts_for(const context& c, const cases::files& files,
                                      const cases::matter& m) {
  std::vector<identity::post> out;
  const auto* p = files.find_procedure(m.procedure);
  for (auto& post : c.home.people().posts())
    if (p && post.holder && std::string_view(m.office).starts_with(post.office) &&
        std::ranges::any_of(text::split(post.roles, ','),
                            [&](const std::string& r) { return r == p->role; }))
      out.push_back(std::move(post));
  return out;
}

void case_pages(house& h) {
  const std::string at = "/desk/cases/{case}/";
  h.page("GET", "/desk/cases/{case}", needs::official, [](context& c) { return case_page(c); });
  platform::file_pages(h, at + "files/{file}", needs::official, reached);
  h.page("POST", at + "paper", needs::official, export_file);
  deciding_pages(h, at);
  handling_pages(h, at);
}

}  // namespace madang::desk
