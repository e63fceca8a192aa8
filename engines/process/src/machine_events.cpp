// Events: thrown, waited for, and caught (BPMN 2.0.2, 10.5 and 13.5).
#include <algorithm>
#include <charconv>

#include "machine.hpp"

namespace madang::process {
namespace {

// "R3/PT10M", "R/PT1H", "R2/2026-01-01T00:00:00Z/P1D" (ISO 8601-1, 5.6).
struct repeated {
  std::int64_t times = -1;
  std::string begin, interval;
};
std::optional<repeated> parse_cycle(std::string_view s) {
  if (!s.starts_with('R')) return {};
  repeated out;
  const auto slash = s.find('/');
  if (slash == std::string_view::npos) return {};
  if (const auto count = s.substr(1, slash - 1); !count.empty()) {
    const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), out.times);
    if (error != std::errc() || end != count.data() + count.size() || out.times < 0) return {};
  }
  const std::string_view rest = s.substr(slash + 1);
  const auto second = rest.find('/');
  if (second == std::string_view::npos) {
    out.interval = rest;
  } else {
    out.begin = rest.substr(0, second);
    out.interval = rest.substr(second + 1);
  }
  return out;
}

}  // namespace

// ---- throwing ----

void machine::throw_event(activity& a) {
  const element& e = of(a);
  switch (e.event) {
    case trigger::message:
      return send_message(a);
    case trigger::signal:
      world_.send_signal(e.reference, a.variables);
      return complete(a, {});
    case trigger::escalation: {
      const std::int64_t number = a.number;
      throw_escalation(a, e.reference);
      if (activity* still = i_.find(number)) complete(*still, {});
      return;
    }
    case trigger::link:
      return go_to_link(a);
    case trigger::compensation:
      return begin_compensation(a, a.scope);
    default:
      return complete(a, {});
  }
}

void machine::end_event(activity& a) {
  const element& e = of(a);
  switch (e.event) {
    case trigger::error:
      return throw_error(a, e.reference, {});
    case trigger::cancel:
      return cancel_transaction(a);
    case trigger::terminate: {
      const std::int64_t scope = a.scope;
      path(passage::what::completed, a.element, a.number);
      remove(a.number);
      cancel_within(scope);
      close_starts(scope);
      i_.find(scope)->tokens = 0;
      return scope_done(scope);
    }
    default:
      return throw_event(a);
  }
}

void machine::send_message(activity& a) {
  const element& e = of(a);
  std::string key;
  if (e.key.there()) {
    const auto v = value_of(a, e.key, a.number);
    if (!v) return;
    key = v->is(rules::kind::string) ? v->text() : v->is_null() ? std::string() : v->str();
  }
  world_.send_message(e.reference, key, a.variables);
  complete(a, {});
}

// Two link events of one name are one place drawn twice: the token goes on from the other.
void machine::go_to_link(activity& a) {
  const element& e = of(a);
  const std::int64_t scope = a.scope;
  path(passage::what::completed, a.element, a.number);
  remove(a.number);
  for (const int c : m_.at(e.scope).children)
    if (m_.at(c).event == trigger::link && m_.at(c).kind == element_kind::catch_event &&
        m_.at(c).reference == e.reference)
      return enter(c, scope);
}

// ---- waiting ----

void machine::open_boundaries(activity& a) {
  for (const int b : of(a).boundary) {
    const trigger t = m_.at(b).event;
    const bool waits = t == trigger::message || t == trigger::timer || t == trigger::signal ||
                       t == trigger::conditional;
    if (waits && !open_event(a, b)) return;
  }
}

void machine::open_event_subprocesses(activity& a) {
  for (const int s : of(a).event_subprocesses)
    for (const int c : m_.at(s).children) {
      const element& start = m_.at(c);
      if (start.kind != element_kind::start) continue;
      const bool waits = start.event == trigger::message || start.event == trigger::timer ||
                         start.event == trigger::signal || start.event == trigger::conditional;
      if (waits && !open_event(a, c)) return;
    }
}

bool machine::open_event(activity& a, int event) {
  const element& e = m_.at(event);
  const trigger t = e.kind == element_kind::receive ? trigger::message : e.event;
  switch (t) {
    case trigger::message: {
      // Without a key a message is for this instance alone, by its own key.
      std::string key = i_.key.str();
      if (e.key.there()) {
        const auto v = value_of(a, e.key, a.number);
        if (!v) return false;
        if (v->is_null()) {
          incident(a, refuse(kind::invalid, "process.no_correlation", "",
                             {{"expression", e.key.text()}}));
          return false;
        }
        key = v->is(rules::kind::string) ? v->text() : v->str();
      }
      wait& w = open(a, wait::what::message, event);
      w.name = e.reference;
      w.key = std::move(key);
      return true;
    }
    case trigger::signal:
      open(a, wait::what::signal, event).name = e.reference;
      return true;
    case trigger::conditional:
      open(a, wait::what::condition, event);
      return true;
    case trigger::timer: {
      wait w;
      if (!open_timer(a, event, w)) return false;
      wait& made = open(a, wait::what::timer, event);
      made.due = w.due;
      made.again = w.again;
      made.cycle = std::move(w.cycle);
      return true;
    }
    default:
      check(false, "an event that is waited for");
      return false;
  }
}

