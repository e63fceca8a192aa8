#include "relations.hpp"

#include <algorithm>

namespace madang::transparency {
namespace {

constexpr std::size_t most_remembered = 20'000;

}  // namespace

std::string building_of(std::string_view address) {
  return std::string(text::trim(address.substr(0, address.find(','))));
}

std::set<std::string> relations_between(const known_person& official, const known_person& person,
                                        const std::vector<std::string>& offices) {
  std::set<std::string> out;
  if (person.name.empty()) return out;
  if (person.name == official.name) out.insert("namesake");
  if (!person.household.empty() && person.household == official.household) out.insert("household");
  else if (official.before.contains(person.household) || person.before.contains(official.household))
    out.insert("former_household");
  else if (!person.building.empty() && person.building == official.building)
    out.insert("neighbour");
  const bool inside = std::ranges::any_of(
      offices, [&](const std::string& office) { return person.town.starts_with(office); });
  if (!offices.empty() && !person.town.empty() && !inside) out.insert("outside_district");
  return out;
}

const known_person& relations::known(id person) {
  if (auto found = persons_.find(person); found != persons_.end()) return found->second;
  known_person out;
  auto* reg = house_.hub().registry_of("persons");
  const audit::access why{audit::system_actor("inspection of access"), house_.said("purpose.audit"),
                          house_.said("law.access_logs"), ""};
  // One look: the history holds what is so now.
  if (auto history = reg ? reg->history(why, "persons", person.str())
                         : result<std::vector<registers::record>>(std::vector<registers::record>()))
    for (const auto& version : *history) {
      const std::string household(version.text("household"));
      if (version.recorded_to == forever && version.valid_to == end_of_days) {
        out.name = version.text("name");
        out.household = household;
      }
      if (!household.empty()) out.before.insert(household);
    }
  out.before.erase(out.household);
  auto* houses = house_.hub().registry_of("households");
  if (houses && !out.household.empty())
    if (auto home = houses->get(why, "households", out.household)) {
      out.town = home->text("town");
      out.building = building_of(home->text("address"));
    }
  return persons_[person] = std::move(out);
}

const std::set<std::string>& relations::between(id official, id person) {
  if (pairs_.size() > most_remembered || persons_.size() > most_remembered) {
    pairs_.clear();
    persons_.clear();
  }
  if (auto found = pairs_.find({official, person}); found != pairs_.end()) return found->second;
  std::vector<std::string> offices;
  for (const auto& p : house_.people().posts_of(official)) offices.push_back(p.office);
  const known_person her = known(official);
  return pairs_[{official, person}] = relations_between(her, known(person), offices);
}

}  // namespace madang::transparency
