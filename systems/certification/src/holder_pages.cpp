// For who holds certificates: applying, and what can be done with one's own.
#include <algorithm>
#include <map>
#include <utility>

#include "pages.hpp"

namespace madang::certification {
namespace {

using namespace html;

constexpr std::chrono::minutes file_waits{10};
constexpr std::size_t most_files = 1000;
constexpr const char* holder_reasons[] = {"keyCompromise", "affiliationChanged",
                                          "cessationOfOperation", "unspecified"};

// A key that the house made, sealed by its owner's passphrase, until she has fetched it: in memory
// only, once, for ten minutes.
class made_files {
 public:
  void put(const std::string& serial, id person, applied made) {
    std::lock_guard lock(gate_);
    std::erase_if(all_, [](const auto& one) { return one.second.until < now(); });
    if (all_.size() < most_files)
      all_[serial] = {person, std::move(made.pkcs12), std::move(made.npki), now().plus(file_waits)};
  }
  bool waits(const std::string& serial, id person) {
    std::lock_guard lock(gate_);
    const auto* one = of(serial, person);
    return one && !one->pkcs12.empty();
  }
  bool waits_npki(const std::string& serial, id person) {
    std::lock_guard lock(gate_);
    const auto* one = of(serial, person);
    return one && !one->npki.empty();
  }
  // Each form once; empty when it was taken or its time is over.
  trust::bytes take(const std::string& serial, id person, bool npki) {
    std::lock_guard lock(gate_);
    auto* one = of(serial, person);
    if (!one) return {};
    return std::exchange(npki ? one->npki : one->pkcs12, {});
  }

