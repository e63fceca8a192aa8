// Call activities whose process runs in another system: what is sent there, what comes back.
#include "transaction.hpp"

namespace madang::process {

void engine::calls_elsewhere(std::set<std::string, std::less<>> systems) {
  calls_elsewhere_ = std::move(systems);
}

// Members that every one of these events has: which activity, who says it, and why.
json::object engine::transaction::between(id instance, std::int64_t activity) const {
  return {{"from", e_.db_.name()},
          {"instance", instance.str()},
          {"activity", activity},
          {"purpose", json::from_words(why_.purpose)},
          {"law", json::from_words(why_.law)}};
}

void engine::transaction::call_elsewhere(const motion& m, const stored& caller) {
  const auto colon = m.name.find(':');
  json::object call = between(m.instance, m.activity);
  call["system"] = m.name.substr(0, colon);
  call["process"] = m.name.substr(colon + 1);
  call["business"] = caller.row.business;
  call["variables"] = variables_to_json(m.variables);
  tx_.emit("process.call", m.instance.str(), call);
}

void engine::transaction::cancel_elsewhere(const motion& m) {
  tx_.emit("process.call_cancelled", m.instance.str(), between(m.instance, m.activity));
}

// An instance whose caller is not here runs for another system.
void engine::transaction::tell_caller(const motion& m) {
  const auto system = tx_.one<std::string>(
      "select system from process_served where caller = ?1 and calling = ?2", m.instance,
      m.activity);
  if (system) tell_caller({*system, m.instance, m.activity}, m.name, m.variables);
}

void engine::transaction::tell_caller(const served& whom, std::string_view error,
                                      const rules::entries& variables) {
  json::object back = between(whom.instance, whom.activity);
  back["system"] = whom.system;
  back["error"] = error;
  back["variables"] = variables_to_json(variables);
  tx_.emit("process.returned", whom.instance.str(), back);
}

outcome engine::begin_for(store::write& tx, const audit::access& why, const served& whom,
                          std::string_view process, const rules::entries& variables,
                          std::string_view business) {
  if (auto said = why.stated(); !said) return said;
  const auto before = tx.one<id>(
      "select instance from process_served where system = ?1 and caller = ?2 and calling = ?3",
      whom.system, whom.instance, whom.activity);
  if (before) return nothing{};
  transaction t(*this, tx, why, now());
  tx.execute("savepoint process_served");
  if (auto good = t.serve(whom, process, variables, business); !good) {
    tx.execute("rollback to savepoint process_served");
    t.tell_caller(whom, good.why().code, {});
  }
  tx.execute("release savepoint process_served");
  return nothing{};
}

outcome engine::transaction::serve(const served& whom, std::string_view process,
                                   const rules::entries& variables, std::string_view business) {
  const auto newest = tx_.one<id>(
      "select key from process_model where process = ?1 order by version desc limit 1", process);
  if (!newest) return refuse(kind::not_found, "process.unknown");
  const auto m = e_.model_of(tx_, *newest);
  auto begun =
      begin(*newest, m, m->find(process), -1, variables, business, whom.instance, whom.activity);
  if (!begun) return begun.why();
  tx_.run("insert into process_served (instance, system, caller, calling) values (?1, ?2, ?3, ?4)",
          *begun, whom.system, whom.instance, whom.activity);
  if (auto good = follow(); !good) return good;
  audit::append(tx_, why_, audit::action::changed, {}, "process", begun->str(), "started");
  return nothing{};
}

outcome engine::cancel_for(store::write& tx, const audit::access& why, const served& whom) {
  const auto found = tx.one<id>(
      "select instance from process_served where system = ?1 and caller = ?2 and calling = ?3",
      whom.system, whom.instance, whom.activity);
  if (!found) return nothing{};
  stimulus s;
  s.kind = stimulus::what::cancel;
  auto done = give(tx, why, *found, s);
  if (!done && done.why().code == "process.ended") return nothing{};
  return done;
}

outcome engine::returned(store::write& tx, const audit::access& why, id instance,
                         std::int64_t activity, std::string_view error,
                         const rules::entries& variables) {
  if (auto said = why.stated(); !said) return said;
  transaction t(*this, tx, why, now());
  t.come_back(instance, activity, error, variables);
  if (auto good = t.follow(); !good) return good;
  audit::append(tx, why, audit::action::changed, {}, "process", instance.str(), "returned");
  return nothing{};
}

void engine::transaction::come_back(id instance, std::int64_t activity, std::string_view error,
                                    const rules::entries& variables) {
  motions_.push_back(
      {motion::what::back, instance, activity, std::string(error), "", variables});
}

}  // namespace madang::process
