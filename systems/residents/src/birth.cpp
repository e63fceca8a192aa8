// Birth report (출생신고): Act on Registration of Family Relations arts. 44 to 46; Resident
// Registration Act arts. 7-2 and 8.
#include <algorithm>

#include "households.hpp"
#include "move_in.hpp"

namespace madang::residents {
namespace {

constexpr int report_within_days = 31;   // art. 44 (1): one month
constexpr int serials_a_day = 1000;

// The first serial of that day and sex that nobody has. The register itself refuses a number that
// is taken meanwhile (unique), so two births at once cannot get the same.
result<std::string> free_number(store::write& tx, registers::registry& reg,
                                const audit::access& why, date born, bool female) {
  for (int serial = 0; serial < serials_a_day; ++serial) {
    std::string number = resident_number(born, female, serial);
    auto taken = reg.find(tx, why, "persons", "resident_number", number,
                          {born, forever});
    if (!taken) return taken.why();
    if (!taken->empty()) continue;
    auto later = reg.find(tx, why, "persons", "resident_number", number);
    if (!later) return later.why();
    if (later->empty()) return number;
  }
  return refuse(kind::conflict, "birth.no_number");
}

std::string child_name(const json::value& answers) {
  return std::string(json::str(answers, "surname")) + std::string(json::str(answers, "given"));
}

// Relation of the newborn to the head of the household she is placed in.
std::string relation_of_child(std::string_view parent_relation) {
  if (parent_relation == "head" || parent_relation == "spouse") return "child";
  if (parent_relation == "child" || parent_relation == "child_in_law") return "grandchild";
  return "other";
}

// A child of that name and day of birth in the household already: the report came twice, from both
// parents perhaps. Twins have names of their own.
bool is_registered(const std::vector<registers::record>& household, const json::value& answers) {
  return std::ranges::any_of(household, [&](const auto& r) {
    return r.text("born") == json::str(answers, "born") && r.text("name") == child_name(answers);
  });
}

words plain(std::string_view s) { return words(std::string(s), std::string(s)); }

}  // namespace

result<cases::review> review_birth(platform::house& house, const audit::access& why,
                                   const cases::matter& m) {
  auto fact = [&](std::string_view key, words value, std::string tone = {},
                  std::string_view source = {}) {
    return cases::fact{house.said("residents.fact." + std::string(key)), std::move(value),
                       source.empty() ? words{}
                                      : house.said("residents.source." + std::string(source)),
                       std::move(tone)};
  };
  auto& reg = house.registers_of("residents");
  auto parent = reg.get(why, "persons", m.applicant.str());
  if (!parent) return parent.why();
  auto home = reg.get(why, "households", parent->text("household"));
  if (!home) return home.why();
  const date born = date::parse(json::str(m.answers, "born")).value_or(m.received);
  const auto& sexes = house.pack().codes("sexes");
  auto sex = sexes.find(json::str(m.answers, "sex"));

  cases::review out;
  out.application = {
      fact("child", plain(child_name(m.answers))),
      fact("sex", sex == sexes.end() ? words{} : sex->second),
      fact("born", house.written(born)),
      fact("place", plain(json::str(m.answers, "place"))),
      fact("reporter", plain(parent->text("name")))};
  out.evidence = {fact("home", plain(home->text("address")), "good", "persons")};
  if (auto* families = house.hub().registry_of("families")) {
    auto family = families->get(why, "families", m.applicant.str());
    words spouse = house.said("residents.answer.no_spouse");
    if (family && family->reference("spouse")) {
      auto other = families->get(why, "families", family->text("spouse"));
      if (other) spouse = plain(other->text("name"));
    }
    out.evidence.push_back(fact("other_parent", spouse, "", "families"));
  }
  const int days = m.received - born;
  out.rules.push_back({house.said("residents.rule.birth_in_time"),
                       house.said("residents.value.days_after", {{"n", std::to_string(days)}}),
                       house.said("law.family_44"), days <= report_within_days});
  if (!cases::is_open(m.state)) return out;   // what was accepted is registered, of course
  auto household = reg.find(why, "persons", "household", parent->text("household"));
  if (!household) return household.why();
  const bool twice = is_registered(*household, m.answers);
  out.rules.push_back({house.said("residents.rule.birth_once"),
                       house.said(twice ? "residents.value.registered"
                                        : "residents.value.not_registered"),
                       house.said("law.family_44"), !twice});
  return out;
}

outcome accept_birth(platform::house& house, store::write& tx, const audit::access& why,
                     const cases::matter& m, cases::procedure::consequences& follow) {
  auto& reg = house.registers_of("residents");
  auto parent = reg.get(tx, why, "persons", m.applicant.str());
  if (!parent) return parent.why();
  auto household = reg.find(tx, why, "persons", "household", parent->text("household"));
  if (!household) return household.why();
  if (is_registered(*household, m.answers)) return refuse(kind::conflict, "birth.registered");
  const date born = date::parse(json::str(m.answers, "born")).value_or(m.received);
  const bool female = json::str(m.answers, "sex") == "f";
  auto number = free_number(tx, reg, why, born, female);
  if (!number) return number.why();
  const id child = new_id();
  auto made = reg.create(tx, why, "persons", child.str(),
                         {{"resident_number", *number},
                          {"name", child_name(m.answers)},
                          {"latin", json::at(m.answers, "latin")},
                          {"born", born.str()},
                          {"sex", json::str(m.answers, "sex")},
                          {"household", parent->text("household")},
                          {"relation", relation_of_child(parent->text("relation"))},
                          {"since", born.str()},
                          {"entry", "birth"},
                          {"status", "resident"}},
                         born);
  if (!made) return made;
  follow.facts = {{"child", child.str()}, {"event", "birth"}};
  tx.emit("residents.born", child.str(),
          {{"child", child.str()},
           {"name", child_name(m.answers)},
           {"resident_number", *number},
           {"born", born.str()},
           {"sex", json::str(m.answers, "sex")},
           {"parent", m.applicant.str()},
           {"case", m.number}});
  return nothing{};
}

}  // namespace madang::residents
