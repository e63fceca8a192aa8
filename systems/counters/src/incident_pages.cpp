// Steps that have failed: which, why, with what; and how an official helps: try again, put a
// variable right, or go past it with a reason. Of two who help at once one wins, and the other
// reads who and when.
#include <algorithm>

#include "counter.hpp"
#include "diagram.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::context;
using platform::needs;

struct variable_line {
  std::string name, value;
};
BOOST_DESCRIBE_STRUCT(variable_line, (), (name, value))
struct incident_line {
  std::string instance, element, step, permit, business, matter, code, sentence, since;
  std::int64_t activity = 0, steps = 0;
  std::vector<variable_line> variables;
};
BOOST_DESCRIBE_STRUCT(incident_line, (),
                      (instance, element, step, permit, business, matter, code, sentence, since,
                       activity, steps, variables))
struct incidents_view {
  std::vector<incident_line> incidents;
  std::string after;               // key from which the next page goes on; empty: this is the last
};
BOOST_DESCRIBE_STRUCT(incidents_view, (), (incidents, after))

constexpr std::size_t read_at_once = 100, page_length = 50, most_read = 2000;
constexpr std::size_t longest_value = 2000, longest_reason = 1000;

// Who decides the permit where the case is, and who looks after procedures.
std::optional<cases::matter> matter_for(const context& c, counter& office,
                                        const std::string& number) {
  cases::wanted w;
  w.text = number;
  w.limit = 1;
  auto found = office.files().list(w);
  if (found.empty()) return {};
  if (!office.files().may_handle(c.actor, found.front()) && !keeps_procedures(c.actor)) return {};
  return found.front();
}

// What concerns a step: variables that its formulas name, or all that it sees when it names none.
std::vector<variable_line> concerning(const process::instance& i, const process::activity& a) {
  std::vector<variable_line> out;
  const process::element& e = i.model->at(a.element);
  std::vector<std::string> names;
  const auto add = [&](const process::formula& f) {
    if (f.there()) names.insert(names.end(), f.names().begin(), f.names().end());
  };
  for (const auto& m : e.inputs) add(m.source);
  for (const auto& m : e.outputs) add(m.source);
  for (const int f : e.outgoing) add(i.model->flow(f).condition);
  for (const auto* f : {&e.work_formula, &e.script, &e.assignee, &e.roles, &e.posts, &e.due, &e.key,
                        &e.when, &e.condition})
    add(*f);
  const process::sight sees(i, a.number);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const auto& n : names) {
    const rules::value* v = sees.find(n);
    out.push_back({n, v ? v->literal() : "null"});
  }
  if (out.empty() && i.root())
    for (const auto& [n, v] : i.root()->variables)
      if (n != "holder_name" && n != "address") out.push_back({n, v.literal()});
  return out;
}

std::vector<incident_line> lines_of(const context& c, counter& office, const process::summary& s) {
  std::vector<incident_line> out;
  office.database().reading([&](store::read& r) {
    const auto i = office.processes().load(r, s.key);
    if (!i) return 0;
    const auto names = process::names_in(*i->model, c.language);
    const auto history = office.processes().history(r, s.key);
    const permit* p = office.find(s.process);
    for (const auto& a : i->live) {
      if (!a->incident) continue;
      const process::element& e = i->model->at(a->element);
      const auto name = names.find(e.id);
      incident_line l;
      l.instance = s.key.str();
      l.element = e.id;
      l.step = name == names.end() ? e.id : name->second;
      l.permit = p ? p->name(c.language) : s.process;
      l.business = s.business;
      l.code = a->incident->code;
      l.sentence = c.explain(*a->incident);
      l.activity = a->number;
      l.steps = s.steps;
      // It has stood still since the last step that came to it.
      for (const auto& h : history)
        for (const auto& passed : h.path.as_array()) {
          const auto& pair = passed.as_array();
          if (pair[0].as_string() == name_of(process::passage::what::entered) &&
              pair[1].as_string() == e.id)
            l.since = h.at.str();
        }
      l.variables = concerning(*i, *a);
      out.push_back(std::move(l));
    }
    return 0;
  });
  return out;
}

