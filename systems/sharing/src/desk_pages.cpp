// The one screen: an official's task, the person, the ground, and what each agency answers.
#include "madang/platform/question.hpp"
#include "office.hpp"

namespace madang::sharing {
namespace {

using namespace html;

struct task_line {
  std::string id, name, law, agency;
  std::vector<std::string> registers;
};
BOOST_DESCRIBE_STRUCT(task_line, (), (id, name, law, agency, registers))
struct tasks_view {
  std::vector<task_line> tasks;
};
BOOST_DESCRIBE_STRUCT(tasks_view, (), (tasks))
struct screen_view {
  task_line task;
  std::string person, name, reference, ground;
  std::vector<finding_line> findings;
  std::string asked;                 // key of a consent that was asked for just now
};
BOOST_DESCRIBE_STRUCT(screen_view, (), (task, person, name, reference, ground, findings, asked))

task_line line_of_task(const context& c, const task& t) {
  task_line l{t.id, t.name(c.language), t.law(c.language), t.agency, {}};
  for (const auto& s : t.sources) l.registers.push_back(s.reg);
  return l;
}

http::response list(context& c, office& o) {
  tasks_view v;
  const auto mine = o.book().tasks_of(c.actor);
  for (const auto* t : mine) v.tasks.push_back(line_of_task(c, *t));
  return c.show(v, [&] {
    std::vector<card_view> all;
    for (const auto* t : mine)
      all.push_back(
          {"/desk/sharing/" + t->id, t->name(c.language), register_names(c, *t), ""});
    return c.page(c.say("sharing.desk"), {{"/desk", std::string(c.say("work.inbox"))}},
                  all.empty()
                      ? empty_state("search", c.say("sharing.no_tasks"))
                      : html::all(h1(c.say("sharing.desk")), lead(c.say("sharing.desk_lead")),
                                  cards(all)),
                  {.wide = true, .noindex = true});
  });
}

// Refusal sharing.not_yours: the task is of other roles.
result<const task*> task_meant(const context& c, office& o) {
  const auto* t = o.book().find(c.request.capture("task"));
  if (!t) return refuse(kind::not_found, "sharing.unknown");
  for (const auto* mine : o.book().tasks_of(c.actor))
    if (mine == t) return t;
  return refuse(kind::forbidden, "sharing.not_yours");
}

struct typed {
  std::string number, reference;
  const refusal* wrong = nullptr;
};

typed typed_in(const context& c) {
  return {std::string(text::trim(c.field("number"))), std::string(text::trim(c.field("reference"))),
          nullptr};
}

node person_form(const context& c, const task& t, const typed& in) {
  const auto make = [&](const char* name, const std::string& value) {
    field f{.name = name, .label = std::string(c.say("sharing.field_" + std::string(name)))};
    f.hint = c.say("sharing.hint_" + std::string(name));
    f.value = value;
    if (in.wrong && in.wrong->field == name) f.error = c.explain(*in.wrong);
    return f;
  };
  field number = make("number", in.number);
  number.width = 20;
  field reference = make("reference", in.reference);
  reference.width = 30;
  return form(method("post"), action("/desk/sharing/" + t.id), cls("questions"),
              c.shell().csrf_field(), text_field(c.shell(), number),
              text_field(c.shell(), reference), submit_button(c.say("sharing.look")));
}

// Without ground the way on is to ask the person.
node consent_form(const context& c, const task& t, const typed& in, const std::string& error_field,
                  const std::string& error) {
  field until{.name = "until", .label = std::string(c.say("sharing.field_until"))};
  until.hint = c.say("sharing.hint_until");
  until.value = today(c.home.pack().zone()).plus(30).str();
  until.width = 12;
  if (error_field == "until") until.error = error;
  return box(c.say("sharing.ask_title"),
             all(p(c.say("sharing.ask_lead")),
                 form(method("post"), action("/desk/sharing/" + t.id + "/consent"),
                      cls("questions"), c.shell().csrf_field(),
                      hidden_field("number", in.number), hidden_field("reference", in.reference),
                      text_field(c.shell(), until),
                      submit_button(c.say("sharing.ask"), look::secondary))));
}

node needs_list(const context& c, const task& t) {
  std::vector<node> lines;
  for (const auto& s : t.sources) {
    const auto& schema = *c.home.hub().registry_of(s.reg)->find_schema(s.reg);
    std::vector<std::string> items;
    if (s.is_question()) items.push_back(s.asks(c.language));
    for (const auto& wanted : s.items)
      for (const auto& i : schema.items)
        if (i.id == wanted) items.push_back(i.name(c.language));
    lines.push_back(li(strong(schema.name(c.language)), ": ", text::join(items, ", ")));
  }
  return disclosure(c.say("sharing.needs"), ul(lines));
}

http::response screen(context& c, const task& t, const typed& in, const screen_view& v,
                      const std::vector<finding>& found) {
  if (in.wrong && c.request.wants_json()) return c.refuse(*in.wrong);
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (in.wrong) errors.push_back({in.wrong->field, c.explain(*in.wrong)});
    node body = all(error_summary(c.shell(), errors), h1(t.name(c.language)),
                    lead(t.law(c.language)), needs_list(c, t));
    if (!v.asked.empty())
      body = all(body, banner(c.shell(), tone::good, c.say("sharing.asked_title"),
                              p(c.say("sharing.asked_line"))));
    if (found.empty()) {
      body = all(body, person_form(c, t, in));
      const bool may_ask = in.wrong && in.wrong->kind != kind::too_many && !v.person.empty();
      if (may_ask)
        body = all(body, consent_form(c, t, in, in.wrong->field, c.explain(*in.wrong)));
    } else {
      std::vector<node> boxes;
      for (const auto& f : found) boxes.push_back(finding_box(c, f));
      body = all(body, inset(p(strong(v.name), " · ", c.say("sharing.ground_" + v.ground), " ",
                               v.reference)),
                 halves(boxes), p(cls("note"), c.say("sharing.nothing_kept")),
                 link_button("/desk/sharing/" + t.id, c.say("sharing.next_person"),
                             look::secondary));
    }
    auto r = c.page(t.name(c.language),
                    {{"/desk", std::string(c.say("work.inbox"))},
                     {"/desk/sharing", std::string(c.say("sharing.desk"))}},
                    body, {.wide = !found.empty(), .noindex = true, .has_errors = !!in.wrong});
    if (in.wrong) r.status = http::status_of(in.wrong->kind);
    return r;
  });
}