 private:
  struct one {
    id person;
    trust::bytes pkcs12, npki;
    instant until;
  };
  one* of(const std::string& serial, id person) {
    const auto found = all_.find(serial);
    const bool there =
        found != all_.end() && found->second.person == person && found->second.until > now();
    return there ? &found->second : nullptr;
  }
  std::mutex gate_;
  std::map<std::string, one> all_;
};
using files_of_holders = std::shared_ptr<made_files>;

// ---- applying ----

struct apply_view {
  std::vector<std::string> authorities, kinds, businesses;
  std::string renews;
};
BOOST_DESCRIBE_STRUCT(apply_view, (), (authorities, kinds, businesses, renews))

const pki::hierarchy_plan& hierarchy_for(const context& c, const registrar& o) {
  // A citizen's come from the accredited authorities, a post's from the government's.
  const std::string_view wanted = c.actor.official() ? "government" : "national";
  for (const auto& h : o.plans())
    if (h.id == wanted) return h;
  return o.plans().front();
}

struct own_business {
  std::string number, name;
};
std::vector<own_business> businesses_of(context& c) {
  std::vector<own_business> out;
  auto* reg = c.home.hub().registry_of("businesses");
  if (!reg || c.actor.official()) return out;
  const std::vector<std::string> items{"name", "representative"};
  auto found = reg->find(why_of(c, "purpose_apply"), "businesses", "representative",
                         c.actor.person.str(), registers::present(), items);
  if (found)
    for (const auto& b : *found) out.push_back({b.key, std::string(b.text("name"))});
  return out;
}

std::optional<certificate> renewed(context& c, registrar& o) {
  const std::string serial(c.request.method == "POST" ? c.field("replaces")
                                                      : c.request.param("renew"));
  if (serial.empty()) return {};
  auto row = o.find(serial);
  if (!row || row->person != c.actor.person) return {};
  return row;
}

node key_part(const context& c, const shell& s, bool own_only,
              const std::function<std::string(std::string_view)>& error) {
  const node request = area_field(s,
                                  field{.name = "request",
                                        .label = std::string(c.say("certification.request")),
                                        .hint = std::string(c.say("certification.request_hint")),
                                        .error = error("request"),
                                        .value = std::string(c.field("request")),
                                        .optional = !own_only},
                                  6);
  if (own_only) return html::all(h2(c.say("certification.key")), request);
  return html::all(
      h2(c.say("certification.key")), p(c.say("certification.key_made")),
      password_field(s, field{.name = "passphrase",
                              .label = std::string(c.say("certification.passphrase")),
                              .hint = std::string(c.say("certification.passphrase_hint")),
                              .error = error("passphrase"),
                              .autocomplete = "new-password",
                              .most = 64}),
      disclosure(c.say("certification.key_own"), request));
}

std::vector<choice> kind_choices(const context& c, const std::vector<std::string>& kinds) {
  std::vector<choice> out;
  for (const auto& k : kinds)
    out.push_back({k, std::string(c.say("certification.kind_" + k)),
                   std::string(c.say("certification.kind_line_" + k))});
  return out;
}

node what_part(const context& c, const shell& s, const apply_view& v, const pki::hierarchy_plan& h,
               const std::vector<own_business>& businesses,
               const std::function<std::string(std::string_view)>& error) {
  std::vector<choice> authorities, own;
  for (const auto& a : h.authorities)
    authorities.push_back({a.id, a.name(c.language), a.organisation(c.language)});
  for (const auto& b : businesses) own.push_back({b.number, b.name + " (" + b.number + ")", ""});
  auto asked = [&](const char* name, const char* said) {
    return field{.name = name,
                 .label = std::string(c.say("certification." + std::string(said))),
                 .hint = std::string(c.say("certification." + std::string(said) + "_hint")),
                 .error = error(name),
                 .value = std::string(c.field(name)),
                 .optional = true};
  };
  field authority{.name = "authority",
                  .label = std::string(c.say("certification.authority")),
                  .error = error("authority"),
                  .value = std::string(c.field("authority"))};
  field sort{.name = "kind",
             .label = std::string(c.say("certification.kind")),
             .error = error("kind"),
             .value = std::string(c.field("kind"))};
  if (sort.value.empty()) sort.value = v.kinds.front();
  node more;
  if (c.actor.official())
    more = html::all(text_field(s, asked("dns", "dns")), text_field(s, asked("device", "device")));
  else if (!own.empty()) more = select_field(s, asked("business", "business"), own);
  return html::all(radio_field(s, authority, authorities),
                   v.kinds.size() > 1 ? radio_field(s, sort, kind_choices(c, v.kinds))
                                      : hidden_field("kind", v.kinds.front()),
                   more);
}

http::response show_apply(context& c, registrar& o, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto& h = hierarchy_for(c, o);
  const auto businesses = businesses_of(c);
  const auto before = renewed(c, o);
  apply_view v;
  for (const auto& a : h.authorities) v.authorities.push_back(a.id);
  v.kinds = registrar::kinds_of(h.id);
  if (businesses.empty()) std::erase(v.kinds, "company");
  for (const auto& b : businesses) v.businesses.push_back(b.number);
  if (before) v.renews = before->serial;
  return c.show(v, [&] {
    const shell s = c.shell();
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const auto error = [&](std::string_view name) {
      return wrong && wrong->field == name ? c.explain(*wrong) : std::string();
    };
    const char* title = before ? "certification.renew" : "certification.apply";
    node what;
    bool own_only = false;
    if (before) {
      own_only = before->kind == "server" || before->kind == "device";
      what = html::all(
          certificate_facts(c, o, *before), hidden_field("replaces", before->serial),
          hidden_field("authority", before->authority), hidden_field("kind", before->kind),
          before->kind == "company" ? hidden_field("business", before->number) : node(),
          before->kind == "device" ? hidden_field("device", before->number) : node(),
          hidden_field("dns", before->dns));
    } else {
      what = what_part(c, s, v, h, businesses, error);
    }
    const node body = html::all(
        error_summary(s, errors), h1(c.say(title)),
        lead(c.say(before ? "certification.renew_lead" : "certification.apply_lead")),
        inset(html::all(p(c.fill("certification.identity", {{"name", c.actor.name}})),
                        c.actor.official() ? p(c.fill("certification.in_post",
                                                      {{"agency", c.actor.agency_name(c.language)},
                                                       {"post", c.actor.post_title(c.language)}}))
                                           : node())),
        form(method("post"), action("/certification/apply"), cls("questions"), s.csrf_field(), what,
             key_part(c, s, own_only, error),
             submit_button(c.say(before ? "certification.renew_it" : "certification.apply_it"))));
    auto out = c.page(c.say(title), {home_link(c)}, body,
                      {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response apply(context& c, registrar& o, made_files& files) {
  wish w;
  w.authority = c.field("authority");
  w.kind = c.field("kind");
  w.business = c.field("business");
  w.device = c.field("device");
  w.dns = c.field("dns");
  w.passphrase = c.field("passphrase");
  w.replaces = c.field("replaces");
  if (const auto request = c.field("request"); !request.empty())
    w.request = trust::bytes(request.begin(), request.end());
  auto done = o.apply(why_of(c, "purpose_apply"), w);
  if (!done) return show_apply(c, o, &done.why());
  const application row = done->row;
  if (!done->pkcs12.empty()) files.put(row.serial, row.person, std::move(*done));
  const std::string place = row.serial.empty() ? "/my/certificates?filed=" + row.key.str()
                                               : "/my/certificates/" + row.serial + "?issued=1";
  if (c.request.wants_json())
    return c.with_privacy(
        http::json_response(json::print(json::object{{"state", row.state},
                                                     {"application", row.key.str()},
                                                     {"serial", row.serial},
                                                     {"location", place}}),
                            201));
  return c.go(place);
}

// ---- my certificates ----

struct line {
  std::string serial, authority, kind, name, state, since, until;
};
BOOST_DESCRIBE_STRUCT(line, (), (serial, authority, kind, name, state, since, until))
struct application_line {
  std::string key, authority, kind, name, state, filed, note;
};
BOOST_DESCRIBE_STRUCT(application_line, (), (key, authority, kind, name, state, filed, note))
struct mine_view {
  std::vector<line> certificates;
  std::vector<application_line> applications;
};
BOOST_DESCRIBE_STRUCT(mine_view, (), (certificates, applications))

line line_of(const certificate& r) {
  return {r.serial,           r.authority,    r.kind,
          r.name("ko"),       r.shown(now()), r.valid_since.str(),
          r.valid_until.str()};
}

http::response mine(context& c, registrar& o) {
  const auto rows = o.of_person(c.actor.person);
  const auto waiting = o.applications_of(c.actor.person);
  mine_view v;
  for (const auto& r : rows) v.certificates.push_back(line_of(r));
  for (const auto& a : waiting)
    v.applications.push_back(
        {a.key.str(), a.authority, a.kind, a.name("ko"), a.state, a.filed.str(), a.note});
  return c.show(v, [&] {
    const shell s = c.shell();
    std::vector<node> lines, filed;
    for (const auto& r : rows)
      lines.push_back(
          li(cls("service-line"),
             h2(cls("h3"),
                a(href("/my/certificates/" + r.serial), c.say("certification.kind_" + r.kind),
                  " · ", r.name(c.language)),
                " ", state_badge(c, r.shown(now()))),
             p(cls("note"), authority_name(c, o, r.authority), " · ",
               c.fill("certification.until_day", {{"day", c.written(r.valid_until)}}))));
    for (const auto& one : waiting)
      filed.push_back(
          li(cls("service-line"),
             h3(c.say("certification.kind_" + one.kind), " · ", one.name(c.language), " ",
                state_badge(c, one.state)),
             p(cls("note"), authority_name(c, o, one.authority), " · ", c.written(one.filed)),
             one.note.empty() ? node() : p(one.note)));
    const node body = html::all(
        !c.request.param("filed").empty() ? banner(s, tone::info, c.say("certification.filed"),
                                                   p(c.say("certification.filed_line")))
                                          : node(),
        h1(c.say("certification.mine")),
        lines.empty() ? empty_state("shield", c.say("certification.none"),
                                    p(c.say("certification.none_line")))
                      : ul(cls("service-list"), lines),
        filed.empty()
            ? node()
            : html::all(h2(c.say("certification.applications")), ul(cls("service-list"), filed)),
        button_row({link_button("/certification/apply", c.say("certification.apply"))}));
    return c.page(c.say("certification.mine"), {home_link(c)}, body, {.noindex = true});
  });
}

struct event_line {
  std::string what, by, at, note;
};
BOOST_DESCRIBE_STRUCT(event_line, (), (what, by, at, note))
struct one_view {
  line certificate;
  bool file_waits = false;
  std::vector<event_line> events;
};
BOOST_DESCRIBE_STRUCT(one_view, (), (certificate, file_waits, events))

result<certificate> own(context& c, registrar& o) {
  auto row = o.find(c.request.capture("serial"));
  if (!row) return refuse(kind::not_found, "certification.unknown");
  if (row->person != c.actor.person)
    return c.hidden(refuse(kind::not_found, "certification.unknown"), "certificate",
                    row->application);
  return *row;
}

node acts(const context& c, const shell& s, const certificate& row) {
  const std::string at = "/my/certificates/" + row.serial;
  const std::string state = row.shown(now());
  if (state == "revoked" || state == "expired") return {};
  std::vector<node> buttons;
  if (state == "valid")
    buttons.push_back(
        link_button("/certification/apply?renew=" + row.serial, c.say("certification.renew")));
  buttons.push_back(
      state == "valid"
          ? post_button(s, at + "/suspend", c.say("certification.suspend"), look::secondary)
          : post_button(s, at + "/resume", c.say("certification.resume")));
  std::vector<choice> reasons;
  for (const char* r : holder_reasons)
    reasons.push_back({r, std::string(c.say("certification.reason_" + std::string(r))), ""});
  field why{.name = "why", .label = std::string(c.say("certification.reason"))};
  why.value = "unspecified";
  return html::all(
      h2(c.say("certification.acts")), button_row(buttons),
      p(cls("note"), c.say("certification.suspend_line")),
      disclosure(c.say("certification.revoke"),
                 html::all(p(c.say("certification.revoke_line")),
                           form(method("post"), action(at + "/revoke"), cls("questions"),
                                s.csrf_field(), radio_field(s, why, reasons),
                                submit_button(c.say("certification.revoke"), look::danger)))));
}

std::vector<node> fetching(const context& c, const shell& s, const std::string& at,
                           made_files& files, const certificate& row) {
  std::vector<node> out;
  if (files.waits(row.serial, row.person))
    out.push_back(post_button(s, at + "/file", c.say("certification.fetch_it")));
  if (files.waits_npki(row.serial, row.person))
    out.push_back(post_button(s, at + "/signPri.key", c.say("certification.fetch_npki"),
                              look::secondary));
  return out;
}

http::response one(context& c, registrar& o, made_files& files) {
  auto row = own(c, o);
  if (!row) return c.refuse(row.why());
  one_view v{line_of(*row),
             files.waits(row->serial, row->person) || files.waits_npki(row->serial, row->person),
             {}};
  for (const auto& e : o.events(row->serial))
    v.events.push_back({e.what, e.actor, e.at.str(), e.note});
  return c.show(v, [&] {
    const shell s = c.shell();
    const std::string at = "/my/certificates/" + row->serial;
    const bool fresh = !c.request.param("issued").empty();
    const node file =
        v.file_waits
            ? banner(s, tone::warn, c.say("certification.fetch"),
                     html::all(p(c.say("certification.fetch_line")),
                               button_row(fetching(c, s, at, files, *row)),
                               p(a(href(at + "/signCert.der"),
                                   c.say("certification.fetch_npki_certificate")))))
            : node();
    const node body =
        html::all(fresh ? banner(s, tone::good, c.say("certification.issued"),
                                 p(c.say("certification.issued_line")))
                        : node(),
                  file, h1(c.say("certification.kind_" + row->kind)), certificate_facts(c, o, *row),
                  p(a(href(at + "/certificate.pem"), c.say("certification.download"))),
                  row->kind == "encryption"
                      ? p(link_button(at + "/recovery", c.say("certification.recovery_mine"),
                                      look::secondary))
                      : node(),
                  acts(c, s, *row), h2(c.say("certification.history")), story(c, o, row->serial));
    return c.page(c.say("certification.kind_" + row->kind),
                  {home_link(c), {"/my/certificates", std::string(c.say("certification.mine"))}},
                  body, {.noindex = true});
  });
}

http::response pem(context& c, registrar& o) {
  auto row = own(c, o);
  if (!row) return c.refuse(row.why());
  std::string all = pki::pem_of(row->der);
  if (auto keys = o.keys())
    if (const auto* a = (*keys)->find(row->authority)) all += pki::pem_of(a->certificate());
  auto r = http::text_response(200, all, "application/x-pem-file");
  r.with("Content-Disposition", "attachment; filename=\"" + row->serial + ".pem\"");
  return c.with_privacy(std::move(r));
}

// Beside signPri.key in the folder of Korean programs.
http::response npki_certificate(context& c, registrar& o) {
  auto row = own(c, o);
  if (!row) return c.refuse(row.why());
  http::response r;
  r.content_type = "application/pkix-cert";
  r.body = std::string(text::chars_of(row->der));
  r.with("Content-Disposition", "attachment; filename=\"signCert.der\"");
  return c.with_privacy(std::move(r));
}

http::response fetch(context& c, registrar& o, made_files& files, bool npki) {
  auto row = own(c, o);
  if (!row) return c.refuse(row.why());
  const auto octets = files.take(row->serial, row->person, npki);
  if (octets.empty()) return c.refuse(refuse(kind::gone, "certification.fetched"));
  http::response r;
  r.content_type = npki ? "application/octet-stream" : "application/x-pkcs12";
  r.body = std::string(text::chars_of(octets));
  r.with("Content-Disposition", "attachment; filename=\"" +
                                    (npki ? "signPri.key" : row->serial + ".p12") + "\"");
  return c.with_privacy(std::move(r));
}

template <class Act>
http::response act(context& c, registrar& o, Act what) {
  auto row = own(c, o);
  if (!row) return c.refuse(row.why());
  const outcome done = what(why_of(c, "purpose_holder"), *row);
  if (!done) return c.refuse(done.why());
  return c.go("/my/certificates/" + row->serial);
}

}  // namespace

void holder_pages(office o) {
  auto& h = o->home;
  const auto files = std::make_shared<made_files>();
  h.page("GET", "/certification/apply", needs::sign_in,
         [o](context& c) { return show_apply(c, *o); });
  h.page("POST", "/certification/apply", needs::sign_in,
         [o, files](context& c) { return apply(c, *o, *files); });
  h.page("GET", "/my/certificates", needs::sign_in, [o](context& c) { return mine(c, *o); });
  h.page("GET", "/my/certificates/{serial}", needs::sign_in,
         [o, files](context& c) { return one(c, *o, *files); });
  h.page("GET", "/my/certificates/{serial}/certificate.pem", needs::sign_in,
         [o](context& c) { return pem(c, *o); });
  h.page("GET", "/my/certificates/{serial}/signCert.der", needs::sign_in,
         [o](context& c) { return npki_certificate(c, *o); });
  h.page("POST", "/my/certificates/{serial}/file", needs::sign_in,
         [o, files](context& c) { return fetch(c, *o, *files, false); });
  h.page("POST", "/my/certificates/{serial}/signPri.key", needs::sign_in,
         [o, files](context& c) { return fetch(c, *o, *files, true); });
  h.page("POST", "/my/certificates/{serial}/suspend", needs::sign_in, [o](context& c) {
    return act(c, *o, [&](const auto& why, const auto& r) { return o->suspend(why, r.serial); });
  });
  h.page("POST", "/my/certificates/{serial}/resume", needs::sign_in, [o](context& c) {
    return act(c, *o, [&](const auto& why, const auto& r) { return o->resume(why, r.serial); });
  });
  h.page("POST", "/my/certificates/{serial}/revoke", needs::sign_in, [o](context& c) {
    return act(c, *o, [&](const auto& why, const auto& r) {
      return o->revoke(why, r.serial, std::string(c.field("why")));
    });
  });
}

}  // namespace madang::certification
