// One decision as OpenAPI 3.1: which facts it takes, of which type and with which choices, and what
// comes back. Made from the model and the questions, so it says what they do.
#include "workshop.hpp"

namespace madang::benefits {
namespace {

json::object schema_of(const rules::type* t) {
  if (!t) return {};
  switch (t->kind) {
    case rules::type::how::number: return {{"type", json::array{"number", "null"}}};
    case rules::type::how::boolean: return {{"type", json::array{"boolean", "null"}}};
    case rules::type::how::string: return {{"type", json::array{"string", "null"}}};
    case rules::type::how::date:
      return {{"type", json::array{"string", "null"}}, {"format", "date"}};
    case rules::type::how::list:
      return {{"type", json::array{"array", "null"}}, {"items", schema_of(t->element.get())}};
    default: return {};
  }
}

// Ages of children travel as one text, as the form sends them.
json::object schema_of_fact(const office& o, const rules::drg_element& e,
                            const std::string& language) {
  const std::string id = text::replace_all(e.name, " ", "_");
  json::object out = id == "children" ? json::object{{"type", "string"},
                                                     {"pattern", "^[0-9]{1,2}(, *[0-9]{1,2})*$"}}
                                      : schema_of(e.type.get());
  const auto* q = o.questions.find(id);
  if (!q) return out;
  out["title"] = q->title(language);
  if (!q->options.empty()) {
    json::array choices;
    for (const auto& one : q->options) choices.emplace_back(one.value);
    choices.emplace_back(nullptr);
    out["enum"] = std::move(choices);
  }
  return out;
}

json::object body_of(const office& o, const rules::provision& p, const std::string& language) {
  json::object facts{
      {"as_of", json::object{{"type", "string"}, {"format", "date"}}},
      {"as_known", json::object{{"type", "string"}, {"format", "date-time"}}},
      {"registers", json::object{{"type", "string"}, {"enum", json::array{"yes", "no"}}}}};
  for (const auto& e : p.versions.back().logic->elements()) {
    if (e.kind != rules::drg_element::what::input || o.law.find_parameter(e.name)) continue;
    facts[text::replace_all(e.name, " ", "_")] = schema_of_fact(o, e, language);
  }
  return {{"type", "object"}, {"properties", std::move(facts)}};
}

json::object record_schema() {
  const json::object text_of{{"type", "string"}}, any_object{{"type", "object"}};
  json::object members;
  for (const char* name : {"form", "provision", "version", "model", "as_of", "as_known",
                           "zone_data", "amount", "because"})
    members[name] = text_of;
  members["entitled"] = json::object{{"type", "boolean"}};
  members["law"] = any_object;
  members["reason"] = any_object;
  members["explanation"] = any_object;
  members["inputs"] = json::object{{"type", "array"}, {"items", any_object}};
  return {{"type", "object"},
          {"required", json::array{"provision", "version", "model", "inputs", "explanation",
                                   "entitled", "amount", "because"}},
          {"properties", std::move(members)}};
}

json::object content(const char* type, json::object schema) {
  return {{type, json::object{{"schema", std::move(schema)}}}};
}

}  // namespace

http::response decision_openapi(context& c, const office& o) {
  const auto* p = o.law.find(c.request.capture("decision"));
  if (!p) return c.refuse(refuse(kind::not_found, "benefit.unknown"));
  const json::object answers{
      {"200", json::object{{"description", "the decision with its explanation"},
                           {"content", content("application/json", record_schema())}}},
      {"default", json::object{{"description", "RFC 9457 problem"},
                               {"content", content("application/problem+json",
                                                   {{"type", "object"}})}}}};
  const json::object operation{
      {"operationId", "evaluate"},
      {"summary", p->name(c.language)},
      {"description", p->simplified(c.language)},
      {"requestBody",
       json::object{{"required", true},
                    {"content", content("application/json", body_of(o, *p, c.language))}}},
      {"responses", answers}};
  return http::json_response(json::print(json::object{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", p->name(c.language)},
                            {"version", p->versions.back().from.str()},
                            {"description", p->law(c.language)}}},
      {"servers", json::array{json::object{{"url", c.home.chosen().public_url}}}},
      {"paths", json::object{{"/decisions/" + p->id + "/evaluate",
                              json::object{{"post", operation}}}}}}));
}

}  // namespace madang::benefits