bool covers(const incident_line& l, const std::string& wanted) {
  for (const auto* s : {&l.business, &l.step, &l.permit, &l.sentence, &l.code, &l.element})
    if (s->find(wanted) != std::string::npos) return true;
  return false;
}

std::string next_page(const std::string& after, const std::string& permit,
                      const std::string& wanted) {
  return "/desk/incidents?after=" + after + "&permit=" + http::percent_encode(permit) +
         "&q=" + http::percent_encode(wanted);
}

http::response list(context& c, counter& office) {
  incidents_view view;
  const std::string permit_wanted(c.request.param("permit"));
  const std::string text_wanted(text::trim(c.request.param("q")));
  id reached = id::parse(c.request.param("after")).value_or(id{});
  std::size_t looked = 0;
  for (bool more = true; more && view.after.empty();) {
    const auto some = office.database().reading([&](store::read& r) {
      return office.processes().with_incidents(r, static_cast<int>(read_at_once), reached);
    });
    more = some.size() == read_at_once;
    for (const auto& s : some) {
      // A page is full, or what is looked for is rare: the reader goes on herself.
      if (view.incidents.size() >= page_length || looked >= most_read) {
        view.after = reached.str();
        break;
      }
      ++looked;
      reached = s.key;
      if (!permit_wanted.empty() && s.process != permit_wanted) continue;
      const auto m = matter_for(c, office, s.business);
      if (!m) continue;
      for (auto& l : lines_of(c, office, s)) {
        l.matter = m->key.str();
        l.variables.clear();  // a list is for finding
        if (text_wanted.empty() || covers(l, text_wanted)) view.incidents.push_back(std::move(l));
      }
    }
  }
  return c.show(view, [&] {
    table_view t;
    t.caption = c.say("incident.title");
    t.caption_hidden = true;
    t.stacked = true;
    t.first_is_header = true;
    t.empty = c.say("incident.none");
    for (const char* column : {"step", "why", "permit", "case", "since"})
      t.columns.push_back({std::string(c.say("incident.column_" + std::string(column))), false});
    for (const auto& l : view.incidents) {
      const auto since = instant::parse(l.since);
      t.rows.push_back(
          {a(href("/desk/incidents/" + l.instance + "/" + std::to_string(l.activity)), l.step),
           l.sentence, l.permit, l.business, since ? c.written(*since) : std::string("-")});
    }
    std::vector<choice> kinds{{"", std::string(c.say("incident.all_permits")), ""}};
    for (const auto& p : office.permits()) kinds.push_back({p.id, p.name(c.language), ""});
    html::field search, which;
    search.name = "q";
    search.label = c.say("incident.search");
    search.value = text_wanted;
    which.name = "permit";
    which.label = c.say("incident.column_permit");
    which.value = permit_wanted;
    return c.page(
        c.say("incident.title"), {{"/desk", std::string(c.say("shell.desk_site"))}},
        html::all(h1(c.say("incident.title")), lead(c.say("incident.lead")),
                  form(method("get"), action("/desk/incidents"), cls("filter-row"),
                       text_field(c.shell(), search), select_field(c.shell(), which, kinds),
                       submit_button(c.say("incident.find"), look::secondary)),
                  data_table(c.shell(), t),
                  view.after.empty() ? node{}
                                     : p(a(href(next_page(view.after, permit_wanted, text_wanted)),
                                           c.say("incident.more")))),
        {.wide = true, .noindex = true});
  });
}

struct opened_incident {
  incident_line line;
  cases::matter matter;
  id instance;
};

// Nothing stands there any more: who helped, and when, is said from the history.
refusal helped_by(const context& c, counter& office, id instance, std::int64_t activity) {
  const auto history = office.database().reading(
      [&](store::read& r) { return office.processes().history(r, instance); });
  for (auto h = history.rbegin(); h != history.rend(); ++h) {
    const auto what = json::str(h->stimulus, "kind");
    if ((what == "retry" || what == "skip" || what == "cancel") &&
        (json::num(h->stimulus, "activity") == activity || what == "cancel"))
      return refuse(kind::conflict, "process.helped", "",
                    {{"who", h->who}, {"when", c.written(h->at)}});
  }
  return refuse(kind::not_found, "process.no_incident");
}

