// What time and signals set in motion. Due work is found by its index; each instance moves in a
// transaction of its own, so that one that fails holds up no other.
#include <algorithm>

#include "machine.hpp"
#include "transaction.hpp"

namespace madang::process {
namespace {

constexpr auto try_again_after = std::chrono::hours(1);
constexpr int batch = 200;

}  // namespace

// ---- events that start ----

outcome start_writer::write(const model& m, int process, id deployment) {
  const std::string& name = m.at(process).id;
  tx_.run("delete from process_start where process = ?1", name);
  for (const int c : m.at(process).children) {
    const element& e = m.at(c);
    if (e.kind != element_kind::start || e.event == trigger::none) continue;
    std::optional<instant> due;
    std::int64_t again = 0;
    std::string cycle;
    if (e.event == trigger::timer) {
      const auto first = machine::timer_of_start(m, c, at_);
      if (!first) return first.why();
      due = first->due;
      again = first->again;
      cycle = first->cycle;
    }
    tx_.run(
        "insert into process_start (model, process, element, kind, name, due, again, cycle) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        deployment, name, e.id, name_of(e.event), e.reference, due, again, cycle);
  }
  return nothing{};
}

std::optional<instant> engine::next_due(store::read& r) {
  const auto timer =
      r.one<std::optional<instant>>("select min(due) from process_wait where due is not null");
  const auto start =
      r.one<std::optional<instant>>("select min(due) from process_start where due is not null");
  const auto sent = r.one<std::int64_t>("select count(*) from process_broadcast");
  if (sent && *sent > 0) return now();
  std::optional<instant> out;
  for (const auto& one : {timer, start})
    if (one && *one && (!out || **one < *out)) out = **one;
  return out;
}

namespace {

struct due_timer {
  id instance;
  std::int64_t number;
};

std::vector<due_timer> due_timers(store::database& db, instant at, int limit) {
  return db.reading([&](store::read& r) {
    std::vector<due_timer> out;
    const store::parameter parameters[] = {at, limit};
    r.each_row(
        "select instance, number from process_wait where due <= ?1 "
        "order by due, instance, number limit ?2",
        parameters, [&](const store::row& row) {
          out.push_back({id{row.integer(0)}, row.integer(1)});
        });
    return out;
  });
}

struct due_start {
  id model;
  std::string process, element;
  instant due;
  std::int64_t again;
  std::string cycle;
};

}  // namespace

int engine::run_due(instant at, int limit) {
  int made = 0;
  made += run_broadcasts(at, limit);
  made += run_starts(at, limit - made);
  while (made < limit) {
    const auto due = due_timers(db_, at, std::min(batch, limit - made));
    if (due.empty()) break;
    for (const auto& d : due) {
      stimulus s;
      s.kind = stimulus::what::timer;
      s.wait = d.number;
      const outcome done = db_.writing([&](store::write& tx) -> outcome {
        transaction t(*this, tx, clock_, at);
        if (auto good = t.give(d.instance, s); !good) return good;
        return t.follow();
      });
      ++made;
      if (done) continue;
      // Not lost and not in the way: it is tried again later, and the log says why.
      log::warn("process.timer_refused", {{"code", done.why().code}});
      db_.writing([&](store::write& tx) {
        tx.run("update process_wait set due = ?1 where instance = ?2 and number = ?3",
               at.plus(try_again_after), d.instance, d.number);
      });
    }
  }
  return made;
}

int engine::run_starts(instant at, int limit) {
  std::vector<due_start> due = db_.reading([&](store::read& r) {
    std::vector<due_start> out;
    const store::parameter parameters[] = {at, std::max(limit, 0)};
    r.each_row(
        "select model, process, element, due, again, cycle from process_start "
        "where due <= ?1 order by due limit ?2",
        parameters, [&](const store::row& row) {
          out.push_back({id{row.integer(0)}, std::string(row.text(1)), std::string(row.text(2)),
                         instant{row.integer(3)}, row.integer(4), std::string(row.text(5))});
        });
    return out;
  });
  for (const auto& d : due) {
    const auto next =
        d.again == 0 ? std::optional<instant>() : machine::next_of_cycle(d.cycle, d.due);
    const auto again = d.again < 0 ? -1 : std::max<std::int64_t>(d.again - 1, 0);
    const auto go_on = [&](store::write& tx) {
      tx.run("update process_start set due = ?1, again = ?2 where process = ?3 and element = ?4",
             next, again, d.process, d.element);
    };
    const outcome done = db_.writing([&](store::write& tx) -> outcome {
      go_on(tx);
      const auto m = model_of(tx, d.model);
      const int element = m->find(d.element);
      transaction t(*this, tx, clock_, at);
      auto begun = t.begin(d.model, m, m->at(element).scope, element, {}, "", {}, 0);
      if (!begun) return begun.why();
      return t.follow();
    });
    if (done) continue;
    log::warn("process.start_refused", {{"code", done.why().code}});
    db_.writing(go_on);
  }
  return static_cast<int>(due.size());
}

// A signal is heard by those that waited when it was sent; later ones it does not reach.
int engine::run_broadcasts(instant at, int limit) {
  struct sent {
    id key;
    std::string name, variables;
    id reached, newest;
  };
  std::vector<sent> all = db_.reading([&](store::read& r) {
    std::vector<sent> out;
    r.each_row("select key, name, variables, reached, newest from process_broadcast order by key",
               {}, [&](const store::row& row) {
                 out.push_back({id{row.integer(0)}, std::string(row.text(1)),
                                std::string(row.text(2)), id{row.integer(3)}, id{row.integer(4)}});
               });
    return out;
  });
  int made = 0;
  for (auto& s : all) {
    const rules::entries variables = variables_of_json(boost::json::parse(s.variables));
    while (made < limit) {
      const auto next = db_.reading([&](store::read& r) {
        return r.one<std::optional<id>>(
            "select min(instance) from process_wait where kind = ?1 and name = ?2 "
            "and correlation = '' and instance > ?3 and instance <= ?4",
            static_cast<int>(wait::what::signal), s.name, s.reached, s.newest);
      });
      const bool more = next && *next && **next;
      const auto go_on = [&](store::write& tx) {
        if (more) tx.run("update process_broadcast set reached = ?1 where key = ?2", **next, s.key);
        else tx.run("delete from process_broadcast where key = ?1", s.key);
      };
      const outcome done = db_.writing([&](store::write& tx) -> outcome {
        go_on(tx);
        transaction t(*this, tx, clock_, at);
        if (more) t.deliver_signal(**next, s.name, variables);
        else t.start_by("signal", s.name, variables);
        return t.follow();
      });
      ++made;
      if (!done) {
        log::warn("process.signal_refused", {{"code", done.why().code}});
        db_.writing(go_on);
      }
      if (!more) break;
      s.reached = **next;
    }
  }
  return made;
}

}  // namespace madang::process
