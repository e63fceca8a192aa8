// Activities, repetition, and the extension elements that say how work is done.
#include <algorithm>
#include <charconv>

#include "madang/base/text.hpp"
#include "reader.hpp"

namespace madang::process {
namespace {

constexpr std::string_view known_parts[] = {"documentation",
                                            "extensionElements",
                                            "incoming",
                                            "outgoing",
                                            "property",
                                            "monitoring",
                                            "auditing",
                                            "multiInstanceLoopCharacteristics",
                                            "standardLoopCharacteristics",
                                            "rendering",
                                            "script"};

// Those of zeebe that say nothing about running.
constexpr std::string_view harmless[] = {"properties", "taskHeaders", "userTask", "versionTag",
                                         "modelerTemplate"};

std::int64_t number(std::string_view s, std::int64_t otherwise) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
  return error == std::errc() && end == s.data() + s.size() ? out : otherwise;
}

bool moves_data(const xml::node& association) {
  return association.child(bpmn_space, "transformation") ||
         association.child(bpmn_space, "assignment");
}

// Which data the activity takes by the standard's own means, that we do not carry.
bool takes_data(const xml::node& specification) {
  return specification.child(bpmn_space, "dataInput") ||
         specification.child(bpmn_space, "dataOutput");
}

bool is_inside(const xml::node& c, const element& e) {
  return e.is_scope() || c.space != bpmn_space || c.kind != xml::node::what::element;
}

}  // namespace

void reader::read_activity(const xml::node& n, element& e) {
  e.for_compensation = n.get("isForCompensation") == "true";
  for (const auto* quantity : {"startQuantity", "completionQuantity"})
    if (n.has(quantity) && n.get(quantity) != "1")
      mistaken(e, n.line, "process.not_executed", {{"element", quantity}});
  for (const auto& c : n.children) {
    if (c.space == bpmn_space &&
        (c.name == "dataInputAssociation" || c.name == "dataOutputAssociation")) {
      // Drawn between an activity and data it is a remark; with an expression it would compute.
      if (moves_data(c)) mistaken(e, c.line, "process.not_executed", {{"element", c.name}});
    } else if (c.space == bpmn_space && c.name == "ioSpecification") {
      if (takes_data(c)) mistaken(e, c.line, "process.not_executed", {{"element", c.name}});
    } else if (!is_inside(c, e) &&
               std::ranges::find(known_parts, c.name) == std::end(known_parts)) {
      mistaken(e, c.line, "process.not_executed", {{"element", c.name}});
    }
  }
  read_loop(n, e);
  if (e.is_scope()) read_scope_attributes(n, e);
  else read_task(n, e);
}

void reader::read_scope_attributes(const xml::node& n, element& e) {
  if (e.kind != element_kind::adhoc) return;
  e.one_by_one = n.get("ordering") == "Sequential";
  e.cancels_rest = n.get("cancelRemainingInstances") != "false";
  if (const xml::node* c = n.child(bpmn_space, "completionCondition"))
    e.done_when = expression(e, *c);
}

void reader::read_task(const xml::node& n, element& e) {
  switch (e.kind) {
    case element_kind::call:
      if (e.work.empty() && !e.work_formula.there()) e.work = local_name(n.get("calledElement"));
      break;
    case element_kind::send:
    case element_kind::receive:
      if (n.get("instantiate") == "true")
        mistaken(e, n.line, "process.not_executed", {{"element", "receiveTask instantiate"}});
      if (n.has("messageRef")) {
        const xml::node* m = root_named(n.get("messageRef"));
        if (!m) {
          mistaken(e, n.line, "process.no_such_element",
                   {{"id", std::string(n.get("messageRef"))}});
          break;
        }
        e.reference = m->get("name");
        if (const xml::node* x = m->child(bpmn_space, "extensionElements"))
          if (const xml::node* s = x->child(zeebe_space, "subscription"))
            e.key = feel(e, *s, s->get("correlationKey"));
      }
      break;
    case element_kind::script:
      if (const xml::node* s = n.child(bpmn_space, "script"); s && !e.script.there()) {
        if (text::lower_case(n.get("scriptFormat")).find("feel") == std::string::npos)
          mistaken(e, s->line, "process.foreign_expression",
                   {{"text", std::string(n.get("scriptFormat"))}});
        else e.script = feel(e, *s, s->all_text());
      }
      break;
    default:
      break;
  }
}

