// For the authorities' officials: what waits, any certificate, revoking with a reason, and how
// lists and answers stand.
#include "pages.hpp"

namespace madang::certification {
namespace {

using namespace html;

constexpr const char* officer_reasons[] = {"keyCompromise",      "affiliationChanged",
                                           "superseded",         "cessationOfOperation",
                                           "privilegeWithdrawn", "unspecified"};

struct waiting_line {
  std::string key, authority, kind, name, organisation, number, dns, filed;
};
BOOST_DESCRIBE_STRUCT(waiting_line, (),
                      (key, authority, kind, name, organisation, number, dns, filed))
struct found_line {
  std::string serial, authority, kind, name, state, until;
};
BOOST_DESCRIBE_STRUCT(found_line, (), (serial, authority, kind, name, state, until))
struct desk_state {
  std::vector<waiting_line> waiting;
  std::vector<found_line> certificates;
  std::vector<tally> figures;
};
BOOST_DESCRIBE_STRUCT(desk_state, (), (waiting, certificates, figures))

node back(const context& c) {
  return back_link(c.shell(), "/desk/certification", c.say("certification.desk"));
}

node waiting_part(const context& c, const registrar& o, const std::vector<application>& rows) {
  if (rows.empty()) return empty_state("check", c.say("certification.nothing_waits"));
  std::vector<node> lines;
  for (const auto& one : rows)
    lines.push_back(li(cls("service-line"),
                       h3(a(href("/desk/certification/applications/" + one.key.str()),
                            c.say("certification.kind_" + one.kind), " · ", one.name(c.language))),
                       p(cls("note"), authority_name(c, o, one.authority), " · ",
                         one.organisation(c.language), " · ", c.written(one.filed))));
  return ul(cls("service-list"), lines);
}

node figures_part(const context& c, const registrar& o, const std::vector<tally>& all) {
  table_view t;
  t.caption = c.say("certification.figures");
  t.caption_hidden = true;
  t.stacked = true;
  t.first_is_header = true;
  t.empty = c.say("certification.no_figures");
  for (const char* column : {"authority", "state", "count"})
    t.columns.push_back({std::string(c.say("certification." + std::string(column))),
                         std::string_view(column) == "count"});
  for (const auto& one : all)
    t.rows.push_back({node(authority_name(c, o, one.authority)), state_badge(c, one.state),
                      node(text::grouped(one.count))});
  return data_table(c.shell(), t);
}

node lists_part(context& c, registrar& o) {
  std::vector<node> lines;
  for (const auto& h : o.plans())
    for (const auto& one : h.authorities) {
      std::vector<node> shards;
      for (int i = 0; i < pki::authority::shards; ++i)
        shards.push_back(a(href("/pki/crl/" + one.id + "/" + std::to_string(i) + ".crl"),
                           c.fill("certification.list_n", {{"n", std::to_string(i + 1)}})));
      lines.push_back(li(one.name(c.language), ": ", join(shards, node(" · "))));
    }
  return html::all(p(c.say("certification.lists_line")), ul(lines));
}

http::response show_desk(context& c, registrar& o) {
  if (auto may = only_officers(c); !may) return c.refuse(may.why());
  wanted_certificates w;
  w.text = text::head(text::trim(c.request.param("q")), 80);
  if (const auto* a = o.plan_of(c.request.param("authority"))) w.authority = a->id;
  const auto state = c.request.param("state");
  for (const char* known : {"valid", "held", "revoked"})
    if (state == known) w.state = state;
  const bool asked = !w.text.empty() || !w.authority.empty() || !w.state.empty();
  desk_state v;
  const auto waiting = o.waiting();
  for (const auto& r : waiting)
    v.waiting.push_back({r.key.str(), r.authority, r.kind, r.name("ko"), r.organisation("ko"),
                         r.number, r.dns, r.filed.str()});
  std::vector<certificate> found;
  if (asked) found = o.list(w);
  // Names are shown: whoever is among them reads that an official searched.
  if (!found.empty())
    o.db.later([why = why_of(c, "purpose_desk"), found](store::write& tx) {
      for (const auto& r : found)
        if (r.person)
          audit::append(tx, why, audit::action::read, r.person, "certificate", r.serial, "name");
    });
  for (const auto& r : found)
    v.certificates.push_back(
        {r.serial, r.authority, r.kind, r.name("ko"), r.shown(now()), r.valid_until.str()});
  v.figures = o.figures();
  return c.show(v, [&] {
    const shell s = c.shell();
    table_view t;
    t.caption = c.say("certification.found");
    t.caption_hidden = true;
    t.stacked = true;
    t.empty = c.say("certification.none_found");
    for (const char* column : {"holder", "kind", "authority", "state", "until"})
      t.columns.push_back({std::string(c.say("certification." + std::string(column))), false});
    for (const auto& r : found)
      t.rows.push_back({a(href("/desk/certification/" + r.serial), r.name(c.language)),
                        node(c.say("certification.kind_" + r.kind)),
                        node(authority_name(c, o, r.authority)), state_badge(c, r.shown(now())),
                        node(c.written(r.valid_until))});
    std::vector<choice> states{{"", std::string(c.say("certification.any")), ""}};
    for (const char* known : {"valid", "held", "revoked"})
      states.push_back(
          {known, std::string(c.say("certification.state_" + std::string(known))), ""});
    const node search =
        form(method("get"), action("/desk/certification"), cls("questions"),
             text_field(s, field{.name = "q",
                                 .label = std::string(c.say("certification.search")),
                                 .hint = std::string(c.say("certification.search_hint")),
                                 .value = w.text,
                                 .optional = true,
                                 .most = 80}),
             select_field(s,
                          field{.name = "state",
                                .label = std::string(c.say("certification.state")),
                                .value = w.state,
                                .optional = true},
                          states),
             submit_button(c.say("certification.search_it"), look::secondary));
    const node body =
        html::all(back_link(s, "/desk", c.say("work.inbox")), h1(c.say("certification.desk")),
                  button_row({link_button("/desk/certification-programs",
                                          c.say("certification.programs"), look::secondary)}),
                  h2(c.say("certification.waiting")), waiting_part(c, o, waiting),
                  h2(c.say("certification.search")), search, asked ? data_table(s, t) : node(),
                  h2(c.say("certification.figures")), figures_part(c, o, v.figures),
                  disclosure(c.say("certification.lists"), lists_part(c, o)));
    return c.page(c.say("certification.desk"), {}, body, {.wide = true, .noindex = true});
  });
}

// ---- one certificate ----

struct desk_certificate {
  found_line certificate;
  std::vector<std::string> events;
};
BOOST_DESCRIBE_STRUCT(desk_certificate, (), (certificate, events))

http::response show_one(context& c, registrar& o, const refusal* wrong = nullptr) {
  if (auto may = only_officers(c); !may) return c.refuse(may.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto row = o.find(c.request.capture("serial"));
  if (!row) return c.refuse(refuse(kind::not_found, "certification.unknown"));
  o.db.later([why = why_of(c, "purpose_desk"), row = *row](store::write& tx) {
    audit::append(tx, why, audit::action::read, row.person, "certificate", row.serial);
  });
  desk_certificate v{{row->serial, row->authority, row->kind, row->name("ko"), row->shown(now()),
                      row->valid_until.str()},
                     {}};
  for (const auto& e : o.events(row->serial)) v.events.push_back(e.what);
  return c.show(v, [&] {
    const shell s = c.shell();
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    std::vector<choice> reasons;
    for (const char* r : officer_reasons)
      reasons.push_back({r, std::string(c.say("certification.reason_" + std::string(r))), ""});
    node act;
    if (v.certificate.state == "valid" || v.certificate.state == "held")
      act = html::all(
          h2(c.say("certification.revoke")),
          form(method("post"), action("/desk/certification/" + row->serial + "/revoke"),
               cls("questions"), s.csrf_field(),
               radio_field(s,
                           field{.name = "why",
                                 .label = std::string(c.say("certification.reason")),
                                 .error = wrong && wrong->field == "reason" ? c.explain(*wrong)
                                                                            : std::string(),
                                 .value = std::string(c.field("why"))},
                           reasons),
               area_field(s, field{.name = "note",
                                   .label = std::string(c.say("certification.note")),
                                   .hint = std::string(c.say("certification.note_hint")),
                                   .error = wrong && wrong->field == "note" ? c.explain(*wrong)
                                                                            : std::string(),
                                   .value = std::string(c.field("note")),
                                   .most = 500}),
               submit_button(c.say("certification.revoke"), look::danger)));
    const node body = html::all(back(c), error_summary(s, errors), h1(row->name(c.language)),
                                certificate_facts(c, o, *row), act,
                                h2(c.say("certification.history")), story(c, o, row->serial));
    auto out = c.page(row->name(c.language), {}, body, {.noindex = true});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response revoke(context& c, registrar& o) {
  const auto row = o.find(c.request.capture("serial"));
  if (!row) return c.refuse(refuse(kind::not_found, "certification.unknown"));
  if (auto may = only_officers(c); !may) return c.refuse(may.why());
  const std::string note(c.field("note"));
  if (note.empty() || text::length(note) > 500) {
    const refusal wrong = refuse(kind::invalid, "certification.note", "note");
    return show_one(c, o, &wrong);
  }
  auto done = o.revoke(why_of(c, "purpose_desk"), row->serial, std::string(c.field("why")), note);
  if (!done) return show_one(c, o, &done.why());
  return c.go("/desk/certification/" + row->serial);
}

// ---- applications ----

http::response show_application(context& c, registrar& o, const refusal* wrong = nullptr) {
  if (auto may = only_officers(c); !may) return c.refuse(may.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto key = id::parse(c.request.capture("application"));
  const auto row = key ? o.find_application(*key) : std::nullopt;
  if (!row) return c.refuse(refuse(kind::not_found, "certification.unknown"));
  const waiting_line v{row->key.str(),          row->authority, row->kind, row->name("ko"),
                       row->organisation("ko"), row->number,    row->dns,  row->filed.str()};
  return c.show(v, [&] {
    const shell s = c.shell();
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const std::string at = "/desk/certification/applications/" + v.key;
    const auto applicant = c.home.people().find_account(row->person);
    std::vector<html::row> facts{
        {std::string(c.say("certification.state")), state_badge(c, row->state)},
        {std::string(c.say("certification.kind")), node(c.say("certification.kind_" + row->kind))},
        {std::string(c.say("certification.authority")), node(authority_name(c, o, row->authority))},
        {std::string(c.say("certification.run_by")), node(row->organisation(c.language))},
        {std::string(c.say("certification.applicant")),
         node(applicant ? applicant->name : std::string())},
        {std::string(c.say(row->dns.empty() ? "certification.number" : "certification.dns")),
         node(row->dns.empty() ? row->number : row->dns)},
        {std::string(c.say("certification.filed_at")), node(c.written(row->filed))}};
    if (!row->note.empty())
      facts.push_back({std::string(c.say("certification.note")), node(row->note)});
    node act;
    if (row->state == "waiting")
      act = html::all(
          form(method("post"), action(at + "/accept"), s.csrf_field(),
               submit_button(c.say("certification.accept"))),
          disclosure(c.say("certification.refuse"),
                     form(method("post"), action(at + "/refuse"), cls("questions"), s.csrf_field(),
                          area_field(s, field{.name = "note",
                                              .label = std::string(c.say("certification.note")),
                                              .error = wrong ? c.explain(*wrong) : std::string(),
                                              .most = 500}),
                          submit_button(c.say("certification.refuse"), look::danger))));
    const node body =
        html::all(back(c), error_summary(s, errors),
                  h1(c.say("certification.kind_" + row->kind), " · ", row->name(c.language)),
                  summary_list(s, facts), act);
    auto out = c.page(row->name(c.language), {}, body, {.noindex = true});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response decide(context& c, registrar& o, bool accept) {
  const auto key = id::parse(c.request.capture("application"));
  if (!key || !o.find_application(*key))
    return c.refuse(refuse(kind::not_found, "certification.unknown"));
  if (auto may = only_officers(c); !may) return c.refuse(may.why());
  const auto why = why_of(c, "purpose_desk", key->str());
  const outcome done =
      accept ? o.accept(why, *key) : o.refuse_application(why, *key, std::string(c.field("note")));
  if (!done) return show_application(c, o, &done.why());
  return c.go("/desk/certification");
}

}  // namespace

void desk_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/desk/certification", needs::official,
         [o](context& c) { return show_desk(c, *o); });
  h.page("GET", "/desk/certification/{serial}", needs::official,
         [o](context& c) { return show_one(c, *o); });
  h.page("POST", "/desk/certification/{serial}/revoke", needs::official,
         [o](context& c) { return revoke(c, *o); });
  h.page("GET", "/desk/certification/applications/{application}", needs::official,
         [o](context& c) { return show_application(c, *o); });
  h.page("POST", "/desk/certification/applications/{application}/accept", needs::official,
         [o](context& c) { return decide(c, *o, true); });
  h.page("POST", "/desk/certification/applications/{application}/refuse", needs::official,
         [o](context& c) { return decide(c, *o, false); });
}

}  // namespace madang::certification
