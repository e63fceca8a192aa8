// The legal clock. It counts working days from the day of receipt, which is not counted (Civil
// Petitions Treatment Act art. 19; Civil Act art. 157). While the applicant is asked something it
// stands still, and with her reply the working days it stood are added. It reminds whoever handles
// the case before it is due and reports it upwards when it is not decided in time.
//
// What comes next for a case is its `alarm`, a day kept in an index of open cases; the work of a
// day is found there however many wait.
#include <algorithm>

#include "inside.hpp"

namespace madang::cases {
namespace {

constexpr int longest_stages = 5;       // the reminder, then at most as many levels as districts
constexpr int report_again = 3;         // working days until it goes a level further up
constexpr int long_period = 10;         // from this many working days on the reminder is earlier

// The working day that lies n working days before a working day.
date working_days_before(const calendar& days, date from, int n) {
  while (n > 0) {
    from = from.plus(-1);
    if (days.is_working_day(from)) --n;
  }
  return from;
}

date reminder_day(const calendar& days, const matter& m, int period) {
  return working_days_before(days, m.due, period >= long_period ? 3 : 1);
}

struct ringing {
  date alarm;
  id key;
};
BOOST_DESCRIBE_STRUCT(ringing, (), (alarm, key))

// The clock acts for the house, on the law of the procedure.
audit::access by_clock(const procedure* p, const matter& m) {
  return {audit::system_actor("clock"), p ? p->name : words(m.procedure, m.procedure),
          p ? p->law : words(m.procedure, m.procedure), m.number};
}

}  // namespace

int files::period_of(const matter& m) const {
  const procedure* p = find_procedure(m.procedure);
  if (!p) return 0;
  return m.objected ? p->objection.period : p->working_days;
}

int files::most_extension(const matter& m) const {
  const procedure* p = find_procedure(m.procedure);
  return p && p->extension_days && !m.objected ? p->extension_days : period_of(m);
}

// What was lengthened before an objection, or before it was taken up again, belongs to the period
// that ended then.
int files::times_extended(store::read& r, const matter& m) const {
  if (!m.extended) return 0;
  int n = 0;
  for (const instant at :
       r.all<instant>("select at from matter_extension where matter = ?1", m.key))
    n += in_zone(at, zone_).date >= m.received ? 1 : 0;
  return n;
}

// Sets what comes next: the reminder while there is time for one, then the report.
void files::wind(matter& m) const {
  m.alarm.reset();
  if (m.state != state::received) return;
  const date day = now_date();
  const date remind = reminder_day(days_, m, period_of(m));
  if (day <= m.due) {
    m.stage = remind > m.received && remind > day ? 0 : 1;
    m.superior.clear();
  }
  m.alarm = m.stage == 0 ? remind : days_.add_working_days(m.due, 1);
}

void files::resume(store::write& tx, matter& m) {
  const date until = now_date();
  const int stood = std::max(0, days_.working_days_between(*m.suspended, until));
  tx.run("insert into matter_pause (key, matter, since, until, days) values (?1, ?2, ?3, ?4, ?5)",
         new_id(), m.key, *m.suspended, until, stood);
  m.due = days_.add_working_days(m.due, stood);
  m.suspended.reset();
}

outcome files::extend(const audit::access& why, id key, int working_days,
                      std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return act(why, key, by::official, [&](store::write& tx, matter& m) -> outcome {
    if (m.state == state::question) return refuse(kind::conflict, "case.clock_stands");
    if (m.state != state::received) return too_late(tx, m, why.who);
    if (m.extended && just_did(tx, m, "extended", why.who, reason)) return nothing{};
    const procedure* p = find_procedure(m.procedure);
    if (times_extended(tx, m) >= p->extensions)
      return refuse(kind::conflict, "case.extended_before", "",
                    {{"n", std::to_string(p->extensions)}});
    const int most = most_extension(m);
    if (working_days < 1 || working_days > most)
      return refuse(kind::invalid, "case.extension_days", "days",
                    {{"most", std::to_string(most)}});
    const date was = m.due;
    m.due = days_.add_working_days(m.due, working_days);
    m.extended = now_date();
    m.post = why.who.post;
    wind(m);
    move(tx, m);
    tx.run("insert into matter_extension (key, matter, at, who, days, was_due, due, reason) "
           "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
           new_id(), key, now(), signed_by(why.who), working_days, was, m.due, reason);
    tell(tx, m, "extended", why, reason);
    return nothing{};
  });
}

legal_clock files::clock_of(const matter& m) {
  legal_clock out;
  out.received = m.received;
  out.period = period_of(m);
  out.due = m.due;
  out.stands_since = m.suspended;
  db_.reading([&](store::read& r) {
    out.pauses = r.all<pause>(
        "select since, until, days from matter_pause where matter = ?1 order by key", m.key);
    out.extensions = r.all<extension>("select " + store::columns<extension>() +
                                          " from matter_extension where matter = ?1 order by key",
                                      m.key);
  });
  // What came before an objection belongs to the period that ended with the refusal.
  if (m.objected) {
    std::erase_if(out.pauses, [&](const pause& p) { return p.since < *m.objected; });
    std::erase_if(out.extensions, [&](const extension& e) {
      return in_zone(e.at, zone_).date < *m.objected;
    });
  }
  out.left = days_.working_days_between(now_date(), m.due);
  if (m.state != state::received) return out;
  if (m.stage == 0) out.reminder = m.alarm;
  if (m.stage <= 1) out.escalation = days_.add_working_days(m.due, 1);
  else out.escalation = m.alarm;
  const procedure* p = find_procedure(m.procedure);
  if (p && db_.reading([&](store::read& r) { return times_extended(r, m); }) < p->extensions)
    out.may_extend = most_extension(m);
  return out;
}

// One case whose day has come; false when something has happened to it meanwhile.
bool files::ring_one(id key, date day) {
  auto done = db_.writing([&](store::write& tx) -> outcome {
    auto m = locked(tx, key);
    if (!m) return m.why();
    if (m->state != state::received || !m->alarm || *m->alarm > day)
      return refuse(kind::conflict, "case.not_open");
    const procedure* p = find_procedure(m->procedure);
    const audit::access why = by_clock(p, *m);
    procedure::consequences also;
    also.facts = {{"post", m->post}};
    if (day <= m->due) {
      m->stage = 1;
      m->alarm = days_.add_working_days(m->due, 1);
      move(tx, *m);
      tell(tx, *m, "reminded", why, "", also);
      return nothing{};
    }
    const int late = -days_.working_days_between(day, m->due);
    const std::string reported = m->superior.empty() ? m->post : m->superior;
    if (p && posts_.above) m->superior = posts_.above(p->role, m->office, reported);
    m->stage = std::max(m->stage, 1) + 1;
    m->alarm.reset();
    if (m->stage < longest_stages && !m->superior.empty())
      m->alarm = days_.add_working_days(day, report_again);
    move(tx, *m);
    also.facts["superior"] = m->superior;
    also.facts["late"] = late;
    tell(tx, *m, "overdue", why,
         posts_.name && !m->superior.empty() ? posts_.name(m->superior) : std::string(), also);
    return nothing{};
  });
  return done.ok();
}

bool files::ring_opinion(id key, date day) {
  auto done = db_.writing([&](store::write& tx) -> outcome {
    auto o = tx.one<opinion>(
        "select " + store::columns<opinion>() + " from matter_opinion where key = ?1", key);
    if (!o || o->state != opinion_state::asked || !o->alarm || *o->alarm > day)
      return refuse(kind::conflict, "opinion.not_open");
    auto m = locked(tx, o->matter);
    if (!m) return m.why();
    tx.run("update matter_opinion set alarm = null where key = ?1", key);
    procedure::consequences also;
    also.offices = {o->office};
    tell(tx, *m, "opinion_late", by_clock(find_procedure(m->procedure), *m), "", also);
    return nothing{};
  });
  return done.ok();
}

int files::ring(date day, const std::function<bool()>& stop) {
  constexpr int batch = 200;
  int acted = 0;
  for (const bool cases : {true, false}) {
    const std::string due = std::string("select alarm, key from ") +
                            (cases ? "matter where state = 1" : "matter_opinion where state = 0") +
                            " and alarm is not null and alarm <= ?1 and (alarm, key) > (?2, ?3) "
                            "order by alarm, key limit ?4";
    ringing last;
    while (!(stop && stop())) {
      // On from the last one, so that one that cannot be rung does not hold up the others.
      auto some = db_.reading(
          [&](store::read& r) { return r.all<ringing>(due, day, last.alarm, last.key, batch); });
      if (some.empty()) break;
      for (const auto& one : some)
        acted += (cases ? ring_one(one.key, day) : ring_opinion(one.key, day)) ? 1 : 0;
      last = some.back();
    }
  }
  if (stop && stop()) return acted;
  db_.writing([&](store::write& tx) {
    tx.run("insert into matter_clock (id, day) values (1, ?1) "
           "on conflict (id) do update set day = excluded.day",
           day);
  });
  return acted;
}

std::optional<date> files::last_rung() {
  return db_.reading(
      [&](store::read& r) { return r.one<date>("select day from matter_clock where id = 1"); });
}

}  // namespace madang::cases