http::response open(context& c, office& o) {
  const auto t = task_meant(c, o);
  if (!t) return c.refuse(t.why());
  return screen(c, **t, {}, {line_of_task(c, **t), {}, {}, {}, {}, {}, {}}, {});
}

http::response look(context& c, office& o) {
  const auto t = task_meant(c, o);
  if (!t) return c.refuse(t.why());
  typed in = typed_in(c);
  screen_view v{line_of_task(c, **t), {}, {}, in.reference, {}, {}, {}};
  const auto person = o.person(c, **t, in.number, in.reference);
  if (!person) {
    in.wrong = &person.why();
    return screen(c, **t, in, v, {});
  }
  const id who = *person;
  const auto ground = o.may_look(c, **t, who, in.reference);
  v.person = who.str();
  if (!ground) {
    in.wrong = &ground.why();
    return screen(c, **t, in, v, {});
  }
  const auto found = o.look(c, **t, who, *ground);
  if (!found) {
    in.wrong = &found.why();
    return screen(c, **t, in, v, {});
  }
  v.name = o.name_of(c, **t, who, *ground);
  v.reference = ground->reference;
  v.ground = ground->what;
  for (const auto& f : *found) v.findings.push_back(line_of(c, f));
  return screen(c, **t, in, v, *found);
}

http::response ask(context& c, office& o) {
  const auto t = task_meant(c, o);
  if (!t) return c.refuse(t.why());
  typed in = typed_in(c);
  screen_view v{line_of_task(c, **t), {}, {}, in.reference, {}, {}, {}};
  const auto person = o.person(c, **t, in.number, in.reference);
  if (!person) {
    in.wrong = &person.why();
    return screen(c, **t, in, v, {});
  }
  const auto until = date::parse(c.field("until"));
  const auto asked = until ? o.ask(c, **t, *person, in.reference, *until)
                           : result<consent>(refuse(kind::invalid, "sharing.until", "until"));
  v.person = person->str();
  if (!asked) {
    in.wrong = &asked.why();
    return screen(c, **t, in, v, {});
  }
  v.asked = asked->key.str();
  return screen(c, **t, {}, v, {});
}

}  // namespace

void desk_pages(house& h, shared_office o) {
  const std::string at = "/desk/sharing/{task}";
  h.page("GET", "/desk/sharing", needs::official, [o](context& c) { return list(c, *o); });
  h.page("GET", at, needs::official, [o](context& c) { return open(c, *o); });
  h.page("POST", at, needs::official, [o](context& c) { return look(c, *o); });
  h.page("POST", at + "/consent", needs::official, [o](context& c) { return ask(c, *o); });
}

}  // namespace madang::sharing
