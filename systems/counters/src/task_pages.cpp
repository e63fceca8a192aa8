// The steps of procedures: what officials have to do.
#include <algorithm>

#include "counter.hpp"
#include "madang/platform/context.hpp"
#include "madang/process/drawing.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::context;
using platform::needs;

struct task_line {
  std::string key, name, business, matter, what, due;
};
BOOST_DESCRIBE_STRUCT(task_line, (), (key, name, business, matter, what, due))
struct tasks_view {
  std::vector<task_line> tasks;
};
BOOST_DESCRIBE_STRUCT(tasks_view, (), (tasks))

std::string what_of(const context& c, const counter& office, const process::task& t) {
  const permit* p = office.find(t.process);
  return p ? p->name(c.language) : t.process;
}

std::string matter_of(const counter& office, const std::string& number) {
  cases::wanted w;
  w.text = number;
  w.limit = 1;
  const auto found = office.files().list(w);
  return found.empty() ? "" : found.front().key.str();
}

// In the reader's language, as the version says that the case goes by.
std::string name_of_step(const context& c, counter& office, const process::task& t) {
  const auto model = office.database().reading([&](store::read& r) {
    const auto s = office.processes().find(r, t.instance);
    return s ? office.processes().model_of(r, s->model) : nullptr;
  });
  if (!model) return t.name;
  const auto names = process::names_in(*model, c.language);
  const auto found = names.find(t.element);
  return found == names.end() ? t.name : found->second;
}

http::response tasks_page(context& c, counter& office) {
  tasks_view view;
  const auto tasks = office.database().reading(
      [&](store::read& r) { return office.processes().tasks_of(r, c.actor, 100); });
  for (const auto& t : tasks)
    view.tasks.push_back({t.key.str(), name_of_step(c, office, t), t.business,
                          matter_of(office, t.business), what_of(c, office, t),
                          t.due ? t.due->str() : ""});
  return c.show(view, [&] {
    table_view table;
    table.caption = c.say("counters.tasks");
    table.caption_hidden = true;
    table.stacked = true;
    table.first_is_header = true;
    table.empty = c.say("counters.no_tasks");
    for (const char* column : {"step", "permit", "case"})
      table.columns.push_back(
          {std::string(c.say("counters.column_" + std::string(column))), false});
    for (const auto& t : view.tasks)
      table.rows.push_back({a(href("/desk/tasks/" + t.key), t.name), t.what, t.business});
    return c.page(c.say("counters.tasks"), {{"/desk", std::string(c.say("shell.desk_site"))}},
                  all(h1(c.say("counters.tasks")), lead(c.say("counters.tasks_lead")),
                      data_table(c.shell(), table)),
                  {.noindex = true});
  });
}

struct opened_task {
  process::task task;
  cases::matter matter;
};
result<opened_task> open_task(context& c, counter& office) {
  const auto unknown = refuse(kind::not_found, "process.no_task");
  const auto key = id::parse(c.request.capture("task"));
  if (!key) return unknown;
  auto t = office.database().reading(
      [&](store::read& r) { return office.processes().find_task(r, *key); });
  if (!t) return unknown;
  if (!office.processes().may_do(c.actor, *t)) return c.hidden(unknown, "task", *key);
  const auto matter = id::parse(matter_of(office, t->business));
  auto m = matter ? office.files().find(*matter) : std::nullopt;
  if (!m) return unknown;
  t->name = name_of_step(c, office, *t);
  return opened_task{std::move(*t), std::move(*m)};
}

std::string post_name(const context& c, const std::string& code) {
  const auto p = c.home.people().find_post(code);
  if (!p) return code;
  const auto holder = c.home.people().find_account(p->holder);
  return p->agency_name(c.language) + " " + p->title(c.language) +
         (holder ? " " + holder->name : "");
}

