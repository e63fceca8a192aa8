// Where a client sends a person: she signs in, reads what is given to whom and for what, agrees or
// not, and goes back. And where she ends.
#include <algorithm>

#include "details.hpp"
#include "madang/html/fields.hpp"

namespace madang::access {
namespace {

using namespace html;

struct connect_view {
  std::string client, name, purpose, law, scope, claims;
  std::vector<std::string> gives;
  std::vector<detail_view> details;
};
BOOST_DESCRIBE_STRUCT(connect_view, (),
                      (client, name, purpose, law, scope, claims, gives, details))

// A form of this page leads on to the client; no other place.
http::response leading_to(http::response r, std::string_view address) {
  for (auto& [name, value] : r.headers)
    if (name == "Content-Security-Policy")
      value = text::replace_all(value, "form-action 'self'",
                                "form-action 'self' " + origin_of(address));
  return r;
}

http::response away(const context& c, const std::string& address) {
  auto r = http::see_other(address);
  return c.with_privacy(std::move(r)).with("Referrer-Policy", "no-referrer");
}

// A browser that has just sent a form to us may not be redirected from there to somebody else
// (CSP form-action); a page that goes on by itself is a step of its own.
http::response going_on(context& c, const std::string& address, const std::string& name) {
  if (c.request.wants_json())
    return c.with_privacy(
        http::json_response(json::print(json::object{{"location", address}})));
  const std::string title = c.fill("signon.back_to", {{"name", name}});
  auto r = c.page(title, {},
                  all(h1(title), p(a(href(address), c.say("signon.go_on")))), {.noindex = true});
  return r.with("Refresh", "0; url=" + address).with("Referrer-Policy", "no-referrer");
}

http::response told(context& c, const refusal& why) {
  auto at = why.facts.find("location");
  if (at != why.facts.end() && !c.request.wants_json()) return away(c, at->second);
  refusal plain = why;
  plain.facts.erase("location");
  return c.refuse(plain);
}

http::response finish(context& c, bureau& b, std::string_view ticket, const signon::client& by,
                      const signon::presence& who, bool from_form,
                      const json::array& details = {}) {
  auto address = b.provider.complete(for_client(c, by), ticket, who, details,
                                     details.empty() ? "" : details_name(ticket, who.person));
  if (!address) return c.refuse(refuse(kind::gone, "oauth.unknown_request", "request"));
  return from_form ? away(c, *address) : going_on(c, *address, by.name(c.language));
}

http::response authorize(context& c, bureau& b) {
  auto ticket = b.provider.begin(c.request.query);
  if (!ticket) return told(c, ticket.why());
  const auto r = b.provider.find(*ticket);
  const auto who = presence_of(c, b);
  const auto next = b.provider.what_next(*r, who);
  const auto& by = *b.provider.find_client(r->client);
  if (next == signon::provider::next::done) return finish(c, b, *ticket, by, *who, true);
  if (r->prompts("none"))
    return away(c, b.provider.refused(*ticket, next == signon::provider::next::consent
                                                   ? "consent_required"
                                                   : "login_required"));
  return c.go("/connect/" + *ticket);
}

// What a client asks to be sent stands first, as boxes that she may clear.
node details_form(const context& c, const signon::client& by, const connect_view& v,
                  const std::string& path, const refusal* wrong) {
  std::vector<error_item> errors;
  if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
  const bool more = !v.gives.empty();
  return all(
      error_summary(c.shell(), errors), h1(c.fill("signon.details_title", {{"name", v.name}})),
      lead(c.fill("signon.details_asks", {{"name", v.name}, {"person", c.actor.name}})),
      form(method("post"), action(path), cls("questions"), c.shell().csrf_field(),
           hidden_field("agree", "yes"), details_part(c, v.details, wrong),
           more ? given_part(c, by, v.scope, v.claims) : node(),
           inset(p(c.say("signon.details_stop"), " ",
                   a(href(v.details.front().stops_at), c.say("signon.details_stop_at")))),
           submit_button(c.say("signon.details_agree"))),
      post_button(c.shell(), path, c.say("signon.decline"), look::secondary, {{"agree", "no"}}));
}

node consent_form(const context& c, const signon::client& by, const connect_view& v,
                  std::string_view ticket, const refusal* wrong) {
  const std::string path = "/connect/" + std::string(ticket);
  if (!v.details.empty()) return details_form(c, by, v, path, wrong);
  return all(h1(c.fill("signon.title", {{"name", v.name}})),
             lead(c.fill("signon.asks", {{"name", v.name}, {"person", c.actor.name}})),
             given_part(c, by, v.scope, v.claims),
             button_row({post_button(c.shell(), path, c.say("signon.agree"), look::primary,
                                     {{"agree", "yes"}}),
                         post_button(c.shell(), path, c.say("signon.decline"), look::secondary,
                                     {{"agree", "no"}})}));
}

// What was asked for may be asked no more, as the client's own right has ended meanwhile.
http::response no_longer(context& c, bureau& b, std::string_view ticket) {
  return away(c, b.provider.refused(ticket, "invalid_authorization_details"));
}

http::response show_consent(context& c, const signon::request& r, const signon::client& by,
                            std::vector<detail_view> details, std::string_view ticket,
                            const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const connect_view view{by.id, by.name(c.language), by.purpose(c.language), by.law(c.language),
                          r.scope, r.claims, given_words(c, r.scope), std::move(details)};
  return c.show(view, [&] {
    auto out = leading_to(
        c.page(c.fill(view.details.empty() ? "signon.title" : "signon.details_title",
                      {{"name", view.name}}),
               {}, consent_form(c, by, view, ticket, wrong),
               {.noindex = true, .has_errors = wrong != nullptr}),
        r.redirect_uri);
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response connect(context& c, bureau& b) {
  const auto ticket = c.request.capture("ticket");
  const auto r = b.provider.find(ticket);
  if (!r) return c.refuse(refuse(kind::not_found, "oauth.unknown_request", "request"));
  const auto who = presence_of(c, b);
  const auto next = b.provider.what_next(*r, who);
  if (next == signon::provider::next::sign_in)
    return c.go("/sign-in?next=" + http::percent_encode(c.request.path));
  if (next == signon::provider::next::step_up)
    return c.go("/sign-in/again?next=" + http::percent_encode(c.request.path));
  const auto& by = *b.provider.find_client(r->client);
  if (next == signon::provider::next::done) return finish(c, b, ticket, by, *who, false);
  auto details = details_in_words(c, b, *r);
  if (!details) return no_longer(c, b, ticket);
  return show_consent(c, *r, by, std::move(*details), ticket);
}

http::response answer(context& c, bureau& b) {
  const auto ticket = c.request.capture("ticket");
  const auto r = b.provider.find(ticket);
  const auto who = presence_of(c, b);
  if (!r || !who) return c.refuse(refuse(kind::not_found, "oauth.unknown_request", "request"));
  const auto next = b.provider.what_next(*r, who);
  if (next == signon::provider::next::sign_in || next == signon::provider::next::step_up)
    return c.go("/connect/" + std::string(ticket));
  const auto agree = c.field("agree");
  if (agree != "yes" && agree != "no")
    return c.refuse(refuse(kind::invalid, "forms.option", "agree"));
  if (agree == "no") return away(c, b.provider.refused(ticket, "access_denied"));
  const auto& by = *b.provider.find_client(r->client);
  json::array granted;
  if (!r->details.empty()) {
    auto details = details_in_words(c, b, *r);
    if (!details) return no_longer(c, b, ticket);
    auto chosen = details_chosen(c, *details);
    if (!chosen) return show_consent(c, *r, by, std::move(*details), ticket, &chosen.why());
    granted = std::move(*chosen);
    if (!grant_details(c, b, by, details_name(ticket, who->person), granted))
      return no_longer(c, b, ticket);
  }
  b.provider.agree(for_client(c, by), *r, who->person);
  return finish(c, b, ticket, by, *who, true, granted);
}

// ---- signing out for a client ----
http::response ended(context& c, bureau& b, const std::string& location) {
  const auto told = leaving_address(b, identity::sid_of(c.session->token), location);
  c.home.people().sign_out(c.session->token);
  auto r = told               ? c.go(*told)
           : location.empty() ? c.go("/")
                              : away(c, location);
  return r.with("Set-Cookie", http::cookie("session", "", c.secure(), 0));
}

http::response logout(context& c, bureau& b) {
  auto asked = b.provider.end_session(c.request.query);
  if (!asked) return c.refuse(asked.why());
  const auto who = presence_of(c, b);
  if (!who) return asked->location.empty() ? c.go("/") : away(c, asked->location);
  // The client shows a token of this very session: it is the person's own wish.
  if (!asked->sid.empty() && asked->sid == who->sid) return ended(c, b, asked->location);
  const node body = all(h1(c.say("signon.sign_out_title")), p(c.say("signon.sign_out_ask")),
                        button_row({post_button(c.shell(), "/sign-out",
                                                c.say("signon.sign_out_yes")),
                                    link_button("/", c.say("signon.sign_out_no"),
                                                look::secondary)}));
  return c.page(c.say("signon.sign_out_title"), {}, body, {.noindex = true});
}

}  // namespace

void connect_pages(house& h, shared_bureau b) {
  h.page("GET", "/oauth/authorize", needs::nobody, [b](context& c) { return authorize(c, *b); });
  h.page("GET", "/connect/{ticket}", needs::nobody, [b](context& c) { return connect(c, *b); });
  h.page("POST", "/connect/{ticket}", needs::sign_in, [b](context& c) { return answer(c, *b); });
  h.page("GET", "/oauth/logout", needs::nobody, [b](context& c) { return logout(c, *b); });
}

}  // namespace madang::access
