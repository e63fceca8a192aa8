// What a member's program is answered under an agreement, and what people send it.
#include <algorithm>
#include <array>
#include <set>

#include "madang/services/evidence.hpp"
#include "office.hpp"

namespace madang::agreements {

namespace {

// The items of an agreement that elements of type mydata name for its purpose.
json::array named_in(const json::array& details, const agreement& a) {
  json::array out;
  for (const auto& item : a.items.get_array()) {
    const std::string name = a.reg + "." + item.get_string().c_str();
    if (std::ranges::any_of(details, [&](const json::value& one) {
          const auto& types = json::at(one, "datatypes");
          return json::str(one, "purpose") == a.purpose && types.is_array() &&
                 std::ranges::find(types.get_array(), json::value(name)) != types.get_array().end();
        }))
      out.push_back(item);
  }
  return out;
}

std::string select_permission() {
  return "select " + store::columns<permission>() + " from permission ";
}

}  // namespace

audit::access office::why_of(const member& m, const agreement& a,
                             const std::string& reference) const {
  audit::access out;
  out.who = audit::system_actor(m.name(house_.pack().language()));
  out.who.agency = m.id;
  out.who.agency_name = m.name;
  const auto both = [&](const std::string& s) {
    words w;
    for (const auto& language : house_.pack().languages()) w.set(language, s);
    return w;
  };
  out.purpose = both(a.purpose);
  out.law = both(a.law + " · " + a.number);
  out.reference = reference;
  return out;
}

result<agreement> office::in_force(const member& m, const std::string& number) {
  auto a = find(number);
  if (!a || a->applicant != m.id || state_of(*a) != "in_force" || a->begins > day())
    return refuse(kind::forbidden, "agreement.none");
  return std::move(*a);
}

// ---- limits ----

platform::effort::limits office::limits_of(const member& m) const {
  return {class_of(m)->most_a_day, most_refused_a_day};
}

outcome office::within_limits(const member& m) const {
  return effort_.may(m.id, day(), limits_of(m));
}

outcome office::count_look(const member& m) { return effort_.looked(m.id, day(), limits_of(m)); }

// Who tries again and again is not looked at by its numbers alone.
void office::count_refusal(const member& m) {
  if (effort_.refused(m.id, day()) == most_refused_a_day)
    log::warn("agreements.locked", {{"member", m.id}});
}

void office::remember(const agreement& a, const std::string& outcome) {
  db_.writing([&](store::write& tx) {
    tx.run(
        "insert into used (month, agreement, outcome, n) values (?1, ?2, ?3, 1) on conflict "
        "(month, agreement, outcome) do update set n = used.n + 1",
        day().str().substr(0, 7), a.key, outcome);
  });
}

// The person and the auditor read that it was tried.
void office::refuse_entry(const audit::access& why, const agreement& a, id who) {
  db_.writing([&](store::write& tx) {
    audit::append(tx, why, audit::action::refused, who, a.reg, who.str(), "agreement.no_consent");
  });
}

// ---- looking ----

// Only that there is somebody with this number is learnt here.
result<id> office::person(const audit::access& why, const std::string& resident) {
  auto* residents = house_.hub().registry_of("persons");
  constexpr const char* by = "resident_number";
  if (residents) {
    auto some = residents->find(why, "persons", by, resident, registers::present(),
                                std::array<std::string, 1>{by}, 1);
    if (!some) return some.why();
    if (!some->empty())
      if (auto key = id::parse(some->front().key)) return *key;
  }
  return refuse(kind::not_found, "agreement.no_person", "number");
}

std::vector<permission> office::standing(const agreement& a, const std::string& member, id who) {
  return db_.reading([&](store::read& r) {
    return r.all<permission>(select_permission() +
                                 "where agreement = ?1 and member = ?2 and person = ?3 and state = "
                                 "'given' and until >= ?4 order by until desc limit 100",
                             a.key, member, who, day());
  });
}

bool permission::sends(std::string_view item) const {
  if (items.empty()) return true;
  const auto all = json::parse(items);
  if (!all || !all->is_array()) return false;
  return std::ranges::any_of(all->get_array(), [&](const json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == item;
  });
}

agreement as_sent(agreement a, const std::vector<permission>& by) {
  json::array items;
  for (const auto& one : a.items.get_array()) {
    const std::string_view item = one.get_string();
    if (std::ranges::any_of(by, [&](const permission& p) { return p.sends(item); }))
      items.push_back(one);
  }
  a.items = std::move(items);
  return a;
}

result<std::vector<registers::record>> office::found_of(const audit::access& why,
                                                        const agreement& a, id who,
                                                        const std::vector<std::string>& items) {
  auto* registry = house_.hub().registry_of(a.reg);
  if (!registry) return refuse(kind::unavailable, "agreement.register");
  const auto& s = *registry->find_schema(a.reg);
  std::vector<registers::record> found;
  if (s.subject == "key") {
    auto one = registry->get(why, a.reg, who.str(), registers::present(), items);
    if (one) found.push_back(std::move(*one));
    else if (one.why().code != "register.no_record") return one.why();
  } else {
    auto some = registry->find(why, a.reg, s.subject, who.str(), registers::present(), items);
    if (!some) return some.why();
    found = std::move(*some);
  }
  // A register enters what it hands out about persons. That there is nothing is an answer too, and
  // facts about a thing, asked for as hers, are about her.
  const auto is_personal = [&](const std::string& i) { return s.find(i)->personal; };
  const bool entered = !found.empty() && std::ranges::any_of(items, is_personal);
  if (!entered)
    db_.writing([&](store::write& tx) {
      audit::append(tx, why, audit::action::read, who, a.reg, who.str(), text::join(items, ","));
    });
  return found;
}

// Her trail says which question was answered: the items that it rests on did not leave.
audit::access office::why_asked(audit::access why, const question& q) const {
  words purpose;
  for (const auto& language : house_.pack().languages())
    purpose.set(language, why.purpose(language) + " · " +
                              item_name(q.reg, "?" + q.id, language));
  why.purpose = std::move(purpose);
  return why;
}

result<json::object> office::records(const audit::access& why, const agreement& a, id who) {
  std::vector<std::string> items;
  json::array records;
  json::object answers;
  for (const auto& one : a.items.get_array()) {
    const std::string item(one.get_string());
    if (!item.starts_with('?')) {
      items.push_back(item);
      continue;
    }
    const auto* q = find_question(a.reg, item);
    if (!q) continue;   // the pack no longer has it
    auto found = found_of(why_asked(why, *q), a, who, q->answer.reads());
    if (!found) return found.why();
    const auto said = q->answer.of(*found, day());
    answers[q->id] = said ? json::value(*said) : json::value();
  }
  if (!items.empty()) {
    auto found = found_of(why, a, who, items);
    if (!found) return found.why();
    const auto& s = *house_.hub().registry_of(a.reg)->find_schema(a.reg);
    for (const auto& r : *found) {
      auto shown = services::shown_record(house_.pack(), s, r, house_.pack().language());
      // Not among the items: by our key two members would know that they speak of one person.
      for (const char* own : {"key", "valid_from"}) shown.erase(own);
      records.push_back(std::move(shown));
    }
  }
  remember(a, records.empty() && answers.empty() ? "none" : "found");
  json::object out{{"agreement", a.number},
                   {"register", a.reg},
                   {"provider", a.provider},
                   {"records", std::move(records)}};
  if (!answers.empty()) out["answers"] = std::move(answers);
  out["at"] = now().str();
  return out;
}

result<json::object> office::look(const member& m, const std::string& number,
                                  const std::string& resident, const std::string& reference) {
  if (auto may = within_limits(m); !may) return may.why();
  auto a = in_force(m, number);
  if (!a) {
    count_refusal(m);
    return a.why();
  }
  if (reference.empty() || text::length(reference) > 60)
    return refuse(kind::invalid, "agreement.reference", "reference");
  const auto why = why_of(m, *a, reference);
  auto who = person(why, resident);
  const bool by_consent = class_of(m)->consents;
  const auto given = who && by_consent ? standing(*a, m.id, *who) : std::vector<permission>();
  const bool agreed = who && (!by_consent || !given.empty());
  if (!agreed) {
    count_refusal(m);
    remember(*a, "refused");
    if (!who)
      return class_of(m)->consents ? refuse(kind::forbidden, "agreement.no_consent") : who.why();
    refuse_entry(why, *a, *who);
    return refuse(kind::forbidden, "agreement.no_consent");
  }
  if (auto counted = count_look(m); !counted) return counted.why();
  return records(why, by_consent ? as_sent(std::move(*a), given) : std::move(*a), *who);
}

// ---- what people send ----

result<permission> office::ask(const member& m, const std::string& number,
                               const std::string& resident, const std::string& reference,
                               date until) {
  if (auto may = within_limits(m); !may) return may.why();
  auto a = in_force(m, number);
  if (!a) {
    count_refusal(m);
    return a.why();
  }
  if (reference.empty() || text::length(reference) > 60)
    return refuse(kind::invalid, "agreement.reference", "reference");
  if (until < day() || until > a->ends) return refuse(kind::invalid, "agreement.until", "until");
  const auto why = why_of(m, *a, reference);
  auto who = person(why, resident);
  if (!who) count_refusal(m);
  else if (auto counted = count_look(m); !counted) return counted.why();
  permission p;
  p.key = new_id();
  p.bundle = random_token(16);
  p.agreement = a->key;
  p.person = who ? *who : id{};
  p.member = m.id;
  p.reference = reference;
  p.state = "asked";
  p.asked_at = now();
  p.until = until;
  // Whoever asks for a number that nobody has is answered alike, and is never told more.
  if (!who) return p;
  const bool fresh = db_.writing([&](store::write& tx) {
    if (tx.one<std::int64_t>("select 1 from permission where agreement = ?1 and person = ?2 and "
                             "state = 'asked' and until >= ?3",
                             p.agreement, p.person, day()))
      return false;
    tx.insert("permission", p);
    audit::append(tx, why, audit::action::changed, p.person, "permission", p.key.str(), "asked");
    return true;
  });
  if (!fresh) return p;
  notices::notice n;
  n.person = p.person;
  n.title = house_.said("agreements.notice_title", {{"member", m.name(house_.pack().language())}});
  n.body = house_.said("agreements.notice_body");
  n.link = "/my/mydata";
  n.reference = reference;
  house_.box().put(std::move(n), "agreements." + p.key.str());
  return p;
}

std::vector<std::string> office::bundles(const member& m) {
  return db_.reading([&](store::read& r) {
    return r.all<std::string>(
        "select distinct bundle from permission where member = ?1 and state = "
        "'given' and until >= ?2 order by bundle",
        m.id, day());
  });
}

// Items of it that were stopped, or whose agreement has ended, are left out; when none is left,
// there is no bundle.
std::vector<std::pair<agreement, permission>> office::given_in(const member& m,
                                                               const std::string& name) {
  std::vector<std::pair<agreement, permission>> out;
  for (auto& p : db_.reading([&](store::read& r) {
         return r.all<permission>(select_permission() +
                                      "where member = ?1 and bundle = ?2 and state = 'given' and "
                                      "until >= ?3 order by key",
                                  m.id, name, day());
       })) {
    const auto number = db_.reading([&](store::read& r) {
      return r.one<std::string>("select number from agreement where key = ?1", p.agreement);
    });
    if (auto a = in_force(m, number.value_or("")))
      out.emplace_back(as_sent(std::move(*a), {p}), std::move(p));
  }
  return out;
}

result<json::object> office::bundle(const member& m, const std::string& name,
                                    const json::array* only) {
  if (auto may = within_limits(m); !may) return may.why();
  auto covered = given_in(m, name);
  if (only)
    for (auto& [a, p] : covered) a.items = named_in(*only, a);
  std::erase_if(covered, [](const auto& one) { return one.first.items.get_array().empty(); });
  if (covered.empty()) {
    count_refusal(m);
    return refuse(kind::forbidden, "agreement.no_consent");
  }
  if (auto counted = count_look(m); !counted) return counted.why();
  json::array items;
  date until = end_of_days;
  for (const auto& [a, p] : covered) {
    auto got = records(why_of(m, a, p.reference), a, p.person);
    if (!got) return got.why();
    until = std::min(until, p.until);
    items.emplace_back(std::move(*got));
  }
  return json::object{{"bundle", name}, {"until", until.str()}, {"items", std::move(items)}};
}

// ---- the person ----

std::vector<permission> office::of_person(id person) {
  return db_.reading([&](store::read& r) {
    return r.all<permission>(
        select_permission() + "where person = ?1 order by asked_at desc, key limit 300", person);
  });
}

std::string office::permission_state(const permission& p) const {
  const bool open = p.state == "asked" || p.state == "given";
  return open && p.until < day() ? "over" : p.state;
}

result<std::string> office::send(const context& c, const std::vector<std::string>& numbers,
                                 date until) {
  if (numbers.empty()) return refuse(kind::invalid, "agreement.nothing_chosen", "agreements");
  if (until < day() || until > day().plus(366))
    return refuse(kind::invalid, "agreement.until", "until");
  std::vector<agreement> chosen;
  for (const auto& number : std::set<std::string>(numbers.begin(), numbers.end())) {
    const auto a = find(number);
    const auto* m = a ? find_member(a->applicant) : nullptr;
    if (!m || !in_force(*m, number)) return refuse(kind::conflict, "agreement.none", "agreements");
    if (!chosen.empty() && chosen.front().applicant != a->applicant)
      return refuse(kind::invalid, "agreement.nothing_chosen", "agreements");
    if (until > a->ends) return refuse(kind::invalid, "agreement.until", "until");
    chosen.push_back(*a);
  }
  const std::string name = random_token(16);
  db_.writing([&](store::write& tx) {
    for (const auto& a : chosen) {
      permission p{new_id(),    name,
                   a.key,       c.actor.person,
                   a.applicant, house_.said("agreements.by_herself")(house_.pack().language()),
                   "given",     now(),
                   now(),       until};
      tx.insert("permission", p);
      audit::append(tx, c.access(house_.said("purpose.own_data"), house_.said("law.e_government")),
                    audit::action::changed, c.actor.person, "permission", p.key.str(), "given");
    }
  });
  return name;
}

outcome office::answer(const context& c, id key, const std::string& state) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto p = tx.one<permission>(select_permission() + "where key = ?1", key);
    if (!p || p->person != c.actor.person) return refuse(kind::not_found, "agreement.unknown");
    const std::string from = state == "stopped" ? "given" : "asked";
    if (p->state != from || p->until < day()) return refuse(kind::conflict, "agreement.answered");
    tx.run("update permission set state = ?1, answered_at = ?2 where key = ?3", state, now(), key);
    audit::append(
        tx,
        c.access(house_.said("purpose.own_data"), house_.said("law.e_government"), p->reference),
        audit::action::changed, p->person, "permission", key.str(), state);
    return nothing{};
  });
}

void office::stop(const audit::access& why, id person, const std::string& bundle) {
  db_.writing([&](store::write& tx) {
    for (const auto& p : tx.all<permission>(
             select_permission() + "where bundle = ?1 and person = ?2 and state = 'given'", bundle,
             person)) {
      tx.run("update permission set state = 'stopped', answered_at = ?1 where key = ?2", now(),
             p.key);
      audit::append(tx, why, audit::action::changed, person, "permission", p.key.str(), "stopped");
    }
  });
}

}  // namespace madang::agreements
