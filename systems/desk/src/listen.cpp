// What the clock has done is told to those whom it concerns: the office when a case is to be due,
// the superior when it is overdue, the office whose opinion is late.
#include "desk_pages.hpp"

namespace madang::desk {
namespace {

struct teller {
  house& home;
  const exchange::event& e;

  html::texts::facts facts(std::string_view language) const {
    std::optional<cases::matter> m;
    if (auto key = id::parse(json::str(e.payload, "key"))) home.files_with(*key, &m);
    auto due = date::parse(json::str(e.payload, "due"));
    return {{"service", m ? home.title_of(*m)(language) : std::string()},
            {"number", std::string(json::str(e.payload, "number"))},
            {"due", due ? written(*due, language) : std::string()},
            {"n", std::to_string(json::num(json::at(e.payload, "facts"), "late"))}};
  }
  void tell(id person, const std::string& office, const std::string& key) const {
    words title;
    for (const auto& language : home.pack().languages())
      title.set(language, home.texts().fill(key, language, facts(language)));
    home.box().put({{},
                    person,
                    office,
                    title,
                    {},
                    "/desk/cases/" + std::string(json::str(e.payload, "key")),
                    std::string(json::str(e.payload, "number")),
                    e.at,
                    {}},
                   e.key.str());
  }
};

void hear(house& home, const exchange::event& e) {
  const teller t{home, e};
  const std::string office(json::str(e.payload, "office"));
  if (e.name == "case.reminded") return t.tell({}, office, "notice.office_reminded");
  if (e.name == "case.overdue") {
    t.tell({}, office, "notice.office_overdue");
    const auto superior =
        home.people().find_post(json::str(json::at(e.payload, "facts"), "superior"));
    if (superior && superior->holder) t.tell(superior->holder, "", "notice.superior_overdue");
    return;
  }
  if (const auto& asked = json::at(e.payload, "offices"); asked.is_array())
    for (const auto& one : asked.get_array())
      t.tell({}, std::string(one.as_string()), "notice.office_" + e.name.substr(5));
}

}  // namespace

void listen(house& h) {
  for (const char* what : {"reminded", "overdue", "opinion_asked", "opinion_late"})
    h.hub().listen("desk.notices", "case." + std::string(what),
                   [&h](const exchange::event& e) { hear(h, e); });
}

}  // namespace madang::desk
