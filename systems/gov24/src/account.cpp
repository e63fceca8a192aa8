#include "pages.hpp"

#include "madang/html/fields.hpp"
#include "madang/platform/arrival.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct persona_line {
  std::string person, name, part;
};
BOOST_DESCRIBE_STRUCT(persona_line, (), (person, name, part))
struct sign_in_view {
  std::vector<persona_line> personas;
};
BOOST_DESCRIBE_STRUCT(sign_in_view, (), (personas))

std::string next_of(const context& c) {
  std::string next(c.field("next").empty() ? c.request.param("next") : c.field("next"));
  return next.starts_with('/') && !next.starts_with("//") ? next : "/";
}

// Who is signed in already signs in anew when a service asks for it.
node csrf_of(const context& c) { return c.session ? c.shell().csrf_field() : node(); }

// Links and no forms: where they lead is another site.
node others_part(const context& c, const std::string& next) {
  const audit::access why = c.access(c.home.said("purpose.sign_in"),
                                     c.home.said("law.e_government"));
  const auto others = c.home.hub().ask("signon.providers", why, json::object{});
  if (!others || !others->is_array() || others->get_array().empty()) return {};
  std::vector<node> links;
  for (const auto& one : others->get_array())
    links.push_back(li(a(href("/sign-in/outside/" + std::string(json::str(one, "id")) +
                              "?next=" + http::percent_encode(next)),
                         c.fill("outside.with", {{"name", json::words_of(json::at(one, "name"))(
                                                              c.language)}}))));
  return all(h2(c.say("outside.title")), p(c.say("outside.line")), ul(links));
}

// By a telephone that a carrier knows, for who has lost every other way.
node by_phone_part(const context& c, const std::string& next) {
  const audit::access why = c.access(c.home.said("purpose.sign_in"),
                                     c.home.said("law.e_government"));
  const auto offered = c.home.hub().ask("signon.by_phone", why, json::object{});
  if (!offered || !json::flag(*offered, "offered")) return {};
  return p(a(href("/sign-in/phone?next=" + http::percent_encode(next)), c.say("phone.in_link")));
}

// By a certificate, where the operator has a door that asks browsers for one.
node by_certificate_part(const context& c, const std::string& next) {
  const audit::access why = c.access(c.home.said("purpose.sign_in"),
                                     c.home.said("law.e_government"));
  const auto offered = c.home.hub().ask("signon.by_certificate", why, json::object{});
  if (!offered || !json::flag(*offered, "offered")) return {};
  return p(a(href("/sign-in/certificate?next=" + http::percent_encode(next)),
             c.say("certificate.in_link")));
}

// Hidden until script has found that this browser can.
node passkey_part(const context& c, const std::string& next) {
  return element("madang-passkey", flag("hidden"), data("use", "/sign-in/passkey"),
                 data("next", next), data("failed", c.say("passkey.failed")),
                 h2(c.say("passkey.by")),
                 p(c.say("passkey.by_line")), csrf_of(c),
                 button(type_("button"), cls("button primary"), c.say("passkey.button")),
                 p(cls("error"), role("alert"), flag("hidden")));
}

