#include "office.hpp"

#include <algorithm>
#include <array>
#include <future>

#include "madang/services/evidence.hpp"
#include "madang/sharing/sharing.hpp"

namespace madang::sharing {

std::span<const store::migration> migrations();

BOOST_DESCRIBE_STRUCT(consent, (),
                      (key, person, task, office, agency, agency_name, asked_by, reference, state,
                       asked_at, answered_at, until))

namespace {

constexpr const char* elsewhere = "agencies";      // registers of agencies without a system here

std::string columns() { return store::columns<consent>(); }

}  // namespace

office::office(house& h)
    : house_(h),
      db_(h.database("sharing")),
      effort_(db_, "sharing"),
      book_(h.pack(), h.hub()) {
  db_.migrate("sharing", migrations());
}

audit::access office::why(const context& c, const task& t, const std::string& reference) const {
  return c.access(t.name, t.law, reference);
}

// ---- limits ----

outcome office::within_limits(const context& c) const {
  return effort_.may(c.actor.post, today(house_.pack().zone()), {most_a_day, most_refused_a_day});
}

outcome office::count_look(const context& c) {
  return effort_.looked(c.actor.post, today(house_.pack().zone()),
                        {most_a_day, most_refused_a_day});
}

void office::count_refusal(const context& c) {
  effort_.refused(c.actor.post, today(house_.pack().zone()));
}

// ---- who, and on what ground ----

result<id> office::person(const context& c, const task& t, std::string_view number,
                          const std::string& reference) {
  if (auto may = within_limits(c); !may) return may.why();
  auto* residents = house_.hub().registry_of("persons");
  if (!residents) return refuse(kind::not_found, "sharing.no_person", "number");
  // Only what was typed comes back: who it is, the official learns on a ground.
  constexpr const char* by = "resident_number";
  auto found = residents->find(why(c, t, reference), "persons", by, number, registers::present(),
                               std::array<std::string, 1>{by});
  if (!found) return found.why();
  const auto who = found->empty() ? std::nullopt : id::parse(found->front().key);
  if (!who) {
    count_refusal(c);
    return refuse(kind::not_found, "sharing.no_person", "number");
  }
  return *who;
}

std::string office::name_of(const context& c, const task& t, id who, const ground& g) {
  auto found = house_.hub().registry_of("persons")->get(why(c, t, g.reference), "persons",
                                                        who.str(), registers::present(),
                                                        std::array<std::string, 1>{"name"});
  return found ? std::string(found->text("name")) : std::string();
}

std::optional<consent> office::standing(const context& c, const task& t, id who) {
  return db_.reading([&](store::read& r) {
    return r.one<consent>("select " + columns() + " from consent where person = ?1 and task = ?2 "
                          "and office = ?3 and agency = ?4 and state = 'given' and until >= ?5 "
                          "order by until desc limit 1",
                          who, t.id, c.actor.office, c.actor.agency, today(house_.pack().zone()));
  });
}

namespace {

// The official's office decides cases of this kind and place.
bool in_hand(const context& c, const cases::files& files, const cases::matter& m) {
  const auto* p = files.find_procedure(m.procedure);
  return p && c.actor.has_role(p->role) && m.office.starts_with(c.actor.office);
}

}  // namespace

result<ground> office::may_look(const context& c, const task& t, id who,
                                const std::string& reference) {
  if (auto may = within_limits(c); !may) return may.why();
  if (!reference.empty())
    for (auto* files : house_.all_files()) {
      cases::wanted w;
      w.applicant = who;
      w.open_only = true;
      for (const auto& m : files->list(w))
        if (m.number == reference && in_hand(c, *files, m)) return ground{m.number, "case"};
    }
  if (auto agreed = standing(c, t, who))
    return ground{agreed->reference, "consent"};
  count_refusal(c);
  // The person and the auditor read that it was tried.
  return c.hidden(refuse(kind::forbidden, "sharing.no_ground", "reference"), "persons", who);
}

// ---- looking ----

finding office::look_at(const audit::access& why, const source& s, id who,
                        std::string_view language) {
  const auto began = std::chrono::steady_clock::now();
  finding f;
  f.from = &s;
  f.at = now();
  auto* registry = house_.hub().registry_of(s.reg);
  f.schema = registry->find_schema(s.reg);
  const auto& wanted = s.is_question() ? s.answer->reads() : s.items;
  std::vector<registers::record> found;
  if (s.by == "key") {
    auto one = registry->get(why, s.reg, who.str(), registers::present(), wanted);
    if (one) found.push_back(std::move(*one));
    else if (one.why().code != "register.no_record") f.why = one.why();
  } else {
    auto some = registry->find(why, s.reg, s.by, who.str(), registers::present(), wanted);
    if (some) found = std::move(*some);
    else f.why = some.why();
  }
  if (f.why) {
    f.state = "failed";
  } else if (s.is_question()) {
    const auto said = s.answer->of(found, today(house_.pack().zone()));
    f.state = !said ? "unknown" : *said ? "yes" : "no";
  } else {
    f.state = found.empty() ? "none" : "found";
    for (const auto& r : found)
      f.records.push_back(services::shown_record(house_.pack(), *f.schema, r, language));
  }
  f.micros = std::chrono::duration_cast<std::chrono::microseconds>(
                 std::chrono::steady_clock::now() - began).count();
  return f;
}

std::vector<finding> office::ask_all(const audit::access& why, const task& t, id who,
                                     const std::string& language) {
  std::vector<std::future<finding>> asked;
  for (const auto& s : t.sources)
    asked.push_back(std::async(std::launch::async, [&, source = &s] {
      try {
        return look_at(why, *source, who, language);
      } catch (const std::exception&) {      // its database cannot be reached
        finding f;
        f.from = source;
        f.schema = house_.hub().registry_of(source->reg)->find_schema(source->reg);
        f.at = now();
        f.state = "failed";
        f.why = refuse(kind::unavailable, "sharing.not_answered");
        return f;
      }
    }));
  std::vector<finding> out;
  for (auto& one : asked) out.push_back(one.get());
  return out;
}

result<std::vector<finding>> office::look(const context& c, const task& t, id who,
                                          const ground& g) {
  if (auto counted = count_look(c); !counted) return counted.why();
  auto out = ask_all(why(c, t, g.reference), t, who, c.language);
  remember(c, t, out);
  return out;
}

std::vector<finding> office::preview(const context& c, const task& t) {
  return ask_all(c.access(house_.said("purpose.own_data"), t.law), t, c.actor.person, c.language);
}

void office::remember(const context& c, const task& t, const std::vector<finding>& all) {
  const std::string month = today(house_.pack().zone()).str().substr(0, 7);
  db_.writing([&](store::write& tx) {
    for (const auto& f : all)
      tx.run("insert into used (month, agency, task, register, outcome, n, micros) "
             "values (?1, ?2, ?3, ?4, ?5, 1, ?6) on conflict (month, agency, task, register, "
             "outcome) do update set n = used.n + 1, micros = used.micros + ?6",
             month, c.actor.agency, t.id, f.from->reg, f.state, f.micros);
  });
}

std::vector<usage> office::used() {
  return db_.reading([&](store::read& r) {
    return r.all<usage>("select month, agency, task, register as reg, outcome, n, micros from used "
                        "order by month desc, n desc");
  });
}

// ---- consent ----

result<consent> office::ask(const context& c, const task& t, id who, const std::string& reference,
                            date until) {
  const date day = today(house_.pack().zone());
  if (reference.empty() || text::length(reference) > 60)
    return refuse(kind::invalid, "sharing.reference", "reference");
  if (until < day || until > day.plus(most_consent_days))
    return refuse(kind::invalid, "sharing.until", "until");
  if (auto counted = count_look(c); !counted) return counted.why();
  consent made{new_id(),          who,     t.id,    c.actor.office, c.actor.agency,
               c.actor.agency_name(c.language), c.actor.name, reference, "asked",
               now(),             {},      until};
  const bool fresh = db_.writing([&](store::write& tx) {
    if (tx.one<std::int64_t>("select 1 from consent where person = ?1 and task = ?2 "
                             "and office = ?3 "
                             "and agency = ?4 and state = 'asked' and until >= ?5",
                             who, t.id, c.actor.office, c.actor.agency, day))
      return false;
    tx.run("insert into consent (key, person, task, office, agency, agency_name, asked_by, "
           "reference, state, asked_at, until) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
           "?11)",
           made.key, made.person, made.task, made.office, made.agency, made.agency_name,
           made.asked_by, made.reference, made.state, made.asked_at, made.until);
    audit::append(tx, why(c, t, reference), audit::action::changed, who, "sharing",
                  made.key.str(), "asked");
    return true;
  });
  if (!fresh) return refuse(kind::conflict, "sharing.asked");
  notices::notice n;
  n.person = who;
  n.title = house_.said("sharing.notice_title", {{"agency", made.agency_name}});
  n.body = house_.said("sharing.notice_body");
  n.link = "/my/sharing/" + made.key.str();
  n.reference = reference;
  house_.box().put(std::move(n), "sharing." + made.key.str());
  return made;
}

std::vector<consent> office::of_person(id who) {
  return db_.reading([&](store::read& r) {
    return r.all<consent>("select " + columns() +
                              " from consent where person = ?1 order by asked_at desc limit 200",
                          who);
  });
}

std::optional<consent> office::find(id key) {
  return db_.reading([&](store::read& r) {
    return r.one<consent>("select " + columns() + " from consent where key = ?1", key);
  });
}

outcome office::answer(const context& c, id key, const std::string& state) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto it = tx.one<consent>("select " + columns() + " from consent where key = ?1", key);
    const task* t = it ? book_.find(it->task) : nullptr;
    if (!it || !t || it->person != c.actor.person)
      return refuse(kind::not_found, "sharing.unknown");
    const std::string from = state == "withdrawn" ? "given" : "asked";
    if (it->state != from || it->until < today(house_.pack().zone()))
      return refuse(kind::conflict, "sharing.answered");
    tx.run("update consent set state = ?1, answered_at = ?2 where key = ?3", state, now(), key);
    audit::append(tx, c.access(house_.said("purpose.own_data"), t->law, it->reference),
                  audit::action::changed, it->person, "sharing", key.str(), state);
    return nothing{};
  });
}

void join(platform::house& house) {
  if (house.keeps(elsewhere)) house.registers_of(elsewhere);
  if (!house.pack().has("sharing/tasks.yaml")) return;
  auto o = std::make_shared<office>(house);
  desk_pages(house, o);
  my_pages(house, o);
  public_pages(house, o);
}

}  // namespace madang::sharing
