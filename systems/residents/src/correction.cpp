// Correction of what was reported (정정신고): Resident Registration Act art. 13. The register is
// changed for the time in which it was wrong; what it said until today can still be asked.
//
// The day of a move concerns everybody who moved in on it, those who stayed behind under another
// head, the address of a household that moved as a whole, and the day on which a household was
// formed by the move or ended with it. Where a household is not there on the other side of the day
// for another reason, nothing is changed.
#include <algorithm>

#include "move_in.hpp"

namespace madang::residents {
namespace {

// Long before anything that is registered.
const date beginning = *date::of(1800, 1, 1);

words plain(std::string_view s) { return words(std::string(s), std::string(s)); }

bool of_the_day(const json::value& answers) { return json::str(answers, "item") == "since"; }

// A day that was wrong: whoever moved in with her on it did so on the other day too.
struct correction_of_a_day {
  store::write& tx;
  registers::registry& reg;
  const audit::access& why;
  date was, is;

  bool earlier() const { return is < was; }
  // The time of which the register said something else.
  date first() const { return std::min(was, is); }
  date last() const { return std::max(was, is).plus(-1); }

  // The household is there through that time, so that somebody can have lived in it.
  outcome stands(std::string_view household) const {
    for (const date day : {first(), last()})
      if (auto there = reg.get(tx, why, "households", household, {day, forever}); !there)
        return there.why().code == "register.no_record"
                   ? outcome(refuse(kind::conflict, "correction.no_household", "since"))
                   : outcome(there.why());
    return nothing{};
  }

  // Lived there earlier than the register says, or stayed until later where she was before.
  outcome correct(const registers::record& person) const {
    auto before =
        reg.get(tx, why, "persons", person.key, {first().plus(earlier() ? 0 : -1), forever});
    if (!before) return refuse(kind::conflict, "correction.not_registered_then", "since");
    const registers::record& meanwhile = earlier() ? person : *before;
    const std::string household(meanwhile.text("household"));
    if (auto there = stands(household); !there) return there;
    auto done = reg.change(tx, why, "persons", person.key,
                           {{"household", household},
                            {"relation", meanwhile.text("relation")},
                            {"since", earlier() ? is.str() : std::string(before->text("since"))}},
                           first(), last().plus(1));
    if (!done) return done;
    return reg.change(tx, why, "persons", person.key, {{"since", is.str()}}, std::max(was, is));
  }

  // The head left, so those who stayed have had another one since that day.
  outcome correct_those_who_stayed(const std::string& household) const {
    auto after = reg.get(tx, why, "households", household, {was, forever});
    auto before = reg.get(tx, why, "households", household, {was.plus(-1), forever});
    if (!before) return nothing{};
    if (!after)   // it ended with the move
      return earlier() ? reg.end(tx, why, "households", household, is)
                       : reg.hold(tx, why, "households", household, before->items, was, is);
    if (before->text("head") == after->text("head")) return nothing{};
    const date meanwhile = earlier() ? was : was.plus(-1);
    auto stayed = reg.find(tx, why, "persons", "household", household, {was, forever});
    if (!stayed) return stayed.why();
    for (const auto& one : *stayed) {
      auto then = reg.get(tx, why, "persons", one.key, {meanwhile, forever});
      if (!then || then->text("household") != household) continue;
      if (auto done = reg.change(tx, why, "persons", one.key,
                                 {{"relation", then->text("relation")}}, first(), last().plus(1));
          !done)
        return done;
    }
    return reg.change(tx, why, "households", household,
                      {{"head", (earlier() ? *after : *before).text("head")}}, first(),
                      last().plus(1));
  }

  // The household that was formed by the move was formed on the other day.
  outcome correct_formation(const std::string& household) const {
    if (reg.get(tx, why, "households", household, {was.plus(-1), forever})) return nothing{};
    auto after = reg.get(tx, why, "households", household, {was, forever});
    if (!after) return after.why();
    if (earlier()) {
      json::object items = after->items;
      items["formed"] = is.str();
      if (auto done = reg.hold(tx, why, "households", household, items, is, was); !done)
        return done;
    } else {
      auto meanwhile = reg.find(tx, why, "persons", "household", household, {last(), forever});
      if (!meanwhile) return meanwhile.why();
      for (const auto& one : *meanwhile)   // who came after them cannot have lived nowhere
        if (one.text("since") != was.str())
          return refuse(kind::conflict, "correction.no_household", "since");
      if (auto done = reg.end(tx, why, "households", household, was, is); !done) return done;
    }
    return reg.change(tx, why, "households", household, {{"formed", is.str()}}, std::max(was, is));
  }

