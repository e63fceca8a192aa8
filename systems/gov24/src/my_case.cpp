// One case of a person: where it stands, what was said, and what she may do now.
#include "madang/platform/case_file.hpp"
#include "madang/platform/viewer.hpp"
#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct filed_line {
  std::string question, title, answer;
};
BOOST_DESCRIBE_STRUCT(filed_line, (), (question, title, answer))

struct case_view {
  case_item head;
  std::string office, reason;
  std::vector<filed_line> filed;   // what was applied for, as it was answered
  std::string again;               // where the same can be filed anew, corrected; may be empty
  std::string object_until;        // empty: she cannot object
  bool may_write = false, may_rate = false;
  std::vector<platform::said_line> messages;
  std::vector<platform::decided_line> decisions;
  std::vector<std::string> clock;
  std::vector<platform::story_line> story;
};
BOOST_DESCRIBE_STRUCT(case_view, (),
                      (head, office, reason, filed, again, object_until, may_write, may_rate,
                       messages, decisions, clock, story))

result<found_case> my_case(context& c) {
  auto key = id::parse(c.request.capture("case"));
  std::optional<cases::matter> m;
  auto* files = key ? c.home.files_with(*key, &m) : nullptr;
  const auto unknown = refuse(kind::not_found, "case.not_found");
  if (!files) return unknown;
  if (m->applicant != c.actor.person) return c.hidden(unknown, "case", *key);
  return found_case{files, std::move(*m)};
}

// The service whose questions a case answers; null: it was filed in another way.
const services::definition* service_of(const context& c, const cases::matter& m) {
  const auto* d = c.home.catalogue().find_definition(m.procedure);
  return d && !d->procedure.is_null() ? d : nullptr;
}

std::vector<filed_line> filed_lines(const context& c, const cases::matter& m) {
  std::vector<filed_line> out;
  const auto* d = service_of(c, m);
  if (!d || !m.answers.is_object()) return out;
  for (const auto& q : d->form.questions) {
    const json::value& answer = json::at(m.answers, q.id);
    if (answer.is_null() || !forms::applies(q, m.answers.get_object())) continue;
    // What was chosen from a register was kept in words when it was filed.
    std::string said = q.options_from.is_null()
                           ? forms::shown(q, q.options, answer, c.language)
                           : std::string(json::str(json::at(m.answers, "said"), q.id));
    if (!said.empty()) out.push_back({q.id, q.title(c.language), std::move(said)});
  }
  return out;
}

// What ended without a change in the register may be filed again.
bool may_file_again(const context& c, const cases::matter& m) {
  return !cases::is_open(m.state) && m.state != cases::state::accepted && service_of(c, m);
}

std::vector<std::string> path_words(const context& c) {
  std::vector<std::string> out;
  for (const char* step : {"received", "checked", "decided", "told"})
    out.emplace_back(c.say("case.step_" + std::string(step)));
  return out;
}

struct page {
  const context& c;
  const found_case& found;
  const case_view& view;
  const platform::case_file& file;
  const std::string& wrong_act;
  const std::string& error;

  const cases::matter& m() const { return found.m; }
  std::string here() const { return "/my/cases/" + m().key.str(); }
  std::string error_of(const char* act) const { return wrong_act == act ? error : std::string(); }
  std::string value_of(const char* act) const {
    return wrong_act == act ? std::string(c.field("text")) : std::string();
  }
};

// An answer is what the page is about when one was asked for; else writing is a side matter.
node writing_part(const page& at) {
  const auto& c = at.c;
  if (!at.view.may_write) return {};
  platform::writing w;
  if (at.m().state == cases::state::question) {
    w.action = at.here() + "/reply";
    w.label = c.say("case.reply_label");
    w.hint = c.say("case.reply_hint");
    w.button = c.say("case.reply");
    w.error = at.error_of("reply");
    w.value = at.value_of("reply");
    w.primary = true;
    return section(platform::writing_form(c, w));
  }
  w.action = at.here() + "/messages";
  w.label = c.say("case.write_label");
  w.hint = c.say("case.write_hint");
  w.button = c.say("case.write_send");
  w.error = at.error_of("write");
  w.value = at.value_of("write");
  w.required = false;
  return details(cls("disclosure"), flag("open", !w.error.empty()), summary(c.say("case.write")),
                 div(platform::writing_form(c, w)));
}

node objection_part(const page& at) {
  const auto& c = at.c;
  if (at.view.object_until.empty()) return {};
  field f;
  f.name = "text";
  f.label = c.say("case.object_label");
  f.error = at.error_of("object");
  f.value = at.value_of("object");
  f.most = 2000;
  const auto until = date::parse(at.view.object_until);
  return details(cls("disclosure"), flag("open", !f.error.empty()), summary(c.say("case.object")),
                 div(p(c.fill("case.object_line", {{"until", c.written(*until)}})),
                     form(method("post"), action(at.here() + "/object"), c.shell().csrf_field(),
                          area_field(c.shell(), f),
                          submit_button(c.say("case.object"), look::secondary))));
}

