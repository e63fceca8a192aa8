// What happens elsewhere becomes a notice to everyone concerned, and a bundle of what follows.
#include <algorithm>

#include "pages.hpp"

namespace madang::gov24 {
namespace {

struct bundle_row {
  id key;
  std::string event, reference, services;
  instant begun;
};
BOOST_DESCRIBE_STRUCT(bundle_row, (), (key, event, reference, services, begun))

std::vector<id> ids_of(const json::value& list) {
  std::vector<id> out;
  if (list.is_array())
    for (const auto& one : list.get_array())
      if (one.is_string())
        if (auto i = id::parse(one.get_string())) out.push_back(*i);
  return out;
}

struct teller {
  house& home;
  const exchange::event& e;
  std::string what = e.name.substr(5);   // "case.accepted" -> "accepted"
  words service;

  html::texts::facts facts(std::string_view language) const {
    auto due = date::parse(json::str(e.payload, "due"));
    return {{"service", service(language)},
            {"number", std::string(json::str(e.payload, "number"))},
            {"due", due ? written(*due, language) : std::string()},
            {"office", home.pack().full_name(json::str(e.payload, "office"))(language)},
            {"note", std::string(json::str(e.payload, "note"))},
            {"address", std::string(json::str(json::at(e.payload, "facts"), "address"))}};
  }
  words said(const std::string& key) const {
    words out;
    for (const auto& language : home.pack().languages())
      out.set(language, home.texts().fill(key, language, facts(language)));
    return out;
  }
  void tell(id person, const std::string& office, const std::string& role,
            const std::string& link) {
    const std::string key = "notice." + role + "_" + what;
    if (!home.texts().has(key)) return;   // not everything that happens is news to everyone
    words body;
    if (home.texts().has(key + "_body")) body = said(key + "_body");
    notices::notice n{{},   person, office, said(key), body, link,
                      std::string(json::str(e.payload, "number")), e.at, {}};
    home.box().put(std::move(n), e.key.str());
  }
};

void begin_bundle(house& home, const exchange::event& e) {
  const auto* d = home.catalogue().find_definition(json::str(e.payload, "procedure"));
  const std::string event(json::str(json::at(e.payload, "facts"), "event"));
  auto person = id::parse(json::str(e.payload, "applicant"));
  if (!d || d->follow.empty() || event.empty() || !person) return;
  home.database("gov24").writing([&](store::write& tx) {
    tx.run("insert into bundle (key, person, event, reference, services, begun) "
           "values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (person, reference) do nothing",
           new_id(), *person, event, json::str(e.payload, "number"), text::join(d->follow, ","),
           e.at);
  });
}

// A case is filed in one system and its draft lies here: after a crash in between, the draft would
// be taken for the next matter of its kind, and that would be answered with the first one.
void put_draft_away(house& home, const exchange::event& e) {
  auto draft = id::parse(json::str(json::at(e.payload, "facts"), "once"));
  auto person = id::parse(json::str(e.payload, "applicant"));
  if (draft && person) home.drafts().discard(*draft, *person);
}

void hear_case(house& home, const exchange::event& e) {
  const std::string procedure(json::str(e.payload, "procedure"));
  const std::string key(json::str(e.payload, "key"));
  std::optional<cases::matter> m;
  if (auto k = id::parse(key)) home.files_with(*k, &m);
  teller t{home, e, e.name.substr(5), m ? home.title_of(*m) : words(procedure, procedure)};
  // Who told something without an account has no box.
  if (auto applicant = id::parse(json::str(e.payload, "applicant")); applicant && *applicant)
    t.tell(*applicant, "", "applicant", "/my/cases/" + key);
  const std::string concerned_link = e.name == "case.consent_asked" ? "/my/consents/" + key : "";
  for (id person : ids_of(json::at(e.payload, "persons")))
    t.tell(person, "", "concerned", concerned_link);
  t.tell({}, std::string(json::str(e.payload, "office")), "office", "/desk/cases/" + key);
  if (const auto& offices = json::at(e.payload, "offices"); offices.is_array())
    for (const auto& office : offices.get_array())
      t.tell({}, std::string(office.as_string()), "other_office", "");
  if (e.name == "case.accepted") begin_bundle(home, e);
  if (e.name == "case.received" || e.name == "case.consent_asked") put_draft_away(home, e);
}

// Where one service of a bundle stands: the person's own case since, her draft, or open.
bundle_item item_of(const context& c, const bundle_row& b, const std::string& service,
                    const std::vector<forms::draft>& drafts, bool skipped) {
  const auto* e = c.home.catalogue().find(service);
  bundle_item out{service, e ? e->name(c.language) : service, "open", "/services/" + service};
  if (skipped) out.state = "skipped";
  for (const auto& d : drafts)
    if (d.service == service) {
      out.state = "draft";
      out.href = "/apply/" + d.key.str();
    }
  for (auto* files : c.home.all_files()) {
    cases::wanted w;
    w.applicant = c.actor.person;
    w.procedures = {service};
    w.order = "opened";
    for (const auto& m : files->list(w)) {
      if (m.opened < b.begun) continue;
      out.state = cases::is_open(m.state)             ? "filed"
                  : m.state == cases::state::accepted ? "done"
                                                      : "open";
      if (out.state != "open") out.href = "/my/cases/" + m.key.str();
      break;
    }
  }
  return out;
}

}  // namespace

std::vector<bundle> bundles_of(const context& c) {
  auto rows = c.home.database("gov24").reading([&](store::read& r) {
    return r.all<bundle_row>("select key, event, reference, services, begun from bundle "
                             "where person = ?1 order by begun desc limit 5",
                             c.actor.person);
  });
  const auto drafts = c.home.drafts().of(c.actor.person);
  std::vector<bundle> out;
  for (const auto& row : rows) {
    auto skipped = c.home.database("gov24").reading([&](store::read& r) {
      return r.all<std::string>("select service from bundle_skipped where bundle = ?1", row.key);
    });
    bundle b{row.key, row.event, row.reference, row.begun, {}};
    for (const auto& service : text::split(row.services, ','))
      if (c.home.catalogue().find(service))
        b.items.push_back(
            item_of(c, row, service, drafts,
                    std::find(skipped.begin(), skipped.end(), service) != skipped.end()));
    out.push_back(std::move(b));
  }
  return out;
}

void listen(house& h) {
  for (const char* what :
       {"received", "consent_asked", "consent_declined", "consent_given", "asked", "answered",
        "accepted", "refused", "returned", "withdrawn", "transferred", "told", "written",
        "extended", "objected", "reopened", "opinion_answered"})
    h.hub().listen("gov24.notices", "case." + std::string(what),
                   [&h](const exchange::event& e) { hear_case(h, e); });
}

}  // namespace madang::gov24