  // A household that moved as a whole kept its number: its address changed on that day.
  outcome correct_address(const std::string& household) const {
    auto after = reg.get(tx, why, "households", household, {was, forever});
    auto before = reg.get(tx, why, "households", household, {was.plus(-1), forever});
    if (!after || !before || before->text("address") == after->text("address")) return nothing{};
    const registers::record& meanwhile = earlier() ? *after : *before;
    json::object items;
    for (const char* item : {"town", "address", "address_en"})
      items[item] = json::at(meanwhile.items, item);
    return reg.change(tx, why, "households", household, items, first(), last().plus(1));
  }
};

outcome correct_day(store::write& tx, registers::registry& reg, const audit::access& why,
                    const registers::record& me, const json::value& answers,
                    std::vector<id>& concerned) {
  const auto was = date::parse(me.text("since")), is = date::parse(json::str(answers, "since"));
  if (!was || !is) return refuse(kind::invalid, "forms.date", "since");
  if (*is == *was) return refuse(kind::conflict, "correction.same", "since");
  const correction_of_a_day c{tx, reg, why, *was, *is};
  const std::string household(me.text("household"));
  auto members = reg.find(tx, why, "persons", "household", household, {*was, forever});
  if (!members) return members.why();
  auto before = reg.get(tx, why, "persons", me.key, {was->plus(-1), forever});
  if (!before) return refuse(kind::conflict, "correction.not_registered_then", "since");
  if (const std::string left(before->text("household")); left != household)
    for (auto done : {c.correct_those_who_stayed(left), c.correct_formation(household)})
      if (!done) return done;
  for (const auto& one : *members) {
    if (one.text("since") != me.text("since")) continue;
    if (auto done = c.correct(one); !done) return done;
    if (const auto who = id::parse(one.key); who && one.key != me.key) concerned.push_back(*who);
  }
  return c.correct_address(household);
}

}  // namespace

outcome check_correction(platform::house& house, const audit::access& why,
                         const json::value& answers) {
  auto me = house.registers_of("residents").get(why, "persons", why.who.person.str());
  if (!me) return me.why();
  const std::string item(json::str(answers, "item"));
  if (item != "since" && item != "latin") return refuse(kind::invalid, "forms.option", "item");
  const auto right = json::str(answers, item);
  if (right.empty()) return refuse(kind::invalid, "forms.missing", item);
  if (item == "since") {
    const auto day = date::parse(right);
    if (!day) return refuse(kind::invalid, "forms.date", item);
    if (today(house.pack().zone()) < *day) return refuse(kind::invalid, "forms.date_future", item);
  }
  if (me->text(item) == right) return refuse(kind::invalid, "correction.same", item);
  return nothing{};
}

result<cases::review> review_correction(platform::house& house, const audit::access& why,
                                        const cases::matter& m) {
  auto& reg = house.registers_of("residents");
  auto me = reg.get(why, "persons", m.applicant.str());
  if (!me) return me.why();
  auto home = reg.get(why, "households", me->text("household"));
  if (!home) return home.why();
  const std::string item(json::str(m.answers, "item"));
  auto shown = [&](std::string_view value) {
    const auto day = of_the_day(m.answers) ? date::parse(value) : std::nullopt;
    return day ? house.written(*day) : plain(value);
  };
  cases::review out;
  out.application = {
      {house.said("residents.fact.item"), reg.find_schema("persons")->find(item)->name, {}, ""},
      {house.said("residents.fact.right"), shown(json::str(m.answers, item)), {}, ""},
      {house.said("residents.fact.shown_by"), plain(json::str(m.answers, "why")), {}, ""}};
  out.evidence = {{house.said("residents.fact.registered_now"), shown(me->text(item)),
                   house.said("residents.source.persons"), ""},
                  {house.said("residents.fact.home"), plain(home->text("address")),
                   house.said("residents.source.persons"), ""},
                  {house.said("residents.fact.formed"),
                   house.written(date::parse(home->text("formed")).value_or(date{})),
                   house.said("residents.source.persons"), ""}};
  // What was accepted is registered, of course.
  if (cases::is_open(m.state))
    out.rules.push_back({house.said("residents.rule.differs"), shown(me->text(item)),
                         house.said("law.resident_13"),
                         me->text(item) != json::str(m.answers, item)});
  return out;
}

outcome accept_correction(platform::house& house, store::write& tx, const audit::access& why,
                          const cases::matter& m, cases::procedure::consequences& follow) {
  auto& reg = house.registers_of("residents");
  auto me = reg.get(tx, why, "persons", m.applicant.str());
  if (!me) return me.why();
  if (of_the_day(m.answers)) return correct_day(tx, reg, why, *me, m.answers, follow.persons);
  // A name is written the same whenever she is asked about.
  return reg.change(tx, why, "persons", me->key, {{"latin", json::str(m.answers, "latin")}},
                    beginning);
}

}  // namespace madang::residents
