// bb-consent: configuration, service and audit APIs; not the webhooks.
#include <algorithm>

#include "doors.hpp"
#include "madang/trust/bytes.hpp"

namespace madang::govstack {
namespace {

constexpr const char* at = "/govstack/consent";

// A kind of thing that is configured: its name in bodies, and what one must say of it.
struct kind_of {
  const char *kind, *member, *list;
  std::vector<const char*> required;
  std::vector<std::pair<const char*, json::value>> preset;
};
const kind_of policy{"policy", "policy", "policies", {"name", "version", "url"}, {}};
const kind_of agreement{"data-agreement",
                        "dataAgreement",
                        "dataAgreement",
                        {"version", "purpose", "lawfulBasis", "dpia"},
                        {{"active", true}, {"forgettable", false}}};
const kind_of individual{"individual", "individual", "individuals", {}, {}};

constexpr std::string_view bases[] = {"consent",        "legal_obligation", "contract",
                                      "vital_interest", "public_task",      "legitimate_interest"};

result<json::object> member_of(const http::request& r, const kind_of& w) {
  auto body = body_of(r);
  if (!body) return body.why();
  const auto& v = json::at(*body, w.member);
  if (!v.is_object()) return refuse(kind::invalid, "json.missing", w.member);
  auto out = v.get_object();
  for (const char* name : w.required)
    if (json::str(v, name).empty())
      return refuse(kind::invalid, "json.missing", std::string(w.member) + "/" + name);
  for (const auto& [name, value] : w.preset)
    if (!out.contains(name)) out[name] = value;
  if (const auto basis = json::str(v, "lawfulBasis");
      !basis.empty() && std::ranges::find(bases, basis) == std::end(bases))
    return refuse(kind::invalid, "govstack.field", "dataAgreement/lawfulBasis");
  out.erase("id");
  return out;
}

json::value with_revision(block& k, const kind_of& w, const thing& t) {
  return json::object{{w.member, t.body}, {"revision", k.consents.revision(t.revision)}};
}

result<http::response> put(block& k, http::request& r, const kind_of& w, const char* right) {
  auto by = k.people.who(r, right);
  if (!by) return by.why();
  auto body = member_of(r, w);
  if (!body) return body.why();
  const auto why = k.people.access(**by, {}, {}, r);
  const std::string id(r.capture("id"));
  const bool new_individual = w.kind == std::string_view("individual") && id.empty();
  auto done =
      new_individual ? k.consents.individual(why, *body) : k.consents.put(why, w.kind, id, *body);
  if (!done) return done.why();
  if (w.kind == std::string_view("individual")) return said(json::object{{w.member, done->body}});
  return said(with_revision(k, w, *done));
}

result<http::response> get(block& k, http::request& r, const kind_of& w, const char* right) {
  auto by = k.people.who(r, right);
  if (!by) return by.why();
  const std::string id(r.capture("id"));
  auto t = k.consents.find(w.kind, id);
  if (!t) return refuse(kind::not_found, "govstack.no_thing");
  if (const auto wanted = param(r, "revisionId"); !wanted.empty()) {
    auto then = k.consents.as_of(id, wanted);
    if (!then) return refuse(kind::not_found, "govstack.no_thing", "revisionId");
    return said(
        json::object{{w.member, std::move(*then)}, {"revision", k.consents.revision(wanted)}});
  }
  return said(with_revision(k, w, *t));
}

result<http::response> list(block& k, http::request& r, const kind_of& w, const char* right,
                            const char* member) {
  auto by = k.people.who(r, right);
  if (!by) return by.why();
  auto page = page_of(r, "offset", "limit");
  if (!page) return page.why();
  json::array out;
  for (const auto& t : k.consents.list(w.kind, *page)) out.push_back(t.body);
  return said(json::object{{member, std::move(out)}});
}

result<http::response> remove(block& k, http::request& r, const kind_of& w) {
  auto by = k.people.who(r, "configure");
  if (!by) return by.why();
  auto done =
      k.consents.remove(k.people.access(**by, {}, {}, r), w.kind, std::string(r.capture("id")));
  if (!done) return done.why();
  return said(json::object{{"revision", k.consents.revision(done->revision)}});
}

result<http::response> revisions(block& k, http::request& r) {
  auto by = k.people.who(r, "configure");
  if (!by) return by.why();
  auto page = page_of(r, "offset", "limit");
  if (!page) return page.why();
  auto t = k.consents.find("policy", std::string(r.capture("id")));
  if (!t) return refuse(kind::not_found, "govstack.no_thing");
  return said(json::object{{"policy", t->body}, {"revisions", k.consents.revisions(t->id, *page)}});
}

// ---- consent records ----

// "Individual ID supplied as HTTP header"; in the query where the specification says so.
std::string individual_of(const http::request& r) {
  const auto said_so = r.header("x-consentbb-individualid");
  return said_so.empty() ? param(r, "individualId") : std::string(said_so);
}

// A look at what somebody agreed to is a look at her.
void enter_look(block& k, const audit::access& why, const thing& t) {
  k.home.database("govstack").later([why, who = t.person, id = t.id](store::write& tx) {
    audit::append(tx, why, audit::action::read, who, "consent-record", id);
  });
}

json::value record_line(block& k, const thing& t) {
  auto record = k.consents.shown(t);
  const json::value signature =
      record.contains("signature") ? record.at("signature") : json::value();
  json::object out{{"consentRecord", std::move(record)},
                   {"revision", k.consents.revision(t.revision)}};
  if (signature.is_object()) out["signature"] = signature;
  return out;
}

result<http::response> agree(block& k, http::request& r) {
  auto by = k.people.who(r, "consent");
  if (!by) return by.why();
  auto done = k.consents.say(k.people.access(**by, {}, {}, r), std::string(r.capture("id")),
                             individual_of(r), param(r, "revisionId"), true);
  if (!done) return done.why();
  return said(record_line(k, *done));
}

result<http::response> current(block& k, http::request& r) {
  auto by = k.people.who(r, "consent");
  if (!by) return by.why();
  auto t = k.consents.record_of(std::string(r.capture("id")), individual_of(r));
  if (!t) return refuse(kind::not_found, "govstack.no_thing");
  enter_look(k, k.people.access(**by, {}, {}, r), *t);
  return said(record_line(k, *t));
}

result<http::response> records(block& k, http::request& r, const char* right, bool of_one) {
  auto by = k.people.who(r, right);
  if (!by) return by.why();
  auto page = page_of(r, "offset", "limit");
  if (!page) return page.why();
  const std::string who = of_one ? individual_of(r) : std::string();
  if (of_one && who.empty())
    return refuse(kind::invalid, "json.missing", "X-ConsentBB-IndividualId");
  const std::string to(r.capture("id"));
  const auto all =
      of_one ? k.consents.records_of(who, to) : k.consents.list("consent-record", *page);
  const auto why = k.people.access(**by, {}, {}, r);
  json::array out;
  std::int64_t n = 0;
  for (const auto& t : all) {
    ++n;
    if (of_one && (n <= page->from || n > page->from + page->count)) continue;
    enter_look(k, why, t);
    out.emplace_back(k.consents.shown(t));
  }
  return said(json::object{{"consentRecords", std::move(out)}});
}

result<http::response> one_record(block& k, http::request& r, const char* right) {
  auto by = k.people.who(r, right);
  if (!by) return by.why();
  auto t = k.consents.find("consent-record", std::string(r.capture("id")));
  if (!t) return refuse(kind::not_found, "govstack.no_thing");
  enter_look(k, k.people.access(**by, {}, {}, r), *t);
  return said(record_line(k, *t));
}

// What would be kept, and what its signature is to be over; nothing is.
result<http::response> draft(block& k, http::request& r) {
  auto by = k.people.who(r, "consent");
  if (!by) return by.why();
  const std::string to = param(r, "dataAgreementId"), who = individual_of(r);
  auto about = k.consents.find("data-agreement", to);
  auto person = k.consents.find("individual", who);
  if (!about || !person) return refuse(kind::not_found, "govstack.no_thing");
  const auto revision = k.consents.revision(about->revision);
  const std::string hash(json::str(revision, "serializedHash"));
  const std::string payload =
      json::print(k.consents.to_be_signed({{"agreement", to},
                                           {"dataAgreementRevisionHash", hash},
                                           {"individual", who},
                                           {"optIn", true}}));
  return said(json::object{
      {"consentRecord", json::object{{"dataAgreement", about->body},
                                     {"dataAgreementRevision", revision},
                                     {"dataAgreementRevisionHash", hash},
                                     {"individual", person->body},
                                     {"optIn", true},
                                     {"state", "unsigned"}}},
      {"signature", json::object{{"verificationPayload", payload},
                                 {"verificationPayloadHash", trust::sha256_hex(payload)},
                                 {"verificationMethod", ""},
                                 {"verificationSignedBy", ""},
                                 {"signature", ""}}}});
}

// A draft with its signature: kept together or not at all.
result<http::response> paired(block& k, http::request& r) {
  auto by = k.people.who(r, "consent");
  if (!by) return by.why();
  auto body = body_of(r);
  if (!body) return body.why();
  const auto& record = json::at(*body, "consentRecord");
  const auto& signature = json::at(*body, "signature");
  if (!record.is_object()) return refuse(kind::invalid, "json.missing", "consentRecord");
  if (!signature.is_object()) return refuse(kind::invalid, "json.missing", "signature");
  const std::string to(json::str(json::at(record, "dataAgreement"), "id"));
  const std::string who(json::str(json::at(record, "individual"), "id"));
  const bool opt_in = json::flag(record, "optIn", true);
  auto about = k.consents.find("data-agreement", to);
  if (!about) return refuse(kind::not_found, "govstack.no_thing");
  const auto current = k.consents.revision(about->revision);
  if (json::str(record, "dataAgreementRevisionHash") != json::str(current, "serializedHash"))
    return refuse(kind::conflict, "govstack.revision", "consentRecord/dataAgreementRevisionHash");
  auto signed_one = k.consents.signed_over(
      signature, {{"agreement", to},
                  {"dataAgreementRevisionHash", json::str(record, "dataAgreementRevisionHash")},
                  {"individual", who},
                  {"optIn", opt_in}});
  if (!signed_one) return signed_one.why();
  auto done = k.consents.say(k.people.access(**by, {}, {}, r), to, who, about->revision, opt_in,
                             json::value(*signed_one));
  if (!done) return done.why();
  return said(record_line(k, *done));
}

// She changes her mind: optIn false takes it back.
result<http::response> change(block& k, http::request& r) {
  auto by = k.people.who(r, "consent");
  if (!by) return by.why();
  auto body = body_of(r);
  if (!body) return body.why();
  auto t = k.consents.find("consent-record", std::string(r.capture("id")));
  if (!t) return refuse(kind::not_found, "govstack.no_thing");
  const auto& record = json::at(*body, "consentRecord");
  if (!json::at(record, "optIn").is_bool())
    return refuse(kind::invalid, "json.missing", "consentRecord/optIn");
  auto done = k.consents.say(
      k.people.access(**by, {}, {}, r), std::string(json::str(t->body, "agreement")),
      std::string(json::str(t->body, "individual")), "", json::flag(record, "optIn"));
  if (!done) return done.why();
  return said(record_line(k, *done));
}

result<http::response> sign(block& k, http::request& r) {
  auto by = k.people.who(r, "consent");
  if (!by) return by.why();
  auto body = body_of(r);
  if (!body) return body.why();
  const auto& signature = json::at(*body, "signature");
  if (!signature.is_object()) return refuse(kind::invalid, "json.missing", "signature");
  auto done =
      k.consents.sign(k.people.access(**by, {}, {}, r), std::string(r.capture("id")), signature);
  if (!done) return done.why();
  return said(json::object{{"signature", json::at(done->body, "signature")}});
}

result<http::response> forget(block& k, http::request& r) {
  auto by = k.people.who(r, "consent");
  if (!by) return by.why();
  const auto who = individual_of(r);
  if (who.empty()) return refuse(kind::invalid, "json.missing", "X-ConsentBB-IndividualId");
  const auto n = k.consents.forget(k.people.access(**by, {}, {}, r), who);
  return said(json::object{{"forgotten", n}});
}

}  // namespace

void consent_doors(house& h, shared_block k) {
  const auto open = [&](const char* method, const std::string& path, auto handle) {
    door(h, method, at + path, [k, handle](http::request& r) { return handle(*k, r); });
  };
  const auto configured = [&](const kind_of& w, const std::string& lists) {
    const std::string path = std::string("/config/") + w.kind;
    open("POST", path, [&w](block& b, http::request& r) { return put(b, r, w, "configure"); });
    open("GET", path + "/{id}",
         [&w](block& b, http::request& r) { return get(b, r, w, "configure"); });
    open("GET", lists,
         [&w](block& b, http::request& r) { return list(b, r, w, "configure", w.list); });
    if (w.kind == std::string_view("individual")) return;
    open("PUT", path + "/{id}",
         [&w](block& b, http::request& r) { return put(b, r, w, "configure"); });
    open("DELETE", path + "/{id}", [&w](block& b, http::request& r) { return remove(b, r, w); });
  };
  configured(policy, "/config/policies");
  configured(agreement, "/config/data-agreements");
  configured(individual, "/config/individuals");
  open("GET", "/config/policy/{id}/revisions", revisions);

  const std::string service = "/service", record = service + "/individual/record";
  open("POST", service + "/individual",
       [](block& b, http::request& r) { return put(b, r, individual, "consent"); });
  open("GET", service + "/individual/{id}",
       [](block& b, http::request& r) { return get(b, r, individual, "consent"); });
  open("PUT", service + "/individual/{id}",
       [](block& b, http::request& r) { return put(b, r, individual, "consent"); });
  open("GET", service + "/individuals",
       [](block& b, http::request& r) { return list(b, r, individual, "consent", "individuals"); });
  open("GET", service + "/data-agreement/{id}",
       [](block& b, http::request& r) { return get(b, r, agreement, "consent"); });
  open("GET", service + "/policy/{id}",
       [](block& b, http::request& r) { return get(b, r, policy, "consent"); });
  open("GET", service + "/verification/data-agreements", [](block& b, http::request& r) {
    return list(b, r, agreement, "consent", "dataAgreements");
  });
  open("GET", service + "/verification/consent-records",
       [](block& b, http::request& r) { return records(b, r, "consent", false); });
  open("GET", service + "/verification/consent-record/{id}",
       [](block& b, http::request& r) { return one_record(b, r, "consent"); });
  open("POST", record + "/data-agreement/{id}", agree);
  open("GET", record + "/data-agreement/{id}", current);
  open("GET", record + "/data-agreement/{id}/all",
       [](block& b, http::request& r) { return records(b, r, "consent", true); });
  open("POST", record + "/consent-record/draft", draft);
  open("POST", record + "/consent-record", paired);
  open("GET", record + "/consent-record",
       [](block& b, http::request& r) { return records(b, r, "consent", true); });
  open("PUT", record + "/consent-record/{id}", change);
  for (const char* method : {"POST", "PUT"})
    open(method, record + "/consent-record/{id}/signature", sign);
  open("DELETE", record, forget);

  open("GET", "/audit/consent-records",
       [](block& b, http::request& r) { return records(b, r, "audit", false); });
  open("GET", "/audit/consent-record/{id}",
       [](block& b, http::request& r) { return one_record(b, r, "audit"); });
  open("GET", "/audit/data-agreements",
       [](block& b, http::request& r) { return list(b, r, agreement, "audit", "dataAgreements"); });
  open("GET", "/audit/data-agreement/{id}",
       [](block& b, http::request& r) { return get(b, r, agreement, "audit"); });
}

}  // namespace madang::govstack