node rating_part(const page& at) {
  const auto& c = at.c;
  if (at.file.rating)
    return section(h2(c.say("case.rate")),
                   p(c.fill("case.rated", {{"n", std::to_string(at.file.rating->stars)}}), ". ",
                     c.say("case.rated_thanks")));
  if (!at.view.may_rate) return {};
  std::vector<choice> stars;
  for (const char* n : {"5", "4", "3", "2", "1"})
    stars.push_back({n, std::string(c.say("case.star_" + std::string(n))), ""});
  field f, said;
  f.name = "stars";
  f.label = c.say("case.rate_stars");
  f.error = at.error_of("rate");
  f.value = std::string(c.field("stars"));
  said.name = "said";               // there may be a `text` on the page already
  said.label = c.say("case.rate_words");
  said.optional = true;
  said.most = 2000;
  said.value = at.wrong_act == "rate" ? std::string(c.field("said")) : std::string();
  return section(h2(c.say("case.rate")),
                 form(method("post"), action(at.here() + "/rate"), c.shell().csrf_field(),
                      radio_field(c.shell(), f, stars), area_field(c.shell(), said, 2),
                      submit_button(c.say("case.rate_send"), look::secondary)));
}

node facts_part(const page& at) {
  const auto& c = at.c;
  std::vector<row> rows{{std::string(c.say("my.number")), node(at.m().number), ""},
                        {std::string(c.say("case.office")), node(at.view.office), ""}};
  if (cases::is_open(at.m().state))
    rows.push_back({std::string(c.say("case.due")), node(c.written(at.m().due)), ""});
  if (!at.m().decided_by.empty())
    rows.push_back({std::string(c.say("case.decided_by")), node(at.m().decided_by), ""});
  if (!at.m().reason.empty())
    rows.push_back(
        {std::string(c.say("case.reason")), node(p(cls("keep-lines"), at.m().reason)), ""});
  for (const auto& one : at.found.files->enclosures_of(at.m()))
    rows.push_back({std::string(c.say("case.enclosure")),
                    a(href(one.href), one.title(c.language)), ""});
  return summary_list(c.shell(), rows);
}

// What was filed, and the way to file it again when it ended without a change.
node filed_part(const page& at) {
  const auto& c = at.c;
  std::vector<row> filed;
  for (const auto& line : at.view.filed) filed.push_back({line.title, node(line.answer), ""});
  return all(at.view.again.empty()
                 ? node()
                 : all(post_button(c.shell(), at.view.again, c.say("case.again")),
                       p(cls("note"), c.say("case.again_line"))),
             filed.empty() ? node()
                           : node(section(h2(c.say("case.filed_with")),
                                          summary_list(c.shell(), filed))));
}

node body_of(const page& at) {
  const auto& c = at.c;
  const bool open = cases::is_open(at.m().state);
  const std::size_t step = at.m().state == cases::state::consent ? 0 : open ? 1 : 3;
  node body;
  if (c.request.param("filed") == "1")
    body = panel(c.say("case.filed"), at.m().number, c.say("case.filed_line"));
  std::vector<error_item> errors;
  if (!at.error.empty())
    errors.push_back({at.wrong_act == "rate" ? choice_field_id("stars") : "text", at.error});
  const bool said = !at.file.messages.empty();
  body = all(body, error_summary(c.shell(), errors), h1(at.view.head.name),
             p(badge(tone_of(at.m().state), state_words(c, at.m()))),
             process_line(path_words(c), step),
             p(c.say("case.now_" + std::string(cases::name_of(at.m().state)))),
             said ? section(h2(c.say("case.messages")), platform::messages_part(c, at.file))
                  : node(),
             writing_part(at), facts_part(at), filed_part(at), objection_part(at), rating_part(at));
  if (at.file.decisions.size() > 1)
    body = all(body, section(h2(c.say("case.decisions")), platform::decisions_part(c, at.file)));
  body = all(body, disclosure(c.say("case.clock"), platform::clock_part(c, at.file)),
             section(h2(c.say("case.story")), platform::story_part(c, at.file, false)),
             disclosure(c.say("case.paper"),
                        all(p(c.say("case.paper_line")),
                            post_button(c.shell(), at.here() + "/paper", c.say("case.paper"),
                                        look::secondary))));
  if (open)
    body = all(body, post_button(c.shell(), at.here() + "/withdraw", c.say("case.withdraw"),
                                 look::quiet));
  return body;
}

