// A case moves only through the acts below. Each act is one transaction: it reads the case, checks
// that the act is allowed in this state and to this actor, writes the new state, a line of the
// story, an audit entry and an outbox event "case.<what>". Two officials who act at once are told
// apart by the transaction: the second finds the state changed and is refused.
//
// The legal clock counts working days from the day of receipt. While the applicant is asked
// something it stands still; with her reply the days it stood are added to the due date.
#include "madang/cases/cases.hpp"

#include <algorithm>

namespace madang::cases {

std::span<const store::migration> migrations();

BOOST_DESCRIBE_STRUCT(matter, (),
                      (key, number, procedure, applicant, applicant_name, office, post, state,
                       answers, opened, received, due, suspended, decided, decided_by, reason))
BOOST_DESCRIBE_STRUCT(consent, (), (person, name, state, at, question, about))
BOOST_DESCRIBE_STRUCT(message, (), (key, from_official, author, text, at))
BOOST_DESCRIBE_STRUCT(event, (), (at, what, who, note))

namespace {

constexpr std::size_t longest_text = 2000;

const std::string& select() {
  static const std::string text = "select " + store::columns<matter>() + " from matter ";
  return text;
}

std::string signed_by(const audit::actor& who) {
  if (!who.official()) return who.name;
  return who.agency_name("ko") + " " + who.post_title("ko") + " " + who.name;
}

std::string next_number(store::write& tx, date day) {
  tx.run("insert into matter_count (day, last) values (?1, 1) "
         "on conflict (day) do update set last = matter_count.last + 1",
         day.str());
  auto n = tx.one<std::int64_t>("select last from matter_count where day = ?1", day.str());
  return fmt::format("{:04}-{:02}{:02}-{:06}", day.year(), day.month(), day.day(), *n);
}

std::optional<matter> opened_before(store::read& tx, const std::string& once) {
  if (once.empty()) return {};
  return tx.one<matter>(
      select() + "where key = (select matter from matter_request where once = ?1)", once);
}

outcome check_text(std::string_view text) {
  if (text::trim(text).empty()) return refuse(kind::invalid, "case.text_missing", "text");
  if (!text::is_utf8(text) || text::length(text) > longest_text)
    return refuse(kind::invalid, "case.text_long", "text",
                  {{"limit", std::to_string(longest_text)}});
  return nothing{};
}

refusal not_open(const matter& m) {
  return refuse(kind::conflict, "case.not_open", "", {{"state", std::string(name_of(m.state))}});
}

// Filters become SQL with parameters; nothing typed by a person enters the text.
struct filter {
  std::string where = "where 1 = 1";
  std::vector<store::parameter> parameters;
  std::vector<std::string> kept;   // owns what parameters look at

