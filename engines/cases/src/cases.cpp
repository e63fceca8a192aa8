// A case moves only through acts. Each act is one transaction: it reads the case, checks that the
// act is allowed in this state and to this actor, writes the new state, a line of the story, an
// audit entry and an outbox event "case.<what>". Two officials who act at once are told apart by
// the transaction: the second finds the state changed and is told who was first.
#include "madang/cases/cases.hpp"

#include <algorithm>

#include "inside.hpp"
#include "madang/search/tokens.hpp"

namespace madang::cases {

std::span<const store::migration> migrations();

namespace {

constexpr std::size_t longest_text = 2000;
constexpr std::string_view state_names[] = {"consent",  "received", "question", "accepted",
                                            "refused", "returned", "withdrawn"};

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
      select_matter() + "where key = (select matter from matter_request where once = ?1)", once);
}

}  // namespace

std::string signed_by(const audit::actor& who) {
  if (!who.official()) return who.name;
  std::string out = who.agency_name("ko") + " " + who.post_title("ko") + " " + who.name;
  if (!who.stands_in_for.empty()) out += " (" + who.stands_in_for + " 대행)";
  return out;
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

bool first_time(store::write& tx, const std::string& once) {
  return once.empty() || tx.run("insert into matter_once (once, at) values (?1, ?2) "
                                "on conflict (once) do nothing",
                                once, now()) > 0;
}

bool just_did(store::read& tx, const matter& m, std::string_view what, const audit::actor& who,
              std::string_view note) {
  auto last = tx.one<event>("select at, what, who, note from matter_event where matter = ?1 "
                            "order by key desc limit 1",
                            m.key);
  return last && last->what == what && last->who == signed_by(who) && last->note == note;
}

std::vector<std::string> words_of(std::string_view text, bool for_query) {
  std::vector<std::string> out;
  for (auto& t : search::tokens(text, for_query ? search::purpose::query : search::purpose::index))
    out.push_back(std::move(t.text));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string_view name_of(state s) { return state_names[static_cast<int>(s)]; }

std::optional<state> state_of(std::string_view name) {
  for (int i = 0; i < 7; ++i)
    if (state_names[i] == name) return static_cast<state>(i);
  return {};
}

std::string_view name_of(opinion_state s) {
  constexpr std::string_view names[] = {"asked", "answered", "dropped"};
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

// The words by which it is found: what its procedure is called is found by the procedure itself.
void files::index(store::write& tx, const matter& m) {
  std::string all = m.applicant_name + " " + m.number.substr(m.number.find_last_of('-') + 1);
  const procedure* p = find_procedure(m.procedure);
  if (p->title) {
    const words titles = p->title(m);
    for (const auto& [language, title] : titles.all())
      if (title != p->name(language)) all += " " + title;
  }
  for (const auto& word : words_of(all, false))
    tx.run("insert into matter_word (word, matter) values (?1, ?2) on conflict do nothing", word,
           m.key);
}

// Start-time fair queueing: a case takes the turn that is being served at its office, or the one
// after the applicant's own last, so that each applicant is served once a turn.
std::int64_t files::next_turn(store::write& tx, const matter& m, const procedure& p) const {
  if (!p.turns) return 0;
  const auto served = tx.one<std::optional<std::int64_t>>(
      "select min(turn) from matter where procedure = ?1 and office = ?2 and state in (1, 2) and "
      "turn > 0",
      p.id, m.office);
  const auto own = tx.one<std::optional<std::int64_t>>(
      "select max(turn) from matter where applicant = ?1 and procedure = ?2 and office = ?3 and "
      "state in (1, 2) and turn > 0",
      m.applicant, p.id, m.office);
  return std::max(served->value_or(1), own->value_or(0) + 1);
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
  m.due = p->due ? p->due(m) : days_.add_working_days(m.received, p->working_days);
  m.turn = next_turn(tx, m, *p);
  wind(m);
  tx.insert("matter", m);
  index(tx, m);
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
      [&](store::read& r) { return r.one<matter>(select_matter() + "where key = ?1", key); });
}

std::optional<matter> files::find_once(const std::string& once) {
  return db_.reading([&](store::read& r) { return opened_before(r, once); });
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
    return r.all<matter>(select_matter() +
                             "where state = 0 and key in (select matter from matter_consent "
                             "where person = ?1 and state = 'asked') order by opened",
                         person);
  });
}

std::vector<event> files::story(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<event>(
        "select at, what, who, note from matter_event where matter = ?1 order by key", key);
  });
}

std::vector<decision> files::decisions(id key) {
  return db_.reading([&](store::read& r) {
    return r.all<decision>("select " + store::columns<decision>() +
                               " from matter_decision where matter = ?1 order by key",
                           key);
  });
}

bool files::may_handle(const audit::actor& who, const matter& m) const {
  const procedure* p = find_procedure(m.procedure);
  return p && who.official() && who.has_role(p->role) &&
         std::string_view(m.office).starts_with(who.office) && who.person != m.applicant &&
         !(p->barred && p->barred(who, m));
}

bool files::may_read(const audit::actor& who, const matter& m) {
  if (may_handle(who, m)) return true;
  const auto asked = opinions(m.key);
  return std::any_of(asked.begin(), asked.end(),
                     [&](const opinion& o) { return may_answer(who, o, m); });
}

result<matter> files::locked(store::write& tx, id key) const {
  auto m = tx.one<matter>(select_matter() + "where key = ?1", key);
  if (!m) return refuse(kind::not_found, "case.not_found");
  return std::move(*m);
}

void files::move(store::write& tx, matter& m) {
  tx.run("update matter set state = ?1, post = ?2, office = ?3, due = ?4, suspended = ?5, "
         "decided = ?6, decided_by = ?7, reason = ?8, received = ?9, alarm = ?10, stage = ?11, "
         "superior = ?12, extended = ?13, objected = ?14, turn = ?15, unheard = ?16 "
         "where key = ?17",
         static_cast<int>(m.state), m.post, m.office, m.due, m.suspended, m.decided, m.decided_by,
         m.reason, m.received, m.alarm, m.stage, m.superior, m.extended, m.objected, m.turn,
         m.unheard, m.key);
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
           {"post", m.post},
           {"due", m.due.str()},
           {"note", note},
           {"persons", persons},
           {"offices", offices},
           {"facts", also.facts}});
}

}  // namespace madang::cases
