// Pointing to a household in need (Social Security Benefits Act art. 13). The town of that
// household follows up; who pointed to it is known to the official alone.
#include "claims.hpp"

namespace madang::benefits {
namespace {

constexpr const char* neighbour_id = "neighbour-report";
constexpr int days_to_follow_up = 3;

result<cases::review> review(house& h, const cases::matter& m) {
  cases::review out;
  const auto* d = h.catalogue().find_definition(neighbour_id);
  for (const auto& q : d->form.questions) {
    words value;
    for (const auto& language : h.pack().languages())
      value.set(language, forms::shown(q, q.options, json::at(m.answers, q.id), language));
    out.application.push_back({q.title, value, {}, ""});
  }
  out.evidence.push_back({h.said("benefits.neighbour_duty"), h.said("benefits.neighbour_visit"),
                          h.said("law.social_security_13"), ""});
  return out;
}

}  // namespace

void handle_neighbours(house& h) {
  if (!h.catalogue().find_definition(neighbour_id)) return;
  cases::procedure p;
  p.id = neighbour_id;
  p.name = h.said("benefits.neighbour");
  p.law = h.said("law.social_security_13");
  p.role = "welfare_officer";
  p.working_days = days_to_follow_up;
  p.look = [&h](const audit::access&, const cases::matter& m) { return review(h, m); };
  p.accept = [](store::write&, const auto&, const auto&, auto&) -> outcome { return nothing{}; };
  h.files_of("benefits").handle(std::move(p));
  h.hub().offer_command(
      "benefits.apply",
      [&h](const audit::access& why, const json::value& in,
           std::string_view once) -> result<json::value> {
        if (json::str(in, "procedure") != neighbour_id)
          return refuse(kind::not_found, "case.no_procedure");
        const auto& answers = json::at(in, "answers");
        const std::string town(json::str(json::at(answers, "where"), "town"));
        auto& files = h.files_of("benefits");
        auto opened = files.database().writing([&](store::write& tx) {
          return files.open(tx, why, {neighbour_id, why.who.person, why.who.name, town, answers,
                                      {}, std::string(once)});
        });
        if (!opened) return opened.why();
        return json::value(json::object{{"key", opened->key.str()},
                                        {"number", opened->number},
                                        {"due", opened->due.str()},
                                        {"state", cases::name_of(opened->state)}});
      });
}

}  // namespace madang::benefits