result<opened_incident> open(context& c, counter& office) {
  const auto unknown = refuse(kind::not_found, "process.no_incident");
  const auto instance = id::parse(c.request.capture("instance"));
  const auto activity = decimal::parse(c.request.capture("activity"));
  if (!instance || !activity) return unknown;
  const auto s = office.database().reading(
      [&](store::read& r) { return office.processes().find(r, *instance); });
  if (!s) return unknown;
  auto m = matter_for(c, office, s->business);
  if (!m) return c.hidden(unknown, "process", *instance);
  const std::int64_t number = activity->to_int64().value_or(-1);
  for (auto& l : lines_of(c, office, *s))
    if (l.activity == number) {
      l.matter = m->key.str();
      return opened_incident{std::move(l), std::move(*m), *instance};
    }
  return helped_by(c, office, *instance, number);
}

audit::access why_of(const context& c, counter& office, const cases::matter& m) {
  const permit* p = office.find(m.procedure);
  return c.access(p->name, p->law, m.number);
}

node helping(const context& c, const incident_line& l, const std::string& path,
             const refusal* wrong) {
  const auto error = [&](const char* name) {
    return wrong && wrong->field == name ? c.explain(*wrong) : std::string();
  };
  const node seen = hidden_field("seen", std::to_string(l.steps));
  std::vector<choice> names;
  for (const auto& v : l.variables) names.push_back({v.name, v.name, ""});
  html::field name, value, reason;
  name.name = "name";
  name.label = c.say("incident.variable");
  name.value = c.field("name");
  name.error = error("name");
  value.name = "value";
  value.label = c.say("incident.value");
  value.hint = c.say("incident.value_hint");
  value.value = c.field("value");
  value.error = error("value");
  reason.name = "reason";
  reason.label = c.say("incident.reason");
  reason.hint = c.say("incident.reason_hint");
  reason.value = c.field("reason");
  reason.error = error("reason");
  reason.most = longest_reason;
  return html::all(section(h2(c.say("incident.retry")), p(c.say("incident.retry_hint")),
                           form(method("post"), action(path + "/retry"), c.shell().csrf_field(),
                                seen, submit_button(c.say("incident.retry_act")))),
                   section(h2(c.say("incident.edit")),
                           form(cls("questions"), method("post"), action(path + "/edit"),
                                c.shell().csrf_field(), seen,
                                names.empty() ? text_field(c.shell(), name)
                                              : select_field(c.shell(), name, names),
                                text_field(c.shell(), value),
                                submit_button(c.say("incident.edit_act"), look::secondary))),
                   section(h2(c.say("incident.skip")), p(c.say("incident.skip_hint")),
                           form(cls("questions"), method("post"), action(path + "/skip"),
                                c.shell().csrf_field(), seen, area_field(c.shell(), reason, 3),
                                submit_button(c.say("incident.skip_act"), look::danger))));
}

