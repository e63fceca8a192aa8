// Move-in report (전입신고): Resident Registration Act arts. 10, 11, 16; Enforcement Decree art. 23.
#include "move_in.hpp"

#include <algorithm>

#include "households.hpp"

namespace madang::residents {
namespace {

constexpr int report_within_days = 14;   // art. 11 (1)
constexpr int adult_age = 19;            // Civil Act art. 4

std::string new_address(const json::value& answers) {
  std::string text(json::str(json::at(answers, "address"), "text"));
  if (auto unit = json::str(answers, "unit"); !unit.empty())
    text += (text.find(',') == std::string::npos ? ", " : " ") + std::string(unit);
  return text;
}

std::vector<id> who_moves(const json::value& answers) {
  std::vector<id> out;
  if (const auto& who = json::at(answers, "who"); who.is_array())
    for (const auto& one : who.get_array())
      if (one.is_string())
        if (auto person = id::parse(one.get_string())) out.push_back(*person);
  return out;
}

bool joins(const json::value& answers) { return json::str(answers, "household") == "join"; }

// The household at the new address whose head has the given name. The answer is the same whether
// the address or the name is wrong, so that nobody can try out who lives where.
result<registers::record> household_joined(platform::house& house, const audit::access& why,
                                           const json::value& answers) {
  auto& reg = house.registers_of("residents");
  auto at = reg.find(why, "households", "address", new_address(answers));
  if (!at) return at.why();
  for (auto& h : *at) {
    auto head = reg.get(why, "persons", h.text("head"), registers::present());
    if (head && head->text("name") == json::str(answers, "head_name")) return std::move(h);
  }
  return refuse(kind::invalid, "move.no_such_household", "head_name");
}

// What the building register says of an address, without its owner.
std::optional<registers::record> building_at(platform::house& house, const audit::access& why,
                                             const std::string& address) {
  static const std::vector<std::string> open_items = {"address", "address_en", "use", "units"};
  auto* land = house.hub().registry_of("buildings");
  if (!land) return {};
  auto found = land->find(why, "buildings", "address", address, registers::present(), open_items);
  if (!found || found->empty()) return {};
  return std::move(found->front());
}

cases::fact fact(const platform::house& house, std::string_view key, words value,
                 std::string tone = {}, std::string_view source = {}) {
  return {house.said("residents.fact." + std::string(key)), std::move(value),
          source.empty() ? words{} : house.said("residents.source." + std::string(source)),
          std::move(tone)};
}

words plain(std::string_view s) { return words(std::string(s), std::string(s)); }

struct reviewer {
  platform::house& house;
  const audit::access& why;
  const cases::matter& m;
  cases::review out;
  std::vector<registers::record> members;
  std::vector<id> going = who_moves(m.answers);
  date moved_on = date::parse(json::str(m.answers, "moved")).value_or(m.received);

  bool goes(const registers::record& r) const {
    auto key = id::parse(r.key);
    return key && std::find(going.begin(), going.end(), *key) != going.end();
  }

  std::string names(bool of_going) const {
    std::vector<std::string> list;
    for (const auto& r : members)
      if (goes(r) == of_going) list.emplace_back(r.text("name"));
    return list.empty() ? "-" : text::join(list, ", ");
  }

  outcome load() {
    auto& reg = house.registers_of("residents");
    auto me = reg.get(why, "persons", m.applicant.str());
    if (!me) return me.why();
    auto all = reg.find(why, "persons", "household", me->text("household"));
    if (!all) return all.why();
    members = std::move(*all);
    auto home = reg.get(why, "households", me->text("household"));
    if (!home) return home.why();
    const std::string from(home->text("address"));
    out.application = {
        fact(house, "from", plain(from)), fact(house, "to", plain(new_address(m.answers))),
        fact(house, "moved", house.written(moved_on)), fact(house, "going", plain(names(true))),
        fact(house, "staying", plain(names(false)))};
    if (auto note = json::str(m.answers, "note"); !note.empty())
      out.application.push_back(fact(house, "note", plain(note)));
    return nothing{};
  }

  void registers_say() {
    const bool known = std::none_of(members.begin(), members.end(), [](const auto& r) {
      return r.text("status") != "resident";
    });
    out.evidence.push_back(fact(house, "registered",
                                house.said(known ? "residents.answer.all_resident"
                                                 : "residents.answer.not_resident"),
                                known ? "good" : "bad", "persons"));
    building();
    other_report();
    vehicles();
  }

  void building() {
    if (!house.hub().registry_of("buildings")) return;
    const auto there = building_at(house, why, new_address(m.answers));
    words value = house.said("residents.answer.no_building");
    if (there) {
      const auto& uses = house.pack().codes("building_uses");
      auto use = uses.find(there->text("use"));
      value = use == uses.end() ? plain(there->text("use")) : use->second;
    }
    out.evidence.push_back(fact(house, "building", value, there ? "good" : "warn", "buildings"));
  }

  void other_report() {
    cases::wanted w;
    w.applicant = m.applicant;
    w.procedures = {"move-in"};
    w.open_only = true;
    const bool twice = house.files_of("residents").count(w) > 1;
    out.evidence.push_back(fact(house, "twice",
                                house.said(twice ? "residents.answer.another_open"
                                                 : "residents.answer.none_open"),
                                twice ? "bad" : "good", "cases"));
  }

