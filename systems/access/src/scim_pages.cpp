// SCIM over HTTP (RFC 7644): addresses, entity tags, errors in their own form.
#include <algorithm>

#include "madang/http/message.hpp"
#include "scim.hpp"

namespace madang::access {
namespace {

using shared_desk = std::shared_ptr<scim_desk>;

constexpr std::string_view media_type = "application/scim+json";
constexpr std::size_t longest_body = 256u << 10;  // bulk.maxPayloadSize of the pack's service.yaml
constexpr std::size_t most_bulk = 100;
constexpr std::string_view bulk_urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
constexpr std::string_view bulk_answer_urn = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
constexpr std::string_view list_urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

http::response answer(int status, const json::object& body) {
  auto r =
      http::text_response(status, body.empty() ? "" : json::print(body), std::string(media_type));
  return r.with("Cache-Control", "no-store");
}

// RFC 7644 table 8: what is wrong with what was sent is 400.
int status_of(const refusal& why) {
  if (why.code == "scim.version") return 412;
  return why.kind == kind::invalid ? 400 : http::status_of(why.kind);
}

std::string_view word_of(const refusal& why) {
  const auto word = scim::word_of(why.code);
  if (!word.empty() || why.kind != kind::invalid) return word;
  return why.code.starts_with("json.") ? "invalidSyntax" : "invalidValue";
}

json::object error_body(const context& c, const refusal& why) {
  std::string detail = c.explain(why);
  if (!why.field.empty()) detail += " (" + why.field + ")";
  return scim::error(status_of(why), word_of(why), detail);
}

http::response error(const context& c, const refusal& why) {
  auto r = answer(status_of(why), error_body(c, why));
  if (why.kind == kind::unauthenticated)
    for (const char* way : {"DPoP", "Bearer"})
      r.with("WWW-Authenticate", std::string(way) + " scope=\"scim\", error=\"invalid_token\"");
  return r;
}

result<json::value> body_of(const context& c) {
  const auto type = c.request.header("content-type");
  if (!type.starts_with(media_type) && !type.starts_with("application/json"))
    return refuse(kind::unsupported, "request.type");
  if (c.request.body.size() > longest_body)
    return refuse(kind::too_large, "form.too_large", "",
                  {{"limit", std::to_string(longest_body >> 10)}});
  return json::parse(c.request.body);
}

scim_terms terms_of(const context& c) {
  return {c.request.query, std::string(c.request.header("if-match"))};
}

// ---- who asks, and with what ----

using handler = std::function<http::response(context&, const scim_caller&)>;

http::response asked(context& c, scim_desk& d, const handler& h) {
  auto who = d.caller(c);
  return who ? h(c, *who) : error(c, who.why());
}

http::response told(context& c, scim_desk& d, const scim_caller& who, const scim::shape& of,
                    scim_reply reply) {
  if (reply.why) return error(c, *reply.why);
  scim::parameters shown;
  for (const auto& one : c.request.query)
    if (one.first == "attributes" || one.first == "excludedAttributes") shown.push_back(one);
  auto w = scim::read_wish(shown, of);
  if (!w) return error(c, w.why());
  if (reply.body.empty()) return answer(reply.status, {});
  d.note_looks(who, {&reply.body});
  auto r = answer(reply.status, scim::shown(reply.body, *w, of));
  const json::value meta = reply.body.at("meta");
  r.with("ETag", std::string(json::str(meta, "version")));
  if (!reply.location.empty()) r.with("Location", reply.location);
  return r;
}

http::response list(context& c, scim_desk& d, const scim_caller& who, const scim::shape& of,
                    const scim::parameters& said) {
  auto w = scim::read_wish(said, of);
  if (!w) return error(c, w.why());
  const auto all = d.all(who, of);
  const auto chosen = scim::chosen(all, *w);
  std::vector<const json::object*> page;
  const auto from = std::min(static_cast<std::size_t>(w->start - 1), chosen.size());
  const auto many = std::min(static_cast<std::size_t>(w->count), chosen.size() - from);
  page.assign(chosen.begin() + static_cast<std::ptrdiff_t>(from),
              chosen.begin() + static_cast<std::ptrdiff_t>(from + many));
  d.note_looks(who, page);
  return answer(200, scim::listed(chosen, *w, of));
}

http::response show(context& c, scim_desk& d, const scim_caller& who, const scim::shape& of) {
  auto found = d.one(who, of, c.request.capture("resource"));
  if (!found) return error(c, found.why());
  const json::value meta = found->at("meta");
  const auto tag = json::str(meta, "version");
  if (c.request.header("if-none-match") == tag)
    return answer(304, {}).with("ETag", std::string(tag));
  return told(c, d, who, of, {200, std::move(*found)});
}

// ---- many at once (RFC 7644 section 3.7) ----

// "bulkId:x" stands for what the operation x made.
void resolve(json::value& v, const std::map<std::string, std::string>& made) {
  if (v.is_string()) {
    const std::string_view said(v.get_string());
    if (!said.starts_with("bulkId:")) return;
    if (auto found = made.find(std::string(said.substr(7))); found != made.end()) v = found->second;
  } else if (v.is_array()) {
    for (auto& one : v.get_array()) resolve(one, made);
  } else if (v.is_object()) {
    for (auto& one : v.get_object()) resolve(one.value(), made);
  }
}

scim_reply operate(scim_desk& d, const scim_caller& who, const json::value& one,
                   const std::map<std::string, std::string>& made) {
  const auto no = [](const char* field) {
    return refuse(kind::invalid, "scim.syntax", std::string(field));
  };
  const std::string method = text::lower_case(json::str(one, "method"));
  const auto parts = text::split(json::str(one, "path"), '/');
  const auto* of = parts.size() >= 2 && parts[0].empty() ? d.shape_of(parts[1]) : nullptr;
  if (!of || parts.size() > 3) return no("path");
  json::value key(parts.size() == 3 ? parts[2] : std::string());
  resolve(key, made);
  const std::string_view resource(key.get_string());
  json::value data = json::at(one, "data");
  resolve(data, made);
  const scim_terms terms{{}, std::string(json::str(one, "version"))};
  if (method == "post")
    return parts.size() == 2 && !json::str(one, "bulkId").empty() ? d.create(who, *of, data)
                                                                  : no("bulkId");
  if (resource.empty()) return no("path");
  if (method == "delete") return d.remove(who, *of, resource, terms);
  if (method == "put" || method == "patch")
    return d.change(who, *of, resource, data, method == "put", terms);
  return no("method");
}

http::response bulk(context& c, scim_desk& d, const scim_caller& who) {
  auto said = body_of(c);
  if (!said) return error(c, said.why());
  const auto& schemas = json::at(*said, "schemas");
  const auto& operations = json::at(*said, "Operations");
  if (!schemas.is_array() || schemas.get_array().size() != 1 ||
      schemas.get_array()[0] != json::value(bulk_urn) || !operations.is_array())
    return error(c, refuse(kind::invalid, "scim.syntax", "schemas"));
  if (operations.get_array().size() > most_bulk)
    return error(c, refuse(kind::too_large, "scim.too_many", "Operations"));
  const auto most_errors = json::num(*said, "failOnErrors", 0);
  std::map<std::string, std::string> made;
  json::array out;
  std::int64_t errors = 0;
  for (const auto& one : operations.get_array()) {
    if (most_errors > 0 && errors >= most_errors) break;
    auto reply = operate(d, who, one, made);
    json::object line{{"method", json::str(one, "method")}};
    const std::string name(json::str(one, "bulkId"));
    if (!name.empty()) line["bulkId"] = name;
    if (reply.why) {
      ++errors;
      line["status"] = std::to_string(status_of(*reply.why));
      line["response"] = error_body(c, *reply.why);
      if (json::str(one, "method") != "POST") line["location"] = d.at(json::str(one, "path"));
    } else {
      line["status"] = std::to_string(reply.status);
      line["location"] = d.at(json::str(one, "path"));
      if (!reply.body.empty()) {
        const json::value meta = reply.body.at("meta");
        line["location"] = json::str(meta, "location");
        line["version"] = json::str(meta, "version");
        d.note_looks(who, {&reply.body});
        if (!name.empty()) made[name] = std::string(reply.body.at("id").get_string());
      }
    }
    out.push_back(std::move(line));
  }
  return answer(200, {{"schemas", json::array{bulk_answer_urn}}, {"Operations", std::move(out)}});
}

// ---- what the service can do (RFC 7644 section 4) ----

json::object type_said(const scim_desk& d, const json::value& one) {
  json::array extensions;
  for (const auto& urn : json::at(one, "extensions").as_array())
    extensions.push_back(json::object{{"schema", urn}, {"required", false}});
  json::object out{
      {"schemas", json::array{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"}},
      {"id", json::at(one, "name")},
      {"name", json::at(one, "name")},
      {"endpoint", json::at(one, "endpoint")},
      {"description", json::at(one, "description")},
      {"schema", json::at(one, "schema")},
      {"meta",
       json::object{{"resourceType", "ResourceType"},
                    {"location", d.at("/ResourceTypes/" + std::string(json::str(one, "name")))}}}};
  if (!extensions.empty()) out["schemaExtensions"] = std::move(extensions);
  return out;
}

json::object schema_said(const scim_desk& d, const json::value& one) {
  json::object out = one.get_object();
  out["schemas"] = json::array{"urn:ietf:params:scim:schemas:core:2.0:Schema"};
  out["meta"] = json::object{{"resourceType", "Schema"},
                             {"location", d.at("/Schemas/" + std::string(json::str(one, "id")))}};
  return out;
}

using say = json::object (*)(const scim_desk&, const json::value&);

http::response described(context& c, const scim_desk& d, const json::value& all,
                         std::string_view name_of, say as) {
  // Section 4: what describes the service is not searched.
  if (!c.request.param("filter").empty())
    return error(c, refuse(kind::forbidden, "scim.not_searched", "filter"));
  const auto wanted = c.request.capture("resource");
  json::array list;
  for (const auto& one : all.as_array()) {
    if (json::str(one, name_of) == wanted) return answer(200, as(d, one));
    list.push_back(as(d, one));
  }
  if (!wanted.empty()) return error(c, refuse(kind::not_found, "scim.unknown"));
  const auto many = static_cast<std::int64_t>(list.size());
  return answer(200, {{"schemas", json::array{list_urn}},
                      {"totalResults", many},
                      {"startIndex", 1},
                      {"itemsPerPage", many},
                      {"Resources", std::move(list)}});
}

void resource_pages(house& h, const shared_desk& d, const scim::shape& of) {
  const std::string all = "/scim/v2" + of.endpoint, one = all + "/{resource}";
  auto add = [&](const char* method, const std::string& path, handler run) {
    h.page(method, path, needs::nobody, [d, run](context& c) { return asked(c, *d, run); });
  };
  add("GET", all, [d, &of](context& c, const scim_caller& who) {
    return list(c, *d, who, of, c.request.query);
  });
  add("POST", all + "/.search", [d, &of](context& c, const scim_caller& who) {
    auto said = body_of(c);
    auto wish = said ? scim::search_request(*said) : result<scim::parameters>(said.why());
    return wish ? list(c, *d, who, of, *wish) : error(c, wish.why());
  });
  add("POST", all, [d, &of](context& c, const scim_caller& who) {
    auto said = body_of(c);
    return said ? told(c, *d, who, of, d->create(who, of, *said)) : error(c, said.why());
  });
  add("GET", one, [d, &of](context& c, const scim_caller& who) { return show(c, *d, who, of); });
  for (const char* method : {"PUT", "PATCH"})
    add(method, one, [d, &of](context& c, const scim_caller& who) {
      auto said = body_of(c);
      if (!said) return error(c, said.why());
      return told(c, *d, who, of,
                  d->change(who, of, c.request.capture("resource"), *said,
                            c.request.method == "PUT", terms_of(c)));
    });
  add("DELETE", one, [d, &of](context& c, const scim_caller& who) {
    return told(c, *d, who, of, d->remove(who, of, c.request.capture("resource"), terms_of(c)));
  });
}

}  // namespace

void scim_pages(shared_personnel p) {
  auto& h = p->home;
  auto d = std::make_shared<scim_desk>(std::move(p));
  for (const auto* of : {&d->users, &d->groups, &d->orders}) resource_pages(h, d, *of);
  h.page("POST", "/scim/v2/Bulk", needs::nobody, [d](context& c) {
    return asked(c, *d, [&](context& here, const scim_caller& who) { return bulk(here, *d, who); });
  });
  h.page("GET", "/scim/v2/ServiceProviderConfig", needs::nobody, [d](context&) {
    json::object out = d->service.as_object();
    out["meta"] = json::object{{"resourceType", "ServiceProviderConfig"},
                               {"location", d->at("/ServiceProviderConfig")}};
    return answer(200, out);
  });
  for (const char* path : {"/scim/v2/ResourceTypes", "/scim/v2/ResourceTypes/{resource}"})
    h.page("GET", path, needs::nobody,
           [d](context& c) { return described(c, *d, d->said_types, "name", type_said); });
  for (const char* path : {"/scim/v2/Schemas", "/scim/v2/Schemas/{resource}"})
    h.page("GET", path, needs::nobody,
           [d](context& c) { return described(c, *d, d->said_schemas, "id", schema_said); });
}

}  // namespace madang::access