http::response form_page(context& c, const refusal* wrong = nullptr) {
  sign_in_view view;
  if (c.home.chosen().demonstration)
    for (const auto& a : c.home.people().personas())
      view.personas.push_back({a.person.str(), c.language == "ko" ? a.name : a.latin,
                               a.part(c.language)});
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(view, [&] {
    const std::string next = next_of(c);
    field login{.name = "login", .label = std::string(c.say("sign_in.login"))};
    login.value = std::string(c.field("login"));
    login.autocomplete = "username";
    field password{.name = "password", .label = std::string(c.say("sign_in.password"))};
    if (wrong) password.error = c.explain(*wrong);
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"password", c.explain(*wrong)});
    node body = all(error_summary(c.shell(), errors), h1(c.say("sign_in.title")),
                    passkey_part(c, next));
    if (!view.personas.empty()) {
      std::vector<node> cards_;
      for (const auto& one : view.personas)
        cards_.push_back(li(form(method("post"), action("/sign-in/persona"), csrf_of(c),
                                 hidden_field("person", one.person), hidden_field("next", next),
                                 button(type_("submit"), cls("persona"), strong(one.name),
                                        span(cls("note"), one.part)))));
      body = all(body, h2(c.say("sign_in.personas")), p(c.say("sign_in.personas_line")),
                 ul(cls("personas"), cards_));
    }
    body = all(body, h2(c.say("sign_in.by_password")),
               form(cls("sign-in-form"), method("post"), action("/sign-in"), csrf_of(c),
                    hidden_field("next", next),
                    text_field(c.shell(), login), password_field(c.shell(), password),
                    submit_button(c.say("sign_in.button"),
                                  view.personas.empty() ? look::primary : look::secondary)),
               by_certificate_part(c, next), by_phone_part(c, next), others_part(c, next));
    auto r =
        c.page(c.say("sign_in.title"), {}, body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response signed_in(context& c, const identity::session& s, bool tell, bool once = false) {
  if (!c.request.cookie("session").empty()) c.home.people().sign_out(c.request.cookie("session"));
  const auto who = c.home.people().actor_of(s);
  std::string to = next_of(c);
  if (to == "/" && who.official()) to = "/desk";
  const std::string how = once ? "pwd once" : "pwd";
  return platform::arrive(c, s, {how, std::string(identity::acr_basic)},
                          c.go(once ? "/my/sign-in/password" : to), tell);
}

// Who has an authenticator app shows a code of it besides: the password alone opens nothing.
// `once` tells whether the password was one that is handed out.
std::optional<http::response> second_half(context& c, const identity::session& s, bool& once) {
  const audit::access why = c.access(c.home.said("purpose.sign_in"),
                                     c.home.said("law.e_government"));
  auto asked = c.home.hub().tell("signon.second_factor", why,
                                 json::object{{"person", s.person.str()}}, random_token(12));
  if (!asked && asked.why().code != "exchange.unknown") return c.refuse(asked.why());
  const auto& said = asked ? json::at(*asked, "once") : json::value();
  once = said.is_bool() && said.get_bool();
  const std::string ticket(asked ? json::str(*asked, "ticket") : "");
  if (ticket.empty()) return {};
  c.home.people().sign_out(s.token);
  constexpr int half_seconds = 600;
  auto r = c.go("/sign-in/code?next=" + http::percent_encode(next_of(c)));
  return r.with("Set-Cookie", http::cookie("half", ticket, c.secure(), half_seconds));
}

// As it was typed: blanks at its ends are part of a password (NIST SP 800-63B section 5.1.1.2).
std::string_view password_of(const context& c) {
  for (const auto& [name, value] : c.form())
    if (name == "password") return value;
  return {};
}

http::response by_password(context& c) {
  auto& guesses = c.home.password_guesses();
  if (auto seconds = guesses.wait(c.request.peer)) {
    log::warn("sign_in.refused", {{"how", "password"}, {"code", "request.too_many"}});
    return c.refuse(refuse(kind::too_many, "request.too_many", "",
                           {{"seconds", std::to_string(*seconds)}}));
  }
  auto s = c.home.people().sign_in(c.field("login"), password_of(c), c.language);
  if (!s) {
    guesses.miss(c.request.peer);
    log::warn("sign_in.refused", {{"how", "password"}, {"code", s.why().code}});
    return form_page(c, &s.why());
  }
  bool once = false;
  if (auto more = second_half(c, *s, once)) return std::move(*more);
  return signed_in(c, *s, true, once);
}

http::response by_persona(context& c) {
  auto person = id::parse(c.field("person"));
  if (!c.home.chosen().demonstration || !person)
    return c.refuse(refuse(kind::not_found, "request.no_page"));
  auto s = c.home.people().sign_in_as_persona(*person, c.language);
  if (!s) return form_page(c, &s.why());
  return signed_in(c, *s, false);
}

// Where sites of other agencies that share this browser are told; the front page when none does.
std::string after_sign_out(context& c) {
  const audit::access why = c.access(c.home.said("purpose.sign_in"),
                                     c.home.said("law.e_government"));
  auto told = c.home.hub().tell("signon.leaving", why,
                                json::object{{"sid", identity::sid_of(c.session->token)}},
                                random_token(12));
  return std::string(told ? json::str(*told, "address", "/") : "/");
}

http::response sign_out(context& c) {
  const std::string to = c.session ? after_sign_out(c) : "/";
  if (c.session) c.home.people().sign_out(c.session->token);
  auto r = c.go(to);
  // Nothing of her stays behind in the browser's memory of pages (Clear Site Data section 3.1).
  // Reports that wait on the device for a network are not of the session, and stay.
  r.with("Clear-Site-Data", "\"cache\"");
  return r.with("Set-Cookie", http::cookie("session", "", c.secure(), 0));
}

http::response act_as(context& c) {
  auto done = c.home.people().act_as(c.session->token, c.field("post"));
  if (!done) return c.refuse(done.why());
  return c.go(c.field("post").empty() ? "/" : "/desk");
}

}  // namespace

void account_pages(house& h) {
  h.page("GET", "/sign-in", needs::nobody, [](context& c) { return form_page(c); });
  h.page("POST", "/sign-in", needs::nobody, by_password);
  h.page("POST", "/sign-in/persona", needs::nobody, by_persona);
  h.page("POST", "/sign-out", needs::nobody, sign_out);
  h.page("POST", "/act-as", needs::sign_in, act_as);
}

}  // namespace madang::gov24
