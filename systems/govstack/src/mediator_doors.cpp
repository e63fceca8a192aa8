// bb-information-mediator, directory services: who is a member, what each offers, and to whom. What
// is offered are the routes of the house, so the lists cannot differ from what is there.
#include <algorithm>

#include "doors.hpp"

namespace madang::govstack {
namespace {

constexpr const char* at = "/govstack/information-mediator";
constexpr const char* file = "govstack/members.yaml";

struct offer {
  std::string code, version, block;  // block: "digital-registries"
  words name;
  std::vector<std::string> to;  // members that may use it; empty: all
};
struct member {
  member_name name;
  words called;
  std::vector<offer> offers;
};

struct directory {
  std::vector<member> members;
  const member* find(const member_name& n) const {
    const auto at = std::ranges::find(members, n, &member::name);
    return at == members.end() ? nullptr : &*at;
  }
};

member read_member(const json::value& v) {
  const auto name = member_name::parse(json::str(v, "member"));
  if (!name)
    throw packs::broken_pack(
        {file, 0,
         std::string(json::str(v, "member")) + " is no INSTANCE/CLASS/MEMBER/APPLICATION"});
  member m{*name, json::words_of(json::at(v, "name")), {}};
  if (const auto& offers = json::at(v, "offers"); offers.is_array())
    for (const auto& o : offers.get_array()) {
      offer one{std::string(json::str(o, "code")),
                std::string(json::str(o, "version", "1")),
                std::string(json::str(o, "block")),
                json::words_of(json::at(o, "name")),
                {}};
      if (!is_identifier(one.code) || one.block.empty())
        throw packs::broken_pack({file, 0, name->str() + ": an offer has a code and a block"});
      if (const auto& to = json::at(o, "to"); to.is_array())
        for (const auto& t : to.get_array())
          if (t.is_string()) one.to.emplace_back(t.get_string());
      m.offers.push_back(std::move(one));
    }
  return m;
}

// Routes of a block as its own paths.
std::vector<std::pair<std::string, std::string>> endpoints_of(const house& h,
                                                              const std::string& block) {
  const std::string prefix = "/govstack/" + block;
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& r : h.router().routes())
    if (r.pattern.starts_with(prefix + "/"))
      out.emplace_back(r.method, r.pattern.substr(prefix.size()));
  std::ranges::sort(out, {}, &std::pair<std::string, std::string>::second);
  return out;
}

json::object line_of(const member_name& n, const char* kind_of) {
  return {{"objectType", json::object{{"object_type", kind_of}}},
          {"GovStackInstance", n.instance},
          {"memberClass", n.klass},
          {"memberCode", n.code},
          {"applicationCode", n.application}};
}

json::object line_of(const house& h, const member& m, const offer& o) {
  auto out = line_of(m.name, "SERVICE");
  json::array endpoints;
  for (const auto& [method, path] : endpoints_of(h, o.block))
    endpoints.push_back(json::object{{"method", method}, {"path", path}});
  out["serviceType"] = "OPENAPI";
  out["serviceCode"] = o.code;
  out["serviceVersion"] = o.version;
  out["endpointList"] = json::object{{"member", std::move(endpoints)}};
  return out;
}

// Identifiers in the path; some callers write them as JSON does, in quotation marks.
std::optional<member_name> provider_in(const http::request& r) {
  const auto part = [&](const char* name) {
    auto s = r.capture(name);
    if (s.size() >= 2 && s.front() == '"' && s.back() == '"') s = s.substr(1, s.size() - 2);
    return std::string(s);
  };
  member_name n{part("instance"), part("class"), part("code"), part("application")};
  if (!is_identifier(n.instance) || !is_identifier(n.klass) || !is_identifier(n.code) ||
      !is_identifier(n.application))
    return {};
  return n;
}

result<const member*> provider(const directory& d, const http::request& r) {
  const auto name = provider_in(r);
  const auto* m = name ? d.find(*name) : nullptr;
  if (!m) return refuse(kind::invalid, "govstack.no_member");
  return m;
}

json::value list_of(json::array all) { return json::object{{"member", std::move(all)}}; }

json::value open_api(const house& h, const member& m, const offer& o, const std::string& language) {
  json::object paths;
  for (const auto& [method, path] : endpoints_of(h, o.block)) {
    json::array parameters;
    for (std::size_t i = path.find('{'); i != std::string::npos; i = path.find('{', i + 1))
      parameters.push_back(json::object{{"name", path.substr(i + 1, path.find('}', i) - i - 1)},
                                        {"in", "path"},
                                        {"required", true},
                                        {"schema", json::object{{"type", "string"}}}});
    if (!paths.contains(path)) paths[path] = json::object{};
    paths[path].get_object()[text::lower_case(method)] = json::object{
        {"parameters", std::move(parameters)},
        {"responses",
         json::object{{"default", json::object{{"description", "application/json"}}}}}};
  }
  return json::object{
      {"openapi", "3.0.3"},
      {"info", json::object{{"title", o.name(language) + " · " + m.called(language)},
                            {"version", o.version}}},
      {"servers",
       json::array{json::object{{"url", h.chosen().public_url + "/govstack/" + o.block}}}},
      {"paths", std::move(paths)}};
}

}  // namespace

void mediator_doors(house& h, shared_block k) {
  auto d = std::make_shared<directory>();
  const json::value v = h.pack().yaml(file);
  if (const auto& list = json::at(v, "members"); list.is_array())
    for (const auto& one : list.get_array()) d->members.push_back(read_member(one));

  const std::string of = std::string(at) + "/{instance}/{class}/{code}/{application}";
  door(h, "GET", std::string(at) + "/listClients", [k, d](http::request& r) {
    json::array out;
    const std::string instance = param(r, "instance");
    for (const auto& m : d->members)
      if (instance.empty() || m.name.instance == instance)
        out.emplace_back(line_of(m.name, "SUBSYSTEM"));
    return result<http::response>(said(list_of(std::move(out))));
  });
  // What a provider offers, to whomever.
  door(h, "GET", of + "/listMethods", [&h, k, d](http::request& r) -> result<http::response> {
    auto m = provider(*d, r);
    if (!m) return m.why();
    json::array out;
    for (const auto& o : (*m)->offers) out.emplace_back(line_of(h, **m, o));
    return said(list_of(std::move(out)));
  });
  door(h, "GET", of + "/allowedMethods", [&h, k, d](http::request& r) -> result<http::response> {
    auto by = k->people.who(r);
    if (!by) return by.why();
    auto m = provider(*d, r);
    if (!m) return m.why();
    json::array out;
    for (const auto& o : (*m)->offers)
      if (o.to.empty() || std::ranges::find(o.to, (*by)->member) != o.to.end())
        out.emplace_back(line_of(h, **m, o));
    return said(list_of(std::move(out)));
  });
  door(h, "GET", of + "/getOpenAPI", [&h, k, d](http::request& r) -> result<http::response> {
    if (r.header("authorization").empty() && r.header("information-mediator-client").empty())
      return refuse(kind::invalid, "govstack.member", "Information-Mediator-Client");
    if (auto by = k->people.who(r); !by) return by.why();
    auto m = provider(*d, r);
    if (!m) return m.why();
    const auto o = std::ranges::find((*m)->offers, param(r, "serviceCode"), &offer::code);
    if (o == (*m)->offers.end()) return refuse(kind::invalid, "govstack.no_service", "serviceCode");
    const context c(h, r, context::unknown_person{});
    return said(json::value(json::print(open_api(h, **m, *o, c.language))));
  });
}

}  // namespace madang::govstack
