// bb-registration: services, forms, application files, tasks, documents, statistics.
#include <algorithm>

#include "doors.hpp"
#include "madang/trust/bytes.hpp"

namespace madang::govstack {
namespace {

constexpr const char* at = "/govstack/registration";

// ---- services and forms ----

json::object service_line(const service& s, const std::string& language) {
  return {{"id", s.id},
          {"name", s.name(language)},
          {"version", s.version},
          {"type", s.type},
          {"isExecutable", true},
          {"isClosed", false},
          {"description", s.about(language)}};
}

// Services of the portal: described here, applied for there.
json::object entry_line(const services::entry& e, const std::string& language) {
  return {{"id", e.id},
          {"name", e.name(language)},
          {"version", "1"},
          {"type", "Public"},
          {"isExecutable", false},
          {"isClosed", false},
          {"description", e.summary(language)}};
}

result<http::response> services(block& k, http::request& r) {
  if (auto by = k.people.who(r); !by) return by.why();
  const context c(k.home, r, context::unknown_person{});
  const std::string name = text::fold(param(r, "name"));
  json::array out;
  const auto add = [&](const words& called, json::object line) {
    if (name.empty() || text::fold(called(c.language)).find(name) != std::string::npos)
      out.emplace_back(std::move(line));
  };
  for (const auto& s : k.desk.services()) add(s.name, service_line(s, c.language));
  for (const auto& e : k.home.catalogue().entries()) add(e.name, entry_line(e, c.language));
  return said(std::move(out));
}

// An array of one, as the tests of the block want it.
result<http::response> one_service(block& k, http::request& r) {
  if (auto by = k.people.who(r); !by) return by.why();
  const context c(k.home, r, context::unknown_person{});
  if (const auto* s = k.desk.find_service(r.capture("service")))
    return said(json::array{service_line(*s, c.language)});
  if (const auto* e = k.home.catalogue().find(r.capture("service")))
    return said(json::array{entry_line(*e, c.language)});
  return refuse(kind::not_found, "govstack.no_service");
}

json::object form_line(const service& s, const std::string& language) {
  return {{"eFormId", s.form_id},
          {"name", s.form_name(language)},
          {"description", s.about(language)},
          {"version", s.form_version},
          {"latest", true}};
}

result<http::response> forms(block& k, http::request& r) {
  if (auto by = k.people.who(r); !by) return by.why();
  const context c(k.home, r, context::unknown_person{});
  const auto* s = k.desk.find_service(r.capture("service"));
  if (!s) return refuse(kind::not_found, "govstack.no_service");
  return said(json::array{form_line(*s, c.language)});
}

result<http::response> form(block& k, http::request& r) {
  if (auto by = k.people.who(r); !by) return by.why();
  const context c(k.home, r, context::unknown_person{});
  const auto* s = k.desk.with_form(r.capture("form"));
  if (!s) return refuse(kind::not_found, "govstack.no_form");
  json::object properties;
  json::array required;
  for (const auto& f : s->fields) {
    properties[f.name] = json::object{{"type", f.type}, {"title", f.label(c.language)}};
    if (f.required) required.emplace_back(f.name);
  }
  auto out = form_line(*s, c.language);
  out["schema"] = json::object{
      {"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
  return said(std::move(out));
}

// ---- application files ----

json::object status_of(block& k, const context& c, const application& a, bool open) {
  const std::string code = open ? "PENDING" : a.status;
  (void)k;
  return {{"code", code}, {"title", c.say("govstack.status_" + text::lower_case(code))}};
}

json::object file_of(block& k, const context& c, const application& a) {
  const auto* s = k.desk.find_service(a.service);
  const bool open = k.desk.is_open(a);
  return {{"fileId", a.file},
          {"registered", a.registered.str()},
          {"serviceId", a.service},
          {"serviceName", s ? s->name(c.language) : a.service},
          {"status", status_of(k, c, a, open)},
          {"ended", !open},
          {"applicationData",
           json::object{{"applicationName", a.name},
                        {"applicantId", a.applicant},
                        {"created", a.registered.str()},
                        {"formData", a.form.is_object() ? a.form : json::value(json::object{})},
                        {"documentUrls",
                         a.documents.is_array() ? a.documents : json::value(json::array{})}}}};
}

result<registrations::filed> filed_in(const json::value& body) {
  registrations::filed out;
  out.applicant = json::str(body, "applicantId");
  out.name = json::str(body, "applicationName");
  out.form = json::at(body, "formData");
  if (!out.form.is_null() && !out.form.is_object())
    return refuse(kind::invalid, "json.type", "formData");
  out.documents = json::at(body, "documentUrls");
  const bool good = out.documents.is_null() ||
                    (out.documents.is_array() && out.documents.get_array().size() <= 20 &&
                     std::ranges::all_of(out.documents.get_array(), [](const json::value& v) {
                       return v.is_string() && v.get_string().size() <= 500;
                     }));
  if (!good) return refuse(kind::invalid, "json.type", "documentUrls");
  return out;
}

// Looking at a file is looking at its applicant's matter.
void enter_look(block& k, const audit::access& why, const application& a) {
  const auto m = k.home.files_of("govstack").find(a.matter);
  k.home.database("govstack").later([why, who = m ? m->applicant : id{}, key = a.matter](auto& tx) {
    audit::append(tx, why, audit::action::read, who, "case", key.str());
  });
}

audit::access why_of(block& k, const caller& by, const service* s, const http::request& r) {
  return k.people.access(by, s ? s->purpose : words(), s ? s->law : words(), r);
}

result<http::response> submit(block& k, http::request& r) {
  auto by = k.people.who(r, "apply");
  if (!by) return by.why();
  const auto* s = k.desk.find_service(r.capture("service"));
  if (!s) return refuse(kind::not_found, "govstack.no_service");
  auto body = body_of(r);
  if (!body) return body.why();
  auto what = filed_in(*body);
  if (!what) return what.why();
  const auto key = r.header("idempotency-key");
  if (key.size() > 200) return refuse(kind::invalid, "govstack.field", "Idempotency-Key");
  if (!key.empty()) what->once = "govstack:" + (*by)->member + ":" + s->id + ":" + std::string(key);
  auto made = k.desk.file(why_of(k, **by, s, r), *s, *what);
  if (!made) return made.why();
  const context c(k.home, r, context::unknown_person{});
  return said(file_of(k, c, *made));
}

result<http::response> one_file(block& k, http::request& r) {
  auto by = k.people.who(r, "apply");
  if (!by) return by.why();
  const auto a = k.desk.find(std::string(r.capture("file")));
  if (!a) return refuse(kind::not_found, "govstack.no_application");
  enter_look(k, why_of(k, **by, k.desk.find_service(a->service), r), *a);
  const context c(k.home, r, context::unknown_person{});
  return said(file_of(k, c, *a));
}

result<http::response> correct(block& k, http::request& r) {
  auto by = k.people.who(r, "operate");
  if (!by) return by.why();
  const auto a = k.desk.find(std::string(r.capture("file")));
  if (!a) return refuse(kind::not_found, "govstack.no_application");
  auto body = body_of(r);
  if (!body) return body.why();
  auto what = filed_in(*body);
  if (!what) return what.why();
  auto done = k.desk.correct(why_of(k, **by, k.desk.find_service(a->service), r), *a, *what);
  if (!done) return done.why();
  const context c(k.home, r, context::unknown_person{});
  return said(file_of(k, c, *done));
}

result<registrations::wanted> wanted_of(const http::request& r) {
  registrations::wanted w;
  auto page = page_of(r, "firstResult", "maxResult");
  if (!page) return page.why();
  w.from = page->from;
  w.count = page->count;
  w.service = param(r, "serviceId");
  w.applicant = param(r, "applicantId");
  w.file = param(r, "fileId");
  w.newest_first = param(r, "sortOrder") != "asc";
  return w;
}

json::object task_of(const context& c, const service* s, const application& a) {
  return {{"taskId", a.task},
          {"mainTaskId", a.task},
          {"name", s ? s->name(c.language) : a.service},
          {"assigneeId", a.decided_by},
          {"roleId", s ? s->role : std::string()},
          {"created", a.registered.str()},
          {"description", a.name},
          {"serviceId", a.service},
          {"serviceName", s ? s->name(c.language) : a.service},
          {"fileId", a.file},
          {"eFormId", s ? s->form_id : std::string()}};
}

result<http::response> files(block& k, http::request& r) {
  auto by = k.people.who(r, "apply");
  if (!by) return by.why();
  auto w = wanted_of(r);
  if (!w) return w.why();
  const context c(k.home, r, context::unknown_person{});
  json::array out;
  for (const auto& a : k.desk.list(*w)) {
    const auto* s = k.desk.find_service(a.service);
    enter_look(k, why_of(k, **by, s, r), a);
    out.push_back(json::object{{"fileId", a.file},
                               {"mainTaskId", a.task},
                               {"taskTitle", a.name},
                               {"roleId", s ? s->role : std::string()},
                               {"roleName", s ? s->role : std::string()},
                               {"assigneeId", a.decided_by},
                               {"operatorName", a.decided_by},
                               {"applicantId", a.applicant},
                               {"created", a.registered.str()},
                               {"registered", a.registered.str()},
                               {"description", a.name},
                               {"serviceName", s ? s->name(c.language) : a.service},
                               {"serviceId", a.service},
                               {"eformId", s ? s->form_id : std::string()}});
  }
  return said(std::move(out));
}

// ---- tasks ----

result<http::response> tasks(block& k, http::request& r) {
  auto by = k.people.who(r, "operate");
  if (!by) return by.why();
  auto w = wanted_of(r);
  if (!w) return w.why();
  w->open = true;
  w->assignee = param(r, "assigneeId");
  const std::string main = param(r, "mainTaskId");
  const context c(k.home, r, context::unknown_person{});
  json::array out;
  for (const auto& a : k.desk.list(*w))
    if (main.empty() || a.task == main)
      out.push_back(task_of(c, k.desk.find_service(a.service), a));
  return said(std::move(out));
}

result<http::response> one_task(block& k, http::request& r) {
  auto by = k.people.who(r, "operate");
  if (!by) return by.why();
  const auto a = k.desk.with_task(std::string(r.capture("task")));
  if (!a) return refuse(kind::not_found, "govstack.no_task");
  const auto* s = k.desk.find_service(a->service);
  enter_look(k, why_of(k, **by, s, r), *a);
  const context c(k.home, r, context::unknown_person{});
  auto out = task_of(c, s, *a);
  out["taskName"] = out["name"];
  for (const char* name : {"name", "mainTaskId"}) out.erase(name);
  const auto& data = json::at(a->form, "data");
  json::object variables;
  if (s)
    for (const auto& f : s->fields)
      variables[f.name] = json::object{{"type", f.type}, {"value", json::at(data, f.name)}};
  out["formVariables"] = std::move(variables);
  out["data"] = json::object{{"form", data.is_object() ? data : json::value(json::object{})}};
  return said(std::move(out));
}

// {"data": {"FirstName": "Anna"}, "decision": "approve" | "reject" | "sendback", "reason": ".."}
result<http::response> complete(block& k, http::request& r) {
  auto by = k.people.who(r, "operate");
  if (!by) return by.why();
  const auto a = k.desk.with_task(std::string(r.capture("task")));
  if (!a) return refuse(kind::not_found, "govstack.no_task");
  auto body = body_of(r);
  if (!body) return body.why();
  const auto said_so = json::str(*body, "decision", "approve");
  auto d = registrations::decision::approve;
  if (said_so == "reject") d = registrations::decision::reject;
  else if (said_so == "sendback") d = registrations::decision::send_back;
  else if (said_so != "approve") return refuse(kind::invalid, "govstack.field", "decision");
  const auto* s = k.desk.find_service(a->service);
  const auto& data = json::at(*body, "data");
  json::object known;
  if (s && data.is_object())
    for (const auto& f : s->fields)
      if (const auto* v = data.get_object().if_contains(f.name)) known[f.name] = *v;
  auto done =
      k.desk.decide(why_of(k, **by, s, r), *a, d, known, std::string(json::str(*body, "reason")));
  if (!done) return done.why();
  const context c(k.home, r, context::unknown_person{});
  const auto after = k.desk.find(a->file);
  return said(json::object{{"taskId", a->task},
                           {"fileId", a->file},
                           {"serviceId", a->service},
                           {"status", status_of(k, c, after.value_or(*a), false)},
                           {"variables", data.is_object() ? data : json::value(json::object{})}});
}

// ---- documents ----

// One file: a part of a form (multipart/form-data), or its Base64 in a field.
result<std::string> octets_of(const http::request& r) {
  const auto type = r.header("content-type");
  if (type.starts_with("multipart/form-data")) {
    auto parts = http::parse_multipart(type, r.body);
    if (!parts) return parts.why();
    for (auto& p : *parts)
      if (p.name == "file" && !p.filename.empty()) return std::move(p.body);
  } else if (type.starts_with("application/x-www-form-urlencoded")) {
    auto fields = http::parse_form(r.body);
    if (!fields) return fields.why();
    for (const auto& [name, value] : *fields)
      if (name == "file")
        if (auto octets = text::from_base64(value); octets && !octets->empty())
          return std::string(text::chars_of(*octets));
  }
  return refuse(kind::invalid, "govstack.no_file", "file");
}

result<http::response> upload(block& k, http::request& r) {
  auto by = k.people.who(r, "apply");
  if (!by) return by.why();
  auto octets = octets_of(r);
  if (!octets) return octets.why();
  auto key = k.desk.keep(k.people.access(**by, {}, {}, r), *octets);
  if (!key) return key.why();
  const context c(k.home, r, context::unknown_person{});
  return said(json::object{{"code", 200},
                           {"type", k.desk.fetch(*key)->type},
                           {"message", c.say("govstack.kept")},
                           {"url", k.home.chosen().public_url + at + "/documents/" + *key}});
}

result<http::response> download(block& k, http::request& r) {
  auto by = k.people.who(r, "apply");
  if (!by) return by.why();
  const auto found = k.desk.fetch(std::string(r.capture("document")));
  if (!found) return refuse(kind::not_found, "govstack.no_file");
  return http::text_response(200, std::string(text::chars_of(found->octets)), found->type)
      .with("Content-Disposition", "attachment")
      .with("Cache-Control", "private, no-store");
}

// ---- statistics ----

result<http::response> statistics(block& k, http::request& r) {
  if (r.header("authorization").empty() && r.header("information-mediator-client").empty())
    return refuse(kind::invalid, "govstack.member", "Information-Mediator-Client");
  if (auto by = k.people.who(r, "audit"); !by) return by.why();
  std::optional<date> days[2];
  const char* names[] = {"startDate", "endDate"};
  for (int i = 0; i < 2; ++i)
    if (const auto s = param(r, names[i]); !s.empty()) {
      days[i] = date::parse(s);
      if (!days[i]) return refuse(kind::invalid, "govstack.field", names[i]);
    }
  const std::string name = param(r, "registrationName"), frame = param(r, "timeframe");
  const service* s = name.empty() ? nullptr : k.desk.called(name);
  if (!name.empty() && !s) return refuse(kind::not_found, "govstack.no_service");
  constexpr std::string_view frames[] = {"", "day", "week", "month", "year"};
  if (std::ranges::find(frames, frame) == std::end(frames))
    return refuse(kind::invalid, "govstack.field", "timeframe");
  const auto n =
      k.desk.count(s ? std::optional(s->id) : std::nullopt, param(r, "operator"), days[0], days[1]);
  json::object references{{"startDate", param(r, "startDate")},
                          {"endDate", param(r, "endDate")},
                          {"registrationName", name},
                          {"operator", param(r, "operator")},
                          {"role", param(r, "role")}};
  references["timeframeDay"] = frame == "day";
  references["timeframeWeek"] = frame == "week";
  references["timeframeMonth"] = frame == "month";
  references["timeframeYear"] = frame == "year";
  return said(json::array{json::object{{"processed", n.approved + n.sent_back + n.rejected},
                                       {"approved", n.approved},
                                       {"sentBack", n.sent_back},
                                       {"rejected", n.rejected},
                                       {"references", std::move(references)}}});
}

}  // namespace

void registration_doors(house& h, shared_block k) {
  const auto open = [&](const char* method, const std::string& path, auto handle) {
    door(h, method, at + path, [k, handle](http::request& r) { return handle(*k, r); });
  };
  open("GET", "/services", services);
  open("GET", "/services/{service}", one_service);
  open("GET", "/services/{service}/eForms", forms);
  open("POST", "/services/{service}/applications", submit);
  open("GET", "/eForms/{form}", form);
  open("GET", "/applications", files);
  open("GET", "/applications/{file}", one_file);
  open("PUT", "/applications/{file}", correct);
  open("GET", "/tasks", tasks);
  open("GET", "/tasks/{task}", one_task);
  open("POST", "/tasks/{task}/complete", complete);
  // No verb of the block: its tests want a page that says so, not 405.
  h.machine("POST", std::string(at) + "/tasks/{task}", [&h](http::request& r) {
    return h.explain(r, refuse(kind::not_found, "request.no_page"));
  });
  open("POST", "/documents", upload);
  open("GET", "/documents/{document}", download);
  open("GET", "/data/statistics/1.0", statistics);
}

}  // namespace madang::govstack
