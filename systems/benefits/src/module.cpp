#include "claims.hpp"
#include "madang/benefits/benefits.hpp"
#include "lawbook.hpp"
#include "workshop.hpp"

namespace madang::benefits {

std::span<const store::migration> migrations();

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

http::response choose(context& c, finding& f) {
  const auto tell = c.field("tell");
  if (tell != "yes" && tell != "no") return c.refuse(refuse(kind::invalid, "forms.option", "tell"));
  auto done = f.choose(c.access(c.home.said("benefits.notices"),
                                c.home.said("law.social_security_found")),
                       tell == "yes");
  if (!done) return c.refuse(done.why());
  return c.go("/my/benefits");
}

void finder_pages(house& h, std::shared_ptr<const office> o) {
  using platform::needs;
  h.page("GET", "/benefits", needs::nobody,
         [o](context& c) { return show_finder(c, *o, {answers_known(c), {}, {}}); });
  h.page("POST", "/benefits", needs::nobody, [o](context& c) { return find(c, *o); });
  h.page("GET", "/benefits/{benefit}", needs::nobody,
         [o](context& c) { return show_benefit(c, *o); });
}

void claim_pages(house& h, std::shared_ptr<const office> o, std::shared_ptr<finding> f) {
  using platform::needs;
  h.page("GET", "/my/benefits", needs::sign_in,
         [o, f](context& c) { return show_mine(c, *o, *f); });
  h.page("POST", "/my/benefits/notices", needs::sign_in,
         [f](context& c) { return choose(c, *f); });
  h.page("GET", "/benefits/{benefit}/apply", needs::sign_in,
         [o](context& c) { return show_application(c, *o); });
  h.page("POST", "/benefits/{benefit}/apply", needs::sign_in,
         [o](context& c) { return apply(c, *o); });
  h.page("GET", "/benefits/records/{case}", needs::sign_in,
         [o](context& c) { return show_record(c, *o); });
  h.page("GET", "/benefits/records/{case}/record.json", needs::sign_in,
         [](context& c) { return record_file(c, false); });
  h.page("GET", "/benefits/records/{case}/record.p7s", needs::sign_in,
         [](context& c) { return record_file(c, true); });
}

// Something has happened to somebody: her household is looked at again at once.
void listen(house& h, std::shared_ptr<finding> f) {
  const auto look = [&h, f](std::string_view person) {
    const auto key = id::parse(person);
    if (!key) return;
    auto done = f->household_of(*key, today(h.pack().zone()));
    if (!done && done.why().code != "register.no_record")
      throw std::runtime_error("benefits: " + done.why().code);
  };
  h.hub().listen("benefits", "residents.born", [look](const exchange::event& e) {
    look(json::str(e.payload, "parent"));
  });
  h.hub().listen("benefits", "residents.moved", [look](const exchange::event& e) {
    look(json::str(e.payload, "applicant"));
  });
  h.hub().listen("benefits", "benefits.circumstances_changed",
                 [look](const exchange::event& e) { look(e.subject); });
}

// What the state does for businesses, found by their profile.
void business_pages(house& h) {
  if (!h.pack().has(of_businesses.folder + "/facts.yaml")) return;
  using platform::needs;
  const auto o = std::make_shared<const office>(h, of_businesses);
  h.page("GET", o->whom.path, needs::nobody,
         [o](context& c) { return show_finder(c, *o, answers_of_business(c, *o)); });
  h.page("POST", o->whom.path, needs::nobody, [o](context& c) { return find(c, *o); });
  h.page("GET", o->whom.path + "/{benefit}", needs::nobody,
         [o](context& c) { return show_benefit(c, *o); });
}

}  // namespace

void join(house& h) {
  business_pages(h);
  if (!h.pack().has("decisions/facts.yaml")) return;
  const auto o = std::make_shared<const office>(h);
  finder_pages(h, o);
  decision_pages(h, o);
  if (!h.keeps("benefits")) return;
  h.registers_of("benefits").database().migrate("benefits", migrations());
  const auto f = std::make_shared<finding>(h, o);
  handle_claims(h, o);
  handle_neighbours(h);
  offer_circumstances(h);
  claim_pages(h, o, f);
  const auto book = std::make_shared<lawbook>(h.database("benefits"), o->law);
  book->add_published(h.pack());
  workshop_pages(h, o, book);
  whatif_pages(h, o, std::make_shared<trial_run>(h), book);
  figure_pages(h, o, book);
  offer_whatif(h, o);
  listen(h, f);
  h.each_night({"benefits.find", [f] { return f->last_day(); },
                [&h, f](const std::atomic<bool>& stop) {
                  auto done = f->everybody(today(h.pack().zone()), stop);
                  return done ? outcome(nothing{}) : outcome(done.why());
                }});
}

}  // namespace madang::benefits
