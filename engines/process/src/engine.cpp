#include "madang/process/engine.hpp"

#include <algorithm>
#include <chrono>

#include "transaction.hpp"

namespace madang::process {

std::span<const store::migration> migrations();

BOOST_DESCRIBE_STRUCT(deployment, (), (key, process, version, name, hash, deployed, deployed_by))

namespace {

constexpr const char* select_instance =
    "select key, model, process, business, caller, calling, standing, incidents, steps, started, "
    "ended from process_instance ";

summary summary_of(const store::row& r) {
  summary s;
  s.key = id{r.integer(0)};
  s.model = id{r.integer(1)};
  s.process = r.text(2);
  s.business = r.text(3);
  s.caller = id{r.integer(4)};
  s.calling = r.integer(5);
  s.standing = static_cast<standing>(r.integer(6));
  s.incidents = static_cast<int>(r.integer(7));
  s.steps = r.integer(8);
  s.started = instant{r.integer(9)};
  if (!r.is_null(10)) s.ended = instant{r.integer(10)};
  return s;
}

template <class... A>
std::vector<summary> summaries(store::read& r, std::string_view where, const A&... a) {
  std::vector<summary> out;
  const store::parameter parameters[] = {store::parameter(a)...};
  r.each_row(select_instance + std::string(where), parameters,
             [&](const store::row& row) { out.push_back(summary_of(row)); });
  return out;
}

}  // namespace

engine::engine(store::database& db, audit::access clock) : db_(db), clock_(std::move(clock)) {
  audit::prepare(db_);
  db_.migrate("process", migrations());
}

void engine::on_work(std::string type, worker w) { workers_[std::move(type)] = std::move(w); }
void engine::work_elsewhere(std::string type) { elsewhere_.push_back(std::move(type)); }
void engine::on_decisions(std::function<work_answer(store::read&, const work_request&)> decide) {
  decide_ = std::move(decide);
}

// ---- models ----

result<std::vector<deployment>> engine::deploy(store::write& tx, const audit::access& why,
                                               std::string_view bpmn) {
  if (auto said = why.stated(); !said) return said.why();
  auto m = model::read(bpmn);
  if (!m) return m.why();
  if (!(*m)->mistakes().empty()) {
    const mistake& first = (*m)->mistakes().front();
    auto facts = first.why.facts;
    facts["element"] = first.element;
    facts["code"] = first.why.code;
    facts["line"] = std::to_string(first.line);
    facts["count"] = std::to_string((*m)->mistakes().size());
    return refuse(kind::invalid, "process.mistakes", first.element, std::move(facts));
  }
  if ((*m)->processes().empty()) return refuse(kind::invalid, "process.nothing_executable");
  std::vector<deployment> out;
  const instant at = now();
  start_writer starts(tx, at);
  for (const int p : (*m)->processes()) {
    deployment d;
    d.process = (*m)->at(p).id;
    d.name = (*m)->at(p).name;
    d.hash = (*m)->hash();
    const auto before = tx.one<deployment>(
        "select key, process, version, name, hash, deployed, deployed_by from process_model "
        "where process = ?1 order by version desc limit 1",
        d.process);
    if (before && before->hash == d.hash) {
      out.push_back(*before);
      continue;
    }
    d.key = new_id();
    d.version = before ? before->version + 1 : 1;
    d.deployed = at;
    d.deployed_by = why.who.post.empty() ? why.who.name : why.who.post;
    tx.run(
        "insert into process_model (key, process, version, name, hash, bpmn, deployed, "
        "deployed_by) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        d.key, d.process, d.version, d.name, d.hash, bpmn, d.deployed, d.deployed_by);
    if (auto good = starts.write(**m, p, d.key); !good) return good.why();
    audit::append(tx, why, audit::action::changed, {}, "process_model",
                  d.process + " " + std::to_string(d.version), "deployed");
    out.push_back(std::move(d));
  }
  return out;
}

std::vector<deployment> engine::deployments(store::read& r, std::string_view process) {
  const std::string select =
      "select key, process, version, name, hash, deployed, deployed_by from process_model ";
  if (process.empty()) return r.all<deployment>(select + "order by process, version desc");
  return r.all<deployment>(select + "where process = ?1 order by version desc", process);
}

std::shared_ptr<const model> engine::model_of(store::read& r, id deployment) {
  {
    std::lock_guard lock(mutex_);
    if (auto found = models_.find(deployment); found != models_.end()) return found->second;
  }
  const auto bpmn = r.one<std::string>("select bpmn from process_model where key = ?1", deployment);
  check(bpmn.has_value(), "a model that was deployed");
  auto m = model::read(*bpmn);
  check(m.ok(), "a model that was deployed can be read");
  std::lock_guard lock(mutex_);
  return models_.emplace(deployment, *m).first->second;
}

// ---- instances ----

std::optional<engine::stored> engine::stored_of(store::read& r, id key) {
  std::optional<stored> out;
  std::string text;
  const store::parameter parameters[] = {key};
  r.each_row(
      "select key, model, process, business, caller, calling, standing, incidents, steps, "
      "started, ended, snapshot from process_instance where key = ?1",
      parameters, [&](const store::row& row) {
        out.emplace();
        out->row = summary_of(row);
        text = row.text(11);
      });
  if (!out) return out;
  auto i = instance_of(boost::json::parse(text), model_of(r, out->row.model));
  check(i.ok(), "a snapshot that was written can be read");
  out->instance = std::move(*i);
  out->instance.key = key;
  return out;
}

result<id> engine::start(store::write& tx, const audit::access& why, std::string_view process,
                         const rules::entries& variables, std::string_view business) {
  if (auto said = why.stated(); !said) return said.why();
  const auto newest = tx.one<id>(
      "select key from process_model where process = ?1 order by version desc limit 1", process);
  if (!newest) return refuse(kind::not_found, "process.unknown");
  const auto m = model_of(tx, *newest);
  transaction t(*this, tx, why, now());
  auto begun = t.begin(*newest, m, m->find(process), -1, variables, business, {}, 0);
  if (!begun) return begun;
  if (auto good = t.follow(); !good) return good.why();
  audit::append(tx, why, audit::action::changed, {}, "process", begun->str(), "started");
  return begun;
}

outcome engine::give(store::write& tx, const audit::access& why, id instance, const stimulus& s) {
  if (auto said = why.stated(); !said) return said;
  transaction t(*this, tx, why, now());
  if (auto good = t.give(instance, s); !good) return good;
  if (auto good = t.follow(); !good) return good;
  audit::append(tx, why, audit::action::changed, {}, "process", instance.str(), name_of(s.kind));
  return nothing{};
}

result<int> engine::message(store::write& tx, const audit::access& why, std::string_view name,
                            std::string_view key, const rules::entries& variables,
                            std::string_view once, std::chrono::seconds keep) {
  if (auto said = why.stated(); !said) return said.why();
  if (!once.empty() &&
      tx.run(
          "insert into process_message_seen (id, at) values (?1, ?2) on conflict (id) do nothing",
          once, now()) == 0)
    return 0;
  transaction t(*this, tx, why, now());
  const int took = t.deliver(name, key, variables, true);
  if (took == 0 && keep.count() > 0) t.keep(name, key, variables, keep);
  if (auto good = t.follow(); !good) return good.why();
  audit::append(tx, why, audit::action::changed, {}, "process_message", name,
                "taken by " + std::to_string(took));
  return took;
}

void engine::signal(store::write& tx, std::string_view name, const rules::entries& variables) {
  const id key = new_id();
  tx.run(
      "insert into process_broadcast (key, name, variables, reached, newest) "
      "values (?1, ?2, ?3, 0, ?4)",
      key, name, variables_to_json(variables), key);
}

outcome engine::finish_work(store::write& tx, const audit::access& why, id instance,
                            std::int64_t wait, const rules::entries& results) {
  stimulus s;
  s.kind = stimulus::what::complete;
  s.wait = wait;
  s.variables = results;
  return give(tx, why, instance, s);
}

outcome engine::fail_work(store::write& tx, const audit::access& why, id instance,
                          std::int64_t wait, std::string_view error_code) {
  stimulus s;
  s.kind = stimulus::what::error;
  s.wait = wait;
  s.code = error_code;
  return give(tx, why, instance, s);
}

// ---- looks ----

std::optional<summary> engine::find(store::read& r, id instance) {
  auto all = summaries(r, "where key = ?1", instance);
  if (all.empty()) return {};
  return std::move(all.front());
}

std::vector<summary> engine::of_business(store::read& r, std::string_view business) {
  return summaries(r, "where business = ?1 order by key", business);
}

std::vector<summary> engine::running(store::read& r, id model, int limit, id after) {
  return summaries(r, "where model = ?1 and standing = 0 and key > ?2 order by key limit ?3", model,
                   after, limit);
}

std::vector<summary> engine::with_incidents(store::read& r, int limit, id after) {
  return summaries(r, "where incidents > 0 and key > ?1 and standing = 0 order by key limit ?2",
                   after, limit);
}

result<instance> engine::load(store::read& r, id key) {
  auto s = stored_of(r, key);
  if (!s) return refuse(kind::not_found, "process.unknown");
  return std::move(s->instance);
}

std::vector<history_step> engine::history(store::read& r, id key) {
  std::vector<history_step> out;
  const store::parameter parameters[] = {key};
  r.each_row(
      "select number, at, who, stimulus, answers, path, hash from process_step "
      "where instance = ?1 order by number",
      parameters, [&](const store::row& row) {
        history_step s;
        s.number = row.integer(0);
        s.at = instant{row.integer(1)};
        s.who = row.text(2);
        s.stimulus = boost::json::parse(row.text(3));
        s.answers = boost::json::parse(row.text(4));
        s.path = boost::json::parse(row.text(5));
        s.hash = row.text(6);
        out.push_back(std::move(s));
      });
  return out;
}

}  // namespace madang::process
