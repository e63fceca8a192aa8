#include "machine.hpp"

#include <algorithm>

namespace madang::process {

activity* instance::find(std::int64_t number) {
  auto at = std::ranges::lower_bound(live, number, {}, [](const auto& a) { return a->number; });
  return at != live.end() && (*at)->number == number ? at->get() : nullptr;
}

const activity* instance::find(std::int64_t number) const {
  return const_cast<instance*>(this)->find(number);
}

wait* instance::find_wait(std::int64_t number) {
  for (auto& w : waits)
    if (w.number == number) return &w;
  return nullptr;
}

int instance::incidents() const {
  return static_cast<int>(
      std::ranges::count_if(live, [](const auto& a) { return a->incident.has_value(); }));
}

result<step_effects> step(instance& i, const stimulus& s, host& world,
                          const limits_of_step& limits) {
  return machine(i, world, limits).run(s);
}

result<step_effects> machine::run(const stimulus& s) {
  if (i_.standing != standing::running) return refuse(kind::conflict, "process.ended");
  waits_before_ = i_.waits;
  if (auto good = take(s); !good) return good.why();
  settle();
  return effects();
}

step_effects machine::effects() {
  const auto numbered = [](const wait& w) { return w.number; };
  for (const auto& w : i_.waits)
    if (std::ranges::find(waits_before_, w.number, numbered) == waits_before_.end())
      out_.opened.push_back(w);
  for (auto& w : waits_before_)
    if (std::ranges::find(i_.waits, w.number, numbered) == i_.waits.end())
      out_.closed.push_back(std::move(w));
  return std::move(out_);
}

// ---- stimuli ----

outcome machine::take(const stimulus& s) {
  switch (s.kind) {
    case stimulus::what::start:
      return take_start(s);
    case stimulus::what::timer:
    case stimulus::what::message:
    case stimulus::what::signal:
      return take_wait(s);
    case stimulus::what::complete:
    case stimulus::what::error:
      return take_completion(s);
    case stimulus::what::activate:
      return take_activation(s);
    case stimulus::what::assign:
    case stimulus::what::retry:
    case stimulus::what::skip:
      return take_help(s);
    case stimulus::what::cancel:
      break;
  }
  if (i_.live.empty()) return refuse(kind::conflict, "process.ended");
  i_.variables = i_.live.front()->variables;
  cancel(i_.live.front()->number);
  finish(standing::cancelled);
  return nothing{};
}

outcome machine::take_start(const stimulus& s) {
  if (!i_.live.empty()) return refuse(kind::conflict, "process.not_startable");
  const element& process = m_.at(i_.process);
  const bool by_event = s.element >= 0 && s.element != i_.process;
  if (by_event ? std::ranges::find(process.children, s.element) == process.children.end() ||
                     m_.at(s.element).kind != element_kind::start
               : process.starts.empty())
    return refuse(kind::conflict, "process.not_startable");
  activity& root = make(i_.process, 0);
  root.variables = s.variables;
  root.at = activity::stage::working;
  path(passage::what::entered, i_.process, root.number);
  open_event_subprocesses(root);
  const std::vector<int> starts = by_event ? std::vector<int>{s.element} : process.starts;
  root.tokens = static_cast<int>(starts.size());
  for (const int start : starts) {
    // A start event with a trigger has happened already.
    activity& a = make(start, root.number);
    path(passage::what::entered, start, a.number);
    if (m_.at(start).kind == element_kind::start) complete(a, {});
    else if (m_.at(start).loop) begin_loop(a);
    else begin(a);
  }
  return nothing{};
}

outcome machine::take_wait(const stimulus& s) {
  const wait* w = i_.find_wait(s.wait);
  if (!w || std::string_view(name_of(w->kind)) != name_of(s.kind))
    return refuse(kind::conflict, "process.no_wait");
  const wait fired = *w;
  close_wait(fired.number);
  if (fired.again != 0) rearm(fired);
  fire(fired, s.variables);
  return nothing{};
}

outcome machine::take_completion(const stimulus& s) {
  const wait* w = i_.find_wait(s.wait);
  if (!w ||
      (w->kind != wait::what::work && w->kind != wait::what::task && w->kind != wait::what::call))
    return refuse(kind::conflict, "process.no_wait");
  activity& a = *i_.find(w->activity);
  if (w->kind == wait::what::task && s.kind == stimulus::what::complete) {
    const int other = of(a).not_who_did;
    for (const auto& d : i_.done_by)
      if (d.element == other && d.person == s.person && other >= 0)
        return refuse(kind::forbidden, "process.same_person", "", {{"task", m_.at(other).name}});
    i_.done_by.push_back({a.element, s.person});
  }
  close_wait(s.wait);
  if (s.kind == stimulus::what::error) throw_error(a, s.code, s.variables);
  else if (w->kind != wait::what::call || of(a).gives_all || !of(a).outputs.empty())
    complete(a, s.variables);
  else complete(a, {});
  return nothing{};
}

outcome machine::take_activation(const stimulus& s) {
  activity* scope = i_.find(s.activity);
  if (!scope || of(*scope).kind != element_kind::adhoc || scope->is_body || s.element < 0 ||
      m_.at(s.element).scope != scope->element || !m_.at(s.element).incoming.empty())
    return refuse(kind::conflict, "process.no_activity");
  if (of(*scope).one_by_one && scope->tokens > 0)
    return refuse(kind::conflict, "process.one_by_one");
  for (const auto& [name, v] : s.variables) set(scope->variables, name, v);
  ++scope->tokens;
  enter(s.element, scope->number);
  return nothing{};
}

outcome machine::take_help(const stimulus& s) {
  activity* a = i_.find(s.activity);
  if (!a) return refuse(kind::not_found, "process.no_activity");
  if (s.kind == stimulus::what::assign) {
    for (const auto& [name, v] : s.variables) set(a->variables, name, v);
    return nothing{};
  }
  const bool waits = std::ranges::any_of(
      i_.waits, [&](const wait& w) { return w.activity == s.activity && w.element == a->element; });
  if (!a->incident && !(s.kind == stimulus::what::skip && waits))
    return refuse(kind::conflict, "process.no_incident");
  a->incident.reset();
  if (s.kind == stimulus::what::retry) {
    continue_from(*a);
    return nothing{};
  }
  // As if its work had been done: whoever skips says with what result.
  for (const auto& w : std::vector<wait>(i_.waits))
    if (w.activity == a->number && w.kind == wait::what::call) world_.cancel_call(a->number);
  cancel_within(a->number);
  a->tokens = 0;
  a->is_body = false;
  complete(*a, s.variables);
  return nothing{};
}

// ---- to rest ----

void machine::settle() {
  do {
    while (!queue_.empty()) {
      if (++passages_ > limits_.passages ||
          i_.live.size() > static_cast<std::size_t>(limits_.live)) {
        stop_runaways();
        return;
      }
      const arriving next = queue_.front();
      queue_.pop_front();
      switch (next.kind) {
        case arriving::what::token:
          arrive(next.at, m_.flow(next.number).to, next.number);
          break;
        case arriving::what::round:
          begin_round(*i_.find(next.at), next.number);
          break;
        case arriving::what::undo:
          next_undo(next.at);
          break;
      }
    }
  } while (i_.standing == standing::running && (fire_inclusive() || fire_conditions()));
}

// A cycle without a wait, or a process that multiplies: each token on its way becomes an incident
// where it was going, so that nothing is lost and somebody can look.
void machine::stop_runaways() {
  overrun_ = true;
  const refusal why = refuse(kind::invalid, "process.too_many_steps", "",
                             {{"limit", std::to_string(limits_.passages)}});
  for (const arriving& t : queue_) {
    if (t.kind == arriving::what::undo) {
      incident(*i_.find(t.at), why);
      continue;
    }
    const bool token = t.kind == arriving::what::token;
    activity& a = make(token ? m_.flow(t.number).to : i_.find(t.at)->element, t.at);
    if (!token) prepare_round(a, *i_.find(t.at), t.number);
    path(passage::what::entered, a.element, a.number);
    incident(a, why);
  }
  queue_.clear();
}

bool machine::fire_inclusive() {
  for (const auto& first : i_.arrivals) {
    if (m_.at(first.gateway).kind != element_kind::inclusive) continue;
    const std::int64_t scope = first.scope;
    const int gateway = first.gateway;
    const auto& incoming = m_.at(gateway).incoming;
    std::uint64_t there = 0, open = 0;
    for (const auto& a : i_.arrivals)
      if (a.scope == scope && a.gateway == gateway)
        there |= std::uint64_t(1) << (std::ranges::find(incoming, a.flow) - incoming.begin());
    const std::uint64_t all =
        incoming.size() == 64 ? ~std::uint64_t(0) : (std::uint64_t(1) << incoming.size()) - 1;
    open = all & ~there;
    // 13.4.3: a token upstream holds it back if it can come by a flow that has none yet, and by no
    // flow that has one.
    const auto holds_back = [&](int at) {
      const std::uint64_t reach = m_.reaches(gateway, at);
      return (reach & open) != 0 && (reach & there) == 0;
    };
    const bool held =
        std::ranges::any_of(i_.live,
                            [&](const auto& a) {
                              return a->scope == scope && !a->undoes_for && holds_back(a->element);
                            }) ||
        std::ranges::any_of(i_.arrivals, [&](const arrival& a) {
          return a.scope == scope && a.gateway != gateway && holds_back(a.gateway);
        });
    if (held) continue;
    int came = 0;
    for (auto& a : i_.arrivals)
      if (a.scope == scope && a.gateway == gateway) {
        --a.count;
        ++came;
      }
    std::erase_if(i_.arrivals, [](const arrival& a) { return a.count == 0; });
    i_.find(scope)->tokens -= came - 1;
    enter(gateway, scope);
    return true;
  }
  return false;
}

bool machine::fire_conditions() {
  for (std::size_t n = 0; n < i_.waits.size(); ++n) {
    wait& w = i_.waits[n];
    if (w.kind != wait::what::condition) continue;
    activity& a = *i_.find(w.activity);
    if (a.incident) continue;
    const bool now_true = holds(m_.at(w.element).condition, a.number);
    const bool becomes = now_true && !w.was_true;
    w.was_true = now_true;
    if (!becomes) continue;
    const wait fired = w;
    const element& e = m_.at(w.element);
    const bool stays =
        !e.interrupting && (e.kind == element_kind::boundary || e.kind == element_kind::start);
    if (!stays) close_wait(fired.number);
    fire(fired, {});
    return true;
  }
  return false;
}

// ---- tokens ----

void machine::path(passage::what kind, int element, std::int64_t activity) {
  out_.path.push_back({kind, element, activity});
}

activity& machine::make(int element, std::int64_t scope) {
  auto a = std::make_unique<activity>();
  a->number = ++i_.last_number;
  a->element = element;
  a->scope = scope;
  i_.live.push_back(std::move(a));
  return *i_.live.back();
}

void machine::remove(std::int64_t number) {
  auto at = std::ranges::lower_bound(i_.live, number, {}, [](const auto& a) { return a->number; });
  if (at != i_.live.end() && (*at)->number == number) i_.live.erase(at);
}

void machine::send(std::int64_t scope, int flow) {
  path(passage::what::taken, flow, 0);
  queue_.push_back({arriving::what::token, scope, flow});
}

void machine::arrive(std::int64_t scope, int element, int flow) {
  const process::element& e = m_.at(element);
  const bool joins = e.kind == element_kind::parallel || e.kind == element_kind::inclusive;
  if (joins && e.incoming.size() > 1 && !join(scope, element, flow)) return;
  enter(element, scope);
}

// True when all are there (parallel); an inclusive gateway is looked at when all is at rest.
bool machine::join(std::int64_t scope, int gateway, int flow) {
  auto same = std::ranges::find_if(i_.arrivals, [&](const arrival& a) {
    return a.scope == scope && a.gateway == gateway && a.flow == flow;
  });
  if (same == i_.arrivals.end()) i_.arrivals.push_back({scope, gateway, flow, 1});
  else ++same->count;
  const element& e = m_.at(gateway);
  if (e.kind == element_kind::inclusive) return false;
  const auto came = static_cast<std::size_t>(std::ranges::count_if(
      i_.arrivals, [&](const auto& a) { return a.scope == scope && a.gateway == gateway; }));
  if (came < e.incoming.size()) return false;
  for (auto& a : i_.arrivals)
    if (a.scope == scope && a.gateway == gateway) --a.count;
  std::erase_if(i_.arrivals, [](const arrival& a) { return a.count == 0; });
  i_.find(scope)->tokens -= static_cast<int>(e.incoming.size()) - 1;
  return true;
}

void machine::cancel_within(std::int64_t scope, std::int64_t but) {
  std::vector<std::int64_t> inside;
  for (const auto& a : i_.live)
    if ((a->scope == scope || a->undoes_for == scope) && a->number != but)
      inside.push_back(a->number);
  for (auto n = inside.rbegin(); n != inside.rend(); ++n) cancel(*n);
  std::erase_if(i_.arrivals, [&](const arrival& a) { return a.scope == scope; });
  std::erase_if(queue_, [&](const arriving& a) { return a.at == scope; });
}

void machine::cancel(std::int64_t number) {
  activity* a = i_.find(number);
  if (!a) return;
  cancel_within(number);
  for (const auto& w : i_.waits)
    if (w.activity == number && w.kind == wait::what::call) world_.cancel_call(number);
  close_waits(number);
  path(passage::what::cancelled, a->element, number);
  remove(number);
}

void machine::consume_token(std::int64_t number) {
  activity* scope = i_.find(number);
  if (!scope) return;
  --scope->tokens;
  if (of(*scope).kind == element_kind::adhoc && !scope->is_body) check_adhoc(*scope);
  else if (scope->tokens == 0) scope_done(number);
}

void machine::scope_done(std::int64_t number) {
  activity& scope = *i_.find(number);
  switch (of(scope).kind) {
    case element_kind::process: {
      i_.variables = std::move(scope.variables);
      close_waits(number);
      path(passage::what::completed, scope.element, number);
      remove(number);
      finish(standing::completed);
      return;
    }
    case element_kind::event_subprocess: {
      const std::int64_t around = scope.scope;
      if (!map_out(scope)) return;
      close_waits(number);
      path(passage::what::completed, scope.element, number);
      // What was done within can be undone by whoever undoes the scope around.
      activity& parent = *i_.find(around);
      for (auto& u : scope.undoable_here) parent.undoable_here.push_back(std::move(u));
      remove(number);
      consume_token(around);
      return;
    }
    default:
      complete(scope, {});
  }
}

void machine::finish(standing how) {
  i_.standing = how;
  i_.arrivals.clear();
  i_.waits.clear();
  queue_.clear();
  out_.ended = true;
}

// ---- waits ----

wait& machine::open(activity& a, wait::what kind, int element) {
  wait w;
  w.number = ++i_.last_number;
  w.kind = kind;
  w.activity = a.number;
  w.element = element;
  i_.waits.push_back(std::move(w));
  return i_.waits.back();
}

void machine::close_waits(std::int64_t activity) {
  std::erase_if(i_.waits, [&](const wait& w) { return w.activity == activity; });
}

void machine::close_starts(std::int64_t scope) {
  std::erase_if(i_.waits, [&](const wait& w) {
    return w.activity == scope && m_.at(w.element).kind == element_kind::start;
  });
}

void machine::close_wait(std::int64_t number) {
  std::erase_if(i_.waits, [&](const wait& w) { return w.number == number; });
}

}  // namespace madang::process
