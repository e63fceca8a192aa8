// What applicant and officials do with a case from receipt to decision.
#include <algorithm>

#include "inside.hpp"

namespace madang::cases {
namespace {

void put_decision(store::write& tx, const matter& m, const audit::access& why) {
  tx.run("insert into matter_decision (key, matter, at, who, person, post, state, reason) "
         "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
         new_id(), m.key, *m.decided, m.decided_by, why.who.person, m.post,
         static_cast<int>(m.state), m.reason);
}

}  // namespace

// How every act begins: the case as it is within this transaction, and whoever may do it.
outcome files::act(store::write& tx, const audit::access& why, id key, by who, const deed& what) {
  auto m = locked(tx, key);
  if (!m) return m.why();
  if (who == by::official && !may_handle(why.who, *m))
    return refuse(kind::forbidden, "case.not_yours");
  if (who == by::applicant && m->applicant != why.who.person)
    return refuse(kind::not_found, "case.not_found");
  return what(tx, *m);
}

outcome files::act(const audit::access& why, id key, by who, const deed& what) {
  return db_.writing([&](store::write& tx) { return act(tx, why, key, who, what); });
}

outcome files::answer_consent(const audit::access& why, id key, bool agree) {
  return act(why, key, by::anyone, [&](store::write& tx, matter& m) -> outcome {
    const id person = why.who.person;
    auto asked = tx.one<std::string>(
        "select state from matter_consent where matter = ?1 and person = ?2", key, person);
    if (!asked) return refuse(kind::not_found, "case.not_found");
    if (m.state != state::consent || *asked != "asked") return not_open(m);
    tx.run("update matter_consent set state = ?1, at = ?2 where matter = ?3 and person = ?4",
           agree ? "given" : "declined", now(), key, person);
    if (!agree) {
      m.state = state::returned;
      m.decided = now();
      wind(m);
      move(tx, m);
      tell(tx, m, "consent_declined", why, "");
      return nothing{};
    }
    auto open = tx.one<std::int64_t>(
        "select count(*) from matter_consent where matter = ?1 and state <> 'given'", key);
    if (*open == 0) {
      // The clock of the law begins when the application is complete.
      m.state = state::received;
      m.received = now_date();
      const procedure* p = find_procedure(m.procedure);
      m.due = p && p->due ? p->due(m)
                           : days_.add_working_days(m.received, period_of(m));
      m.turn = next_turn(tx, m, *find_procedure(m.procedure));
      wind(m);
      move(tx, m);
    }
    tell(tx, m, *open == 0 ? "received" : "consent_given", why, "");
    return nothing{};
  });
}

outcome files::take(const audit::access& why, id key) {
  return db_.writing([&](store::write& tx) { return take(tx, why, key); });
}

outcome files::take(store::write& tx, const audit::access& why, id key) {
  return act(tx, why, key, by::official, [&](store::write&, matter& m) -> outcome {
    if (m.state != state::received && m.state != state::question)
      return too_late(tx, m, why.who);
    if (m.post == why.who.post) return nothing{};
    m.post = why.who.post;
    move(tx, m);
    tell(tx, m, "taken", why, "");
    return nothing{};
  });
}

outcome files::assign(const audit::access& why, id key, std::string_view post) {
  return act(why, key, by::official, [&](store::write& tx, matter& m) -> outcome {
    if (m.state != state::received && m.state != state::question)
      return too_late(tx, m, why.who);
    if (m.post == post) return nothing{};
    const procedure* p = find_procedure(m.procedure);
    if (post.empty() || !posts_.fits || !posts_.fits(post, p->role, m.office))
      return refuse(kind::invalid, "case.no_post", "post");
    m.post = post;
    move(tx, m);
    tell(tx, m, "assigned", why, posts_.name ? posts_.name(post) : std::string(post));
    return nothing{};
  });
}

outcome files::ask(const audit::access& why, id key, std::string_view question) {
  if (auto good = check_text(question); !good) return good;
  return act(why, key, by::official, [&](store::write& tx, matter& m) -> outcome {
    if (m.state == state::question && just_did(tx, m, "asked", why.who, "")) {
      auto last = tx.one<std::string>(
          "select text from matter_message where matter = ?1 order by key desc limit 1", key);
      if (last && *last == question) return nothing{};
    }
    if (m.state != state::received) return too_late(tx, m, why.who);
    m.state = state::question;
    m.suspended = now_date();
    m.post = why.who.post;
    m.unheard = 0;
    wind(m);
    move(tx, m);
    put_message(tx, m, why, true, question, {}, {});
    tell(tx, m, "asked", why, "");
    return nothing{};
  });
}

outcome files::reply(const audit::access& why, id key, std::string_view text,
                     const std::vector<upload>& uploads, const std::string& once) {
  if (auto good = check_text(text); !good) return good;
  auto judged = judge_uploads(uploads);
  if (!judged) return judged.why();
  return act(why, key, by::applicant, [&](store::write& tx, matter& m) -> outcome {
    if (m.state != state::question && !once.empty() && !first_time(tx, once)) return nothing{};
    if (m.state != state::question) return not_open(m);
    if (!first_time(tx, once)) return nothing{};
    resume(tx, m);
    m.state = state::received;
    ++m.unheard;
    wind(m);
    move(tx, m);
    put_message(tx, m, why, false, text, *judged, uploads);
    tell(tx, m, "answered", why, "");
    return nothing{};
  });
}

// Who was first, for whoever comes second: both handle the case, so one may know of the other.
refusal files::too_late(store::write& tx, const matter& m, const audit::actor& who) const {
  if (is_open(m.state) || !m.decided || !may_handle(who, m)) return not_open(m);
  auto last = tx.one<decision>("select " + store::columns<decision>() +
                                   " from matter_decision where matter = ?1 order by key desc "
                                   "limit 1",
                               m.key);
  if (!last) return not_open(m);
  const civil at = in_zone(last->at, zone_);
  return refuse(kind::conflict, "case.decided", "",
                {{"by", last->who},
                 {"at", fmt::format("{} {:02}:{:02}", at.date.str(), at.hour, at.minute)},
                 {"state", std::string(name_of(m.state))}});
}

// An objection is not decided by whoever refused.
outcome files::may_decide(store::write& tx, const audit::actor& who, const matter& m) const {
  if (!may_handle(who, m)) return refuse(kind::forbidden, "case.not_yours");
  const procedure* p = find_procedure(m.procedure);
  if (m.objected && p->objection.by_another &&
      tx.one<std::int64_t>("select 1 from matter_decision where matter = ?1 and person = ?2 and "
                           "state = 4 limit 1",
                           m.key, who.person))
    return refuse(kind::conflict, "case.same_official");
  return nothing{};
}

outcome files::decide(store::write& tx, const audit::access& why, id key, state to,
                      std::string_view reason) {
  return act(tx, why, key, by::anyone, [&](store::write&, matter& m) -> outcome {
    // Pressed twice: it is decided as she decided it.
    if (m.state == to && m.post == why.who.post && m.reason == reason) return nothing{};
    if (auto may = may_decide(tx, why.who, m); !may) return may;
    if (m.state != state::received && !(m.state == state::question && to == state::returned))
      return too_late(tx, m, why.who);
    procedure::consequences follow;
    if (to == state::accepted) {
      audit::access acting = why;
      acting.reference = m.number;
      const procedure* p = find_procedure(m.procedure);
      if (p->computed && reason.empty() && !p->computed(m).value_or(true))
        return refuse(kind::invalid, "case.against_computed", "text");
      if (auto done = p->accept(tx, acting, m, follow); !done) return done;
    }
    if (const procedure* p = find_procedure(m.procedure); p && p->ending)
      if (auto done = p->ending(tx, why, m, to); !done) return done;
    if (m.suspended) resume(tx, m);
    m.state = to;
    m.post = why.who.post;
    m.decided = now();
    m.decided_by = signed_by(why.who);
    m.reason = reason;
    m.unheard = 0;
    wind(m);
    move(tx, m);
    put_decision(tx, m, why);
    tx.run("update matter_opinion set state = 2, alarm = null where matter = ?1 and state = 0",
           key);
    tell(tx, m, name_of(to), why, reason, follow);
    return nothing{};
  });
}

outcome files::give_back(const audit::access& why, id key, std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return db_.writing(
      [&](store::write& tx) { return decide(tx, why, key, state::returned, reason); });
}

outcome files::decline(const audit::access& why, id key, std::string_view reason) {
  return db_.writing([&](store::write& tx) { return decline(tx, why, key, reason); });
}

outcome files::decline(store::write& tx, const audit::access& why, id key,
                       std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return decide(tx, why, key, state::refused, reason);
}

outcome files::accept(const audit::access& why, id key, std::string_view reason) {
  return db_.writing([&](store::write& tx) { return accept(tx, why, key, reason); });
}

outcome files::accept(store::write& tx, const audit::access& why, id key,
                      std::string_view reason) {
  if (!reason.empty())
    if (auto good = check_text(reason); !good) return good;
  return decide(tx, why, key, state::accepted, reason);
}

outcome files::withdraw(const audit::access& why, id key) {
  return db_.writing([&](store::write& tx) { return withdraw(tx, why, key); });
}

outcome files::withdraw(store::write& tx, const audit::access& why, id key) {
  return act(tx, why, key, by::applicant, [&](store::write&, matter& m) -> outcome {
    if (m.state == state::withdrawn) return nothing{};
    if (!is_open(m.state)) return not_open(m);
    if (m.suspended) resume(tx, m);
    m.state = state::withdrawn;
    m.decided = now();
    wind(m);
    move(tx, m);
    tx.run("update matter_opinion set state = 2, alarm = null where matter = ?1 and state = 0",
           key);
    tell(tx, m, "withdrawn", why, "");
    return nothing{};
  });
}

outcome files::transfer(const audit::access& why, id key, std::string_view office,
                        std::string_view reason) {
  return db_.writing([&](store::write& tx) { return transfer(tx, why, key, office, reason); });
}

outcome files::transfer(store::write& tx, const audit::access& why, id key,
                        std::string_view office, std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return act(tx, why, key, by::anyone, [&](store::write&, matter& m) -> outcome {
    if (m.office == office && just_did(tx, m, "transferred", why.who, reason)) return nothing{};
    if (!may_handle(why.who, m)) return refuse(kind::forbidden, "case.not_yours");
    if (m.state != state::received) return too_late(tx, m, why.who);
    if (m.office == office && !find_procedure(m.procedure)->units)
      return refuse(kind::invalid, "case.same_office", "office");
    m.office = office;
    m.post.clear();
    m.superior.clear();
    m.turn = next_turn(tx, m, *find_procedure(m.procedure));
    move(tx, m);
    tell(tx, m, "transferred", why, reason);
    return nothing{};
  });
}

}  // namespace madang::cases