  std::string next(store::parameter p) {
    parameters.push_back(std::move(p));
    return "?" + std::to_string(parameters.size());
  }
};

filter filter_of(const wanted& w) {
  filter f;
  f.kept.reserve(4);
  if (!w.office.empty()) {
    f.kept.push_back(w.office);
    f.where += " and substr(office, 1, " + std::to_string(w.office.size()) + ") = " +
               f.next(store::parameter(std::string_view(f.kept.back())));
  }
  if (w.applicant) f.where += " and applicant = " + f.next(w.applicant);
  if (!w.procedures.empty()) {
    std::string list;
    for (const auto& p : w.procedures)
      list += (list.empty() ? "" : ", ") + f.next(store::parameter(std::string_view(p)));
    f.where += " and procedure in (" + list + ")";
  }
  if (w.open_only) f.where += " and state in (1, 2)";
  if (!w.text.empty()) {
    const std::string here = f.next(store::parameter(std::string_view(w.text)));
    f.where += " and (number = " + here + " or applicant_name = " + here + ")";
  }
  return f;
}

}  // namespace

std::string_view name_of(state s) {
  constexpr std::string_view names[] = {"consent",  "received", "question", "accepted",
                                        "refused", "returned", "withdrawn"};
  return names[static_cast<int>(s)];
}

bool is_open(state s) {
  return s == state::consent || s == state::received || s == state::question;
}

files::files(store::database& db, const calendar& days, std::string zone)
    : db_(db), days_(days), zone_(std::move(zone)) {
  audit::prepare(db_);
  db_.migrate("cases", migrations());
}

void files::handle(procedure p) { procedures_.push_back(std::move(p)); }

const procedure* files::find_procedure(std::string_view wanted_id) const {
  for (const auto& p : procedures_)
    if (p.id == wanted_id) return &p;
  return nullptr;
}

result<matter> files::open(store::write& tx, const audit::access& why, const request& r) {
  const procedure* p = find_procedure(r.procedure);
  check(p != nullptr, "a case is opened for a known procedure");
  if (r.office.empty()) return refuse(kind::invalid, "case.no_office");
  if (auto before = opened_before(tx, r.once)) return std::move(*before);
  matter m;
  m.key = new_id();
  m.received = now_date();
  m.number = next_number(tx, m.received);
  m.procedure = r.procedure;
  m.applicant = r.applicant;
  m.applicant_name = r.applicant_name;
  m.office = r.office;
  m.state = r.consents.empty() ? state::received : state::consent;
  m.answers = r.answers;
  m.opened = now();
  m.due = days_.add_working_days(m.received, p->working_days);
  tx.insert("matter", m);
  if (!r.once.empty())
    tx.run("insert into matter_request (once, matter) values (?1, ?2)", r.once, m.key);
  for (const auto& c : r.consents)
    tx.run("insert into matter_consent (matter, person, name, state, at, question, about) "
           "values (?1, ?2, ?3, 'asked', ?4, ?5, ?6)",
           m.key, c.person, c.name, now(), c.question, c.about);
  procedure::consequences asked;
  for (const auto& c : r.consents) asked.persons.push_back(c.person);
  asked.facts = {{"once", r.once}};   // whoever asked may put away what it was made from
  tell(tx, m, r.consents.empty() ? "received" : "consent_asked", why, "", asked);
  return m;
}

words files::title_of(const matter& m) const {
  const procedure* p = find_procedure(m.procedure);
  if (!p) return words(m.procedure, m.procedure);
  return p->title ? p->title(m) : p->name;
}

std::vector<enclosure> files::enclosures_of(const matter& m) const {
  const procedure* p = find_procedure(m.procedure);
  return p && p->enclosures ? p->enclosures(m) : std::vector<enclosure>{};
}

std::optional<matter> files::find(id key) {
  return db_.reading(
      [&](store::read& r) { return r.one<matter>(select() + "where key = ?1", key); });
}

std::optional<matter> files::find_once(const std::string& once) {
  return db_.reading([&](store::read& r) { return opened_before(r, once); });
}

std::vector<matter> files::list(const wanted& w) {
  filter f = filter_of(w);
  std::string sql = select() + f.where +
                    (w.order == "opened" ? " order by opened desc" : " order by due, opened");
  sql += " limit " + std::to_string(std::clamp(w.limit, 1, 500)) + " offset " +
         std::to_string(std::clamp(w.offset, 0, 1'000'000));
  std::vector<matter> out;
  db_.reading([&](store::read& r) {
    r.each_row(sql, f.parameters,
               [&](const store::row& row) { out.push_back(store::take_row<matter>(row)); });
  });
  return out;
}

std::int64_t files::count(const wanted& w) {
  filter f = filter_of(w);
  std::int64_t n = 0;
  db_.reading([&](store::read& r) {
    r.each_row("select count(*) from matter " + f.where, f.parameters,
               [&](const store::row& row) { n = row.integer(0); });
  });
  return n;
}

std::vector<consent> files::consents(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<consent>(
        "select person, name, state, at, question, about from matter_consent where matter = ?1 "
        "order by person",
        key);
  });
}

std::vector<matter> files::asking_consent_of(id person) {
  return db_.reading([&](store::read& r) {
    return r.all<matter>(select() +
                             "where state = 0 and key in (select matter from matter_consent "
                             "where person = ?1 and state = 'asked') order by opened",
                         person);
  });
}

