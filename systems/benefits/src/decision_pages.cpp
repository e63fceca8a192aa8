// Decisions as an interface for programs, and to read: which there are, their versions, the model
// itself, and the evaluation of one with its explanation.
#include <algorithm>

#include "madang/documents/press.hpp"
#include "requirements.hpp"
#include "workshop.hpp"

namespace madang::benefits {
namespace {

using namespace html;

struct version_line {
  std::string from, model, file;   // model: SHA-256
};
BOOST_DESCRIBE_STRUCT(version_line, (), (from, model, file))
struct decision_view {
  std::string id, name, law, agency, for_whom, period;
  std::vector<std::string> facts, parameters;
  std::vector<version_line> versions;
  std::vector<requirement_line> requirements;          // of the version that is the latest
};
BOOST_DESCRIBE_STRUCT(decision_view, (),
                      (id, name, law, agency, for_whom, period, facts, parameters, versions,
                       requirements))
struct decisions_view {
  std::vector<decision_view> decisions;
};
BOOST_DESCRIBE_STRUCT(decisions_view, (), (decisions))

decision_view view_of(const context& c, const office& o, const rules::provision& p) {
  decision_view v{p.id, p.name(c.language), p.law(c.language), p.agency, p.for_whom, p.period,
                  {}, {}, {}, {}};
  for (const auto& e : p.versions.back().logic->elements()) {
    if (e.kind != rules::drg_element::what::input) continue;
    auto& to = o.law.find_parameter(e.name) ? v.parameters : v.facts;
    const std::string name = text::replace_all(e.name, " ", "_");
    if (std::ranges::find(to, name) == to.end()) to.push_back(name);
  }
  for (const auto& one : p.versions) v.versions.push_back({one.from.str(), one.hash, one.file});
  v.requirements = requirements_of(o.law, *p.versions.back().logic);
  return v;
}

http::response list(context& c, const office& o) {
  decisions_view view;
  for (const auto& p : o.law.provisions()) view.decisions.push_back(view_of(c, o, p));
  return c.show(view, [&] {
    table_view t;
    t.caption = c.say("benefits.decisions");
    t.caption_hidden = true;
    t.stacked = true;
    for (const char* column : {"benefit", "law", "versions"})
      t.columns.push_back({std::string(c.say("benefits." + std::string(column))), false});
    for (const auto& d : view.decisions)
      t.rows.push_back({a(href("/decisions/" + d.id), d.name), d.law, d.versions.back().from});
    return c.page(c.say("benefits.decisions"),
                  {{"/benefits", std::string(c.say("benefits.title"))}},
                  all(h1(c.say("benefits.decisions")), lead(c.say("benefits.decisions_lead")),
                      html::p(a(href("/figures"), c.say("benefits.figures_of_law"))),
                      data_table(c.shell(), t)));
  });
}

http::response one(context& c, const office& o) {
  const auto* p = o.law.find(c.request.capture("decision"));
  if (!p) return c.refuse(refuse(kind::not_found, "benefit.unknown"));
  const auto view = view_of(c, o, *p);
  return c.show(view, [&] {
    std::vector<row> rows;
    rows.push_back({std::string(c.say("benefits.law")), node(view.law), ""});
    rows.push_back({std::string(c.say("benefits.facts")), node(text::join(view.facts, ", ")), ""});
    rows.push_back(
        {std::string(c.say("benefits.figures")), node(text::join(view.parameters, ", ")), ""});
    table_view t;
    t.caption = c.say("benefits.versions");
    t.stacked = true;
    t.columns = {{std::string(c.say("benefits.from")), false},
                 {std::string(c.say("benefits.model_hash")), false},
                 {"DMN", false}};
    for (const auto& v : view.versions)
      t.rows.push_back({v.from, code(v.model),
                        a(href("/decisions/" + view.id + "/models/" + v.from + ".dmn"), "DMN")});
    return c.page(view.name, {{"/decisions", std::string(c.say("benefits.decisions"))}},
                  all(h1(view.name), summary_list(c.shell(), rows), data_table(c.shell(), t),
                      requirements_part(c, o.law, *p->versions.back().logic),
                      h2(c.say("benefits.api")), html::p(c.say("benefits.api_line")),
                      pre(attr("tabindex", "0"), code("POST /decisions/" + view.id + "/evaluate\n" +
                               "Content-Type: application/json\n\n" +
                               "{\"as_of\": \"2026-01-01\", \"age\": 67, ...}")),
                      html::p(a(href("/decisions/" + view.id + "/openapi.json"), "OpenAPI 3.1"))));
  });
}

http::response model_of(context& c, const office& o) {
  const auto* p = o.law.find(c.request.capture("decision"));
  std::string wanted(c.request.capture("version"));
  if (wanted.ends_with(".dmn")) wanted.resize(wanted.size() - 4);
  if (p)
    for (const auto& v : p->versions)
      if (v.from.str() == wanted)
        return http::text_response(200, *v.text, "application/xml; charset=utf-8");
  return c.refuse(refuse(kind::not_found, "benefit.unknown"));
}

// Members are facts by their names; as_of is the day, and what is missing is not known.
// "registers": "yes" takes those that are not sent from the registers, of who has signed in, as
// they were known at as_known.
result<rules::entries> facts_sent(const context& c) {
  json::object given;
  for (const auto& [name, value] : c.form()) {
    if (name == "as_of" || name == "as_known" || name == "registers" || name.starts_with("_"))
      continue;
    const auto number = decimal::parse(value);
    const auto whole = number ? number->to_int64() : std::nullopt;
    if (whole && name != "children") given[name] = *whole;
    else given[name] = value;
  }
  return facts_of(given);
}

// What was asked, beside the facts that were sent: as of a day, as it was known at an instant.
struct asked {
  const rules::provision* what = nullptr;
  registers::moment when;
  id person;                       // whose facts the registers know; 0: only what was sent
};

// Refusals: benefit.unknown, forms.date (as_of), forms.instant (as_known).
result<asked> asked_in(const house& h, const office& o, std::string_view decision,
                       std::string_view as_of, std::string_view as_known) {
  asked out{o.law.find(decision), {today(h.pack().zone())}, {}};
  if (!out.what) return refuse(kind::not_found, "benefit.unknown");
  if (!as_of.empty()) {
    const auto day = date::parse(as_of);
    if (!day) return refuse(kind::invalid, "forms.date", "as_of");
    out.when.valid = *day;
  }
  if (!as_known.empty()) {
    const auto known = instant::parse(as_known);
    if (!known) return refuse(kind::invalid, "forms.instant", "as_known");
    out.when.known = *known;
  }
  return out;
}

// What was sent goes before what the registers say.
result<json::value> evaluated(house& h, const office& o, const audit::access& why, const asked& a,
                              rules::entries facts) {
  rules::decision_origin origin{{}, a.when.known == forever ? now() : a.when.known};
  if (a.person) {
    auto known = facts_from_registers(h, why, a.person, a.when);
    if (!known) return known.why();
    for (auto& [name, v] : *known) {
      const bool sent = std::ranges::any_of(
          facts, [&](const auto& f) { return f.first == name; });
      if (sent || v.is_null()) continue;
      origin.of_facts[name] = origin_of_fact(name);
      facts.emplace_back(name, std::move(v));
    }
  }
  auto j = o.law.judge(*a.what, facts, a.when.valid);
  if (!j) return j.why();
  json::value record = rules::record_of(*a.what, *j, a.when.valid, origin);
  record.as_object()["reason"] = json::from_words(j->reason);
  return record;
}

http::response evaluate(context& c, const office& o) {
  auto a = asked_in(c.home, o, c.request.capture("decision"), c.field("as_of"),
                    c.field("as_known"));
  if (!a) return c.refuse(a.why());
  if (c.field("registers") == "yes") {
    if (!c.actor.signed_in()) return c.refuse(refuse(kind::forbidden, "benefit.sign_in"));
    a->person = c.actor.person;
  }
  auto facts = facts_sent(c);
  if (!facts) return c.refuse(facts.why());
  auto out = evaluated(c.home, o,
                       c.access(c.home.said("benefits.purpose"),
                                c.home.said("law.social_security")),
                       *a, std::move(*facts));
  if (!out) return c.refuse(out.why());
  return c.with_privacy(http::json_response(json::print(*out)));
}

// Whose facts may be taken from the registers: one's own, and by whose task it is.
bool may_look_at(const audit::actor& who, id person) {
  return who.person == person || who.has_role("welfare_officer") ||
         (!who.signed_in() && !who.name.empty());
}

// The same for agencies, by name: {decision, as_of, as_known, person, facts: {..}}.
void offer(house& h, std::shared_ptr<const office> o) {
  h.hub().offer_query(
      "benefits.evaluate",
      [&h, o](const audit::access& why, const json::value& in) -> result<json::value> {
        if (auto stated = why.stated(); !stated) return stated.why();
        auto a = asked_in(h, *o, json::str(in, "decision"), json::str(in, "as_of"),
                          json::str(in, "as_known"));
        if (!a) return a.why();
        if (const auto person = json::str(in, "person"); !person.empty()) {
          a->person = id::parse(person).value_or(id{});
          if (!a->person || !may_look_at(why.who, a->person))
            return refuse(kind::forbidden, "benefit.not_yours", "person");
        }
        rules::entries facts;
        if (const auto& given = json::at(in, "facts"); given.is_object())
          for (const auto& m : given.get_object())
            facts.emplace_back(text::replace_all(std::string(m.key()), "_", " "),
                               rules::of_json(m.value()));
        return evaluated(h, *o, why, *a, std::move(facts));
      });
}

}  // namespace

void decision_pages(house& h, std::shared_ptr<const office> o) {
  using platform::needs;
  h.page("GET", "/decisions", needs::nobody, [o](context& c) { return list(c, *o); });
  h.page("GET", "/decisions/{decision}", needs::nobody, [o](context& c) { return one(c, *o); });
  h.page("GET", "/decisions/{decision}/openapi.json", needs::nobody,
         [o](context& c) { return decision_openapi(c, *o); });
  h.page("GET", "/decisions/{decision}/models/{version}", needs::nobody,
         [o](context& c) { return model_of(c, *o); });
  h.page("POST", "/decisions/{decision}/evaluate", needs::nobody,
         [o](context& c) { return evaluate(c, *o); });
  offer(h, o);
}

}  // namespace madang::benefits
