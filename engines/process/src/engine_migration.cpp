// From one version of a model to another, with the instances that are under way. An instance moves
// when everything it stands on is there in the new version, is of the same kind, and lies in the
// same scopes; what it waits for is kept as it was begun. What does not fit is said, and stays.
#include <algorithm>

#include "transaction.hpp"

namespace madang::process {
namespace {

class mover {
 public:
  mover(const model& from, const model& to, const migration_map& map)
      : from_(from), to_(to), map_(map) {}

  std::string renamed(const std::string& id) const {
    const auto found = map_.find(id);
    return found == map_.end() ? id : found->second;
  }

  std::vector<std::string> reasons(const instance& i) const {
    std::vector<std::string> out;
    const auto say = [&](const char* code, const std::string& id) {
      const std::string line = std::string(code) + " " + id;
      if (std::ranges::find(out, line) == out.end()) out.push_back(line);
    };
    const auto look = [&](int number) {
      const element& old = from_.at(number);
      const int n = to_.find(renamed(old.id));
      if (n < 0) return say("process.gone", old.id);
      const element& now = to_.at(n);
      if (now.kind != old.kind || now.event != old.event) return say("process.other_kind", old.id);
      if (now.loop.has_value() != old.loop.has_value()) return say("process.other_loop", old.id);
      if (old.scope >= 0 &&
          (now.scope < 0 || to_.at(now.scope).id != renamed(from_.at(old.scope).id)))
        say("process.other_scope", old.id);
    };
    for (const auto& a : i.live) {
      look(a->element);
      for (const auto& u : a->undoable_here) look(u.element);
    }
    for (const auto& w : i.waits) look(w.element);
    for (const auto& a : i.arrivals) {
      look(a.gateway);
      const int gateway = to_.find(renamed(from_.at(a.gateway).id));
      const std::string flow = renamed(from_.flow(a.flow).id);
      const bool there = gateway >= 0 && std::ranges::any_of(to_.at(gateway).incoming, [&](int f) {
                           return to_.flow(f).id == flow;
                         });
      if (!there) say("process.gone", from_.flow(a.flow).id);
    }
    return out;
  }

  // The snapshot with its elements under their new names.
  json::value rename(const json::value& v) const {
    if (v.is_array()) {
      json::array out;
      for (const auto& one : v.as_array()) out.push_back(rename(one));
      return out;
    }
    if (!v.is_object()) return v;
    json::object out;
    for (const auto& [key, one] : v.as_object()) {
      const bool is_name =
          (key == "element" || key == "flow" || key == "process") && one.is_string();
      // Variables are not ours to rename.
      const bool is_data =
          key == "variables" || key == "brought" || key == "items" || key == "gathered";
      if (is_name) out[key] = renamed(std::string(one.as_string()));
      else out[key] = is_data ? one : rename(one);
    }
    return out;
  }

  result<instance> moved(const instance& i, std::shared_ptr<const model> to) const {
    json::value snapshot = rename(to_json(i));
    // Who did a task that is no more cannot be asked about it.
    if (auto& o = snapshot.as_object(); o.contains("done_by")) {
      json::array kept;
      for (const auto& d : o["done_by"].as_array())
        if (to_.find(json::str(d, "element")) >= 0) kept.push_back(d);
      o["done_by"] = std::move(kept);
    }
    return instance_of(snapshot, std::move(to));
  }