// Posts that could do the step as well: by name, or by a role in an office that holds its own.
std::vector<choice> others_for(const context& c, const process::task& t) {
  std::vector<choice> out;
  for (const auto& p : c.home.people().posts()) {
    if (!p.holder || p.code == c.actor.post) continue;
    const auto roles = text::split(p.roles, ',');
    const bool by_role =
        std::ranges::any_of(
            roles, [&](const auto& r) { return std::ranges::find(t.roles, r) != t.roles.end(); }) &&
        std::string_view(t.office).starts_with(p.office);
    if (by_role || std::ranges::find(t.posts, p.code) != t.posts.end())
      out.push_back({p.code, post_name(c, p.code), ""});
  }
  return out;
}

// Who has the step: taking it, giving it back, handing it on with a reason.
node holding_part(const context& c, const process::task& t, const refusal* wrong) {
  const std::string path = "/desk/tasks/" + t.key.str();
  const bool mine = t.claimed_by == c.actor.post;
  node has = t.claimed_by.empty()
                 ? node(html::p(c.say("counters.nobody_has")))
                 : node(html::p(c.fill("counters.has_it", {{"post", post_name(c, t.claimed_by)}})));
  std::vector<node> acts;
  if (t.claimed_by.empty())
    acts.push_back(post_button(c.shell(), path + "/take", c.say("counters.take"), look::secondary));
  html::field to, reason;
  to.name = "post";
  to.label = c.say("counters.hand_to");
  to.value = c.field("post");
  reason.name = "reason";
  reason.label = c.say("counters.hand_reason");
  reason.value = c.field("reason");
  if (wrong && wrong->field == "reason") reason.error = c.explain(*wrong);
  if (wrong && wrong->field == "post") to.error = c.explain(*wrong);
  std::vector<choice> posts;
  if (mine) posts.push_back({"", std::string(c.say("counters.give_back_to_all")), ""});
  else posts.push_back({c.actor.post, std::string(c.say("counters.take_over")), ""});
  for (auto& o : others_for(c, t)) posts.push_back(std::move(o));
  acts.push_back(
      disclosure(c.say("counters.hand_over"),
                 form(method("post"), action(path + "/hand-over"), c.shell().csrf_field(),
                      select_field(c.shell(), to, posts), text_field(c.shell(), reason),
                      submit_button(c.say("counters.hand_over"), look::secondary))));
  return section(h2(c.say("counters.who_has")), has, acts);
}

