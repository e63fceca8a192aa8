// Open311 GeoReport v2 for programs, in JSON and XML, and the updates of requests as FixMyStreet
// extends it. Everybody reads; who files has a key that the centre gave.
#include <algorithm>

#include "geo_report.hpp"
#include "pages.hpp"

namespace madang::eungdapso {
namespace {

using namespace html;

constexpr const char* base = "/open311/v2/";

enum class form_of_answer { json, xml };

// The last segment of the address ends in .json or .xml.
form_of_answer format_of(const context& c) {
  return c.request.path.ends_with(".xml") ? form_of_answer::xml : form_of_answer::json;
}

std::string without_ending(std::string_view name) {
  for (const std::string_view ending : {".json", ".xml"})
    if (name.ends_with(ending)) return std::string(name.substr(0, name.size() - ending.size()));
  return {};
}

http::response answer(const context& c, const json::value& v, std::string_view root,
                      int status = 200) {
  const bool xml = format_of(c) == form_of_answer::xml;
  auto r = http::text_response(status, xml ? as_xml(v, root) : json::print(v),
                               xml ? "text/xml; charset=utf-8" : "application/json; charset=utf-8");
  // What everybody may read, a page of anybody may read.
  if (c.request.method == "GET") r.with("Access-Control-Allow-Origin", "*");
  return c.with_privacy(std::move(r));
}

// "Errors": a list of code and description, the code being the status. What the specification gives
// no status of its own is 400.
http::response refused(const context& c, const refusal& why) {
  int status = 400;
  if (why.kind == kind::not_found) status = 404;
  if (why.kind == kind::forbidden) status = 403;
  if (why.kind == kind::too_large || why.kind == kind::too_many) status = http::status_of(why.kind);
  std::string said = c.explain(why);
  if (!why.field.empty()) said = why.field + ": " + said;
  auto r = answer(c, json::array{json::object{{"code", status}, {"description", said}}}, "errors",
                  status);
  if (auto seconds = why.facts.find("seconds"); seconds != why.facts.end())
    r.with("Retry-After", seconds->second);
  return r;
}

// A parameter of a query, or a field of what was posted.
std::string given(const context& c, std::string_view name) {
  if (c.request.method == "POST")
    if (const auto sent = c.field(name); !sent.empty()) return std::string(sent);
  return std::string(c.request.param(name));
}

// Ours is the whole country; a province or municipality may be asked for by its code.
result<std::string> jurisdiction(const context& c) {
  const std::string asked = given(c, "jurisdiction_id");
  if (asked.empty() || asked == c.home.pack().id()) return std::string();
  const auto* d = c.home.pack().find_district(asked);
  if (!d || d->code.size() > 5)
    return refuse(kind::not_found, "open311.jurisdiction", "jurisdiction_id");
  return d->code;
}

std::string url(const context& c, const std::string& path) {
  return c.home.chosen().public_url + path;
}

http::response discovery(context& c) {
  const json::value out = json::object{
      {"changeset", "2026-11-28T00:00:00Z"},
      {"contact", url(c, "/eungdapso/open311")},
      {"key_service", url(c, "/eungdapso/open311")},
      {"endpoints",
       json::array{json::object{{"specification", "http://wiki.open311.org/GeoReport_v2"},
                                {"url", url(c, "/open311/v2")},
                                {"changeset", "2026-11-28T00:00:00Z"},
                                {"type", c.home.chosen().demonstration ? "test" : "production"},
                                {"formats", json::array{"text/xml", "application/json"}}}}}};
  return answer(c, out, "discovery");
}

http::response services(context& c, center& o) {
  if (auto where = jurisdiction(c); !where) return refused(c, where.why());
  json::array out;
  for (const auto& k : o.kinds.all())
    out.push_back(json::object{{"service_code", k.id},
                               {"service_name", k.name(c.language)},
                               {"description", k.about(c.language)},
                               {"metadata", k.form.questions.empty() ? "false" : "true"},
                               {"type", "realtime"},
                               {"keywords", ""},
                               {"group", c.say("street.group_" + k.group)}});
  return answer(c, out, "services");
}

const char* datatype_of(forms::ask how) {
  switch (how) {
    case forms::ask::radio:
    case forms::ask::select:
    case forms::ask::yes_no:
      return "singlevaluelist";
    case forms::ask::checkboxes:
      return "multivaluelist";
    case forms::ask::number:
      return "number";
    case forms::ask::date:
      return "datetime";
    case forms::ask::long_text:
      return "text";
    default:
      return "string";
  }
}

http::response definition(context& c, center& o) {
  if (auto where = jurisdiction(c); !where) return refused(c, where.why());
  const auto* k = o.kinds.find(without_ending(c.request.capture("service")));
  if (!k) return refused(c, refuse(kind::not_found, "report.no_category", "service_code"));
  json::array attributes;
  int order = 0;
  for (const auto& q : k->form.questions) {
    json::array values;
    for (const auto& option : q.options)
      values.push_back(json::object{{"key", option.value}, {"name", option.label(c.language)}});
    json::object one{{"variable", "true"},
                     {"code", q.id},
                     {"datatype", datatype_of(q.how)},
                     {"required", q.optional ? "false" : "true"},
                     {"datatype_description", q.hint(c.language)},
                     {"order", ++order},
                     {"description", q.title(c.language)}};
    if (!values.empty()) one["values"] = values;
    attributes.push_back(std::move(one));
  }
  return answer(c, json::object{{"service_code", k->id}, {"attributes", attributes}},
                "service_definition");
}

// ---- requests ----

json::object request_of(const context& c, center& o, const report& r) {
  std::string media;
  for (const auto& p : o.pictures(r.matter))
    if (p.open && media.empty()) media = url(c, "/eungdapso/pictures/" + p.key.str());
  const auto* k = o.kinds.find(r.category);
  auto or_null = [](std::string s) { return s.empty() ? json::value() : json::value(s); };
  return {{"service_request_id", r.number},
          {"status", r.is_open() ? "open" : "closed"},
          {"status_notes", or_null(r.result)},
          {"service_name", k ? k->name(c.language) : r.category},
          {"service_code", r.category},
          {"description", or_null(r.words_open ? r.words : "")},
          {"agency_responsible",
           district_name(c, r.office) + " " + department_name(c, o, r.department)},
          {"service_notice", json::value()},
          {"requested_datetime", w3c_time(r.filed)},
          {"updated_datetime", w3c_time(r.updated)},
          {"expected_datetime", w3c_time(r.promised)},
          {"address", place_name(c, r)},
          {"address_id", or_null(r.town)},
          {"zipcode", json::value()},
          {"lat", r.at().latitude},
          {"long", r.at().longitude},
          {"media_url", or_null(media)}};
}

// The lists of the parameters, as the specification separates them.
std::vector<std::string> list_of(std::string_view s) {
  std::vector<std::string> out;
  for (const auto& one : text::split(s, ','))
    if (const auto t = text::trim(one); !t.empty()) out.emplace_back(t);
  return out;
}

http::response requests(context& c, center& o) {
  auto where = jurisdiction(c);
  if (!where) return refused(c, where.why());
  json::array out;
  // With ids every other argument is ignored.
  if (const auto ids = list_of(c.request.param("service_request_id")); !ids.empty()) {
    if (ids.size() > most_rows)
      return refused(c, refuse(kind::invalid, "open311.many", "service_request_id",
                               {{"limit", std::to_string(most_rows)}}));
    for (const auto& number : ids)
      if (const auto r = o.find_number(number); r && r->state != "withdrawn")
        out.push_back(request_of(c, o, *r));
    return answer(c, out, "service_requests");
  }
  auto span = span_of(c.request.param("start_date"), c.request.param("end_date"), now());
  if (!span) return refused(c, span.why());
  const auto codes = list_of(c.request.param("service_code"));
  for (const auto& code : codes)
    if (!o.kinds.find(code))
      return refused(c, refuse(kind::not_found, "report.no_category", "service_code"));
  bool open = false, closed = false;
  for (const auto& s : list_of(c.request.param("status"))) {
    if (s != "open" && s != "closed")
      return refused(c, refuse(kind::invalid, "open311.status", "status"));
    (s == "open" ? open : closed) = true;
  }
  wanted_reports w;
  w.office = *where;
  w.from = span->from;
  w.until = span->until;
  w.open_only = open && !closed;
  if (codes.size() == 1) w.category = codes[0];
  w.limit = codes.size() > 1 || (closed && !open) ? 10 * most_rows : most_rows;
  for (const auto& r : o.list(w)) {
    if (out.size() == most_rows) break;
    if (codes.size() > 1 && std::ranges::find(codes, r.category) == codes.end()) continue;
    if (closed && !open && r.is_open()) continue;
    out.push_back(request_of(c, o, r));
  }
  return answer(c, out, "service_requests");
}

http::response one_request(context& c, center& o) {
  if (auto where = jurisdiction(c); !where) return refused(c, where.why());
  const auto r = o.find_number(without_ending(c.request.capture("request")));
  if (!r || r->state == "withdrawn")
    return refused(c, refuse(kind::not_found, "report.unknown", "service_request_id"));
  return answer(c, json::array{request_of(c, o, *r)}, "service_requests");
}

// We give the id at once; who asks for it by the key of the case gets it too.
http::response token(context& c, center& o) {
  const std::string name = without_ending(c.request.capture("token"));
  const auto key = id::parse(name);
  const auto r = key ? o.find(*key) : std::nullopt;
  if (!r || r->state == "withdrawn")
    return refused(c, refuse(kind::not_found, "report.unknown", "token"));
  return answer(c, json::array{json::object{{"service_request_id", r->number}, {"token", name}}},
                "service_requests");
}

result<program> program_asking(const context& c, center& o) {
  const std::string key = given(c, "api_key");
  if (auto seconds = c.home.number_guesses().wait(c.request.peer))
    return refuse(kind::too_many, "report.too_many", "api_key",
                  {{"seconds", std::to_string(*seconds)}});
  auto found = o.program_of(key);
  if (found) return std::move(*found);
  if (!key.empty()) c.home.number_guesses().miss(c.request.peer);
  return refuse(kind::forbidden, "open311.key", "api_key");
}

audit::access of_program(const context& c, const program& p) {
  audit::access why = why_of(c);
  why.who = audit::system_actor(p.name);
  return why;
}

http::response post_request(context& c, center& o) {
  auto who = program_asking(c, o);
  if (!who) return refused(c, who.why());
  if (auto where = jurisdiction(c); !where) return refused(c, where.why());
  const auto* k = o.kinds.find(given(c, "service_code"));
  if (given(c, "service_code").empty())
    return refused(c, refuse(kind::invalid, "report.no_category", "service_code"));
  if (!k) return refused(c, refuse(kind::not_found, "report.no_category", "service_code"));
  telling t;
  t.category = k->id;
  for (const auto& [name, value] : c.form())
    if (const auto code = attribute_code(name); !code.empty())
      t.answers.emplace_back(std::string(code), value);
  const std::string lat = given(c, "lat"), lon = given(c, "long");
  t.at = place_of(lat, lon);
  if (!t.at && !(lat.empty() && lon.empty()))
    return refused(c, refuse(kind::invalid, "open311.place", "lat"));
  t.place = given(c, "address_string");
  t.town = given(c, "address_id");
  t.words = given(c, "description");
  // Nothing is fetched from an address that a stranger gives; the crew reads where it was.
  if (const auto media = given(c, "media_url"); !media.empty())
    t.words += (t.words.empty() ? "" : "\n") + ("media_url: " + media);
  for (const auto& f : c.files())
    if (!f.body.empty()) t.pictures.push_back(f.body);
  t.name = std::string(text::trim(given(c, "first_name") + " " + given(c, "last_name")));
  t.contact = given(c, "email").empty() ? given(c, "phone") : given(c, "email");
  t.language = c.language;
  t.channel = "open311";
  t.program = who->key;
  if (const auto device = given(c, "once"); !device.empty()) t.once = who->key.str() + ":" + device;
  auto done = o.file(of_program(c, *who), t);
  if (!done) {
    refusal why = done.why();
    if (k->form.find(why.field)) why.field = "attribute[" + why.field + "]";
    if (why.field == "place") why.field = "lat";
    return refused(c, why);
  }
  return answer(c,
                json::array{json::object{
                    {"service_request_id", done->row.number},
                    {"service_notice",
                     c.fill("street.promised_until", {{"time", c.written(done->row.promised)}})},
                    {"account_id", json::value()}}},
                "service_requests", 201);
}

// ---- updates, as FixMyStreet extends the specification ----

std::string update_status(const std::string& state) {
  return state == "open"       ? "OPEN"
         : state == "work"     ? "IN_PROGRESS"
         : state == "done"     ? "FIXED"
         : state == "declined" ? "NO_FURTHER_ACTION"
                               : "CLOSED";
}

http::response get_updates(context& c, center& o) {
  auto where = jurisdiction(c);
  if (!where) return refused(c, where.why());
  auto span = span_of(c.request.param("start_date"), c.request.param("end_date"), now());
  if (!span) return refused(c, span.why());
  json::array out;
  for (const auto& u : o.updates_between(span->from, span->until, most_rows)) {
    const auto r = o.find(u.matter);
    if (!r || r->state == "withdrawn" || !r->office.starts_with(*where)) continue;
    out.push_back(json::object{{"update_id", u.key.str()},
                               {"service_request_id", r->number},
                               {"status", update_status(u.state)},
                               {"updated_datetime", w3c_time(u.at)},
                               {"description", u.open ? u.words : ""},
                               {"media_url", json::value()}});
  }
  return answer(c, out, "service_requests_updates");
}

// Only the program by which it was reported speaks for its reporter, and only a crew closes it.
http::response post_update(context& c, center& o) {
  auto who = program_asking(c, o);
  if (!who) return refused(c, who.why());
  const auto r = o.find_number(given(c, "service_request_id"));
  if (!r || r->state == "withdrawn")
    return refused(c, refuse(kind::not_found, "report.unknown", "service_request_id"));
  if (r->program != who->key)
    return refused(c, refuse(kind::forbidden, "report.not_yours", "service_request_id"));
  const std::string status = text::upper_case(given(c, "status")), said = given(c, "description");
  const bool reopens = !r->is_open() && status == "OPEN";
  if (!status.empty() && !reopens && status != update_status(r->state) &&
      status != (r->is_open() ? "OPEN" : "CLOSED"))
    return refused(c, refuse(kind::forbidden, "open311.crew_only", "status"));
  const auto why = of_program(c, *who);
  const outcome done = reopens ? o.reopen(why, r->matter, said) : o.add_words(why, r->matter, said);
  if (!done) {
    refusal no = done.why();
    if (no.field == "text") no.field = "description";
    return refused(c, no);
  }
  const auto all = o.updates(r->matter);
  return answer(c, json::array{json::object{{"update_id", all.back().key.str()}}},
                "service_request_updates", 201);
}

// What programs need to know, for people.
http::response about(context& c) {
  const shell s = c.shell();
  std::vector<row> rows;
  for (const char* one :
       {"discovery.json", "services.json", "services/{code}.json", "requests.json",
        "requests/{id}.json", "tokens/{id}.json", "servicerequestupdates.json"})
    rows.push_back({one, code(base + std::string(one)), ""});
  const node body =
      all(h1(c.say("street.open311")), lead(c.say("street.open311_lead")), definition_grid(rows),
          p(c.say("street.open311_key")), p(c.say("street.open311_limits")));
  return c.page(c.say("street.open311"), {home_link(c)}, body);
}

}  // namespace

void open311_pages(office o) {
  auto& h = o->home;
  auto both = [&](const char* verb, const char* name, platform::page_handler handle) {
    for (const char* ending : {".json", ".xml"})
      h.page(verb, base + std::string(name) + ending, needs::nobody, handle);
  };
  both("GET", "discovery", [](context& c) { return discovery(c); });
  both("GET", "services", [o](context& c) { return services(c, *o); });
  both("GET", "requests", [o](context& c) { return requests(c, *o); });
  both("POST", "requests", [o](context& c) { return post_request(c, *o); });
  both("GET", "servicerequestupdates", [o](context& c) { return get_updates(c, *o); });
  both("POST", "servicerequestupdates", [o](context& c) { return post_update(c, *o); });
  h.page("GET", base + std::string("services/{service}"), needs::nobody,
         [o](context& c) { return definition(c, *o); });
  h.page("GET", base + std::string("requests/{request}"), needs::nobody,
         [o](context& c) { return one_request(c, *o); });
  h.page("GET", base + std::string("tokens/{token}"), needs::nobody,
         [o](context& c) { return token(c, *o); });
  h.page("GET", "/eungdapso/open311", needs::nobody, [](context& c) { return about(c); });
}

}  // namespace madang::eungdapso
