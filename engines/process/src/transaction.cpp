#include "transaction.hpp"

#include <algorithm>

#include "madang/trust/bytes.hpp"

namespace madang::process {
namespace {

constexpr int most_steps = 10'000;  // in one transaction
constexpr std::size_t largest_snapshot = 4u << 20;
constexpr auto thrown_is_kept = std::chrono::hours(24);

json::array texts(const std::vector<std::string>& all) {
  json::array out;
  for (const auto& one : all) out.emplace_back(one);
  return out;
}

json::value path_to_json(const std::vector<passage>& path, const model& m) {
  json::array out;
  for (const auto& p : path) {
    const std::string& id =
        p.kind == passage::what::taken ? m.flow(p.element).id : m.at(p.element).id;
    out.push_back(json::array{std::string(name_of(p.kind)), id});
  }
  return out;
}

// A token stands there, as against an event that only watches over one.
bool stands_there(const process::element& e) {
  return e.kind != element_kind::boundary && e.kind != element_kind::start;
}

}  // namespace

std::string hash_of(const json::value& snapshot) {
  return trust::sha256_hex(json::print(snapshot));
}

std::string office_of(const instance& i, std::int64_t activity) {
  const rules::value* v = sight(i, activity).find("office");
  return v && v->is(rules::kind::string) ? v->text() : std::string();
}

// ---- the host ----

instant engine::recording_host::now() { return t_.at_; }

// The work of a step may write; when it fails, what it wrote is undone and the step goes on with an
// incident.
work_answer engine::recording_host::work(const work_request& r) {
  const auto found = t_.e_.workers_.find(r.type);
  if (found == t_.e_.workers_.end()) {
    const auto& elsewhere = t_.e_.elsewhere_;
    if (std::ranges::find(elsewhere, r.type) != elsewhere.end()) return noted(work_later{});
    return noted(
        refuse(kind::unavailable, "process.nobody_does", "", {{"type", std::string(r.type)}}));
  }
  t_.tx_.execute("savepoint process_work");
  work_answer a = found->second(t_.tx_, t_.why_, r);
  if (!std::holds_alternative<work_done>(a) && !std::holds_alternative<work_later>(a))
    t_.tx_.execute("rollback to savepoint process_work");
  t_.tx_.execute("release savepoint process_work");
  return noted(std::move(a));
}

work_answer engine::recording_host::decide(const work_request& r) {
  if (!t_.e_.decide_)
    return noted(
        refuse(kind::unavailable, "process.nobody_decides", "", {{"type", std::string(r.type)}}));
  return noted(t_.e_.decide_(t_.tx_, r));
}

work_answer engine::recording_host::noted(work_answer a) {
  if (const auto* done = std::get_if<work_done>(&a))
    answers.push_back(json::object{{"done", variables_to_json(done->results)}});
  else if (const auto* error = std::get_if<work_error>(&a))
    answers.push_back(
        json::object{{"error", error->code}, {"variables", variables_to_json(error->variables)}});
  else if (std::holds_alternative<work_later>(a)) answers.push_back("later");
  else {
    const auto& why = std::get<refusal>(a);
    json::object facts;
    for (const auto& [k, v] : why.facts) facts[k] = v;
    answers.push_back(json::object{
        {"refused", why.code}, {"kind", static_cast<int>(why.kind)}, {"facts", facts}});
  }
  return a;
}

work_answer answer_of(const json::value& v) {
  if (v.is_string()) return work_later{};
  if (const auto& done = json::at(v, "done"); done.is_object())
    return work_done{variables_of_json(done)};
  if (json::at(v, "error").is_string())
    return work_error{std::string(json::str(v, "error")),
                      variables_of_json(json::at(v, "variables"))};
  refusal r;
  r.kind = static_cast<kind>(std::clamp<std::int64_t>(json::num(v, "kind"), 0, 9));
  r.code = json::str(v, "refused");
  if (const auto& facts = json::at(v, "facts"); facts.is_object())
    for (const auto& [k, f] : facts.as_object())
      if (f.is_string()) r.facts[std::string(k)] = std::string(f.as_string());
  return r;
}

void engine::recording_host::send_message(std::string_view name, std::string_view key,
                                          const rules::entries& variables) {
  t_.motions_.push_back({transaction::motion::what::message, key_, 0, std::string(name),
                         std::string(key), variables});
}

void engine::recording_host::send_signal(std::string_view name, const rules::entries& variables) {
  t_.e_.signal(t_.tx_, name, variables);
}

void engine::recording_host::call(std::int64_t activity, std::string_view process,
                                  const rules::entries& variables) {
  t_.motions_.push_back(
      {transaction::motion::what::call, key_, activity, std::string(process), "", variables});
}

void engine::recording_host::cancel_call(std::int64_t activity) {
  t_.motions_.push_back({transaction::motion::what::cancel_call, key_, activity, "", "", {}});
}

// ---- steps ----

result<id> engine::transaction::begin(id model, const std::shared_ptr<const process::model>& m,
                                      int process, int start, const rules::entries& variables,
                                      std::string_view business, id caller, std::int64_t calling) {
  stored s;
  s.row.key = new_id();
  s.row.model = model;
  s.row.process = m->at(process).id;
  s.row.business = business;
  s.row.caller = caller;
  s.row.calling = calling;
  s.row.started = at_;
  s.instance.key = s.row.key;
  s.instance.model = m;
  s.instance.process = process;
  s.instance.called = calling != 0;
  stimulus given;
  given.kind = stimulus::what::start;
  given.element = start;
  given.variables = variables;
  if (auto good = move(s, given); !good) return good.why();
  return s.row.key;
}

outcome engine::transaction::give(id key, const stimulus& s) {
  auto found = e_.stored_of(tx_, key);
  if (!found) return refuse(kind::not_found, "process.unknown");
  return move(*found, s);
}

outcome engine::transaction::move(stored& s, const stimulus& given) {
  if (++steps_ > most_steps)
    return refuse(kind::invalid, "process.too_many_steps", "",
                  {{"limit", std::to_string(most_steps)}});
  recording_host world(*this, s.row.key);
  auto effects = step(s.instance, given, world);
  if (!effects) return effects.why();
  const bool is_new = s.row.steps == 0;
  ++s.row.steps;
  if (auto good = write_step(s, given, *effects, world.answers, is_new); !good) return good;
  for (const auto& w : effects->opened) open_wait(s, w);
  for (const auto& w : effects->closed) close_wait(s, w, given);
  if (is_new) tell("process.started", s);
  if (s.instance.incidents() > 0 && std::ranges::any_of(effects->path, [](const passage& p) {
        return p.kind == passage::what::failed;
      }))
    tell("process.incident", s);
  if (!effects->ended) return nothing{};
  tell("process.ended", s, name_of(s.instance.standing));
  if (s.row.calling && s.instance.standing != standing::cancelled)
    motions_.push_back({motion::what::back, s.row.caller, s.row.calling, effects->uncaught, "",
                        s.instance.variables});
  return nothing{};
}

outcome engine::transaction::write_step(stored& s, const stimulus& given,
                                        const step_effects& effects, const json::array& answers,
                                        bool is_new) {
  const json::value snapshot = to_json(s.instance);
  const std::string text = json::print(snapshot);
  if (text.size() > largest_snapshot)
    return refuse(kind::too_large, "process.too_large", "",
                  {{"limit", std::to_string(largest_snapshot)}});
  std::optional<instant> ended;
  if (effects.ended) ended = at_;
  if (is_new) {
    tx_.run(
        "insert into process_instance (key, model, process, business, caller, calling, "
        "standing, incidents, steps, started, ended, snapshot) values (?1, ?2, ?3, ?4, ?5, "
        "?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        s.row.key, s.row.model, s.row.process, s.row.business, s.row.caller, s.row.calling,
        s.instance.standing, s.instance.incidents(), s.row.steps, s.row.started, ended, text);
  } else {
    tx_.run(
        "update process_instance set standing = ?1, incidents = ?2, steps = ?3, ended = ?4, "
        "snapshot = ?5 where key = ?6",
        s.instance.standing, s.instance.incidents(), s.row.steps, ended, text, s.row.key);
  }
  const model& m = *s.instance.model;
  tx_.run(
      "insert into process_step (instance, number, at, who, stimulus, answers, path, hash) "
      "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      s.row.key, s.row.steps, at_, why_.who.post.empty() ? why_.who.name : why_.who.post,
      stimulus_to_json(given, m), json::value(answers), path_to_json(effects.path, m),
      trust::sha256_hex(text));
  return nothing{};
}

void engine::transaction::open_wait(const stored& s, const wait& w) {
  const process::element& e = s.instance.model->at(w.element);
  if (stands_there(e))
    tx_.run(
        "insert into process_visit (instance, activity, process, element, office, entered, "
        "lasted, how, post) values (?1, ?2, ?3, ?4, ?5, ?6, null, '', '') "
        "on conflict (instance, activity) do nothing",
        s.row.key, w.activity, s.row.process,
        s.instance.model->at(s.instance.find(w.activity)->element).id,
        office_of(s.instance, w.activity), at_);
  if (w.kind == wait::what::task) return open_task(s, w);
  if (w.kind == wait::what::condition || w.kind == wait::what::call) return;
  tx_.run(
      "insert into process_wait (instance, number, kind, name, correlation, due) "
      "values (?1, ?2, ?3, ?4, ?5, ?6)",
      s.row.key, w.number, w.kind, w.name, w.key, w.due);
  if (w.kind != wait::what::message) return;
  // It may have come before anybody waited.
  const auto kept = tx_.one<id>(
      "select min(key) from process_message where name = ?1 and correlation = ?2 "
      "and expires > ?3",
      w.name, w.key, at_);
  if (kept && *kept)
    motions_.push_back({motion::what::taken, s.row.key, w.number, kept->str(), "", {}});
}

void engine::transaction::open_task(const stored& s, const wait& w) {
  const process::element& e = s.instance.model->at(w.element);
  const id key = new_id();
  const instant due = w.due.value_or(forever);
  tx_.run(
      "insert into process_task (key, instance, number, process, element, name, business, "
      "office, form, assignee, roles, posts, opened, due, claimed_by) values (?1, ?2, ?3, ?4, "
      "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, '')",
      key, s.row.key, w.number, s.row.process, e.id, e.name.empty() ? e.id : e.name, s.row.business,
      office_of(s.instance, w.activity), w.form, w.assignee, json::value(texts(w.roles)),
      json::value(texts(w.posts)), at_, due);
  std::set<std::string> candidates;
  if (!w.assignee.empty()) candidates.insert("post:" + w.assignee);
  for (const auto& r : w.roles) candidates.insert("role:" + r);
  for (const auto& p : w.posts) candidates.insert("post:" + p);
  if (candidates.empty()) candidates.insert("");
  for (const auto& c : candidates)
    tx_.run("insert into process_candidate (candidate, due, task) values (?1, ?2, ?3)", c, due,
            key);
  tell("process.task", s, e.id);
}

void engine::transaction::close_wait(const stored& s, const wait& w, const stimulus& given) {
  const bool done = given.wait == w.number;
  if (stands_there(s.instance.model->at(w.element)))
    tx_.run(
        "update process_visit set lasted = ?1 - entered, how = ?2, post = ?3 "
        "where instance = ?4 and activity = ?5 and lasted is null",
        at_,
        done                                 ? "done"
        : given.kind == stimulus::what::skip ? "skipped"
                                             : "left",
        done ? std::string_view(why_.who.post) : std::string_view(), s.row.key, w.activity);
  if (w.kind == wait::what::task) {
    const auto key = tx_.one<id>("select key from process_task where instance = ?1 and number = ?2",
                                 s.row.key, w.number);
    if (!key) return;
    tx_.run("delete from process_task where key = ?1", *key);
    tx_.run("delete from process_candidate where task = ?1", *key);
    return;
  }
  tx_.run("delete from process_wait where instance = ?1 and number = ?2", s.row.key, w.number);
}

void engine::transaction::tell(std::string_view event, const stored& s, std::string_view detail) {
  tx_.emit(event, s.row.key.str(),
           json::object{{"instance", s.row.key.str()},
                        {"process", s.row.process},
                        {"business", s.row.business},
                        {"detail", detail}});
}

// ---- what follows ----

outcome engine::transaction::follow() {
  while (!motions_.empty()) {
    const motion m = std::move(motions_.front());
    motions_.pop_front();
    switch (m.kind) {
      case motion::what::call:
        if (auto good = follow_call(m); !good) return good;
        break;
      case motion::what::cancel_call:
        follow_cancel(m);
        break;
      case motion::what::message: {
        const int took = deliver(m.name, m.key, m.variables, true);
        if (took == 0) keep(m.name, m.key, m.variables, thrown_is_kept);
        tx_.emit("process.message", m.instance.str(),
                 json::object{{"instance", m.instance.str()},
                              {"name", m.name},
                              {"key", m.key},
                              {"variables", variables_to_json(m.variables)}});
        break;
      }
      case motion::what::back: {
        auto caller = e_.stored_of(tx_, m.instance);
        if (!caller) {
          tell_caller(m);
          break;
        }
        stimulus s;
        s.kind = m.name.empty() ? stimulus::what::complete : stimulus::what::error;
        s.code = m.name;
        s.variables = m.variables;
        for (const auto& w : caller->instance.waits)
          if (w.activity == m.activity && w.kind == wait::what::call) s.wait = w.number;
        if (s.wait)
          if (auto good = move(*caller, s); !good) return good;
        break;
      }
      case motion::what::taken: {
        const auto key = id::parse(m.name);
        const auto kept =
            tx_.one<std::string>("select variables from process_message where key = ?1", *key);
        if (!kept) break;
        stimulus s;
        s.kind = stimulus::what::message;
        s.wait = m.activity;
        s.variables = variables_of_json(boost::json::parse(*kept));
        if (!attempt(m.instance, s)) break;  // it waits no longer: others may take it
        tx_.run("delete from process_message where key = ?1", *key);
        break;
      }
    }
  }
  return nothing{};
}

outcome engine::transaction::follow_call(const motion& m) {
  const auto model = tx_.one<id>(
      "select key from process_model where process = ?1 order by version desc limit 1", m.name);
  auto caller = e_.stored_of(tx_, m.instance);
  if (!caller) return nothing{};
  std::int64_t number = 0;
  for (const auto& w : caller->instance.waits)
    if (w.activity == m.activity && w.kind == wait::what::call) number = w.number;
  if (!number) return nothing{};  // cancelled in the same step
  if (const auto colon = m.name.find(':'); !model && colon != std::string::npos &&
                                           e_.calls_elsewhere_.contains(m.name.substr(0, colon))) {
    call_elsewhere(m, *caller);
    return nothing{};
  }
  if (!model) {
    stimulus s;  // said as an error that the model may catch
    s.kind = stimulus::what::error;
    s.wait = number;
    s.code = "process.unknown";
    return move(*caller, s);
  }
  const auto shared = e_.model_of(tx_, *model);
  const int process = shared->find(m.name);
  auto begun =
      begin(*model, shared, process, -1, m.variables, caller->row.business, m.instance, m.activity);
  if (!begun) return begun.why();
  return nothing{};
}

void engine::transaction::follow_cancel(const motion& m) {
  const auto called = tx_.all<id>(
      "select key from process_instance where caller = ?1 and calling = ?2 and standing = 0",
      m.instance, m.activity);
  stimulus s;
  s.kind = stimulus::what::cancel;
  for (const id key : called) attempt(key, s);
  if (called.empty() && !e_.calls_elsewhere_.empty()) cancel_elsewhere(m);
}

// One of several: what one instance refuses is not the others' matter.
bool engine::transaction::attempt(id key, const stimulus& s) {
  const std::size_t before = motions_.size();
  tx_.execute("savepoint process_attempt");
  const bool good = give(key, s).ok();
  if (!good) {
    tx_.execute("rollback to savepoint process_attempt");
    motions_.resize(before);
  }
  tx_.execute("release savepoint process_attempt");
  return good;
}

int engine::transaction::deliver(std::string_view name, std::string_view key,
                                 const rules::entries& variables, bool start_too) {
  struct waiting {
    id instance;
    std::int64_t number;
  };
  std::vector<waiting> all;
  const store::parameter parameters[] = {static_cast<int>(wait::what::message), name, key};
  tx_.each_row(
      "select instance, number from process_wait where kind = ?1 and name = ?2 "
      "and correlation = ?3 order by instance, number limit 1000",
      parameters, [&](const store::row& r) {
        all.push_back({id{r.integer(0)}, r.integer(1)});
      });
  int took = 0;
  id last;
  for (const auto& w : all) {
    if (w.instance == last) continue;  // once an instance
    stimulus s;
    s.kind = stimulus::what::message;
    s.wait = w.number;
    s.variables = variables;
    if (!attempt(w.instance, s)) continue;
    last = w.instance;
    ++took;
  }
  if (start_too) took += start_by("message", name, variables);
  return took;
}

int engine::transaction::start_by(std::string_view kind, std::string_view name,
                                  const rules::entries& variables) {
  struct starting {
    id model;
    std::string element;
  };
  std::vector<starting> starts;
  const store::parameter named[] = {kind, name};
  tx_.each_row("select model, element from process_start where kind = ?1 and name = ?2", named,
               [&](const store::row& r) {
                 starts.push_back({id{r.integer(0)}, std::string(r.text(1))});
               });
  int begun = 0;
  for (const auto& s : starts) {
    const auto m = e_.model_of(tx_, s.model);
    const int element = m->find(s.element);
    begun += begin(s.model, m, m->at(element).scope, element, variables, "", {}, 0).ok();
  }
  return begun;
}

void engine::transaction::deliver_signal(id instance, std::string_view name,
                                         const rules::entries& variables) {
  const auto numbers = tx_.all<std::int64_t>(
      "select number from process_wait where instance = ?1 and kind = ?2 and name = ?3 "
      "order by number",
      instance, wait::what::signal, name);
  for (const auto n : numbers) {
    stimulus s;
    s.kind = stimulus::what::signal;
    s.wait = n;
    s.variables = variables;
    attempt(instance, s);
  }
}

void engine::transaction::keep(std::string_view name, std::string_view key,
                               const rules::entries& variables, std::chrono::seconds how_long) {
  tx_.run(
      "insert into process_message (key, name, correlation, variables, expires) "
      "values (?1, ?2, ?3, ?4, ?5)",
      new_id(), name, key, variables_to_json(variables), at_.plus(how_long));
}

// ---- stimuli as they are kept ----

json::value stimulus_to_json(const stimulus& s, const model& m) {
  json::object o{{"kind", std::string(name_of(s.kind))}};
  if (s.wait) o["wait"] = s.wait;
  if (s.activity) o["activity"] = s.activity;
  if (s.element >= 0) o["element"] = m.at(s.element).id;
  if (!s.code.empty()) o["code"] = s.code;
  if (!s.person.empty()) o["person"] = s.person;
  if (!s.variables.empty()) o["variables"] = variables_to_json(s.variables);
  return o;
}

stimulus stimulus_of(const json::value& v, const model& m) {
  stimulus s;
  for (int k = 0; k <= static_cast<int>(stimulus::what::cancel); ++k)
    if (name_of(static_cast<stimulus::what>(k)) == json::str(v, "kind"))
      s.kind = static_cast<stimulus::what>(k);
  s.wait = json::num(v, "wait");
  s.activity = json::num(v, "activity");
  if (json::at(v, "element").is_string()) s.element = m.find(json::str(v, "element"));
  s.code = json::str(v, "code");
  s.person = json::str(v, "person");
  s.variables = variables_of_json(json::at(v, "variables"));
  return s;
}

}  // namespace madang::process
