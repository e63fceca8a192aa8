// The structure of a BPMN file: processes, flow nodes, sequence flows, and what refers to what.
#include <algorithm>
#include <set>

#include "madang/base/text.hpp"
#include "madang/trust/bytes.hpp"
#include "reader.hpp"

namespace madang::process {
namespace {

// Drawn or said, and nothing that would run.
constexpr std::string_view descriptive[] = {"documentation",
                                            "extensionElements",
                                            "laneSet",
                                            "dataObject",
                                            "dataObjectReference",
                                            "dataStoreReference",
                                            "property",
                                            "textAnnotation",
                                            "group",
                                            "monitoring",
                                            "auditing",
                                            "incoming",
                                            "outgoing",
                                            "category"};

bool is_one_of(std::string_view name, std::span<const std::string_view> all) {
  return std::ranges::find(all, name) != all.end();
}

struct named_kind {
  std::string_view name;
  element_kind kind;
};
constexpr named_kind kinds[] = {{"startEvent", element_kind::start},
                                {"endEvent", element_kind::end},
                                {"intermediateCatchEvent", element_kind::catch_event},
                                {"intermediateThrowEvent", element_kind::throw_event},
                                {"boundaryEvent", element_kind::boundary},
                                {"task", element_kind::task},
                                {"manualTask", element_kind::task},
                                {"userTask", element_kind::user},
                                {"serviceTask", element_kind::service},
                                {"sendTask", element_kind::send},
                                {"receiveTask", element_kind::receive},
                                {"businessRuleTask", element_kind::rule},
                                {"scriptTask", element_kind::script},
                                {"callActivity", element_kind::call},
                                {"subProcess", element_kind::subprocess},
                                {"transaction", element_kind::transaction},
                                {"adHocSubProcess", element_kind::adhoc},
                                {"exclusiveGateway", element_kind::exclusive},
                                {"parallelGateway", element_kind::parallel},
                                {"inclusiveGateway", element_kind::inclusive},
                                {"eventBasedGateway", element_kind::event_gateway}};

// Nothing that runs may carry what would make it run otherwise in the engine it was made for.
constexpr std::string_view other_engines[] = {
    "http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn", "http://flowable.org/bpmn"};

}  // namespace

result<std::shared_ptr<const model>> model::read(std::string_view octets) {
  auto file = xml::parse(octets);
  if (!file) return file.why();
  auto m = std::make_shared<model>();
  m->file_ = std::move(*file);
  m->hash_ = trust::sha256_hex(octets);
  if (auto good = reader(*m).read(); !good) return good.why();
  checker(*m).check();
  return std::shared_ptr<const model>(std::move(m));
}

int model::find(std::string_view id) const {
  auto at = std::ranges::lower_bound(by_id_, id, {},
                                     [](const auto& p) { return std::string_view(p.first); });
  return at != by_id_.end() && at->first == id ? at->second : -1;
}

std::uint64_t model::reaches(int gateway, int from) const {
  const auto& all = reach_[static_cast<std::size_t>(gateway)];
  return all.empty() ? 0 : all[static_cast<std::size_t>(from)];
}

outcome reader::read() {
  const xml::node& root = m_.file_.root;
  if (!root.is(bpmn_space, "definitions")) return refuse(kind::invalid, "process.not_bpmn");
  m_.name_ = root.get("name");
  language_ = root.get("expressionLanguage");
  for (const auto& n : root.children)
    if (n.space == bpmn_space && n.has("id")) roots_.emplace(n.get("id"), &n);
  for (const auto& n : root.children)
    if (n.is(bpmn_space, "process")) read_process(n);
  for (std::size_t i = 0; i < m_.elements_.size(); ++i)
    if (!m_.elements_[i].id.empty())
      m_.by_id_.emplace_back(m_.elements_[i].id, static_cast<int>(i));
  std::ranges::sort(m_.by_id_);
  const auto twice = std::ranges::adjacent_find(
      m_.by_id_, {}, [](const auto& p) { return std::string_view(p.first); });
  if (twice != m_.by_id_.end())
    return refuse(kind::invalid, "process.double_id", "", {{"id", twice->first}});
  link_up();
  return nothing{};
}

void reader::read_process(const xml::node& n) {
  // One that is not executable is a drawing: it stays in the file and is nobody's instance.
  if (n.get("isExecutable") != "true") return;
  element e;
  e.id = n.get("id");
  e.name = n.get("name");
  e.kind = element_kind::process;
  e.line = n.line;
  if (e.id.empty()) mistaken(e, n.line, "process.no_id", {{"element", n.name}});
  const int number = static_cast<int>(m_.elements_.size());
  m_.elements_.push_back(std::move(e));
  m_.processes_.push_back(number);
  read_content(n, number);
}

void reader::read_content(const xml::node& n, int scope) {
  for (const auto& c : n.children) {
    if (c.kind != xml::node::what::element || c.space != bpmn_space) continue;
    if (c.name == "sequenceFlow") {
      read_flow(c, scope);
    } else if (c.name == "association") {
      associations_.push_back({std::string(local_name(c.get("sourceRef"))),
                               std::string(local_name(c.get("targetRef")))});
    } else if (std::ranges::any_of(kinds, [&](const auto& k) { return k.name == c.name; })) {
      const int made = read_flow_node(c, scope);
      auto& around = m_.elements_[static_cast<std::size_t>(scope)];
      around.children.push_back(made);
    } else if (!is_one_of(c.name, descriptive) && c.name != "multiInstanceLoopCharacteristics" &&
               c.name != "standardLoopCharacteristics" && c.name != "completionCondition") {
      element unknown;
      unknown.id = c.has("id") ? c.get("id") : m_.at(scope).id;
      mistaken(unknown, c.line, "process.not_executed", {{"element", c.name}});
    }
  }
}

int reader::read_flow_node(const xml::node& n, int scope) {
  const int number = static_cast<int>(m_.elements_.size());
  {
    element e;
    e.id = n.get("id");
    e.name = n.get("name");
    e.scope = scope;
    e.line = n.line;
    e.kind = std::ranges::find(kinds, n.name, &named_kind::name)->kind;
    if (e.kind == element_kind::subprocess && n.get("triggeredByEvent") == "true")
      e.kind = element_kind::event_subprocess;
    if (e.id.empty()) mistaken(e, n.line, "process.no_id", {{"element", n.name}});
    m_.elements_.push_back(std::move(e));
  }
  // Within a sub-process more elements are added, which may move this one.
  element e = std::move(m_.elements_.back());
  if (n.has("default")) defaults_[number] = n.get("default");
  refuse_foreign(n, e);
  read_extensions(n, e);
  if (e.kind <= element_kind::boundary) read_event(n, e);
  else if (e.kind >= element_kind::exclusive) read_gateway(n, e);
  else read_activity(n, e);
  if (e.kind == element_kind::boundary) hosts_[number] = local_name(n.get("attachedToRef"));
  if (auto undone = undone_activity_.extract(-1)) {
    undone.key() = number;
    undone_activity_.insert(std::move(undone));
  }
  if (auto eyes = not_who_did_.extract(-1)) {
    eyes.key() = number;
    not_who_did_.insert(std::move(eyes));
  }
  const bool scoped = e.is_scope();
  m_.elements_[static_cast<std::size_t>(number)] = std::move(e);
  if (scoped) read_content(n, number);
  return number;
}

void reader::read_gateway(const xml::node& n, element& e) {
  if (e.kind != element_kind::event_gateway) return;
  if (n.get("instantiate") == "true")
    mistaken(e, n.line, "process.not_executed", {{"element", "eventBasedGateway instantiate"}});
  if (n.get("eventGatewayType") == "Parallel")
    mistaken(e, n.line, "process.not_executed", {{"element", "eventBasedGateway Parallel"}});
}

void reader::read_flow(const xml::node& n, int scope) {
  sequence_flow f;
  f.id = n.get("id");
  f.name = n.get("name");
  element place;  // mistakes of a flow are said under its own id
  place.id = f.id;
  if (const xml::node* c = n.child(bpmn_space, "conditionExpression"))
    f.condition = expression(place, *c);
  m_.flows_.push_back(std::move(f));
  pending_flows_.push_back({std::string(local_name(n.get("sourceRef"))),
                            std::string(local_name(n.get("targetRef"))), "", scope, n.line});
}

void reader::refuse_foreign(const xml::node& n, const element& e) {
  for (const auto& a : n.attributes)
    if (is_one_of(a.space, other_engines))
      mistaken(e, n.line, "process.other_engine", {{"element", a.prefix + ":" + a.name}});
  if (const xml::node* x = n.child(bpmn_space, "extensionElements"))
    for (const auto& c : x->children)
      if (is_one_of(c.space, other_engines))
        mistaken(e, c.line, "process.other_engine", {{"element", c.prefix + ":" + c.name}});
}

void reader::link_up() {
  link_flows();
  link_boundaries();
  link_compensations();
  for (const auto& [number, id] : not_who_did_) {
    element& e = m_.elements_[static_cast<std::size_t>(number)];
    e.not_who_did = m_.find(id);
    if (e.not_who_did < 0 || m_.at(e.not_who_did).kind != element_kind::user)
      mistaken(e, e.line, "process.no_such_element", {{"id", id}});
  }
  find_starts();
}

void reader::link_flows() {
  for (std::size_t i = 0; i < m_.flows_.size(); ++i) {
    sequence_flow& f = m_.flows_[i];
    const pending_flow& p = pending_flows_[i];
    f.from = m_.find(p.from);
    f.to = m_.find(p.to);
    element place;
    place.id = f.id;
    for (const auto& [end, id] : {std::pair(f.from, p.from), std::pair(f.to, p.to)})
      if (end < 0) mistaken(place, p.line, "process.no_such_element", {{"id", id}});
    if (f.from < 0 || f.to < 0) continue;
    if (m_.at(f.from).scope != p.scope || m_.at(f.to).scope != p.scope) {
      mistaken(place, p.line, "process.flow_crosses");
      continue;
    }
    m_.elements_[static_cast<std::size_t>(f.from)].outgoing.push_back(static_cast<int>(i));
    m_.elements_[static_cast<std::size_t>(f.to)].incoming.push_back(static_cast<int>(i));
  }
  for (const auto& [number, id] : defaults_) {
    element& e = m_.elements_[static_cast<std::size_t>(number)];
    for (const int f : e.outgoing)
      if (m_.flow(f).id == id) e.default_flow = f;
    if (e.default_flow < 0) mistaken(e, e.line, "process.no_such_element", {{"id", id}});
  }
}

void reader::link_boundaries() {
  for (const auto& [number, id] : hosts_) {
    element& e = m_.elements_[static_cast<std::size_t>(number)];
    e.host = m_.find(id);
    if (e.host < 0 || !m_.at(e.host).is_activity() || m_.at(e.host).scope != e.scope) {
      e.host = -1;
      mistaken(e, e.line, "process.no_such_element", {{"id", id}});
      continue;
    }
    m_.elements_[static_cast<std::size_t>(e.host)].boundary.push_back(number);
  }
}

// A compensation event on the boundary points to its activity by an association (10.7).
void reader::link_compensations() {
  for (const auto& a : associations_) {
    const int from = m_.find(a.from), to = m_.find(a.to);
    if (from < 0 || to < 0) continue;
    element& event = m_.elements_[static_cast<std::size_t>(from)];
    if (event.kind != element_kind::boundary || event.event != trigger::compensation) continue;
    if (m_.at(to).for_compensation) event.compensated_by = to;
  }
  for (auto& e : m_.elements_)
    for (const int b : e.boundary)
      if (m_.at(b).compensated_by >= 0) e.compensated_by = m_.at(b).compensated_by;
  for (const auto& [number, id] : undone_activity_) {
    element& e = m_.elements_[static_cast<std::size_t>(number)];
    e.of_activity = m_.find(id);
    if (e.of_activity < 0 || !m_.at(e.of_activity).is_activity())
      mistaken(e, e.line, "process.no_such_element", {{"id", id}});
  }
}

void reader::find_starts() {
  for (std::size_t i = 0; i < m_.elements_.size(); ++i) {
    element& scope = m_.elements_[i];
    if (!scope.is_scope()) continue;
    bool has_start = false;
    for (const int c : scope.children) {
      const element& e = m_.at(c);
      if (e.kind == element_kind::event_subprocess) scope.event_subprocesses.push_back(c);
      if (e.kind != element_kind::start) continue;
      has_start = true;
      if (e.event == trigger::none) scope.starts.push_back(c);
    }
    if (has_start || scope.kind == element_kind::adhoc) continue;
    // Without a start event everything that nothing leads to begins (10.4.2).
    for (const int c : scope.children) {
      const element& e = m_.at(c);
      const bool led_to = !e.incoming.empty() || e.for_compensation ||
                          e.kind == element_kind::boundary ||
                          e.kind == element_kind::event_subprocess ||
                          (e.kind == element_kind::catch_event && e.event == trigger::link);
      if (!led_to) scope.starts.push_back(c);
    }
  }
}

formula reader::feel(const element& e, const xml::node& at, std::string_view text) {
  auto made = formula::of(text);
  if (made) return *made;
  mistaken(e, at.line, made.why().code, made.why().facts);
  return {};
}

formula reader::text_or_feel(const element& e, const xml::node& at, std::string_view text) {
  if (text::trim(text).empty()) return {};
  auto made = formula::text_or_feel(text);
  if (made) return *made;
  mistaken(e, at.line, made.why().code, made.why().facts);
  return {};
}

// A formal expression, in the language it names or else that of the file; the "=" of modelers
// says FEEL whatever the file says.
formula reader::expression(const element& e, const xml::node& at) {
  const std::string text = at.all_text();
  const std::string_view named = at.has("language") ? at.get("language") : language_;
  const bool feel_named =
      named.empty() || text::lower_case(named).find("feel") != std::string::npos;
  if (!feel_named && !text::trim(text).starts_with('=')) {
    mistaken(e, at.line, "process.foreign_expression", {{"text", std::string(named)}});
    return {};
  }
  return feel(e, at, text);
}

void reader::mistaken(const element& e, int line, std::string code,
                      std::map<std::string, std::string> facts) {
  m_.mistakes_.push_back(
      {e.id, line, refuse(kind::invalid, std::move(code), e.id, std::move(facts))});
}

const xml::node* reader::root_named(std::string_view reference) const {
  auto found = roots_.find(local_name(reference));
  return found == roots_.end() ? nullptr : found->second;
}

}  // namespace madang::process