  void vehicles() {
    auto* reg = house.hub().registry_of("vehicles");
    if (!reg) return;
    std::size_t n = 0;
    for (id person : going) {
      auto found = reg->find(why, "vehicles", "owner", person.str());
      if (found) n += found->size();
    }
    out.evidence.push_back(fact(house, "vehicles",
                                house.said("residents.answer.count", {{"n", std::to_string(n)}}),
                                "", "vehicles"));
  }

  void rules() {
    const int days = m.received - moved_on;
    out.rules.push_back({house.said("residents.rule.in_time"),
                         house.said("residents.value.days_after", {{"n", std::to_string(days)}}),
                         house.said("law.resident_11"), days <= report_within_days});
    consents();
    minors();
  }

  void consents() {
    auto asked = house.files_of("residents").consents(m.key);
    if (asked.empty()) return;
    const bool given = std::all_of(asked.begin(), asked.end(),
                                   [](const auto& c) { return c.state == "given"; });
    out.rules.push_back({house.said("residents.rule.consent"),
                         house.said(given ? "residents.value.consent_given"
                                          : "residents.value.consent_open",
                                    {{"name", asked.front().name}}),
                         house.said("law.resident_decree_23"), given});
  }

  void minors() {
    bool minor_stays = false, adult_stays = false;
    for (const auto& r : members) {
      if (goes(r)) continue;
      const bool adult = age(date::parse(r.text("born")).value_or(date{}), moved_on) >= adult_age;
      (adult ? adult_stays : minor_stays) = true;
    }
    if (!minor_stays) return;
    out.rules.push_back({house.said("residents.rule.minor"),
                         house.said(adult_stays ? "residents.value.adult_stays"
                                                : "residents.value.no_adult_stays"),
                         house.said("law.resident_rule_12"), adult_stays});
  }
};

}  // namespace

result<prepared> prepare_move_in(platform::house& house, const audit::access& why,
                                 const json::value& answers) {
  auto& reg = house.registers_of("residents");
  auto me = reg.get(why, "persons", why.who.person.str());
  if (!me) return me.why();
  auto home = reg.get(why, "households", me->text("household"));
  if (!home) return home.why();
  const std::string town(json::str(json::at(answers, "address"), "town"));
  if (!house.pack().find_district(town) || town.size() != 7)
    return refuse(kind::invalid, "forms.address", "address");
  if (home->text("address") == new_address(answers))
    return refuse(kind::invalid, "move.same_address", "address");
  auto members = reg.find(why, "persons", "household", me->text("household"));
  if (!members) return members.why();
  const auto going = who_moves(answers);
  if (going.empty()) return refuse(kind::invalid, "forms.missing", "who");
  for (id person : going)
    if (std::none_of(members->begin(), members->end(),
                     [&](const auto& r) { return r.key == person.str(); }))
      return refuse(kind::invalid, "move.not_member", "who");

  prepared out{town, answers, {}};
  if (auto building = building_at(house, why, new_address(answers)))
    out.answers.as_object()["address_en"] = building->text("address_en");
  if (!joins(answers)) return out;
  auto joined = household_joined(house, why, answers);
  if (!joined) return joined.why();
  const id head = joined->reference("head");
  out.answers.as_object()["joined"] = joined->key;
  std::vector<std::string> names;
  for (const auto& r : *members)
    if (std::ranges::find(going, id::parse(r.key)) != going.end())
      names.emplace_back(r.text("name"));
  out.consents.push_back(
      {head, std::string(json::str(answers, "head_name")), "asked", now(),
       house.said("residents.consent.question", {{"name", std::string(me->text("name"))}}),
       house.said("residents.consent.about",
                  {{"names", text::join(names, ", ")}, {"address", new_address(answers)},
                   {"moved", std::string(json::str(answers, "moved"))}})});
  return out;
}

result<cases::review> review_move_in(platform::house& house, const audit::access& why,
                                     const cases::matter& m) {
  reviewer r{house, why, m, {}, {}};
  if (auto good = r.load(); !good) return good.why();
  r.registers_say();
  r.rules();
  return std::move(r.out);
}

outcome accept_move_in(platform::house& house, store::write& tx, const audit::access& why,
                       const cases::matter& m, cases::procedure::consequences& follow) {
  auto& reg = house.registers_of("residents");
  const json::value& address = json::at(m.answers, "address");
  move wanted;
  wanted.on = date::parse(json::str(m.answers, "moved")).value_or(m.received);
  wanted.town = json::str(address, "town");
  wanted.address = new_address(m.answers);
  wanted.address_en = json::str(m.answers, "address_en");
  wanted.who = who_moves(m.answers);
  wanted.applicant = m.applicant;
  wanted.joined = id::parse(json::str(m.answers, "joined")).value_or(id{});
  auto done = move_people(tx, reg, why, wanted);
  if (!done) return done.why();
  for (id person : wanted.who)
    if (person != m.applicant) follow.persons.push_back(person);
  if (wanted.joined) {
    auto joined = reg.get(tx, why, "households", wanted.joined.str());
    if (joined) follow.persons.push_back(joined->reference("head"));
  }
  if (done->from_town != wanted.town) follow.offices.push_back(done->from_town);
  follow.facts = {{"address", wanted.address}, {"moved", wanted.on.str()}, {"event", "moving"}};
  tx.emit("residents.moved", done->to_household.str(),
          {{"household", done->to_household.str()},
           {"applicant", m.applicant.str()},
           {"on", wanted.on.str()}});
  return nothing{};
}

}  // namespace madang::residents
