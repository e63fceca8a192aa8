// Joint handling: the lead asks another office what it thinks, by a day, and decides. And what
// comes after the decision: how it was, an objection, taking it up again.
#include <algorithm>

#include "inside.hpp"

namespace madang::cases {

outcome files::ask_opinion(const audit::access& why, id key, std::string_view office,
                           std::string_view question, date due) {
  if (auto good = check_text(question); !good) return good;
  return act(why, key, by::official, [&](store::write& tx, matter& m) -> outcome {
    if (m.state != state::received && m.state != state::question)
      return too_late(tx, m, why.who);
    if (just_did(tx, m, "opinion_asked", why.who, question)) return nothing{};
    if (office.empty() || m.office == office)
      return refuse(kind::invalid, "case.opinion_own", "office");
    const date latest = std::max(m.due, now_date().plus(1));
    if (due < now_date() || due > latest)
      return refuse(kind::invalid, "case.opinion_due", "due", {{"latest", latest.str()}});
    if (tx.one<std::int64_t>("select 1 from matter_opinion where matter = ?1 and office = ?2 and "
                             "state = 0 limit 1",
                             key, office))
      return refuse(kind::conflict, "case.opinion_asked_before", "office");
    opinion o;
    o.key = new_id();
    o.matter = key;
    o.office = office;
    o.asked_by = signed_by(why.who);
    o.asked_post = why.who.post;
    o.question = question;
    o.asked = now();
    o.due = due;
    o.alarm = days_.add_working_days(due, 1);
    tx.insert("matter_opinion", o);
    if (m.post.empty()) {
      m.post = why.who.post;
      move(tx, m);
    }
    procedure::consequences also;
    also.offices = {o.office};
    also.facts = {{"opinion", o.key.str()}, {"until", due.str()}};
    tell(tx, m, "opinion_asked", why, question, also);
    return nothing{};
  });
}

bool files::may_answer(const audit::actor& who, const opinion& o, const matter& m) const {
  const procedure* p = find_procedure(m.procedure);
  return p && who.official() && who.has_role(p->role) && who.person != m.applicant &&
         std::string_view(o.office).starts_with(who.office);
}

outcome files::answer_opinion(const audit::access& why, id which, std::string_view answer) {
  if (auto good = check_text(answer); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    auto o = tx.one<opinion>(
        "select " + store::columns<opinion>() + " from matter_opinion where key = ?1", which);
    if (!o) return refuse(kind::not_found, "case.not_found");
    auto m = locked(tx, o->matter);
    if (!m) return m.why();
    if (!may_answer(why.who, *o, *m)) return refuse(kind::not_found, "case.not_found");
    const std::string by = signed_by(why.who);
    if (o->state == opinion_state::answered && o->answered_by == by && o->answer == answer)
      return nothing{};
    if (o->state != opinion_state::asked)
      return refuse(kind::conflict, "opinion.not_open", "",
                    {{"by", o->answered_by}, {"state", std::string(name_of(o->state))}});
    tx.run("update matter_opinion set state = 1, alarm = null, answer = ?1, answered_by = ?2, "
           "answered = ?3 where key = ?4",
           answer, by, now(), which);
    tell(tx, *m, "opinion_answered", why, "");
    return nothing{};
  });
}

std::vector<opinion> files::opinions(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<opinion>("select " + store::columns<opinion>() +
                              " from matter_opinion where matter = ?1 order by key",
                          key);
  });
}

namespace {

// Districts in an office are its codes from here on.
std::string after_all_in(std::string_view office) { return std::string(office) + "~"; }

}  // namespace

std::vector<files::asked_opinion> files::opinions_asked(
    std::string_view office, const std::vector<std::string>& procedures, int limit) {
  std::vector<asked_opinion> out;
  db_.reading([&](store::read& r) {
    auto some = r.all<opinion>("select " + store::columns<opinion>() +
                                   " from matter_opinion where state = 0 and office >= ?1 and "
                                   "office < ?2 order by due, key limit ?3",
                               office, after_all_in(office), limit * 4);
    for (auto& o : some) {
      auto m = r.one<matter>(select_matter() + "where key = ?1", o.matter);
      if (!m || std::ranges::find(procedures, m->procedure) == procedures.end()) continue;
      if (out.size() == static_cast<std::size_t>(limit)) break;
      out.push_back({std::move(o), std::move(*m)});
    }
  });
  return out;
}