bool machine::open_timer(activity& a, int event, wait& w) {
  const element& e = m_.at(event);
  const auto v = value_of(a, e.when, a.number);
  if (!v) return false;
  if (e.timer == element::clock::cycle && v->is(rules::kind::string)) {
    if (auto r = parse_cycle(v->text())) {
      w.cycle = r->interval;
      w.again = r->times < 0 ? -1 : r->times - 1;
      w.due = moment_of(rules::value(r->begin.empty() ? r->interval : r->begin));
      if (r->times == 0) w.due.reset();
    }
  } else {
    w.due = moment_of(*v);
    if (e.timer == element::clock::cycle) {
      w.cycle = v->str();
      w.again = -1;
    }
  }
  if (w.due) return true;
  incident(a, refuse(kind::invalid, "process.not_a_time", "", {{"expression", e.when.text()}}));
  return false;
}

namespace {

// A world in which nothing happens but that it is some time.
class still_host final : public host {
 public:
  explicit still_host(instant at) : at_(at) {}
  instant now() override { return at_; }
  work_answer work(const work_request&) override { return work_later{}; }
  work_answer decide(const work_request&) override { return work_later{}; }
  void send_message(std::string_view, std::string_view, const rules::entries&) override {}
  void send_signal(std::string_view, const rules::entries&) override {}
  void call(std::int64_t, std::string_view, const rules::entries&) override {}
  void cancel_call(std::int64_t) override {}

 private:
  const instant at_;
};

}  // namespace

result<wait> machine::timer_of_start(const model& m, int start, instant at) {
  still_host world(at);
  instance i;
  // Not owned: the instance is gone before the model.
  i.model = std::shared_ptr<const model>(std::shared_ptr<const model>(), &m);
  i.process = m.at(start).scope;
  machine one(i, world, {});
  activity& root = one.make(i.process, 0);
  wait w;
  if (!one.open_timer(root, start, w)) return *root.incident;
  return w;
}

std::optional<instant> machine::next_of_cycle(const std::string& cycle, instant from) {
  still_host world(from);
  instance i;
  const auto none = std::make_shared<const model>();
  i.model = none;
  return machine(i, world, {}).moment_of(rules::value(cycle));
}

// The next round of a cycle begins when the last was due, so that it does not drift.
void machine::rearm(const wait& fired) {
  activity* a = i_.find(fired.activity);
  if (!a) return;
  const auto next = next_of_cycle(fired.cycle, *fired.due);
  if (!next) return;
  wait& w = open(*a, wait::what::timer, fired.element);
  w.due = instant{std::max(next->micros, fired.due->micros + 1)};
  w.again = fired.again < 0 ? -1 : fired.again - 1;
  w.cycle = fired.cycle;
}

// ---- catching ----

void machine::fire(const wait& w, rules::entries variables) {
  activity& a = *i_.find(w.activity);
  const element& e = m_.at(w.element);
  if (e.kind == element_kind::boundary)
    return fire_boundary(a.number, w.element, std::move(variables));
  if (e.kind == element_kind::start)
    return fire_event_subprocess(a.number, w.element, std::move(variables));
  if (of(a).kind != element_kind::event_gateway) return complete(a, std::move(variables));
  // The first event decides; the token is now at it.
  const std::int64_t scope = a.scope;
  close_waits(a.number);
  path(passage::what::completed, a.element, a.number);
  for (const int f : of(a).outgoing)
    if (m_.flow(f).to == w.element) path(passage::what::taken, f, 0);
  remove(a.number);
  activity& event = make(w.element, scope);
  path(passage::what::entered, w.element, event.number);
  complete(event, std::move(variables));
}

void machine::fire_boundary(std::int64_t number, int event, rules::entries variables) {
  const activity& host = *i_.find(number);
  const std::int64_t scope = host.scope;
  if (m_.at(event).interrupting) cancel(number);
  else ++i_.find(scope)->tokens;
  activity& a = make(event, scope);
  path(passage::what::entered, event, a.number);
  complete(a, std::move(variables));
}

void machine::fire_event_subprocess(std::int64_t number, int start, rules::entries variables) {
  const element& event = m_.at(start);
  if (event.interrupting) {
    cancel_within(number);
    close_starts(number);
    i_.find(number)->tokens = 0;
  }
  ++i_.find(number)->tokens;
  activity& a = make(event.scope, number);
  path(passage::what::entered, a.element, a.number);
  if (!map_in(a)) return;
  a.at = activity::stage::working;
  a.tokens = 1;
  open_event_subprocesses(a);
  activity& begun = make(start, a.number);
  path(passage::what::entered, start, begun.number);
  complete(begun, std::move(variables));
}

int machine::boundary_catching(const activity& at, trigger t, const std::string& code) const {
  if (at.body) return -1;  // the body has the events, its rounds do not
  int any = -1;
  for (const int b : of(at).boundary) {
    const element& e = m_.at(b);
    if (e.event != t) continue;
    if (e.reference == code) return b;
    if (e.reference.empty()) any = b;
  }
  return any;
}

