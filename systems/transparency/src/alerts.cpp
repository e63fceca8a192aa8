#include "alerts.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace madang::transparency {

std::span<const store::migration> migrations();

BOOST_DESCRIBE_STRUCT(alert, (),
                      (key, rule, official, name, agency, hour, persons, usual, found_at,
                       handled_at, handled_by, note, seen_at, escalated_at, seen_by, escalated_by,
                       escalated_note))

namespace {

constexpr auto looked_back = std::chrono::hours(2);
constexpr auto compared_back = std::chrono::hours(24 * 30);
constexpr std::int64_t hour_micros = 3'600'000'000;
constexpr std::size_t longest_note = 1000;

struct read_row {
  id actor_person, subject;
  instant at;
  json::value actor;
  std::string reference;
};
BOOST_DESCRIBE_STRUCT(read_row, (), (actor_person, subject, at, actor, reference))

struct past_row {
  id subject;
  instant at;
};
BOOST_DESCRIBE_STRUCT(past_row, (), (subject, at))

constexpr std::string_view by_relation[] = {"namesake", "household", "former_household",
                                            "neighbour", "outside_district"};
constexpr std::string_view by_count[] = {"many_persons", "outside_hours", "colleague",
                                         "without_case"};

instant hour_of(instant t) { return {t.micros - t.micros % hour_micros}; }

}  // namespace

std::vector<alert_rule> alert_rules_of(const packs::pack& pack) {
  constexpr const char* file = "reading-alerts.yaml";
  std::vector<alert_rule> out;
  const json::value all = pack.yaml(file);
  if (!all.is_array()) return out;
  for (const auto& v : all.get_array()) {
    alert_rule r;
    r.id = json::str(v, "id");
    r.least = json::num(v, "least", 1);
    r.times_usual = static_cast<double>(json::num(v, "times_usual"));
    r.from = static_cast<int>(json::num(v, "from", 22));
    r.until = static_cast<int>(json::num(v, "until", 6));
    const bool known = std::ranges::find(by_count, r.id) != std::end(by_count) ||
                       std::ranges::find(by_relation, r.id) != std::end(by_relation);
    if (!known || r.least < 1 || r.from < 0 || r.from > 24 || r.until < 0 || r.until > 24)
      throw packs::broken_pack({file, 0, "'" + r.id + "' is no rule, or its figures are wrong"});
    out.push_back(std::move(r));
  }
  return out;
}

// What one official read within one hour of the clock.
struct alerts::hour_of_reading {
  id official;
  instant hour;
  json::value actor;
  std::set<id> persons, colleagues, without_case;
  std::map<std::string, std::set<id>, std::less<>> related;  // by what they are to the official

  const std::set<id>& counted(std::string_view rule) const {
    if (rule == "colleague") return colleagues;
    if (rule == "without_case") return without_case;
    if (std::ranges::find(by_relation, rule) == std::end(by_relation)) return persons;
    static const std::set<id> nobody;
    const auto found = related.find(rule);
    return found == related.end() ? nobody : found->second;
  }
};

alerts::alerts(platform::house& h)
    : house_(h),
      db_(h.database("transparency")),
      rules_(alert_rules_of(h.pack())),
      relations_(h) {
  db_.migrate("transparency", migrations());
}

bool alerts::asks_relations() const {
  return std::ranges::any_of(rules_, [](const alert_rule& r) {
    return std::ranges::find(by_relation, r.id) != std::end(by_relation);
  });
}

std::vector<alerts::hour_of_reading> alerts::hours() {
  std::map<std::pair<id, instant>, hour_of_reading> found;
  std::map<id, bool> is_official;
  const id since = audit::first_key_at(now().plus(-looked_back));
  for (auto* db : house_.databases()) {
    const auto rows = db->reading([&](store::read& r) {
      return r.all<read_row>(
          "select actor_person, subject, at, actor, reference from audit_entry "
          "where key >= ?1 and what = ?2 "
          "and subject > 0 and actor_person > 0 and subject <> actor_person and "
          "actor like '%\"post\"%'",
          since, static_cast<int>(audit::action::read));
    });
    for (const auto& row : rows) {
      auto& h = found[{row.actor_person, hour_of(row.at)}];
      h.official = row.actor_person;
      h.hour = hour_of(row.at);
      h.actor = row.actor;
      h.persons.insert(row.subject);
      auto [known, fresh] = is_official.emplace(row.subject, false);
      if (fresh) known->second = !house_.people().posts_of(row.subject).empty();
      if (known->second) h.colleagues.insert(row.subject);
      if (row.reference.empty()) h.without_case.insert(row.subject);
    }
  }
  std::vector<hour_of_reading> out;
  for (auto& [at, h] : found) {
    if (asks_relations())
      for (const id person : h.persons)
        for (const auto& relation : relations_.between(h.official, person))
          h.related[relation].insert(person);
    out.push_back(std::move(h));
  }
  return out;
}

double alerts::usual_of(id official, instant before) const {
  std::map<instant, std::set<id>> hours;
  for (auto* db : house_.databases()) {
    const auto rows = db->reading([&](store::read& r) {
      return r.all<past_row>(
          "select subject, at from audit_entry where key >= ?1 and at >= ?2 and at < ?3 and "
          "what = ?4 and actor_person = ?5 and subject > 0",
          audit::first_key_at(before.plus(-compared_back)), before.plus(-compared_back), before,
          static_cast<int>(audit::action::read), official);
    });
    for (const auto& row : rows) hours[hour_of(row.at)].insert(row.subject);
  }
  double persons = 0;
  for (const auto& [hour, seen] : hours) persons += static_cast<double>(seen.size());
  return hours.empty() ? 0 : persons / static_cast<double>(hours.size());
}