 private:
  const model& from_;
  const model& to_;
  const migration_map& map_;
};

json::object to_json(const migration_map& map) {
  json::object out;
  for (const auto& [from, to] : map) out[from] = to;
  return out;
}

migration_map map_of(const json::value& v) {
  migration_map out;
  if (v.is_object())
    for (const auto& [from, to] : v.as_object())
      if (to.is_string()) out[std::string(from)] = std::string(to.as_string());
  return out;
}

std::vector<id> running_of(store::read& r, id model) {
  return r.all<id>(
      "select key from process_instance where model = ?1 and standing = 0 order by key", model);
}

}  // namespace

// Kept as a step of its kind, so that the history stays whole.
json::value migration_stimulus(id to, const migration_map& map) {
  return json::object{{"kind", "migrate"}, {"to", to.str()}, {"mapping", to_json(map)}};
}

result<instance> migrated(const instance& i, std::shared_ptr<const model> to,
                          const json::value& mapping) {
  const migration_map map = map_of(mapping);
  const mover m(*i.model, *to, map);
  auto out = m.moved(i, to);
  if (out) out->key = i.key;
  return out;
}

result<migration_report> engine::plan_migration(store::read& r, id from, id to,
                                                const migration_map& map) {
  const auto old = model_of(r, from), now = model_of(r, to);
  const mover m(*old, *now, map);
  for (const auto& [before, after] : map)
    if (old->find(before) < 0 || now->find(after) < 0)
      return refuse(kind::invalid, "process.no_such_element", "mapping",
                    {{"id", old->find(before) < 0 ? before : after}});
  migration_report out;
  for (const id key : running_of(r, from)) {
    auto s = stored_of(r, key);
    migration_report::line line;
    line.instance = key;
    line.business = s->row.business;
    line.reasons = m.reasons(s->instance);
    line.will = line.reasons.empty() ? migration_report::line::what::moves
                                     : migration_report::line::what::by_hand;
    ++(line.reasons.empty() ? out.moves : out.by_hand);
    out.lines.push_back(std::move(line));
  }
  return out;
}

result<id> engine::migrate(store::write& tx, const audit::access& why, id from, id to,
                           const migration_map& map) {
  if (auto said = why.stated(); !said) return said.why();
  auto plan = plan_migration(tx, from, to, map);
  if (!plan) return plan.why();
  const auto now_model = model_of(tx, to);
  const id key = new_id();
  const std::string who = why.who.post.empty() ? why.who.name : why.who.post;
  tx.run(
      "insert into process_migration (key, process, from_model, to_model, mapping, at, who, "
      "undone) select ?1, process, ?2, ?3, ?4, ?5, ?6, 0 from process_model where key = ?2",
      key, from, to, json::value(to_json(map)), now(), who);
  for (const auto& line : plan->lines) {
    if (line.will != migration_report::line::what::moves) continue;
    if (auto good = move_to(tx, line.instance, to, now_model, json::value(to_json(map)), who);
        !good)
      return good.why();
    tx.run(
        "insert into process_migrated (migration, instance, step) "
        "select ?1, key, steps from process_instance where key = ?2",
        key, line.instance);
  }
  audit::append(tx, why, audit::action::changed, {}, "process_migration", key.str(),
                std::to_string(plan->moves) + " moved");
  return key;
}

outcome engine::move_to(store::write& tx, id instance, id to,
                        const std::shared_ptr<const model>& model, const json::value& mapping,
                        const std::string& who) {
  auto s = stored_of(tx, instance);
  auto moved = migrated(s->instance, model, mapping);
  if (!moved) return moved.why();
  const json::value snapshot = process::to_json(*moved);
  const std::string text = json::print(snapshot);
  tx.run(
      "update process_instance set model = ?1, process = ?2, steps = steps + 1, snapshot = ?3 "
      "where key = ?4",
      to, model->at(moved->process).id, text, instance);
  tx.run(
      "insert into process_step (instance, number, at, who, stimulus, answers, path, hash) "
      "values (?1, ?2, ?3, ?4, ?5, '[]', '[]', ?6)",
      instance, s->row.steps + 1, now(), who, migration_stimulus(to, map_of(mapping)),
      hash_of(snapshot));
  for (const auto& w : moved->waits)
    if (w.kind == wait::what::task)
      tx.run(
          "update process_task set element = ?1, process = ?2 where instance = ?3 and number = ?4",
          model->at(w.element).id, model->at(moved->process).id, instance, w.number);
  return nothing{};
}

result<std::pair<std::int64_t, std::int64_t>> engine::undo_migration(store::write& tx,
                                                                     const audit::access& why,
                                                                     id key) {
  if (auto said = why.stated(); !said) return said.why();
  struct done {
    id from, to;
    std::string mapping;
    bool undone = false;
  };
  std::optional<done> m;
  const store::parameter parameters[] = {key};
  tx.each_row("select from_model, to_model, mapping, undone from process_migration where key = ?1",
              parameters, [&](const store::row& r) {
                m = {id{r.integer(0)}, id{r.integer(1)}, std::string(r.text(2)), r.integer(3) != 0};
              });
  if (!m) return refuse(kind::not_found, "process.unknown");
  if (m->undone) return refuse(kind::conflict, "process.undone_already");
  json::object back;
  const json::value mapping = boost::json::parse(m->mapping);
  for (const auto& [from, to] : mapping.as_object()) back[to.as_string()] = from;
  const auto model = model_of(tx, m->from);
  const std::string who = why.who.post.empty() ? why.who.name : why.who.post;
  std::int64_t went = 0, stay = 0;
  const auto unmoved = tx.all<id>(
      "select i.key from process_migrated g join process_instance i on i.key = g.instance "
      "where g.migration = ?1 and i.steps = g.step and i.standing = 0 order by i.key",
      key);
  const auto all =
      tx.one<std::int64_t>("select count(*) from process_migrated where migration = ?1", key);
  for (const id instance : unmoved) {
    if (auto good = move_to(tx, instance, m->from, model, back, who); !good) return good.why();
    ++went;
  }
  stay = *all - went;
  tx.run("update process_migration set undone = 1 where key = ?1", key);
  audit::append(tx, why, audit::action::changed, {}, "process_migration", key.str(), "undone");
  return std::pair(went, stay);
}

}  // namespace madang::process
