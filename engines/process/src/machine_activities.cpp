#include <algorithm>

#include "machine.hpp"

namespace madang::process {

void machine::enter(int number, std::int64_t scope) {
  activity& a = make(number, scope);
  path(passage::what::entered, number, a.number);
  if (m_.at(number).loop) begin_loop(a);
  else begin(a);
}

// By what stage it stands in; what was done before is not done again.
void machine::continue_from(activity& a) {
  switch (a.at) {
    case activity::stage::beginning:
      if (of(a).loop && !a.body) begin_loop(a);
      else begin(a);
      return;
    case activity::stage::working:
      if (a.is_body) round_done(a);
      else if (of(a).kind == element_kind::adhoc) check_adhoc(a);
      else work(a);
      return;
    case activity::stage::leaving:
    case activity::stage::choosing:
      leave(a);
  }
}

void machine::begin(activity& a) {
  if (!map_in(a)) return;
  if (!a.body && of(a).is_activity()) open_boundaries(a);
  if (a.incident) return;
  a.at = activity::stage::working;
  work(a);
}

void machine::work(activity& a) {
  const element& e = of(a);
  switch (e.kind) {
    case element_kind::start:
    case element_kind::task:
    case element_kind::exclusive:
    case element_kind::parallel:
    case element_kind::inclusive:
      complete(a, {});
      return;
    case element_kind::service:
      perform(a, false);
      return;
    case element_kind::send:
      if (!e.work.empty() || e.work_formula.there()) perform(a, false);
      else send_message(a);
      return;
    case element_kind::rule:
      perform(a, true);
      return;
    case element_kind::script:
      if (e.script.there()) run_script(a);
      else perform(a, false);
      return;
    case element_kind::user:
      open_task(a);
      return;
    case element_kind::receive:
      open_event(a, a.element);
      return;
    case element_kind::catch_event:
      if (e.event == trigger::link) complete(a, {});
      else open_event(a, a.element);
      return;
    case element_kind::event_gateway:
      for (const int f : e.outgoing)
        if (!open_event(a, m_.flow(f).to)) return;
      return;
    case element_kind::throw_event:
      throw_event(a);
      return;
    case element_kind::end:
      end_event(a);
      return;
    case element_kind::call:
      call_process(a);
      return;
    case element_kind::subprocess:
    case element_kind::transaction:
      begin_scope(a);
      return;
    case element_kind::adhoc:
      begin_adhoc(a);
      return;
    case element_kind::process:
    case element_kind::event_subprocess:
    case element_kind::boundary:
      check(false, "is never entered by a flow");
  }
}

void machine::perform(activity& a, bool decision) {
  const element& e = of(a);
  std::string type = e.work;
  if (e.work_formula.there()) {
    const auto v = value_of(a, e.work_formula, a.number);
    if (!v) return;
    if (!v->is(rules::kind::string))
      return incident(a, refuse(kind::invalid, "process.not_text", "",
                                {{"expression", e.work_formula.text()}}));
    type = v->text();
  }
  const sight sees(i_, a.number);
  const work_request r{i_, e, a.number, type, a.variables, sees};
  work_answer answer = decision ? world_.decide(r) : world_.work(r);
  if (auto* done = std::get_if<work_done>(&answer)) {
    // A decision's one value takes the name that the task gives it; several are a context.
    if (decision && !e.result.empty()) {
      rules::value v = done->results.size() == 1 ? std::move(done->results[0].second)
                                                 : rules::value::context(std::move(done->results));
      done->results = {{e.result, std::move(v)}};
    }
    complete(a, std::move(done->results));
  } else if (auto* error = std::get_if<work_error>(&answer)) {
    throw_error(a, error->code, std::move(error->variables));
  } else if (std::holds_alternative<work_later>(answer)) {
    open(a, wait::what::work, a.element).name = std::move(type);
  } else {
    incident(a, std::get<refusal>(std::move(answer)));
  }
}

void machine::run_script(activity& a) {
  const auto v = value_of(a, of(a).script, a.number);
  if (!v) return;
  rules::entries brought;
  if (!of(a).result.empty()) brought.emplace_back(of(a).result, *v);
  else if (v->is(rules::kind::context)) brought = v->members();
  complete(a, std::move(brought));
}

void machine::open_task(activity& a) {
  const element& e = of(a);
  std::string assignee;
  std::optional<instant> due;
  if (e.assignee.there()) {
    const auto v = value_of(a, e.assignee, a.number);
    if (!v) return;
    if (v->is(rules::kind::string)) assignee = v->text();
  }
  auto roles = texts_of(a, e.roles), posts = texts_of(a, e.posts);
  if (!roles || !posts) return;
  if (e.due.there()) {
    const auto v = value_of(a, e.due, a.number);
    if (!v) return;
    due = moment_of(*v);
    if (!due && !v->is_null())
      return incident(
          a, refuse(kind::invalid, "process.not_a_time", "", {{"expression", e.due.text()}}));
  }
  wait& w = open(a, wait::what::task, a.element);
  w.name = e.id;
  w.assignee = std::move(assignee);
  w.roles = std::move(*roles);
  w.posts = std::move(*posts);
  w.due = due;
  w.form = e.form;
}

void machine::call_process(activity& a) {
  const element& e = of(a);
  std::string called = e.work;
  if (e.work_formula.there()) {
    const auto v = value_of(a, e.work_formula, a.number);
    if (!v) return;
    called = v->is(rules::kind::string) ? v->text() : std::string();
  }
  if (called.empty()) return incident(a, refuse(kind::invalid, "process.no_work"));
  rules::entries given = a.variables;
  if (e.takes_all)
    for (const activity* s = scope_of(a); s; s = s->scope ? i_.find(s->scope) : nullptr)
      for (const auto& [name, v] : s->variables)
        if (std::ranges::none_of(given, [&](const auto& g) { return g.first == name; }))
          given.emplace_back(name, v);
  open(a, wait::what::call, a.element).name = called;
  world_.call(a.number, called, given);
}

// ---- scopes ----

void machine::begin_scope(activity& a) {
  open_event_subprocesses(a);
  if (a.incident) return;
  const std::int64_t number = a.number;
  a.tokens = static_cast<int>(of(a).starts.size());
  // An error thrown at once may end the scope while its other starts are still to come.
  for (const int start : of(a).starts) {
    if (!i_.find(number)) return;
    enter(start, number);
  }
}

void machine::begin_adhoc(activity& a) {
  const element& e = of(a);
  if (!e.begin_with.there()) return;
  const auto ids = texts_of(a, e.begin_with);
  if (!ids) return;
  std::vector<int> first;
  for (const auto& id : *ids) {
    const int n = m_.find(id);
    if (n < 0 || m_.at(n).scope != a.element)
      return incident(a, refuse(kind::invalid, "process.no_such_element", "", {{"id", id}}));
    first.push_back(n);
  }
  const std::int64_t number = a.number;
  a.tokens = static_cast<int>(first.size());
  for (const int n : first) {
    if (!i_.find(number)) return;
    enter(n, number);
  }
  if (first.empty())
    if (activity* still = i_.find(number)) check_adhoc(*still);
}

// Looked at whenever something in it has ended (13.3.5).
void machine::check_adhoc(activity& scope) {
  const element& e = of(scope);
  bool done = scope.tokens == 0;
  if (e.done_when.there()) {
    const auto holds_now = truth_of(scope, e.done_when, scope.number);
    if (!holds_now) return;
    done = *holds_now && (done || e.cancels_rest);
  }
  if (!done) return;
  cancel_within(scope.number);
  scope.tokens = 0;
  complete(scope, {});
}

// ---- the end of an activity ----

void machine::complete(activity& a, rules::entries brought) {
  a.brought = std::move(brought);
  a.at = activity::stage::leaving;
  leave(a);
}

void machine::leave(activity& a) {
  if (a.at == activity::stage::leaving && !map_out(a)) return;
  a.at = activity::stage::choosing;
  const element& e = of(a);
  std::vector<int> flows;
  if (!a.body && !a.undoes_for) {
    auto chosen = choose(a);
    if (!chosen) return;
    flows = std::move(*chosen);
  }
  close_waits(a.number);
  remember_undoable(a);
  path(passage::what::completed, a.element, a.number);
  if (a.body) return round_done(a);
  const std::int64_t number = a.number, scope = a.scope;
  if (const std::int64_t thrower = a.undoes_for) {
    remove(number);
    queue_.push_back({arriving::what::undo, thrower, 0});
    return;
  }
  const bool ends = e.kind == element_kind::end || flows.empty();
  remove(number);
  if (ends) return consume_token(scope);
  i_.find(scope)->tokens += static_cast<int>(flows.size()) - 1;
  for (const int f : flows) send(scope, f);
}

bool machine::map_out(activity& a) {
  const element& e = of(a);
  if (a.is_body || e.outputs.empty()) {
    for (auto& [name, v] : a.brought) propagate(a.scope, name, std::move(v));
  } else {
    for (auto& [name, v] : a.brought) set(a.variables, name, std::move(v));
    // First all are computed: what fails changes nothing.
    std::vector<rules::value> values;
    for (const mapping& m : e.outputs) {
      auto v = value_of(a, m.source, a.number);
      if (!v) {
        a.brought.clear();
        return false;
      }
      values.push_back(std::move(*v));
    }
    for (std::size_t n = 0; n < values.size(); ++n)
      propagate(a.scope, e.outputs[n].target, std::move(values[n]));
  }
  a.brought.clear();
  return true;
}

std::optional<std::vector<int>> machine::choose(activity& a) {
  const element& e = of(a);
  std::vector<int> out;
  if (e.kind == element_kind::event_gateway) return out;
  const bool one = e.kind == element_kind::exclusive;
  for (const int f : e.outgoing) {
    if (f == e.default_flow) continue;
    const formula& c = m_.flow(f).condition;
    if (c.there()) {
      const auto holds_now = truth_of(a, c, a.scope ? a.number : 0);
      if (!holds_now) return {};
      if (!*holds_now) continue;
    }
    out.push_back(f);
    if (one) break;
  }
  if (out.empty() && e.default_flow >= 0) out.push_back(e.default_flow);
  if (out.empty() && !e.outgoing.empty()) {
    incident(a, refuse(kind::invalid, "process.no_way_on"));
    return {};
  }
  return out;
}

// What was done can be undone as long as the scope around lives (10.7.2): by its handler, or, of a
// sub-process without one, by undoing what was done within.
void machine::remember_undoable(const activity& a) {
  const element& e = of(a);
  if (a.is_body || (e.compensated_by < 0 && a.undoable_here.empty())) return;
  activity::undoable u;
  u.element = a.element;
  u.within = a.undoable_here;
  u.variables = a.variables;
  std::int64_t scope = a.body ? i_.find(a.body)->scope : a.scope;
  if (activity* around = i_.find(scope)) around->undoable_here.push_back(std::move(u));
}

}  // namespace madang::process
