// What another authority finds out about somebody's circumstances: work that began or ended,
// income, disability, studies, rent. It enters the register, and in the same transaction the event
// by which her household is looked at again at once.
#include "claims.hpp"

namespace madang::benefits {
namespace {

constexpr const char* reg = "circumstances";

// An official whose task it is, or an authority's own system; nobody about herself.
bool may_record(const audit::actor& who) {
  return who.has_role("welfare_officer") || (!who.signed_in() && !who.name.empty());
}

// The register takes any word for a code; here it must be one of its list. Sums are not negative.
outcome known_codes(house& h, const json::object& facts) {
  const auto* s = h.registers_of("benefits").find_schema(reg);
  for (const auto& m : facts) {
    const auto* item = s->find(m.key());
    const std::string name(m.key());
    if (!item) return refuse(kind::invalid, "circumstances.facts", name);
    if (item->type == registers::type::code &&
        (!m.value().is_string() ||
         !h.pack().codes(item->code_list).contains(std::string_view(m.value().get_string()))))
      return refuse(kind::invalid, "circumstances.code", name);
    if (m.value().is_int64() && m.value().get_int64() < 0)
      return refuse(kind::invalid, "circumstances.number", name);
  }
  return nothing{};
}

// {person, from, facts: {work: "lost_job", lost_on: "2026-11-20", monthly_wage: 0}}
result<json::value> record(house& h, const audit::access& why, const json::value& in) {
  if (!may_record(why.who)) return refuse(kind::forbidden, "circumstances.not_yours");
  const auto person = id::parse(json::str(in, "person"));
  if (!person) return refuse(kind::invalid, "circumstances.person", "person");
  const auto& facts = json::at(in, "facts");
  if (!facts.is_object() || facts.get_object().empty())
    return refuse(kind::invalid, "circumstances.facts", "facts");
  if (auto good = known_codes(h, facts.get_object()); !good) return good.why();
  const date day = today(h.pack().zone());
  const auto from = json::str(in, "from").empty() ? std::optional(day)
                                                  : date::parse(json::str(in, "from"));
  if (!from || day < *from) return refuse(kind::invalid, "circumstances.from", "from");
  auto* residents = h.hub().registry_of("persons");
  if (!residents) return refuse(kind::not_found, "register.unknown");
  static const std::vector<std::string> nothing_but_that = {"household"};
  if (auto known = residents->get(why, "persons", person->str(), registers::present(),
                                  nothing_but_that);
      !known)
    return known.why();
  auto& own = h.registers_of("benefits");
  auto done = own.database().writing([&](store::write& tx) -> outcome {
    const bool there = bool(own.get(tx, why, reg, person->str()));
    auto written = there ? own.change(tx, why, reg, person->str(), facts.get_object(), *from)
                         : own.create(tx, why, reg, person->str(), facts.get_object(), *from);
    if (!written) return written;
    tx.emit("benefits.circumstances_changed", person->str(),
            {{"person", person->str()}, {"from", from->str()}});
    return nothing{};
  });
  if (!done) return done.why();
  return json::value(json::object{{"person", person->str()}, {"from", from->str()}});
}

}  // namespace

void offer_circumstances(house& h) {
  h.hub().offer_command("benefits.circumstances",
                        [&h](const audit::access& why, const json::value& in,
                             std::string_view) { return record(h, why, in); });
}

}  // namespace madang::benefits
