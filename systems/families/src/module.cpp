#include "madang/families/families.hpp"

#include "madang/platform/house.hpp"

namespace madang::families {
namespace {

// Heard at least once: that the entry is there already is success.
void enter_child(platform::house& house, const exchange::event& e) {
  auto& reg = house.registers_of("families");
  audit::access why{audit::system_actor("families"), house.said("families.purpose.birth"),
                    house.said("law.family_44"), std::string(json::str(e.payload, "case"))};
  const auto born = date::parse(json::str(e.payload, "born"));
  check(born.has_value(), "residents.born says when");
  auto done = reg.database().writing([&](store::write& tx) -> outcome {
    const std::string parent_key(json::str(e.payload, "parent"));
    auto parent = reg.get(tx, why, "families", parent_key);
    if (!parent) return parent.why();
    const bool mother = parent->text("sex") == "f";
    json::object items{{"name", json::str(e.payload, "name")},
                       {"resident_number", json::str(e.payload, "resident_number")},
                       {"born", born->str()},
                       {"sex", json::str(e.payload, "sex")}};
    items[mother ? "mother" : "father"] = parent_key;
    // The base of registration and the clan seat are the father's (Civil Act art. 781).
    registers::record line = *parent;
    if (auto spouse = parent->text("spouse"); !spouse.empty()) {
      items[mother ? "father" : "mother"] = spouse;
      if (mother)
        if (auto father = reg.get(tx, why, "families", spouse)) line = std::move(*father);
    }
    for (const char* inherited : {"clan_seat", "registered_base"})
      if (auto v = line.text(inherited); !v.empty()) items[inherited] = v;
    return reg.create(tx, why, "families", json::str(e.payload, "child"), items, *born);
  });
  if (!done && done.why().code != "register.exists")
    throw std::runtime_error("families: " + done.why().code);
}

}  // namespace

void join(platform::house& house) {
  if (!house.keeps("families")) return;
  house.registers_of("families");
  house.hub().listen("families", "residents.born",
                     [&house](const exchange::event& e) { enter_child(house, e); });
}

}  // namespace madang::families