std::vector<message> files::messages(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<message>("select key, from_official, author, text, at from matter_message "
                          "where matter = ?1 order by key",
                          key);
  });
}

std::vector<event> files::story(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<event>(
        "select at, what, who, note from matter_event where matter = ?1 order by key", key);
  });
}

bool files::may_handle(const audit::actor& who, const matter& m) const {
  const procedure* p = find_procedure(m.procedure);
  return p && who.official() && who.has_role(p->role) &&
         std::string_view(m.office).starts_with(who.office);
}

result<matter> files::locked(store::write& tx, id key) const {
  auto m = tx.one<matter>(select() + "where key = ?1", key);
  if (!m) return refuse(kind::not_found, "case.not_found");
  return std::move(*m);
}

void files::move(store::write& tx, matter& m) {
  tx.run("update matter set state = ?1, post = ?2, office = ?3, due = ?4, suspended = ?5, "
         "decided = ?6, decided_by = ?7, reason = ?8, received = ?9 where key = ?10",
         static_cast<int>(m.state), m.post, m.office, m.due, m.suspended, m.decided, m.decided_by,
         m.reason, m.received, m.key);
}

void files::tell(store::write& tx, const matter& m, std::string_view what, const audit::access& why,
                 std::string_view note, const procedure::consequences& also) {
  tx.run("insert into matter_event (key, matter, at, what, who, note) "
         "values (?1, ?2, ?3, ?4, ?5, ?6)",
         new_id(), m.key, now(), what, signed_by(why.who), note);
  audit::access about = why;
  about.reference = m.number;
  audit::append(tx, about, is_open(m.state) ? audit::action::changed : audit::action::decided,
                m.applicant, "case", m.number, what);
  json::array persons, offices;
  for (id p : also.persons) persons.emplace_back(p.str());
  for (const auto& o : also.offices) offices.emplace_back(o);
  tx.emit("case." + std::string(what), m.key.str(),
          {{"key", m.key.str()},
           {"number", m.number},
           {"procedure", m.procedure},
           {"applicant", m.applicant.str()},
           {"office", m.office},
           {"due", m.due.str()},
           {"note", note},
           {"persons", persons},
           {"offices", offices},
           {"facts", also.facts}});
}

outcome files::answer_consent(const audit::access& why, id key, bool agree) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto m = locked(tx, key);
    if (!m) return m.why();
    const id person = why.who.person;
    auto asked = tx.one<std::string>(
        "select state from matter_consent where matter = ?1 and person = ?2", key, person);
    if (!asked) return refuse(kind::not_found, "case.not_found");
    if (m->state != state::consent || *asked != "asked") return not_open(*m);
    tx.run("update matter_consent set state = ?1, at = ?2 where matter = ?3 and person = ?4",
           agree ? "given" : "declined", now(), key, person);
    if (!agree) {
      m->state = state::returned;
      m->decided = now();
      move(tx, *m);
      tell(tx, *m, "consent_declined", why, "");
      return nothing{};
    }
    auto open = tx.one<std::int64_t>(
        "select count(*) from matter_consent where matter = ?1 and state <> 'given'", key);
    if (*open == 0) {
      // The clock of the law begins when the application is complete.
      m->state = state::received;
      m->received = now_date();
      m->due = days_.add_working_days(m->received, find_procedure(m->procedure)->working_days);
      move(tx, *m);
    }
    tell(tx, *m, *open == 0 ? "received" : "consent_given", why, "");
    return nothing{};
  });
}

outcome files::take(const audit::access& why, id key) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto m = locked(tx, key);
    if (!m) return m.why();
    if (!may_handle(why.who, *m)) return refuse(kind::forbidden, "case.not_yours");
    if (m->state != state::received && m->state != state::question) return not_open(*m);
    if (m->post == why.who.post) return nothing{};
    m->post = why.who.post;
    move(tx, *m);
    tell(tx, *m, "taken", why, "");
    return nothing{};
  });
}

