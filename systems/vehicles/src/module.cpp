#include "madang/vehicles/vehicles.hpp"

#include "madang/platform/house.hpp"
#include "madang/services/evidence.hpp"

namespace madang::vehicles {
namespace {

// The owner's vehicle, or a refusal that tells a stranger nothing.
result<registers::record> own_vehicle(platform::house& house, const audit::access& why, id owner,
                                      const json::value& answers) {
  auto v = house.registers_of("vehicles").get(why, "vehicles", json::str(answers, "vehicle"));
  if (!v || v->reference("owner") != owner)
    return refuse(kind::invalid, "vehicle.not_yours", "vehicle");
  return std::move(*v);
}

// Where the owner lives, as the resident register says.
result<registers::record> home_of(platform::house& house, const audit::access& why, id person) {
  auto* residents = house.hub().registry_of("persons");
  if (!residents) return refuse(kind::unavailable, "register.unknown");
  auto me = residents->get(why, "persons", person.str());
  if (!me) return me.why();
  return residents->get(why, "households", me->text("household"));
}

words plain(std::string_view s) { return words(std::string(s), std::string(s)); }

result<cases::review> review(platform::house& house, const audit::access& why,
                             const cases::matter& m) {
  auto v = own_vehicle(house, why, m.applicant, m.answers);
  if (!v) return v.why();
  auto home = home_of(house, why, m.applicant);
  if (!home) return home.why();
  const bool differs = v->text("base") != home->text("address");
  cases::review out;
  out.application = {{house.said("vehicles.fact.plate"), plain(v->key), {}, ""},
                     {house.said("vehicles.fact.kind"), plain(v->text("kind")), {}, ""},
                     {house.said("vehicles.fact.base"), plain(v->text("base")), {}, ""}};
  out.evidence = {{house.said("vehicles.fact.address"), plain(home->text("address")),
                   house.said("residents.source.persons"), "good"}};
  out.rules = {{house.said("vehicles.rule.differs"),
                house.said(differs ? "vehicles.value.differs" : "vehicles.value.same"),
                house.said("law.vehicle_11"), differs}};
  return out;
}

outcome accept(platform::house& house, store::write& tx, const audit::access& why,
               const cases::matter& m, cases::procedure::consequences& follow) {
  auto home = home_of(house, why, m.applicant);
  if (!home) return home.why();
  auto& reg = house.registers_of("vehicles");
  const std::string plate(json::str(m.answers, "vehicle"));
  auto v = reg.get(tx, why, "vehicles", plate);
  if (!v) return v.why();
  if (v->reference("owner") != m.applicant) return refuse(kind::conflict, "vehicle.not_yours");
  follow.facts = {{"address", home->text("address")}};
  return reg.change(tx, why, "vehicles", plate,
                    {{"town", home->text("town")}, {"base", home->text("address")}},
                    today(house.pack().zone()));
}

}  // namespace

void join(platform::house& house) {
  if (!house.keeps("vehicles")) return;
  house.registers_of("vehicles");
  auto& files = house.files_of("vehicles");
  files.handle({"vehicle-address", house.said("vehicles.case"), house.said("law.vehicle_11"),
                "resident_officer", 3,
                [&house](const auto& why, const auto& m) { return review(house, why, m); },
                [&house](store::write& tx, const auto& why, const auto& m, auto& follow) {
                  return accept(house, tx, why, m, follow);
                }});
  house.hub().offer_command(
      "vehicles.apply",
      [&house, &files](const audit::access& why, const json::value& in,
                       std::string_view once) -> result<json::value> {
        const json::value& answers = json::at(in, "answers");
        if (auto v = own_vehicle(house, why, why.who.person, answers); !v) return v.why();
        auto home = home_of(house, why, why.who.person);
        if (!home) return home.why();
        auto opened = files.database().writing([&](store::write& tx) {
          return files.open(tx, why,
                            {"vehicle-address", why.who.person, why.who.name,
                             std::string(home->text("town")), answers, {}, std::string(once)});
        });
        if (!opened) return opened.why();
        return json::value(json::object{{"key", opened->key.str()},
                                        {"number", opened->number},
                                        {"due", opened->due.str()},
                                        {"state", cases::name_of(opened->state)}});
      });
}

}  // namespace madang::vehicles
