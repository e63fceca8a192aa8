#include "finder.hpp"
#include "madang/benefits/benefits.hpp"

namespace madang::benefits {
namespace {

http::response find(context& c, const office& o) {
  answers a = answers_sent(c, o);
  if (a.wrong.empty())
    if (auto facts = facts_of(a.given); !facts)
      a.wrong.emplace_back(facts.why().field, facts.why());
  if (a.wrong.empty()) return show_results(c, o, a.given);
  if (c.request.wants_json()) return c.refuse(a.wrong.front().second);
  return show_finder(c, o, a);
}

// What the state does for businesses, found by their profile.
void business_pages(house& h) {
  if (!h.pack().has(of_businesses.folder + "/facts.yaml")) return;
  using platform::needs;
  const auto o = std::make_shared<const office>(h.pack(), of_businesses);
  h.page("GET", o->whom.path, needs::nobody,
         [o](context& c) { return show_finder(c, *o, answers_of_business(c, *o)); });
  h.page("POST", o->whom.path, needs::nobody, [o](context& c) { return find(c, *o); });
  h.page("GET", o->whom.path + "/{benefit}", needs::nobody,
         [o](context& c) { return show_benefit(c, *o); });
}

}  // namespace

void join(platform::house& house) {
  business_pages(house);
  if (!house.pack().has("decisions/facts.yaml")) return;
  const auto o = std::make_shared<const office>(house.pack());
  using platform::needs;
  house.page("GET", "/benefits", needs::nobody,
             [o](context& c) { return show_finder(c, *o, {answers_known(c), {}}); });
  house.page("POST", "/benefits", needs::nobody, [o](context& c) { return find(c, *o); });
  house.page("GET", "/benefits/{benefit}", needs::nobody,
             [o](context& c) { return show_benefit(c, *o); });
}

}  // namespace madang::benefits
