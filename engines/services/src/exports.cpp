#include "madang/services/catalogue.hpp"

// The catalogue as other programs read it: CPSV-AP 3 (JSON-LD), schema.org, Open Referral HSDS 3.
namespace madang::services {
namespace {

std::string address(std::string_view base, std::string_view path) {
  return std::string(base) + std::string(path);
}

json::value language_map(const words& w) {
  json::array out;
  for (const auto& [language, said] : w.all())
    out.push_back(json::object{{"@language", language}, {"@value", said}});
  return out;
}

json::value organisation(const packs::pack& p, const std::string& code, std::string_view base) {
  const packs::agency* a = p.find_agency(code);
  json::object out{{"@id", address(base, "/agencies/" + code)}, {"@type", "cv:PublicOrganisation"}};
  if (a) out["dct:title"] = language_map(a->name);
  return out;
}

// HSDS asks for UUIDs: a name-based one (RFC 4122 version 8 layout) from FNV-1a of our address, so
// that the same service keeps the same number in every export.
std::string stable_uuid(std::string_view name) {
  std::uint64_t h[2] = {14695981039346656037ull, 1099511628211ull};
  for (int half = 0; half < 2; ++half)
    for (unsigned char c : name) h[half] = (h[half] ^ (c + half)) * 1099511628211ull;
  return fmt::format("{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}", h[0] >> 32, (h[0] >> 16) & 0xffff,
                     h[0] & 0xfff, 0x8000 | ((h[1] >> 48) & 0x3fff), h[1] & 0xffffffffffffull);
}

}  // namespace

json::value cpsv_ap(const catalogue& c, const packs::pack& p, std::string_view base) {
  json::array graph;
  for (const auto& e : c.entries()) {
    json::object service{{"@id", address(base, "/services/" + e.id)},
                         {"@type", "cpsv:PublicService"},
                         {"dct:identifier", e.id},
                         {"dct:title", language_map(e.name)},
                         {"dct:description", language_map(e.summary)},
                         {"cv:hasCompetentAuthority", organisation(p, e.agency, base)}};
    json::array rules;
    for (const auto& law : e.law)
      rules.push_back(json::object{{"@type", "cpsv:Rule"}, {"dct:title", language_map(law)}});
    if (!rules.empty()) service["cpsv:follows"] = rules;
    if (!e.fee.empty())
      service["cv:hasCost"] =
          json::object{{"@type", "cv:Cost"}, {"dct:description", language_map(e.fee)}};
    if (const category* k = c.find_category(e.category))
      service["cv:thematicArea"] =
          json::object{{"@type", "skos:Concept"}, {"skos:prefLabel", language_map(k->name)}};
    json::array events;
    for (const auto& id : e.events)
      events.push_back(json::object{{"@id", address(base, "/events/" + id)}});
    if (!events.empty()) service["cv:isGroupedBy"] = events;
    if (c.find_definition(e.id))
      service["cv:hasChannel"] =
          json::object{{"@type", "cv:Channel"},
                       {"@id", address(base, "/services/" + e.id + "/start")}};
    graph.push_back(std::move(service));
  }
  return json::object{{"@context",
                       json::object{{"cpsv", "http://purl.org/vocab/cpsv#"},
                                    {"cv", "http://data.europa.eu/m8g/"},
                                    {"dct", "http://purl.org/dc/terms/"},
                                    {"skos", "http://www.w3.org/2004/02/skos/core#"}}},
                      {"@graph", std::move(graph)}};
}

json::value schema_org(const entry& e, const packs::pack& p, std::string_view base,
                       std::string_view language) {
  json::object provider{{"@type", "GovernmentOrganization"}};
  if (const packs::agency* a = p.find_agency(e.agency)) provider["name"] = a->name(language);
  return json::object{{"@context", "https://schema.org"},
                      {"@type", "GovernmentService"},
                      {"@id", address(base, "/services/" + e.id)},
                      {"name", e.name(language)},
                      {"description", e.summary(language)},
                      {"url", address(base, "/services/" + e.id)},
                      {"provider", provider},
                      {"audience", json::object{{"@type", "Audience"}, {"name", e.who(language)}}},
                      {"inLanguage", language}};
}

std::string hsds_id(const entry& e) { return stable_uuid(address("service:", e.id)); }

json::value hsds_service(const entry& e, const packs::pack& p, std::string_view base,
                         std::string_view language) {
  const packs::agency* a = p.find_agency(e.agency);
  const std::string service_id = hsds_id(e);
  json::object organization{{"id", stable_uuid("agency:" + e.agency)},
                            {"name", a ? a->name(language) : e.agency},
                            {"description", a ? a->duty(language) : e.agency}};
  json::object out{{"id", service_id},
                   {"name", e.name(language)},
                   {"description", e.summary(language)},
                   {"url", address(base, "/services/" + e.id)},
                   {"status", "active"},
                   {"eligibility_description", e.who(language)},
                   {"fees_description", e.fee(language)},
                   {"organization", organization}};
  if (!e.needed.empty())
    out["required_documents"] =
        json::array{json::object{{"id", stable_uuid("document:" + e.id)},
                                 {"document", e.needed(language)}}};
  return out;
}

}  // namespace madang::services
