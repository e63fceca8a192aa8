// What an executable process must be so that it can be run: said at deployment, with the element.
#include <algorithm>
#include <deque>

#include "reader.hpp"

namespace madang::process {
namespace {

// Sequence-flow rules of figure 7.2 and 10.5; triggers by table 10.84 to 10.93.
bool may_start(trigger t, bool in_event_subprocess, bool in_process) {
  switch (t) {
    case trigger::none:
      return !in_event_subprocess;
    case trigger::message:
    case trigger::timer:
    case trigger::signal:
      return in_event_subprocess || in_process;
    case trigger::conditional:
    case trigger::error:
    case trigger::escalation:
    case trigger::compensation:
      return in_event_subprocess;
    default:
      return false;
  }
}

bool may_catch(trigger t) {
  return t == trigger::message || t == trigger::timer || t == trigger::signal ||
         t == trigger::conditional || t == trigger::link;
}

bool may_throw(trigger t) {
  return t == trigger::none || t == trigger::message || t == trigger::signal ||
         t == trigger::escalation || t == trigger::link || t == trigger::compensation;
}

bool may_end(trigger t) {
  return t == trigger::none || t == trigger::message || t == trigger::signal ||
         t == trigger::error || t == trigger::escalation || t == trigger::terminate ||
         t == trigger::cancel || t == trigger::compensation;
}

bool may_bound(trigger t) {
  return t != trigger::none && t != trigger::link && t != trigger::terminate;
}

constexpr std::size_t most_incoming = 64;  // of an inclusive gateway: bits of reach

}  // namespace

void checker::mistaken(const element& e, std::string code,
                       std::map<std::string, std::string> facts) {
  m_.mistakes_.push_back(
      {e.id, e.line, refuse(kind::invalid, std::move(code), e.id, std::move(facts))});
}

void checker::check() {
  for (const auto& f : m_.flows_) check_flow(f);
  for (const auto& e : m_.elements_) check_element(e);
  find_reach();
}

void checker::check_flow(const sequence_flow& f) {
  if (f.from < 0 || f.to < 0 || !f.condition.there()) return;
  const element& from = m_.at(f.from);
  if (from.kind == element_kind::parallel || from.kind == element_kind::event_gateway ||
      from.kind == element_kind::start)
    mistaken(from, "process.no_condition_here", {{"flow", f.id}});
}

void checker::check_element(const element& e) {
  if (e.kind <= element_kind::boundary && e.kind != element_kind::process) check_event(e);
  else if (e.kind >= element_kind::exclusive) check_gateway(e);
  else if (e.is_activity()) check_activity(e);
  if (e.is_scope()) check_scope(e);
}

void checker::check_event(const element& e) {
  const element& scope = *scope_of(e);
  bool fits = true;
  switch (e.kind) {
    case element_kind::start:
      fits = may_start(e.event, scope.kind == element_kind::event_subprocess,
                       scope.kind == element_kind::process);
      if (!e.incoming.empty()) mistaken(e, "process.leads_to_start");
      break;
    case element_kind::catch_event:
      fits = may_catch(e.event);
      break;
    case element_kind::throw_event:
      fits = may_throw(e.event);
      break;
    case element_kind::end:
      fits = may_end(e.event);
      if (!e.outgoing.empty()) mistaken(e, "process.leaves_end");
      break;
    default:
      fits = may_bound(e.event);
      check_boundary(e);
  }
  if (!fits)
    mistaken(e, "process.not_executed",
             {{"element", std::string(name_of(e.event)) + " " + std::string(name_of(e.kind))}});
  const bool needs_name =
      e.event == trigger::message || e.event == trigger::signal || e.event == trigger::link;
  if (needs_name && e.reference.empty()) mistaken(e, "process.no_name");
  if (e.event == trigger::timer && (e.timer == element::clock::none || !e.when.there()))
    mistaken(e, "process.no_clock");
  if (e.event == trigger::timer && e.timer == element::clock::cycle &&
      (e.kind == element_kind::catch_event || (e.kind == element_kind::boundary && e.interrupting)))
    mistaken(e, "process.cycle_here");
  if (e.event == trigger::conditional && !e.condition.there()) mistaken(e, "process.no_condition");
  if (e.event == trigger::compensation && !e.waits)
    mistaken(e, "process.not_executed", {{"element", "waitForCompletion=false"}});
  const bool throws_code = e.kind == element_kind::end || e.kind == element_kind::throw_event;
  if (throws_code && (e.event == trigger::error || e.event == trigger::escalation) &&
      e.reference.empty())
    mistaken(e, "process.no_code");
  if (e.event == trigger::cancel && e.kind == element_kind::end &&
      scope.kind != element_kind::transaction)
    mistaken(e, "process.cancel_outside");
  if (e.event == trigger::cancel && e.kind == element_kind::end &&
      std::ranges::none_of(scope.boundary,
                           [&](int b) { return m_.at(b).event == trigger::cancel; }))
    mistaken(e, "process.no_cancel_boundary");
}

void checker::check_boundary(const element& e) {
  if (!e.incoming.empty()) mistaken(e, "process.leads_to_start");
  if (e.event == trigger::compensation) {
    if (e.compensated_by < 0) mistaken(e, "process.no_handler");
    if (!e.outgoing.empty()) mistaken(e, "process.leaves_end");
    return;
  }
  if (e.outgoing.empty()) mistaken(e, "process.leads_nowhere");
  if (e.event == trigger::cancel && e.host >= 0 && m_.at(e.host).kind != element_kind::transaction)
    mistaken(e, "process.cancel_outside");
  if ((e.event == trigger::error || e.event == trigger::cancel) && !e.interrupting)
    mistaken(e, "process.must_interrupt");
}

void checker::check_activity(const element& e) {
  const bool named = !e.work.empty() || e.work_formula.there();
  switch (e.kind) {
    case element_kind::service:
    case element_kind::rule:
    case element_kind::call:
      if (!named) mistaken(e, "process.no_work");
      break;
    case element_kind::send:
      if (!named && e.reference.empty()) mistaken(e, "process.no_work");
      break;
    case element_kind::receive:
      if (e.reference.empty()) mistaken(e, "process.no_name");
      break;
    case element_kind::script:
      if (!named && !e.script.there()) mistaken(e, "process.no_work");
      break;
    default:
      break;
  }
  if (e.loop && e.loop->kind == repetition::how::standard) {
    if (!e.loop->condition.there() && e.loop->most <= 0) mistaken(e, "process.no_loop_condition");
  } else if (e.loop && e.loop->items.there() == e.loop->cardinality.there()) {
    mistaken(e, "process.no_items");
  }
  if (e.for_compensation && (!e.incoming.empty() || !e.outgoing.empty()))
    mistaken(e, "process.handler_in_flow");
}

void checker::check_gateway(const element& e) {
  if (e.incoming.empty() && e.outgoing.empty()) mistaken(e, "process.leads_nowhere");
  if (e.kind == element_kind::inclusive && e.incoming.size() > most_incoming)
    mistaken(e, "process.too_many_incoming", {{"limit", std::to_string(most_incoming)}});
  if (e.kind == element_kind::exclusive || e.kind == element_kind::inclusive) {
    if (e.outgoing.size() < 2) return;
    for (const int f : e.outgoing)
      if (f != e.default_flow && !m_.flow(f).condition.there())
        mistaken(e, "process.no_condition", {{"flow", m_.flow(f).id}});
  }
  if (e.kind != element_kind::event_gateway) return;
  if (e.outgoing.size() < 2) mistaken(e, "process.leads_nowhere");
  for (const int f : e.outgoing) {
    const element& to = m_.at(m_.flow(f).to);
    const bool catches = (to.kind == element_kind::catch_event && to.event != trigger::link) ||
                         (to.kind == element_kind::receive && !to.loop && to.boundary.empty());
    if (!catches || to.incoming.size() != 1) mistaken(e, "process.gateway_needs_events");
  }
}

void checker::check_scope(const element& e) {
  if (e.kind == element_kind::event_subprocess) {
    int starts = 0;
    for (const int c : e.children) starts += m_.at(c).kind == element_kind::start;
    if (starts != 1) mistaken(e, "process.one_start");
    if (!e.incoming.empty() || !e.outgoing.empty()) mistaken(e, "process.event_subprocess_in_flow");
    if (e.loop) mistaken(e, "process.not_executed", {{"element", "loop of event sub-process"}});
  } else if (e.kind == element_kind::subprocess || e.kind == element_kind::transaction) {
    if (e.starts.empty()) mistaken(e, "process.no_start");
    int starts = 0;
    for (const int c : e.children) starts += m_.at(c).kind == element_kind::start;
    if (starts > 1) mistaken(e, "process.one_start");
  } else if (e.kind == element_kind::process) {
    bool any = !e.starts.empty();
    int none_starts = 0;
    for (const int c : e.children) {
      any = any || m_.at(c).kind == element_kind::start;
      none_starts += m_.at(c).kind == element_kind::start && m_.at(c).event == trigger::none;
    }
    if (!any) mistaken(e, "process.no_start");
    if (none_starts > 1) mistaken(e, "process.one_start");
  } else if (e.kind == element_kind::adhoc) {
    for (const int c : e.children)
      if (m_.at(c).kind == element_kind::start || m_.at(c).kind == element_kind::end)
        mistaken(m_.at(c), "process.not_in_adhoc");
  }
  check_links(e);
}

void checker::check_links(const element& scope) {
  for (const int c : scope.children) {
    const element& e = m_.at(c);
    if (e.event != trigger::link) continue;
    int others = 0;
    for (const int d : scope.children) {
      const element& other = m_.at(d);
      others +=
          other.event == trigger::link && other.kind != e.kind && other.reference == e.reference;
    }
    // Several may throw to one place; a place is one.
    const bool good = e.kind == element_kind::throw_event ? others == 1 : others >= 1;
    if (!good) mistaken(e, "process.link_broken", {{"link", e.reference}});
  }
}

void checker::find_reach() {
  m_.reach_.resize(m_.elements_.size());
  for (std::size_t g = 0; g < m_.elements_.size(); ++g) {
    const element& gateway = m_.elements_[g];
    if (gateway.kind != element_kind::inclusive || gateway.incoming.size() < 2 ||
        gateway.incoming.size() > most_incoming)
      continue;
    auto& reach = m_.reach_[g];
    reach.resize(m_.elements_.size());
    for (std::size_t bit = 0; bit < gateway.incoming.size(); ++bit) {
      // Backwards from the flow, never through the gateway.
      std::deque<int> open{m_.flow(gateway.incoming[bit]).from};
      while (!open.empty()) {
        const int at = open.front();
        open.pop_front();
        if (at < 0 || at == static_cast<int>(g)) continue;
        auto& bits = reach[static_cast<std::size_t>(at)];
        if (bits >> bit & 1) continue;
        bits |= std::uint64_t(1) << bit;
        const element& e = m_.at(at);
        for (const int f : e.incoming) open.push_back(m_.flow(f).from);
        if (e.host >= 0) open.push_back(e.host);
        if (e.kind == element_kind::catch_event && e.event == trigger::link)
          for (const int c : m_.at(e.scope).children)
            if (m_.at(c).kind == element_kind::throw_event && m_.at(c).event == trigger::link &&
                m_.at(c).reference == e.reference)
              open.push_back(c);
      }
    }
  }
}

}  // namespace madang::process
