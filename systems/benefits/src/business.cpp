// What is known of a business of who has signed in, before it is asked.
#include "finder.hpp"

namespace madang::benefits {
namespace {

const registers::record* chosen(const std::vector<registers::record>& all, std::string_view key) {
  const registers::record* first = nullptr;
  for (const auto& one : all) {
    if (one.text("status") != "active") continue;
    if (one.key == key) return &one;
    if (!first) first = &one;
  }
  return first;
}

void add_owner(context& c, const audit::access& why, date now, json::object& out) {
  auto* residents = c.home.hub().registry_of("persons");
  if (!residents) return;
  static const std::vector<std::string> wanted = {"born", "sex"};
  auto me = residents->get(why, "persons", c.actor.person.str(), registers::present(), wanted);
  if (!me) return;
  if (auto born = date::parse(me->text("born"))) out["owner_age"] = age(*born, now);
  out["owner_sex"] = me->text("sex");
}

}  // namespace

answers answers_of_business(context& c, const office& o) {
  answers out;
  auto* businesses = c.home.hub().registry_of("businesses");
  if (!c.actor.signed_in() || !businesses) return out;
  const auto why = c.access(c.home.said("support.purpose"), c.home.said("law.business_support"));
  static const std::vector<std::string> wanted = {"representative", "name", "industry", "opened",
                                                  "status"};
  auto all = businesses->find(why, "businesses", "representative", c.actor.person.str(),
                              registers::present(), wanted);
  const auto* mine = all ? chosen(*all, c.request.param("business")) : nullptr;
  if (!mine) return out;
  const date now = today(c.home.pack().zone());
  out.about = mine->text("name");
  if (auto opened = date::parse(mine->text("opened"))) out.given["founded"] = age(*opened, now);
  // Codes of industries begin with the section of the classification.
  const std::string section(mine->text("industry").substr(0, 1));
  if (const auto* asked = o.questions.find("industry"))
    for (const auto& option : asked->options)
      if (option.value == section) out.given["industry"] = section;
  add_owner(c, why, now, out.given);
  return out;
}

}  // namespace madang::benefits
