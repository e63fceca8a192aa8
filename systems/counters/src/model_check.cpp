// What a draft of a procedure would not do here, and what it does otherwise than the version in
// force.
#include <algorithm>

#include "draftbook.hpp"
#include "madang/process/drawing.hpp"

namespace madang::counters {
namespace {

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

// Everything an element says, one line; what is drawn is left out.
std::string sayings(const xml::node& n) {
  std::string out;
  for (const auto& a : n.attributes)
    if (a.name != "id" && a.name != "name" && !a.name.starts_with("name-"))
      out += a.name + "=" + a.value + " ";
  for (const auto& c : n.children) {
    if (c.kind == xml::node::what::text) out += std::string(text::trim(c.text));
    if (c.kind != xml::node::what::element) continue;
    // What lies in a sub-process speaks for itself, and flows are said by the flows.
    if (c.space == process::bpmn_space && c.has("id") && !c.name.ends_with("Definition")) continue;
    if (c.name == "incoming" || c.name == "outgoing") continue;
    out += "<" + c.name + " " + sayings(c) + ">";
  }
  return out;
}

void gather(const xml::node& n, std::map<std::string, const xml::node*, std::less<>>& into) {
  if (n.kind != xml::node::what::element) return;
  if (n.has("id") && n.space == process::bpmn_space) into.emplace(n.get("id"), &n);
  for (const auto& c : n.children) gather(c, into);
}

struct side {
  const process::model& m;
  process::names_by_id names;
  std::map<std::string, const xml::node*, std::less<>> nodes;
  std::map<std::string, const process::sequence_flow*, std::less<>> flows;

  side(const process::model& model, std::string_view language)
      : m(model), names(process::names_in(model, language)) {
    gather(m.file().root, nodes);
    for (const auto& f : m.flows()) flows.emplace(f.id, &f);
  }
  std::string name(const std::string& id) const {
    const auto found = names.find(id);
    return found == names.end() ? id : found->second;
  }
  std::string from(const process::sequence_flow& f) const {
    return f.from < 0 ? "?" : name(m.at(f.from).id);
  }
  std::string to(const process::sequence_flow& f) const {
    return f.to < 0 ? "?" : name(m.at(f.to).id);
  }
  std::string said(const std::string& id) const {
    const auto found = nodes.find(id);
    return found == nodes.end() ? "" : sayings(*found->second);
  }
};

}  // namespace

result<std::vector<model_finding>> draftbook::check(const std::string& bpmn,
                                                    std::string_view process) const {
  auto read = process::model::read(bpmn);
  if (!read) return read.why();
  const process::model& m = **read;
  std::vector<model_finding> out;
  for (const auto& wrong : m.mistakes()) out.push_back({wrong.element, wrong.line, wrong.why});
  const bool right_one = m.processes().size() == 1 && m.at(m.processes().front()).id == process;
  if (!right_one)
    out.push_back({"", 0,
                   refuse(kind::invalid, "draft.other_process", "bpmn",
                          {{"process", std::string(process)}})});
  bool decides = false;
  for (const auto& e : m.elements()) {
    decides = decides || (e.kind == process::element_kind::user && e.form == "decision");
    const bool work =
        (e.kind == process::element_kind::service || e.kind == process::element_kind::send) &&
        !e.work.empty();
    if (work && !has(works, e.work))
      out.push_back(
          {e.id, e.line, refuse(kind::invalid, "process.nobody_does", "", {{"type", e.work}})});
    if (e.kind == process::element_kind::rule && !e.work.empty() && !has(decisions, e.work))
      out.push_back(
          {e.id, e.line, refuse(kind::invalid, "process.nobody_decides", "", {{"type", e.work}})});
  }
  if (!decides) out.push_back({"", 0, refuse(kind::invalid, "draft.no_decision_step", "bpmn")});
  return out;
}

std::vector<model_difference> differences(const process::model& before, const process::model& now,
                                          std::string_view language) {
  std::vector<model_difference> out;
  const side old(before, language), is(now, language);
  for (const auto& e : now.elements()) {
    const int was = before.find(e.id);
    const std::string name = is.name(e.id);
    if (was < 0) {
      out.push_back({"added", {{"name", name}, {"kind", std::string(process::name_of(e.kind))}}});
      continue;
    }
    if (old.name(e.id) != name)
      out.push_back({"renamed", {{"from", old.name(e.id)}, {"name", name}}});
    if (before.at(was).kind != e.kind || old.said(e.id) != is.said(e.id))
      out.push_back({"changed", {{"name", name}}});
  }
  for (const auto& e : before.elements())
    if (now.find(e.id) < 0) out.push_back({"removed", {{"name", old.name(e.id)}}});
  for (const auto& [id, f] : is.flows) {
    const auto was = old.flows.find(id);
    if (was == old.flows.end()) {
      out.push_back({"flow_added", {{"from", is.from(*f)}, {"to", is.to(*f)}}});
    } else if (old.from(*was->second) != is.from(*f) || old.to(*was->second) != is.to(*f)) {
      out.push_back({"flow_moved", {{"from", is.from(*f)}, {"to", is.to(*f)}}});
    } else if (old.said(id) != is.said(id)) {
      out.push_back({"flow_changed", {{"from", is.from(*f)}, {"to", is.to(*f)}}});
    }
  }
  for (const auto& [id, f] : old.flows)
    if (!is.flows.contains(id))
      out.push_back({"flow_removed", {{"from", old.from(*f)}, {"to", old.to(*f)}}});
  return out;
}

}  // namespace madang::counters
