// Events and their definitions (BPMN 2.0.2, 10.5).
#include <algorithm>

#include "madang/base/text.hpp"
#include "reader.hpp"

namespace madang::process {
namespace {

struct named_trigger {
  std::string_view name;
  trigger event;
};
constexpr named_trigger triggers[] = {{"messageEventDefinition", trigger::message},
                                      {"timerEventDefinition", trigger::timer},
                                      {"signalEventDefinition", trigger::signal},
                                      {"conditionalEventDefinition", trigger::conditional},
                                      {"errorEventDefinition", trigger::error},
                                      {"escalationEventDefinition", trigger::escalation},
                                      {"cancelEventDefinition", trigger::cancel},
                                      {"compensateEventDefinition", trigger::compensation},
                                      {"linkEventDefinition", trigger::link},
                                      {"terminateEventDefinition", trigger::terminate}};

// Says where a message is expected, but nothing to be run.
constexpr std::string_view known_parts[] = {"documentation",
                                            "extensionElements",
                                            "incoming",
                                            "outgoing",
                                            "dataInput",
                                            "dataOutput",
                                            "inputSet",
                                            "outputSet",
                                            "dataOutputAssociation",
                                            "dataInputAssociation",
                                            "property"};

}  // namespace

void reader::read_event(const xml::node& n, element& e) {
  if (e.kind == element_kind::boundary) e.interrupting = n.get("cancelActivity") != "false";
  if (e.kind == element_kind::start) e.interrupting = n.get("isInterrupting") != "false";
  if (n.get("parallelMultiple") == "true")
    mistaken(e, n.line, "process.not_executed", {{"element", "parallelMultiple"}});
  int definitions = 0;
  for (const auto& c : n.children) {
    if (c.kind != xml::node::what::element || c.space != bpmn_space) continue;
    const auto known = std::ranges::find(triggers, c.name, &named_trigger::name);
    if (known != std::end(triggers)) {
      e.event = known->event;
      if (++definitions > 1)
        mistaken(e, c.line, "process.not_executed", {{"element", "multiple event definitions"}});
      read_definition(c, e);
    } else if (std::ranges::find(known_parts, c.name) == std::end(known_parts)) {
      mistaken(e, c.line, "process.not_executed", {{"element", c.name}});
    }
  }
}

void reader::read_definition(const xml::node& d, element& e) {
  const auto referred = [&](std::string_view attribute) -> const xml::node* {
    if (!d.has(attribute)) return nullptr;
    const xml::node* found = root_named(d.get(attribute));
    if (!found)
      mistaken(e, d.line, "process.no_such_element", {{"id", std::string(d.get(attribute))}});
    return found;
  };
  switch (e.event) {
    case trigger::message:
      if (const xml::node* m = referred("messageRef")) {
        e.reference = m->get("name");
        if (const xml::node* x = m->child(bpmn_space, "extensionElements"))
          if (const xml::node* s = x->child(zeebe_space, "subscription"); s && !e.key.there())
            e.key = feel(e, *s, s->get("correlationKey"));
      }
      break;
    case trigger::signal:
      if (const xml::node* s = referred("signalRef")) e.reference = s->get("name");
      break;
    case trigger::error:
      if (const xml::node* r = referred("errorRef")) {
        e.reference = r->get("errorCode");
        if (e.reference.empty()) e.reference = r->get("name");
      }
      break;
    case trigger::escalation:
      if (const xml::node* r = referred("escalationRef")) {
        e.reference = r->get("escalationCode");
        if (e.reference.empty()) e.reference = r->get("name");
      }
      break;
    case trigger::conditional:
      if (const xml::node* c = d.child(bpmn_space, "condition")) e.condition = expression(e, *c);
      break;
    case trigger::compensation:
      e.waits = d.get("waitForCompletion") != "false";
      if (d.has("activityRef")) undone_activity_[-1] = local_name(d.get("activityRef"));
      break;
    case trigger::link:
      e.reference = d.get("name");
      break;
    case trigger::timer:
      read_timer(d, e);
      break;
    case trigger::cancel:
    case trigger::terminate:
    case trigger::none:
      break;
  }
}

void reader::read_timer(const xml::node& d, element& e) {
  constexpr std::pair<std::string_view, element::clock> clocks[] = {
      {"timeDate", element::clock::date},
      {"timeDuration", element::clock::duration},
      {"timeCycle", element::clock::cycle}};
  for (const auto& [name, clock] : clocks)
    if (const xml::node* c = d.child(bpmn_space, name)) {
      if (e.timer != element::clock::none) mistaken(e, c->line, "process.two_clocks");
      e.timer = clock;
      e.when = text_or_feel(e, *c, c->all_text());
    }
}

}  // namespace madang::process
