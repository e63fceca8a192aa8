// For everybody: what a certificate is, which authorities there are, and whether one is good.
#include "madang/pki/path.hpp"
#include "pages.hpp"

namespace madang::certification {
namespace {

using namespace html;

struct authority_line {
  std::string id, hierarchy, name, organisation, certificate;
};
BOOST_DESCRIBE_STRUCT(authority_line, (), (id, hierarchy, name, organisation, certificate))
struct root_line {
  std::string hierarchy, name, fingerprint, certificate, time_stamps;
};
BOOST_DESCRIBE_STRUCT(root_line, (), (hierarchy, name, fingerprint, certificate, time_stamps))
struct entry_view {
  std::vector<root_line> roots;
  std::vector<authority_line> authorities;
};
BOOST_DESCRIBE_STRUCT(entry_view, (), (roots, authorities))

node root_facts(const context& c, const root_line& r) {
  return summary_list(
      c.shell(), {{std::string(c.say("certification.name_of")), node(r.name)},
                  {std::string(c.say("certification.fingerprint")), code(pretty(r.fingerprint))},
                  {std::string(c.say("certification.certificate")),
                   a(href(r.certificate), c.fill("certification.download_of", {{"name", r.name}}))},
                  {std::string(c.say("certification.time_stamps")), node(r.time_stamps)}});
}

http::response entry(context& c, registrar& o) {
  auto all = o.keys();
  if (!all) return c.refuse(all.why());
  entry_view v;
  for (const auto& h : o.plans()) {
    v.roots.push_back({h.id, h.root(c.language), (*all)->fingerprint_of_root(h.id),
                       "/pki/root/" + h.id + ".cer", "/tsa/" + h.id});
    for (const auto& a : h.authorities)
      v.authorities.push_back(
          {a.id, h.id, a.name(c.language), a.organisation(c.language), "/pki/ca/" + a.id + ".cer"});
  }
  return c.show(v, [&] {
    const shell s = c.shell();
    std::vector<node> parts;
    for (const auto& r : v.roots) {
      table_view t;
      t.caption = c.say("certification.hierarchy_" + r.hierarchy);
      t.caption_hidden = true;
      t.stacked = true;
      t.first_is_header = true;
      for (const char* column : {"authority", "run_by", "certificate"})
        t.columns.push_back({std::string(c.say("certification." + std::string(column))), false});
      for (const auto& a : v.authorities)
        if (a.hierarchy == r.hierarchy)
          t.rows.push_back({node(a.name), node(a.organisation),
                            html::a(href(a.certificate),
                                    c.fill("certification.download_of", {{"name", a.name}}))});
      parts.push_back(section(h2(c.say("certification.hierarchy_" + r.hierarchy)),
                              p(c.say("certification.about_" + r.hierarchy)), data_table(s, t),
                              disclosure(c.say("certification.root"), root_facts(c, r))));
    }
    const node body = html::all(
        h1(c.say("certification.name")), lead(c.say("certification.lead")),
        cards({{"/certification/apply", std::string(c.say("certification.apply")),
                std::string(c.say("certification.apply_line")), "shield"},
               {"/my/certificates", std::string(c.say("certification.mine")),
                std::string(c.say("certification.mine_line")), "person"},
               {"/certification/check", std::string(c.say("certification.check")),
                std::string(c.say("certification.check_line")), "search"}}),
        h2(c.say("certification.what")), p(c.say("certification.what_1")),
        p(c.say("certification.what_2")), join(parts),
        p(cls("note"), a(href("/pki/trust-list.xml"), c.say("certification.trust_list"))));
    return c.page(c.say("certification.name"), {}, body,
                  {.description = std::string(c.say("certification.lead"))});
  });
}

// ---- checking ----

struct check_view {
  std::string verdict;  // valid, held, revoked, expired, foreign, unknown; empty: not asked
  std::string why, serial, authority, kind, reason, holder, since, until, fingerprint;
};
BOOST_DESCRIBE_STRUCT(check_view, (),
                      (verdict, why, serial, authority, kind, reason, holder, since, until,
                       fingerprint))

void tell(check_view& v, const context& c, const registrar& o, const certificate& row) {
  v.verdict = row.shown(now());
  v.serial = row.serial;
  v.authority = authority_name(c, o, row.authority);
  v.kind = row.kind;
  v.reason = row.reason;
  v.since = c.written(row.valid_since);
  v.until = c.written(row.valid_until);
}

// By its octets: the path to one of our roots, then what our books say.
result<check_view> check_octets(const context& c, registrar& o, trust::view given) {
  auto all = o.keys();
  if (!all) return all.why();
  auto said = pki::read_facts(given);
  if (!said) return said.why();
  check_view v;
  v.serial = said->serial;
  v.holder = said->common_name;
  v.fingerprint = said->fingerprint;
  v.since = c.written(said->from);
  v.until = c.written(said->until);
  pki::path_question q;
  q.end = said->der;
  q.anchors = (*all)->roots();
  for (const auto& a : (*all)->all()) q.helpers.push_back(a->certificate());
  q.check_revocation = false;
  // Within its life: that it is over is told below, in words of its own.
  q.at = std::min(std::max(now(), said->from), said->until);
  if (const auto path = pki::validate(q); !path.valid) {
    v.verdict = "foreign";
    v.why = path.reason;
    return v;
  }
  const auto row = o.find(said->serial);
  if (!row || row->der != said->der) {
    v.verdict = "infrastructure";
    v.authority = said->issuer;
    return v;
  }
  tell(v, c, o, *row);
  return v;
}

std::string serial_typed(std::string_view typed) {
  std::string out;
  for (const char ch : text::lower_case(typed))
    if (ch != ' ' && ch != ':' && ch != '-') out += ch;
  return out;
}

node verdict_part(const context& c, const check_view& v) {
  if (v.verdict.empty()) return {};
  const tone t = v.verdict == "valid" || v.verdict == "infrastructure" ? tone::good
                 : v.verdict == "held" || v.verdict == "expired"       ? tone::warn
                                                                       : tone::bad;
  std::vector<row> rows;
  auto add = [&](const char* key, const std::string& value) {
    if (!value.empty())
      rows.push_back({std::string(c.say("certification." + std::string(key))), node(value)});
  };
  add("holder", v.holder);
  if (!v.kind.empty()) add("kind", std::string(c.say("certification.kind_" + v.kind)));
  add("authority", v.authority);
  add("since", v.since);
  add("until", v.until);
  if (v.verdict == "revoked") add("reason", std::string(c.say("certification.reason_" + v.reason)));
  add("serial", pretty(v.serial));
  return html::all(banner(c.shell(), t, c.say("certification.verdict_" + v.verdict),
                          p(c.say("certification.means_" + v.verdict))),
                   rows.empty() ? node() : summary_list(c.shell(), rows));
}

http::response show_check(context& c, registrar& o, const check_view& v, const refusal* wrong,
                          std::string_view typed = {}) {
  (void)o;
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(v, [&] {
    const shell s = c.shell();
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    auto error = [&](std::string_view name) {
      return wrong && wrong->field == name ? c.explain(*wrong) : std::string();
    };
    const node body =
        html::all(error_summary(s, errors), h1(c.say("certification.check")),
                  lead(c.say("certification.check_lead")), verdict_part(c, v),
                  form(method("post"), action("/certification/check"),
                       attr("enctype", "multipart/form-data"), cls("questions"), s.csrf_field(),
                       upload_field(s,
                                    field{.name = "certificate",
                                          .label = std::string(c.say("certification.file")),
                                          .hint = std::string(c.say("certification.file_hint")),
                                          .error = error("certificate"),
                                          .optional = true},
                                    ".cer,.crt,.pem,.der", 64u << 10),
                       text_field(s, field{.name = "serial",
                                           .label = std::string(c.say("certification.serial")),
                                           .hint = std::string(c.say("certification.serial_hint")),
                                           .error = error("serial"),
                                           .value = std::string(typed),
                                           .optional = true,
                                           .most = 64}),
                       submit_button(c.say("certification.check_it"))));
    auto out = c.page(c.say("certification.check"), {home_link(c)}, body,
                      {.has_errors = wrong != nullptr});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response check(context& c, registrar& o) {
  for (const auto& f : c.files()) {
    if (f.name != "certificate" || f.body.empty()) continue;
    auto v = check_octets(c, o, text::bytes_of(f.body));
    if (!v) return show_check(c, o, {}, &v.why());
    return show_check(c, o, *v, nullptr);
  }
  const std::string typed(c.field("serial"));
  const std::string serial = serial_typed(typed);
  if (serial.empty() || serial.size() > 40 ||
      serial.find_first_not_of("0123456789abcdef") != std::string::npos) {
    const refusal wrong = refuse(kind::invalid, "certification.serial", "serial");
    return show_check(c, o, {}, &wrong, text::head(typed, 64));
  }
  check_view v;
  // A serial says nothing of its holder to who does not have the certificate.
  if (const auto row = o.find(serial)) tell(v, c, o, *row);
  else v.verdict = "unknown";
  return show_check(c, o, v, nullptr, typed);
}

}  // namespace

void open_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/certification", needs::nobody, [o](context& c) { return entry(c, *o); });
  h.page("GET", "/certification/check", needs::nobody,
         [o](context& c) { return show_check(c, *o, {}, nullptr); });
  h.page("POST", "/certification/check", needs::nobody, [o](context& c) { return check(c, *o); });
}

}  // namespace madang::certification
