#include "households.hpp"

#include <algorithm>

namespace madang::residents {
namespace {

struct mover {
  store::write& tx;
  registers::registry& reg;
  const audit::access& why;
  const move& m;

  bool moves(id person) const {
    return std::find(m.who.begin(), m.who.end(), person) != m.who.end();
  }

  outcome set_person(id person, json::object items) {
    return reg.change(tx, why, "persons", person.str(), items, m.on);
  }

  // Those who move form the household `target` or join it; the relations follow from its head.
  outcome settle(const std::vector<member>& going, id target, id new_head, bool joining) {
    const auto head_was = std::find_if(going.begin(), going.end(),
                                       [&](const member& g) { return g.key == new_head; });
    for (const auto& g : going) {
      std::string relation = "other";
      if (!joining)
        relation = g.key == new_head ? "head" : relation_to(head_was->relation, g.relation);
      auto done = set_person(g.key, {{"household", target.str()},
                                     {"relation", relation},
                                     {"since", m.on.str()},
                                     {"entry", joining ? "move_in" : "new_household"}});
      if (!done) return done;
    }
    return nothing{};
  }

  // Those who stay go on as a household; a new head when theirs has left.
  outcome remain(const std::vector<member>& staying, id household, bool head_left) {
    if (staying.empty()) return reg.end(tx, why, "households", household.str(), m.on);
    if (!head_left) return nothing{};
    const id head = next_head(staying, m.on);
    const auto was = std::find_if(staying.begin(), staying.end(),
                                  [&](const member& s) { return s.key == head; });
    for (const auto& s : staying) {
      const std::string relation = s.key == head ? "head" : relation_to(was->relation, s.relation);
      if (auto done = set_person(s.key, {{"relation", relation}}); !done) return done;
    }
    return reg.change(tx, why, "households", household.str(), {{"head", head.str()}}, m.on);
  }
};

// The new place, in a register of two scripts also in the other: what is not known there is no
// address, not the old one.
json::object where_to(const registers::registry& reg, const move& m) {
  json::object out{{"town", m.town}, {"address", m.address}};
  if (reg.find_schema("households")->find("address_en"))
    out["address_en"] = m.address_en.empty() ? json::value() : json::value(m.address_en);
  return out;
}

}  // namespace

result<std::vector<member>> members_of(store::write& tx, registers::registry& reg,
                                       const audit::access& why, id household) {
  auto found = reg.find(tx, why, "persons", "household", household.str());
  if (!found) return found.why();
  std::vector<member> out;
  for (const auto& r : *found)
    out.push_back({*id::parse(r.key), std::string(r.text("relation")),
                   date::parse(r.text("born")).value_or(date{})});
  return out;
}

result<moved> move_people(store::write& tx, registers::registry& reg, const audit::access& why,
                          const move& m) {
  auto applicant = reg.get(tx, why, "persons", m.applicant.str());
  if (!applicant) return applicant.why();
  const id from = applicant->reference("household");
  auto home = reg.get(tx, why, "households", from.str());
  if (!home) return home.why();
  auto all = members_of(tx, reg, why, from);
  if (!all) return all.why();

  mover mv{tx, reg, why, m};
  std::vector<member> going, staying;
  for (const auto& one : *all) (mv.moves(one.key) ? going : staying).push_back(one);
  // Somebody may have left the household since the report was made.
  if (going.size() != m.who.size()) return refuse(kind::conflict, "move.not_member", "who");
  moved out{std::string(home->text("town")), from};

  if (staying.empty() && !m.joined) {
    auto done = reg.change(tx, why, "households", from.str(), where_to(reg, m), m.on);
    if (!done) return done.why();
    for (const auto& g : going) {
      done = mv.set_person(g.key, {{"since", m.on.str()}, {"entry", "move_in"}});
      if (!done) return done.why();
    }
    return out;
  }

  const bool head_left = std::any_of(going.begin(), going.end(),
                                     [](const member& g) { return g.relation == "head"; });
  const bool applicant_goes = mv.moves(m.applicant);
  const id new_head = applicant_goes ? m.applicant : next_head(going, m.on);
  out.to_household = m.joined ? m.joined : new_id();
  if (!m.joined) {
    json::object items = where_to(reg, m);
    items["head"] = new_head.str();
    items["formed"] = m.on.str();
    items["cause"] = "move_in";
    auto made = reg.create(tx, why, "households", out.to_household.str(), items, m.on);
    if (!made) return made.why();
  }
  if (auto done = mv.settle(going, out.to_household, new_head, bool(m.joined)); !done)
    return done.why();
  if (auto done = mv.remain(staying, from, head_left); !done) return done.why();
  return out;
}

}  // namespace madang::residents