http::response show(context& c, counter& office, const refusal* wrong = nullptr) {
  auto o = open(c, office);
  if (!o) return c.refuse(o.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const incident_line& l = o->line;
  const audit::access why = why_of(c, office, o->matter);
  office.database().later([why, m = o->matter](store::write& tx) {
    audit::append(tx, why, audit::action::read, m.applicant, "case", m.number, "variables");
  });
  const std::string path = "/desk/incidents/" + l.instance + "/" + std::to_string(l.activity);
  return c.show(l, [&] {
    std::vector<row> facts;
    for (const auto& v : l.variables) facts.push_back({v.name, node(code(v.value)), ""});
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const auto since = instant::parse(l.since);
    auto r = c.page(
        l.step + " — " + l.business,
        {{"/desk", std::string(c.say("shell.desk_site"))},
         {"/desk/incidents", std::string(c.say("incident.title"))}},
        html::all(error_summary(c.shell(), errors), h1(l.step), lead(l.permit + " · " + l.business),
                  banner(c.shell(), tone::bad, l.sentence,
                         p(since ? c.fill("incident.since", {{"when", c.written(*since)}})
                                 : std::string())),
                  h2(c.say("incident.variables")),
                  facts.empty() ? node(p(c.say("incident.no_variables"))) : definition_grid(facts),
                  helping(c, l, path, wrong),
                  p(a(href("/cases/" + l.matter + "/procedure"), c.say("counters.procedure")))),
        {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// Whoever saw an older state is told who was before.
outcome help(context& c, counter& office, const opened_incident& o, const std::string& act) {
  using what = process::stimulus::what;
  const audit::access why = why_of(c, office, o.matter);
  std::optional<rules::value> value;
  std::string name;
  if (act == "edit") {
    name = c.field("name");
    const auto said = c.field("value");
    if (name.empty()) return refuse(kind::invalid, "forms.missing", "name");
    if (!name.empty() &&
        !std::ranges::any_of(o.line.variables, [&](const auto& v) { return v.name == name; }))
      return refuse(kind::invalid, "process.no_variable", "name");
    if (said.empty() || said.size() > longest_value)
      return refuse(kind::invalid, "forms.missing", "value");
    value = rules::value_of_literal(said);
    if (value->is(rules::kind::null) && text::trim(said) != "null")
      return refuse(kind::invalid, "process.not_a_value", "value");
  }
  const auto reason = text::trim(c.field("reason"));
  if (act == "skip" && (reason.empty() || text::length(reason) > longest_reason))
    return refuse(kind::invalid, "process.no_reason", "reason");
  bool late = false;
  auto done = office.database().writing([&](store::write& tx) -> outcome {
    const auto s = office.processes().find(tx, o.instance);
    if (!s || std::to_string(s->steps) != c.field("seen")) {
      late = true;
      return refuse(kind::conflict, "process.no_incident");
    }
    process::stimulus step;
    step.activity = o.line.activity;
    if (value) {
      // Variables of the process are put right where they stand, the step sees them there.
      const auto i = office.processes().load(tx, o.instance);
      process::stimulus assign;
      assign.kind = what::assign;
      assign.activity = i->root()->number;
      for (const auto& a : i->live)
        if (a->number == o.line.activity)
          for (const auto& [n, v] : a->variables)
            if (n == name) assign.activity = a->number;
      assign.variables = {{name, *value}};
      if (auto good = office.processes().give(tx, why, o.instance, assign); !good) return good;
      audit::append(tx, why, audit::action::changed, o.matter.applicant, "process",
                    o.instance.str(), "variable " + name);
    }
    step.kind = act == "skip" ? what::skip : what::retry;
    if (auto good = office.processes().give(tx, why, o.instance, step); !good) return good;
    if (act == "skip")
      audit::append(tx, why, audit::action::changed, o.matter.applicant, "process",
                    o.instance.str(), "skipped " + o.line.element + ": " + std::string(reason));
    return nothing{};
  });
  if (late) return helped_by(c, office, o.instance, o.line.activity);
  if (done && act == "skip") {
    auto kept = office.files().put_note(
        why, o.matter.key,
        c.fill("incident.skipped_note", {{"step", o.line.step}, {"reason", std::string(reason)}}));
    if (!kept && kept.why().code != "case.not_yours") return kept;
  }
  return done;
}

http::response act(context& c, counter& office) {
  auto o = open(c, office);
  if (!o) return c.refuse(o.why());
  const std::string which(c.request.capture("act"));
  if (which != "retry" && which != "edit" && which != "skip")
    return c.refuse(refuse(kind::not_found, "request.no_page"));
  auto done = help(c, office, *o, which);
  if (!done)
    return done.why().code == "process.helped" ? c.refuse(done.why())
                                               : show(c, office, &done.why());
  return c.go("/desk/incidents");
}

}  // namespace

bool keeps_procedures(const audit::actor& who) {
  return who.has_role("rule_author") || who.has_role("rule_approver");
}

void incident_pages(platform::house& h, std::shared_ptr<counter> office) {
  h.page("GET", "/desk/incidents", needs::official,
         [office](context& c) { return list(c, *office); });
  h.page("GET", "/desk/incidents/{instance}/{activity}", needs::official,
         [office](context& c) { return show(c, *office); });
  h.page("POST", "/desk/incidents/{instance}/{activity}/{act}", needs::official,
         [office](context& c) { return act(c, *office); });
}

}  // namespace madang::counters