void reader::read_loop(const xml::node& n, element& e) {
  if (const xml::node* s = n.child(bpmn_space, "standardLoopCharacteristics")) {
    repetition r;
    r.kind = repetition::how::standard;
    r.test_before = s->get("testBefore") == "true";
    r.most = number(s->get("loopMaximum"), 0);
    if (const xml::node* c = s->child(bpmn_space, "loopCondition")) r.condition = expression(e, *c);
    e.loop = std::move(r);
  }
  const xml::node* m = n.child(bpmn_space, "multiInstanceLoopCharacteristics");
  if (!m) return;
  repetition r = e.loop ? std::move(*e.loop) : repetition();
  r.kind =
      m->get("isSequential") == "true" ? repetition::how::sequential : repetition::how::parallel;
  if (m->has("behavior") && m->get("behavior") != "All")
    mistaken(e, m->line, "process.not_executed", {{"element", "behavior"}});
  if (const xml::node* c = m->child(bpmn_space, "loopCardinality"))
    r.cardinality = expression(e, *c);
  if (const xml::node* c = m->child(bpmn_space, "completionCondition"))
    r.condition = expression(e, *c);
  for (const auto* part : {"loopDataInputRef", "loopDataOutputRef", "inputDataItem",
                           "outputDataItem", "complexBehaviorDefinition"})
    if (const xml::node* c = m->child(bpmn_space, part))
      mistaken(e, c->line, "process.not_executed", {{"element", part}});
  e.loop = std::move(r);
  if (const xml::node* x = m->child(bpmn_space, "extensionElements"))
    if (const xml::node* z = x->child(zeebe_space, "loopCharacteristics"))
      read_multi_extension(*z, e);
}

void reader::read_multi_extension(const xml::node& x, element& e) {
  repetition& r = *e.loop;
  if (x.has("inputCollection")) r.items = feel(e, x, x.get("inputCollection"));
  r.item = x.get("inputElement");
  r.output = x.get("outputCollection");
  if (x.has("outputElement")) r.output_item = feel(e, x, x.get("outputElement"));
}

void reader::read_extensions(const xml::node& n, element& e) {
  const xml::node* x = n.child(bpmn_space, "extensionElements");
  if (!x) return;
  for (const auto& c : x->children)
    if (c.kind == xml::node::what::element && (c.space == zeebe_space || c.space == own_space))
      read_extension(c, e);
}

void reader::read_extension(const xml::node& x, element& e) {
  if (x.space == own_space) {
    if (x.name == "fourEyes") not_who_did_[-1] = x.get("other");
    else mistaken(e, x.line, "process.not_executed", {{"element", x.name}});
    return;
  }
  if (x.name == "taskDefinition") {
    e.retries = static_cast<int>(std::clamp<std::int64_t>(number(x.get("retries"), 3), 0, 100));
    if (x.get("type").starts_with('=')) e.work_formula = feel(e, x, x.get("type"));
    else e.work = x.get("type");
  } else if (x.name == "ioMapping") {
    read_io(x, e);
  } else if (x.name == "assignmentDefinition") {
    e.assignee = text_or_feel(e, x, x.get("assignee"));
    e.roles = text_or_feel(e, x, x.get("candidateGroups"));
    e.posts = text_or_feel(e, x, x.get("candidateUsers"));
  } else if (x.name == "taskSchedule") {
    e.due = text_or_feel(e, x, x.get("dueDate"));
  } else if (x.name == "formDefinition") {
    e.form = x.has("formId") ? x.get("formId") : x.get("formKey");
  } else if (x.name == "calledDecision") {
    if (x.get("decisionId").starts_with('=')) e.work_formula = feel(e, x, x.get("decisionId"));
    else e.work = x.get("decisionId");
    e.result = x.get("resultVariable");
  } else if (x.name == "calledElement") {
    if (x.get("processId").starts_with('=')) e.work_formula = feel(e, x, x.get("processId"));
    else e.work = x.get("processId");
    e.takes_all = x.get("propagateAllParentVariables") != "false";
    e.gives_all = x.get("propagateAllChildVariables") != "false";
  } else if (x.name == "script") {
    e.script = feel(e, x, x.get("expression"));
    e.result = x.get("resultVariable");
  } else if (x.name == "adHoc") {
    if (x.has("activeElementsCollection"))
      e.begin_with = feel(e, x, x.get("activeElementsCollection"));
  } else if (x.name == "publishMessage") {
    if (x.has("correlationKey")) e.key = feel(e, x, x.get("correlationKey"));
  } else if (std::ranges::find(harmless, x.name) == std::end(harmless)) {
    mistaken(e, x.line, "process.not_executed", {{"element", "zeebe:" + x.name}});
  }
}

void reader::read_io(const xml::node& x, element& e) {
  for (const auto& c : x.children) {
    if (c.kind != xml::node::what::element) continue;
    auto& into = c.name == "input" ? e.inputs : e.outputs;
    into.push_back({feel(e, c, c.get("source")), std::string(c.get("target"))});
    if (c.get("target").empty()) mistaken(e, c.line, "process.no_target");
  }
}

}  // namespace madang::process