http::response show_case(context& c, const std::string& wrong_act = {},
                         const refusal* wrong = nullptr) {
  auto found = my_case(c);
  if (!found) return c.refuse(found.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const cases::matter& m = found->m;
  if (const auto* p = found->files->find_procedure(m.procedure); p && !p->page.empty())
    return c.go(p->page + "/" + m.key.str() + (c.request.param("filed") == "1" ? "?filed=1" : ""));
  auto file = platform::file_of(c, *found->files, m, "/my/cases/" + m.key.str(), false);
  case_view view;
  view.head = case_item_of(c, m);
  view.office = c.home.pack().full_name(m.office)(c.language);
  view.reason = m.reason;
  view.filed = filed_lines(c, m);
  if (may_file_again(c, m)) view.again = "/my/cases/" + m.key.str() + "/again";
  view.messages = file.messages;
  view.decisions = file.decisions;
  view.clock = file.clock;
  view.story = file.story;
  const auto until = found->files->may_object_until(m);
  if (until && today(c.home.pack().zone()) <= *until) view.object_until = until->str();
  view.may_write = cases::is_open(m.state);
  view.may_rate = !view.may_write && m.state != cases::state::withdrawn && !file.rating;
  return c.show(view, [&] {
    const std::string error = wrong ? c.explain(*wrong) : std::string();
    auto r = c.page(view.head.name, {{"/my", std::string(c.say("my.title"))}},
                    body_of({c, *found, view, file, wrong_act, error}),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// A draft that holds what was answered, to be corrected. A draft of this service that is open
// already is newer and stays as it is.
http::response again(context& c) {
  auto found = my_case(c);
  if (!found) return c.refuse(found.why());
  if (!may_file_again(c, found->m)) return c.refuse(refuse(kind::conflict, "case.not_ended"));
  const auto* d = service_of(c, found->m);
  json::object answers;
  for (const auto& q : d->form.questions)
    if (const auto& given = json::at(found->m.answers, q.id); !given.is_null())
      answers[q.id] = given;
  auto draft = c.home.drafts().begin(c.actor.person, d->id, std::move(answers));
  return c.go("/apply/" + draft.key.str());
}

template <class F>
platform::page_handler act(std::string name, F f) {
  return [name = std::move(name), f](context& c) -> http::response {
    auto found = my_case(c);
    if (!found) return c.refuse(found.why());
    outcome done = f(c, *found->files, about_case(c, *found), found->m.key);
    if (!done) return show_case(c, name, &done.why());
    return c.go("/my/cases/" + found->m.key.str());
  };
}

int stars_in(const context& c) {
  const auto s = c.field("stars");
  return s.size() == 1 && s[0] >= '1' && s[0] <= '5' ? s[0] - '0' : 0;
}

result<platform::case_reached> reached(context& c) {
  auto found = my_case(c);
  if (!found) return found.why();
  return platform::case_reached{found->files, found->m.key, about_case(c, *found),
                                {{"/my", std::string(c.say("my.title"))},
                                 {"/my/cases/" + found->m.key.str(), found->m.number}}};
}

http::response take_paper(context& c) {
  auto found = my_case(c);
  if (!found) return c.refuse(found.why());
  auto made = platform::issue_case_file(c, *found->files, found->m, about_case(c, *found), false);
  if (!made) return c.refuse(made.why());
  return c.go("/my/documents/" + made->key.str() + "?issued=1");
}

}  // namespace

audit::access about_case(const context& c, const found_case& f) {
  const auto* p = f.files->find_procedure(f.m.procedure);
  audit::access why = c.access(p->name, p->law, f.m.number);
  // Here she is the applicant, also when she is an official elsewhere.
  audit::actor self;
  self.person = why.who.person;
  self.name = why.who.name;
  why.who = std::move(self);
  return why;
}

void my_case_pages(house& h) {
  const std::string at = "/my/cases/{case}";
  h.page("GET", at, needs::sign_in, [](context& c) { return show_case(c); });
  platform::file_pages(h, at + "/files/{file}", needs::sign_in, reached);
  h.page("POST", at + "/paper", needs::sign_in, take_paper);
  h.page("POST", at + "/again", needs::sign_in, again);
  h.page("POST", at + "/reply", needs::sign_in,
         act("reply", [](context& c, auto& files, const auto& why, id key) {
           return files.reply(why, key, c.field("text"), platform::uploads_of(c),
                              platform::once_of(c, key));
         }));
  h.page("POST", at + "/messages", needs::sign_in,
         act("write", [](context& c, auto& files, const auto& why, id key) {
           return files.write(why, key, c.field("text"), platform::uploads_of(c),
                              platform::once_of(c, key));
         }));
  h.page("POST", at + "/withdraw", needs::sign_in,
         act("withdraw", [](context&, auto& files, const auto& why, id key) {
           return files.withdraw(why, key);
         }));
  h.page("POST", at + "/object", needs::sign_in,
         act("object", [](context& c, auto& files, const auto& why, id key) {
           return files.object(why, key, c.field("text"));
         }));
  h.page("POST", at + "/rate", needs::sign_in,
         act("rate", [](context& c, auto& files, const auto& why, id key) {
           return files.rate(why, key, stars_in(c), c.field("said"));
         }));
}

}  // namespace madang::gov24