http::response task_page(context& c, counter& office, const refusal* wrong = nullptr) {
  auto o = open_task(c, office);
  if (!o) return c.refuse(o.why());
  const permit* p = office.find(o->task.process);
  audit::access why = c.access(p->name, p->law, o->task.business);
  // Whoever looks at the application leaves an entry about the applicant.
  office.database().later([&, why, m = o->matter](store::write& tx) {
    audit::append(tx, why, audit::action::read, m.applicant, "case", m.number, "answers");
  });
  const auto* procedure = office.files().find_procedure(o->matter.procedure);
  auto review = procedure->look(why, o->matter);
  if (!review) return c.refuse(review.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  task_line view{o->task.key.str(),
                 o->task.name,
                 o->task.business,
                 o->matter.key.str(),
                 what_of(c, office, o->task),
                 o->task.due ? o->task.due->str() : ""};
  return c.show(view, [&] {
    std::vector<row> facts;
    for (const auto& f : review->application)
      facts.push_back({f.label(c.language), node(f.value(c.language)), ""});
    const bool decides = o->task.form == "decision";
    const std::string error = wrong && wrong->field != "reason" && wrong->field != "post"
                                  ? c.explain(*wrong)
                                  : std::string();
    node act =
        decides
            ? node(html::p(c.say("counters.decide_on_case"), " ",
                           a(href("/desk/cases/" + view.matter), c.say("counters.open_case"))))
            : node(form(method("post"), action("/desk/tasks/" + view.key), c.shell().csrf_field(),
                        div(cls("field"), label(for_("note"), c.say("counters.note")),
                            error.empty() ? node() : node(html::p(cls("error"), error)),
                            textarea(id_("note"), name_("note"), attr("rows", std::int64_t(3)),
                                     attr("maxlength", std::int64_t(1000)), flag("required"),
                                     c.field("note"))),
                        button_row({submit_button(c.say("counters.step_good"), look::primary,
                                                  "outcome", "good"),
                                    submit_button(c.say("counters.step_bad"), look::danger,
                                                  "outcome", "bad")})));
    std::vector<error_item> errors;
    if (wrong)
      errors.push_back({error.empty() ? wrong->field : std::string("note"), c.explain(*wrong)});
    auto r = c.page(
        o->task.name + " — " + view.business,
        {{"/desk", std::string(c.say("shell.desk_site"))},
         {"/desk/tasks", std::string(c.say("counters.tasks"))}},
        all(error_summary(c.shell(), errors), h1(o->task.name),
            lead(view.what + " · " + o->matter.applicant_name + " · " + view.business),
            definition_grid(facts), act, holding_part(c, o->task, wrong),
            html::p(a(href("/cases/" + view.matter + "/procedure"), c.say("counters.procedure")))),
        {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response complete_task(context& c, counter& office) {
  auto o = open_task(c, office);
  if (!o) return c.refuse(o.why());
  const auto note = text::trim(c.field("note"));
  const auto outcome_ = c.field("outcome");
  refusal wrong;
  if (o->task.form == "decision") wrong = refuse(kind::conflict, "counters.decide_on_case");
  else if (note.empty() || text::length(note) > 1000)
    wrong = refuse(kind::invalid, "case.text_missing", "note");
  else if (outcome_ != "good" && outcome_ != "bad")
    wrong = refuse(kind::invalid, "forms.option", "outcome");
  if (!wrong.code.empty()) return task_page(c, office, &wrong);
  const permit* p = office.find(o->task.process);
  const audit::access why = c.access(p->name, p->law, o->task.business);
  // The finding of a step has the step's name: "visit" and "visit_note".
  auto done = office.database().writing([&](store::write& tx) {
    return office.processes().complete(tx, why, o->task.key,
                                       {{o->task.element, rules::value(outcome_)},
                                        {o->task.element + "_note", rules::value(note)}});
  });
  if (!done) return task_page(c, office, &done.why());
  if (auto kept = office.files().put_note(
          why, o->matter.key,
          o->task.name + " (" + std::string(c.say("counters.step_" + std::string(outcome_))) +
              "): " + std::string(note));
      !kept && kept.why().code != "case.not_yours")
    return c.refuse(kept.why());
  return c.go("/desk/tasks");
}

http::response hold(context& c, counter& office, bool take) {
  auto o = open_task(c, office);
  if (!o) return c.refuse(o.why());
  const permit* p = office.find(o->task.process);
  const audit::access why = c.access(p->name, p->law, o->task.business);
  const std::string post(c.field("post")), reason(c.field("reason"));
  if (!take && !post.empty() && post != c.actor.post) {
    const auto known = others_for(c, o->task);
    if (std::ranges::find(known, post, &choice::value) == known.end()) {
      const auto wrong = refuse(kind::invalid, "process.not_yours", "post");
      return task_page(c, office, &wrong);
    }
  }
  auto done = office.database().writing([&](store::write& tx) {
    return take ? office.processes().claim(tx, why, o->task.key)
                : office.processes().hand_over(tx, why, o->task.key, post, reason);
  });
  if (!done) return task_page(c, office, &done.why());
  return c.go("/desk/tasks/" + o->task.key.str());
}

}  // namespace

void task_pages(platform::house& h, std::shared_ptr<counter> office) {
  h.page("GET", "/desk/tasks", needs::official,
         [office](context& c) { return tasks_page(c, *office); });
  h.page("GET", "/desk/tasks/{task}", needs::official,
         [office](context& c) { return task_page(c, *office); });
  h.page("POST", "/desk/tasks/{task}", needs::official,
         [office](context& c) { return complete_task(c, *office); });
  h.page("POST", "/desk/tasks/{task}/take", needs::official,
         [office](context& c) { return hold(c, *office, true); });
  h.page("POST", "/desk/tasks/{task}/hand-over", needs::official,
         [office](context& c) { return hold(c, *office, false); });
  procedure_pages(h, office);
}

}  // namespace madang::counters
