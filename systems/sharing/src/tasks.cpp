#include "tasks.hpp"

#include <algorithm>

namespace madang::sharing {
namespace {

constexpr const char *tasks_file = "sharing/tasks.yaml", *documents_file = "sharing/documents.csv";

[[noreturn]] void broken(const std::string& file, const std::string& what) {
  throw packs::broken_pack({file, 0, what});
}

std::vector<std::string> texts_of(const json::value& v, const std::string& where) {
  std::vector<std::string> out;
  if (v.is_null()) return out;
  if (!v.is_array()) broken(tasks_file, where + " is a list");
  for (const auto& one : v.get_array()) {
    if (!one.is_string()) broken(tasks_file, where + ": names are text");
    out.emplace_back(one.get_string());
  }
  return out;
}

const registers::schema& schema_of(const exchange::hub& hub, const std::string& reg,
                                   const std::string& where) {
  const auto* registry = hub.registry_of(reg);
  if (!registry) broken(tasks_file, where + ": there is no register '" + reg + "'");
  return *registry->find_schema(reg);
}

const registers::item* item_of(const registers::schema& s, std::string_view id) {
  const auto found = std::ranges::find(s.items, id, &registers::item::id);
  return found == s.items.end() ? nullptr : &*found;
}

source read_source(const json::value& v, const exchange::hub& hub, const std::string& where) {
  source s;
  s.reg = json::str(v, "register");
  s.by = json::str(v, "by");
  const auto& schema = schema_of(hub, s.reg, where);
  if (s.by.empty()) s.by = "key";
  const auto* names_her = item_of(schema, s.by);
  if (s.by == "key" ? !schema.key_is_id : !names_her || !names_her->indexed)
    broken(tasks_file, where + ": " + s.reg + " cannot be asked by '" + s.by + "'");
  s.items = texts_of(json::at(v, "items"), where);
  for (const auto& i : s.items)
    if (!item_of(schema, i)) broken(tasks_file, where + ": " + s.reg + " has no item '" + i + "'");
  s.asks = json::words_of(json::at(v, "asks"));
  if (!s.asks.empty()) {
    const std::string text(json::str(v, "answer"));
    s.answer = platform::predicate::make(text, schema, json::str(v, "without_record") == "no");
    if (!s.answer)
      broken(tasks_file, where + ": '" + text + "' is no expression over the items of " + s.reg);
  }
  if (s.items.empty() == !s.is_question())
    broken(tasks_file, where + ": " + s.reg + " names items, or asks a question, not both");
  return s;
}

task read_task(const json::value& v, const packs::pack& pack, const exchange::hub& hub) {
  task t;
  t.id = json::str(v, "id");
  t.name = json::words_of(json::at(v, "name"));
  t.law = json::words_of(json::at(v, "law"));
  t.agency = json::str(v, "agency");
  if (t.id.empty() || t.name.empty() || t.law.empty())
    broken(tasks_file, "a task has an id, a name and a law: '" + t.id + "'");
  if (!pack.find_agency(t.agency))
    broken(tasks_file, t.id + ": there is no agency '" + t.agency + "'");
  t.roles = texts_of(json::at(v, "roles"), t.id);
  const auto& sources = json::at(v, "needs");
  if (t.roles.empty() || !sources.is_array() || sources.get_array().empty())
    broken(tasks_file, t.id + " names roles, and what it needs");
  for (const auto& one : sources.get_array()) t.sources.push_back(read_source(one, hub, t.id));
  return t;
}

}  // namespace

catalogue::catalogue(const packs::pack& pack, const exchange::hub& hub) {
  if (!pack.has(tasks_file)) return;
  const json::value v = pack.yaml(tasks_file);
  const auto& tasks = json::at(v, "tasks");
  if (!tasks.is_array()) broken(tasks_file, "lists tasks");
  for (const auto& one : tasks.get_array())
    tasks_.push_back(read_task(one, pack, hub));
  const packs::table t = pack.csv(documents_file);
  for (std::size_t i = 0; i < t.size(); ++i) {
    document_type d{t.at(i, "code"), words(t.at(i, "ko"), t.at(i, "en")), t.at(i, "agency"),
                    t.at(i, "register")};
    if (!pack.find_agency(d.agency))
      broken(documents_file, d.code + ": there is no agency '" + d.agency + "'");
    if (!d.reg.empty() && !hub.registry_of(d.reg))
      broken(documents_file, d.code + ": there is no register '" + d.reg + "'");
    documents_.push_back(std::move(d));
  }
}

const task* catalogue::find(std::string_view id) const {
  const auto found = std::ranges::find(tasks_, id, &task::id);
  return found == tasks_.end() ? nullptr : &*found;
}

std::vector<const task*> catalogue::tasks_of(const audit::actor& who) const {
  std::vector<const task*> out;
  for (const auto& t : tasks_)
    if (std::ranges::any_of(t.roles, [&](const auto& r) { return who.has_role(r); }))
      out.push_back(&t);
  return out;
}

}  // namespace madang::sharing
