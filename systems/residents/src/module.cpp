#include "madang/residents/residents.hpp"

#include "madang/platform/house.hpp"
#include "move_in.hpp"

namespace madang::residents {
namespace {

constexpr const char* role = "resident_officer";

// What follows a move asks nothing more of the register than that the applicant is in it.
result<cases::review> review_answers(platform::house& house, const audit::access& why,
                                     const cases::matter& m) {
  auto me = house.registers_of("residents").get(why, "persons", m.applicant.str());
  if (!me) return me.why();
  cases::review out;
  const auto* d = house.catalogue().find_definition(m.procedure);
  if (d)
    for (const auto& q : d->form.questions) {
      words value;
      for (const auto& language : house.pack().languages())
        value.set(language, forms::shown(q, q.options, json::at(m.answers, q.id), language));
      // What was chosen from a register was kept in words when it was filed.
      if (const auto said = json::str(json::at(m.answers, "said"), q.id); !said.empty())
        value = words(std::string(said), std::string(said));
      out.application.push_back({q.title, value, {}, ""});
    }
  out.evidence.push_back({house.said("residents.fact.registered"),
                          house.said("residents.answer.all_resident"),
                          house.said("residents.source.persons"), "good"});
  return out;
}

void handle_cases(platform::house& house) {
  auto& files = house.files_of("residents");
  files.handle({"move-in", house.said("residents.case.move_in"), house.said("law.resident_16"),
                role, 3,
                [&house](const auto& why, const auto& m) { return review_move_in(house, why, m); },
                [&house](store::write& tx, const auto& why, const auto& m, auto& follow) {
                  return accept_move_in(house, tx, why, m, follow);
                }});
  if (house.catalogue().find_definition("birth-report"))
    files.handle({"birth-report", house.said("residents.case.birth_report"),
                  house.said("law.family_44"), role, 3,
                  [&house](const auto& why, const auto& m) { return review_birth(house, why, m); },
                  [&house](store::write& tx, const auto& why, const auto& m, auto& follow) {
                    return accept_birth(house, tx, why, m, follow);
                  }});
  if (const auto* d = house.catalogue().find_definition("record-correction"))
    files.handle(
        {d->id, d->purpose, d->law, role, 5,
         [&house](const auto& why, const auto& m) { return review_correction(house, why, m); },
         [&house](store::write& tx, const auto& why, const auto& m, auto& follow) {
           return accept_correction(house, tx, why, m, follow);
         }});
  for (const char* what : {"school-transfer", "post-forward"}) {
    const auto* d = house.catalogue().find_definition(what);
    if (!d) continue;
    files.handle(
        {what, d->purpose, d->law, role, 5,
         [&house](const auto& why, const auto& m) { return review_answers(house, why, m); },
         [](store::write&, const auto&, const auto&, auto&) -> outcome { return nothing{}; }});
  }
}

result<prepared> prepare(platform::house& house, const audit::access& why,
                         const std::string& procedure, const json::value& answers) {
  if (procedure == "move-in") return prepare_move_in(house, why, answers);
  if (procedure == "record-correction")
    if (auto good = check_correction(house, why, answers); !good) return good.why();
  auto& reg = house.registers_of("residents");
  auto me = reg.get(why, "persons", why.who.person.str());
  if (!me) return me.why();
  auto home = reg.get(why, "households", me->text("household"));
  if (!home) return home.why();
  return prepared{std::string(home->text("town")), answers, {}};
}

}  // namespace

void join(platform::house& house) {
  auto& reg = house.registers_of("residents");
  (void)reg;
  handle_cases(house);
  // {procedure, answers} -> {key, number, due, state}; the idempotency key is the draft's.
  house.hub().offer_command(
      "residents.apply",
      [&house](const audit::access& why, const json::value& in,
               std::string_view once) -> result<json::value> {
        const std::string procedure(json::str(in, "procedure"));
        auto& files = house.files_of("residents");
        if (!files.find_procedure(procedure)) return refuse(kind::not_found, "case.no_procedure");
        auto ready = prepare(house, why, procedure, json::at(in, "answers"));
        if (!ready) return ready.why();
        auto opened = files.database().writing([&](store::write& tx) {
          return files.open(tx, why,
                            {procedure, why.who.person, why.who.name, ready->office,
                             ready->answers, ready->consents, std::string(once)});
        });
        if (!opened) return opened.why();
        return json::value(json::object{{"key", opened->key.str()},
                                        {"number", opened->number},
                                        {"due", opened->due.str()},
                                        {"state", cases::name_of(opened->state)}});
      });
}

}  // namespace madang::residents