bool is_outside(const alert_rule& rule, const civil& at,
                const std::function<bool(date)>& is_working_day) {
  const bool night = rule.from > rule.until ? at.hour >= rule.from || at.hour < rule.until
                                            : at.hour >= rule.from && at.hour < rule.until;
  return night || !is_working_day(at.date);
}

bool alerts::outside(const alert_rule& rule, instant hour) const {
  return is_outside(rule, in_zone(hour, house_.pack().zone()), [&](date d) {
    return house_.pack().calendar().is_working_day(d);
  });
}

bool alerts::applies(const alert_rule& rule, const hour_of_reading& h, double& usual) const {
  const auto& counted = h.counted(rule.id);
  if (static_cast<std::int64_t>(counted.size()) < rule.least) return false;
  if (rule.id == "outside_hours" && !outside(rule, h.hour)) return false;
  if (rule.times_usual <= 0) return true;
  usual = usual_of(h.official, h.hour);
  return static_cast<double>(counted.size()) >= usual * rule.times_usual;
}

void alerts::look() {
  if (rules_.empty()) return;
  const auto read = hours();
  for (const auto& rule : rules_)
    for (const auto& h : read) {
      const auto known = db_.reading([&](store::read& r) {
        return r.one<std::int64_t>(
            "select key from alert where rule = ?1 and official = ?2 and hour = ?3", rule.id,
            h.official, h.hour);
      });
      double usual = 0;
      if (known || !applies(rule, h, usual)) continue;
      const auto persons = static_cast<std::int64_t>(h.counted(rule.id).size());
      db_.writing([&](store::write& tx) {
        tx.run("insert into alert (key, rule, official, name, agency, hour, persons, usual, "
               "found_at, handled_at, handled_by, note) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
               "?9, 0, '', '') on conflict (rule, official, hour) do nothing",
               new_id(), rule.id, h.official, json::str(h.actor, "name"),
               json::words_of(json::at(h.actor, "agency")), h.hour, persons, usual, now());
      });
    }
}

std::vector<alert> alerts::list(part which, int limit) const {
  const char* where = which == part::handled     ? "handled_at > 0"
                      : which == part::escalated ? "handled_at = 0 and escalated_at > 0"
                                                 : "handled_at = 0 and escalated_at = 0";
  return db_.reading([&](store::read& r) {
    return r.all<alert>("select " + store::columns<alert>() + " from alert where " + where +
                            " order by key desc limit ?1",
                        limit);
  });
}

std::optional<alert> alerts::find(id key) const {
  return db_.reading([&](store::read& r) {
    return r.one<alert>("select " + store::columns<alert>() + " from alert where key = ?1", key);
  });
}

outcome alerts::see(const audit::access& why, id key) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto a = tx.one<alert>(
        "select " + store::columns<alert>() + " from alert where key = ?1", key);
    if (!a) return refuse(kind::not_found, "alert.unknown");
    if (a->handled_at.micros != 0) return refuse(kind::conflict, "alert.handled");
    if (a->seen_at.micros != 0) return nothing{};
    tx.run("update alert set seen_at = ?2, seen_by = ?3 where key = ?1", key, now(), why.who.name);
    audit::append(tx, why, audit::action::read, a->official, "alert", key.str(),
                  "seen: " + a->rule);
    return nothing{};
  });
}

outcome alerts::step(
    const audit::access& why, id key, std::string_view note,
    const std::function<outcome(store::write&, const alert&, std::string_view)>& what) {
  const auto said = text::trim(note);
  if (said.empty() || text::length(said) > longest_note)
    return refuse(kind::invalid, "alert.note", "note", {{"limit", std::to_string(longest_note)}});
  return db_.writing([&](store::write& tx) -> outcome {
    const auto a = tx.one<alert>(
        "select " + store::columns<alert>() + " from alert where key = ?1", key);
    if (!a) return refuse(kind::not_found, "alert.unknown");
    if (a->handled_at.micros != 0) return refuse(kind::conflict, "alert.handled");
    // Nobody says what her own reading was.
    if (a->official == why.who.person) return refuse(kind::forbidden, "alert.own");
    return what(tx, *a, said);
  });
}

outcome alerts::escalate(const audit::access& why, id key, std::string_view note) {
  return step(why, key, note, [&](store::write& tx, const alert& a,
                                  std::string_view said) -> outcome {
    if (a.escalated_at.micros != 0) return refuse(kind::conflict, "alert.escalated");
    tx.run("update alert set escalated_at = ?2, escalated_by = ?3, escalated_note = ?4 "
           "where key = ?1",
           key, now(), why.who.name, said);
    audit::append(tx, why, audit::action::decided, a.official, "alert", key.str(),
                  "escalated: " + a.rule);
    tx.emit("alert.escalated", key.str(), json::object{{"official", a.official.str()}});
    return nothing{};
  });
}

outcome alerts::handle(const audit::access& why, id key, std::string_view note) {
  return step(why, key, note, [&](store::write& tx, const alert& a,
                                  std::string_view said) -> outcome {
    tx.run("update alert set handled_at = ?2, handled_by = ?3, note = ?4 where key = ?1", key,
           now(), why.who.name, said);
    audit::append(tx, why, audit::action::decided, a.official, "alert", key.str(), a.rule);
    return nothing{};
  });
}

}  // namespace madang::transparency