outcome files::ask(const audit::access& why, id key, std::string_view question) {
  if (auto good = check_text(question); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    auto m = locked(tx, key);
    if (!m) return m.why();
    if (!may_handle(why.who, *m)) return refuse(kind::forbidden, "case.not_yours");
    if (m->state != state::received) return not_open(*m);
    m->state = state::question;
    m->suspended = now_date();
    m->post = why.who.post;
    move(tx, *m);
    tx.run("insert into matter_message (key, matter, from_official, author, text, at) "
           "values (?1, ?2, 1, ?3, ?4, ?5)",
           new_id(), key, signed_by(why.who), question, now());
    tell(tx, *m, "asked", why, "");
    return nothing{};
  });
}

outcome files::reply(const audit::access& why, id key, std::string_view text) {
  if (auto good = check_text(text); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    auto m = locked(tx, key);
    if (!m) return m.why();
    if (m->applicant != why.who.person) return refuse(kind::not_found, "case.not_found");
    if (m->state != state::question) return not_open(*m);
    const int stood = days_.working_days_between(*m->suspended, now_date());
    m->state = state::received;
    m->due = days_.add_working_days(m->due, stood);
    m->suspended.reset();
    move(tx, *m);
    tx.run("insert into matter_message (key, matter, from_official, author, text, at) "
           "values (?1, ?2, 0, ?3, ?4, ?5)",
           new_id(), key, why.who.name, text, now());
    tell(tx, *m, "answered", why, "");
    return nothing{};
  });
}

outcome files::decide(const audit::access& why, id key, state to, std::string_view reason) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto m = locked(tx, key);
    if (!m) return m.why();
    if (!may_handle(why.who, *m)) return refuse(kind::forbidden, "case.not_yours");
    if (m->state != state::received && !(m->state == state::question && to == state::returned))
      return not_open(*m);
    procedure::consequences follow;
    if (to == state::accepted) {
      audit::access acting = why;
      acting.reference = m->number;
      const procedure* p = find_procedure(m->procedure);
      if (p->computed && reason.empty() && !p->computed(*m).value_or(true))
        return refuse(kind::invalid, "case.against_computed", "text");
      if (auto done = p->accept(tx, acting, *m, follow); !done) return done;
    }
    m->state = to;
    m->post = why.who.post;
    m->decided = now();
    m->decided_by = signed_by(why.who);
    m->reason = reason;
    m->suspended.reset();
    move(tx, *m);
    tell(tx, *m, name_of(to), why, reason, follow);
    return nothing{};
  });
}

outcome files::give_back(const audit::access& why, id key, std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return decide(why, key, state::returned, reason);
}

outcome files::decline(const audit::access& why, id key, std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return decide(why, key, state::refused, reason);
}

outcome files::accept(const audit::access& why, id key, std::string_view reason) {
  if (!reason.empty())
    if (auto good = check_text(reason); !good) return good;
  return decide(why, key, state::accepted, reason);
}

outcome files::withdraw(const audit::access& why, id key) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto m = locked(tx, key);
    if (!m) return m.why();
    if (m->applicant != why.who.person) return refuse(kind::not_found, "case.not_found");
    if (!is_open(m->state)) return not_open(*m);
    m->state = state::withdrawn;
    m->decided = now();
    move(tx, *m);
    tell(tx, *m, "withdrawn", why, "");
    return nothing{};
  });
}

outcome files::transfer(const audit::access& why, id key, std::string_view office,
                        std::string_view reason) {
  if (auto good = check_text(reason); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    auto m = locked(tx, key);
    if (!m) return m.why();
    if (!may_handle(why.who, *m)) return refuse(kind::forbidden, "case.not_yours");
    if (m->state != state::received) return not_open(*m);
    m->office = office;
    m->post.clear();
    move(tx, *m);
    tell(tx, *m, "transferred", why, reason);
    return nothing{};
  });
}

}  // namespace madang::cases