std::int64_t files::count_opinions(std::string_view office,
                                   const std::vector<std::string>& procedures) {
  return static_cast<std::int64_t>(opinions_asked(office, procedures).size());
}

outcome files::rate(const audit::access& why, id key, int stars, std::string_view text) {
  if (stars < 1 || stars > 5) return refuse(kind::invalid, "case.stars", "stars");
  if (!text.empty())
    if (auto good = check_text(text); !good) return good;
  return act(why, key, by::applicant, [&](store::write& tx, matter& m) -> outcome {
    if (is_open(m.state) || m.state == state::withdrawn) return not_open(m);
    if (tx.run("insert into matter_rating (matter, stars, text, at) values (?1, ?2, ?3, ?4) "
               "on conflict (matter) do nothing",
               key, stars, text, now()) == 0) {
      auto given =
          tx.one<rating>("select stars, text, at from matter_rating where matter = ?1", key);
      if (given->stars == stars && given->text == text) return nothing{};
      return refuse(kind::conflict, "case.rated");
    }
    tell(tx, m, "rated", why, "");
    return nothing{};
  });
}

std::optional<rating> files::rating_of(id key) {
  return db_.reading([&](store::read& r) {
    return r.one<rating>("select stars, text, at from matter_rating where matter = ?1", key);
  });
}

std::optional<date> files::may_object_until(const matter& m) const {
  const procedure* p = find_procedure(m.procedure);
  if (!p || m.objected || !m.decided) return {};
  const auto& terms = p->objection;
  if (terms.against ? !terms.against(m) : m.state != state::refused) return {};
  return in_zone(*m.decided, zone_).date.plus(terms.days);
}

// The file stays one: what was decided is kept, and it begins once more with a clock of its own.
void files::start_again(store::write& tx, matter& m, const audit::access& why,
                        std::string_view reason, std::string_view what) {
  m.state = state::received;
  m.post.clear();
  m.received = now_date();
  m.decided.reset();
  m.decided_by.clear();
  m.reason.clear();
  m.extended.reset();
  m.superior.clear();
  m.stage = 0;
  const procedure* p = find_procedure(m.procedure);
  m.due = p && p->due ? p->due(m) : days_.add_working_days(m.received, period_of(m));
  m.turn = next_turn(tx, m, *p);
  wind(m);
  move(tx, m);
  tell(tx, m, what, why, reason);
}

outcome files::object(const audit::access& why, id key, std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return act(why, key, by::applicant, [&](store::write& tx, matter& m) -> outcome {
    if (just_did(tx, m, "objected", why.who, reason)) return nothing{};
    if (m.objected) return refuse(kind::conflict, "case.objected");
    const auto until = may_object_until(m);
    if (!until) return not_open(m);
    if (now_date() > *until)
      return refuse(kind::conflict, "case.objection_late", "", {{"until", until->str()}});
    m.objected = now_date();
    start_again(tx, m, why, reason, "objected");
    return nothing{};
  });
}

outcome files::reopen(const audit::access& why, id key, std::string_view reason) {
  return db_.writing([&](store::write& tx) { return reopen(tx, why, key, reason); });
}

outcome files::reopen(store::write& tx, const audit::access& why, id key,
                      std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return act(tx, why, key, by::anyone, [&](store::write&, matter& m) -> outcome {
    const procedure* p = find_procedure(m.procedure);
    const bool hers = p && p->reopen_days > 0 && !why.who.official() &&
                      m.applicant == why.who.person;
    if (!hers && !may_handle(why.who, m)) return refuse(kind::forbidden, "case.not_yours");
    if (just_did(tx, m, "reopened", why.who, reason)) return nothing{};
    // A consent that was declined is the declarer's word; nobody takes it up again for her.
    const bool closed = m.state == state::refused || m.state == state::returned ||
                        (hers && m.state == state::accepted);
    if (!closed || m.decided_by.empty()) return not_open(m);
    if (hers && in_zone(*m.decided, zone_).date.plus(p->reopen_days) < now_date())
      return refuse(kind::conflict, "case.reopen_late", "",
                    {{"days", std::to_string(p->reopen_days)}});
    start_again(tx, m, why, reason, "reopened");
    return nothing{};
  });
}

}  // namespace madang::cases
