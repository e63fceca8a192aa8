// For the authorities' officials: keys by which programs of agencies get certificates.
#include "pages.hpp"
#include "programs.hpp"

namespace madang::certification {
namespace {

using namespace html;

struct program_line {
  std::string kid, kind, authority, agency, names, made;
  bool bound = false;
};
BOOST_DESCRIBE_STRUCT(program_line, (), (kid, kind, authority, agency, names, made, bound))
struct programs_view {
  std::vector<program_line> programs;
};
BOOST_DESCRIBE_STRUCT(programs_view, (), (programs))

std::string est_at(const registrar& o, const program_key& k) {
  return o.home.chosen().public_url + "/.well-known/est/" + k.authority;
}
std::string cmp_at(const registrar& o, const program_key& k) {
  return o.home.chosen().public_url + "/.well-known/cmp/p/" + k.authority;
}
std::string acme_at(const registrar& o) { return o.home.chosen().public_url + "/acme/directory"; }

// The only answer that ever holds the secret.
json::value shown_once(const registrar& o, const program_key& k) {
  json::object out{{"kid", k.kid},
                   {"kind", k.kind},
                   {"hmac_key", k.password()},
                   {"est", est_at(o, k)},
                   {"cmp", cmp_at(o, k)}};
  if (k.kind == "server") out["directory"] = acme_at(o);
  return out;
}

node made_banner(const context& c, const registrar& o, const program_key& k) {
  std::vector<html::row> rows{
      {std::string(c.say("certification.program_kid")), code(k.kid)},
      {std::string(c.say("certification.program_key")), code(k.password())}};
  if (k.kind == "server") rows.push_back({"ACME", code(acme_at(o))});
  rows.push_back({"EST", code(est_at(o, k))});
  rows.push_back({"CMP", code(cmp_at(o, k))});
  return banner(c.shell(), tone::good, c.say("certification.program_made"),
                html::all(p(c.say("certification.program_once")), summary_list(c.shell(), rows)));
}

node list_of(const context& c, const std::vector<program_key>& all) {
  table_view t;
  t.caption = c.say("certification.programs");
  t.caption_hidden = true;
  t.stacked = true;
  t.empty = c.say("certification.no_programs");
  for (const char* column : {"program_kid", "kind", "run_by", "program_names", "filed_at", "state"})
    t.columns.push_back({std::string(c.say("certification." + std::string(column))), false});
  for (const auto& k : all)
    t.rows.push_back(
        {node(k.kid), node(c.say("certification.kind_" + k.kind)), node(k.agency), node(k.names),
         node(c.written(k.made)),
         node(c.say(k.account ? "certification.program_bound" : "certification.program_free"))});
  return data_table(c.shell(), t);
}

node asking(const context& c, const registrar& o, const refusal* wrong) {
  const shell s = c.shell();
  auto asked = [&](const char* name, const char* said) {
    return field{.name = name,
                 .label = std::string(c.say("certification." + std::string(said))),
                 .error = wrong && wrong->field == name ? c.explain(*wrong) : std::string(),
                 .value = std::string(c.field(name)),
                 .most = 500};
  };
  std::vector<choice> authorities, kinds;
  for (const auto& h : o.plans())
    if (h.id == "government")
      for (const auto& a : h.authorities) authorities.push_back({a.id, a.name(c.language), ""});
  for (const char* one : {"server", "device"})
    kinds.push_back({one, std::string(c.say("certification.kind_" + std::string(one))),
                     std::string(c.say("certification.program_" + std::string(one)))});
  field names = asked("names", "program_names");
  names.hint = c.say("certification.program_names_hint");
  field what = asked("kind", "kind");
  if (what.value.empty()) what.value = "server";
  return form(method("post"), action("/desk/certification-programs"), cls("questions"),
              s.csrf_field(), select_field(s, asked("authority", "authority"), authorities),
              radio_field(s, what, kinds), text_field(s, asked("agency", "run_by")),
              text_field(s, names), submit_button(c.say("certification.program_admit")));
}

http::response show(context& c, registrar& o, const program_key* fresh = nullptr,
                    const refusal* wrong = nullptr) {
  if (auto may = only_officers(c); !may) return c.refuse(may.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  if (fresh && c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(shown_once(o, *fresh)), 201));
  const auto all = program_keys(o);
  programs_view v;
  for (const auto& k : all)
    v.programs.push_back(
        {k.kid, k.kind, k.authority, k.agency, k.names, k.made.str(), bool(k.account)});
  return c.show(v, [&] {
    const shell s = c.shell();
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const node body =
        html::all(back_link(s, "/desk/certification", c.say("certification.desk")),
                  error_summary(s, errors), fresh ? made_banner(c, o, *fresh) : node(),
                  h1(c.say("certification.programs")), lead(c.say("certification.programs_lead")),
                  list_of(c, all), asking(c, o, wrong));
    auto out = c.page(c.say("certification.programs"), {}, body, {.noindex = true});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response admit(context& c, registrar& o) {
  if (auto may = only_officers(c); !may) return c.refuse(may.why());
  program_key wish;
  wish.authority = c.field("authority");
  wish.agency = c.field("agency");
  wish.names = c.field("names");
  wish.kind = c.field("kind").empty() ? "server" : std::string(c.field("kind"));
  auto made = admit_program(o, why_of(c, "purpose_desk"), wish);
  return made ? show(c, o, &*made) : show(c, o, nullptr, &made.why());
}

}  // namespace

void program_pages(office o) {
  o->home.page("GET", "/desk/certification-programs", needs::official,
               [o](context& c) { return show(c, *o); });
  o->home.page("POST", "/desk/certification-programs", needs::official,
               [o](context& c) { return admit(c, *o); });
}

}  // namespace madang::certification