int machine::start_catching(const activity& scope, trigger t, const std::string& code) const {
  if (scope.is_body) return -1;
  int any = -1;
  for (const int s : of(scope).event_subprocesses)
    for (const int c : m_.at(s).children) {
      const element& e = m_.at(c);
      if (e.kind != element_kind::start || e.event != t) continue;
      if (e.reference == code) return c;
      if (e.reference.empty()) any = c;
    }
  return any;
}

// Outwards: on the activity, then in the scope around, then on that scope (10.5.6). What an event
// sub-process throws is not for its neighbours.
void machine::throw_error(activity& thrower, const std::string& code, rules::entries variables) {
  for (activity* at = &thrower; at;) {
    if (const int b = boundary_catching(*at, trigger::error, code); b >= 0) {
      path(passage::what::failed, thrower.element, thrower.number);
      return fire_boundary(at->number, b, std::move(variables));
    }
    activity* around = scope_of(*at);
    if (around && of(*at).kind != element_kind::event_subprocess)
      if (const int s = start_catching(*around, trigger::error, code); s >= 0) {
        path(passage::what::failed, thrower.element, thrower.number);
        return fire_event_subprocess(around->number, s, std::move(variables));
      }
    at = around;
  }
  if (!i_.called)
    return incident(thrower, refuse(kind::invalid, "process.uncaught_error", "", {{"code", code}}));
  out_.uncaught = code;
  path(passage::what::failed, thrower.element, thrower.number);
  i_.variables = i_.live.front()->variables;
  cancel(i_.live.front()->number);
  finish(standing::failed);
}

void machine::throw_escalation(activity& thrower, const std::string& code) {
  for (activity* at = &thrower; at;) {
    if (at != &thrower)
      if (const int b = boundary_catching(*at, trigger::escalation, code); b >= 0)
        return fire_boundary(at->number, b, {});
    activity* around = scope_of(*at);
    if (around && of(*at).kind != element_kind::event_subprocess)
      if (const int s = start_catching(*around, trigger::escalation, code); s >= 0)
        return fire_event_subprocess(around->number, s, {});
    at = around;
  }
}

// ---- compensation ----

namespace {

// Last first; a handler, or what was done within.
void in_reverse(const model& m, std::vector<activity::undoable> all, const rules::entries& around,
                std::vector<activity::undoable>& out) {
  for (auto u = all.rbegin(); u != all.rend(); ++u) {
    rules::entries seen = u->variables;
    for (const auto& [name, v] : around)
      if (std::ranges::none_of(seen, [&](const auto& s) { return s.first == name; }))
        seen.emplace_back(name, v);
    if (m.at(u->element).compensated_by >= 0) {
      out.push_back({m.at(u->element).compensated_by, std::move(seen), {}});
    } else {
      in_reverse(m, std::move(u->within), seen, out);
    }
  }
}

}  // namespace

void machine::begin_compensation(activity& a, std::int64_t scope) {
  if (!a.to_undo.empty()) return next_undo(a.number);  // it goes on where it stood
  const int only = of(a).of_activity;
  std::vector<activity::undoable> chosen;
  // In an event sub-process what is meant may have been done in the scope around it.
  for (activity* at = i_.find(scope); at; at = scope_of(*at)) {
    std::vector<activity::undoable> rest;
    for (auto& u : at->undoable_here)
      (only < 0 || u.element == only ? chosen : rest).push_back(std::move(u));
    at->undoable_here = std::move(rest);
    if (of(*at).kind != element_kind::event_subprocess) break;
  }
  in_reverse(m_, std::move(chosen), {}, a.to_undo);
  std::ranges::reverse(a.to_undo);  // the next is taken from the end
  next_undo(a.number);
}

void machine::next_undo(std::int64_t number) {
  activity& thrower = *i_.find(number);
  if (thrower.to_undo.empty()) {
    if (!thrower.cancelling) return complete(thrower, {});
    // A cancelled transaction is left by its cancel event.
    activity* transaction = scope_of(thrower);
    if (transaction->body) transaction = i_.find(transaction->body);
    const int event = boundary_catching(*transaction, trigger::cancel, "");
    path(passage::what::completed, thrower.element, number);
    return fire_boundary(transaction->number, event, {});
  }
  activity::undoable next = std::move(thrower.to_undo.back());
  thrower.to_undo.pop_back();
  activity& handler = make(next.element, thrower.scope);
  handler.undoes_for = number;
  handler.variables = std::move(next.variables);
  path(passage::what::entered, handler.element, handler.number);
  if (of(handler).loop) begin_loop(handler);
  else begin(handler);
}

void machine::cancel_transaction(activity& end) {
  const std::int64_t scope = end.scope;
  cancel_within(scope, end.number);
  close_starts(scope);
  activity& transaction = *i_.find(scope);
  transaction.tokens = 1;
  end.cancelling = true;
  begin_compensation(end, scope);
}

}  // namespace madang::process
