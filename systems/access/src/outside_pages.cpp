// Signing in by the word of another provider, and linking its account to oneself.
#include <algorithm>

#include "madang/platform/arrival.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

using namespace html;

constexpr int attempt_seconds = 600;

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.sign_in"), c.home.said("law.e_government"));
}

http::response with_state(const context& c, http::response r, const std::string& state) {
  return r.with("Set-Cookie", http::cookie("outside", state, c.secure(), attempt_seconds))
      .with("Referrer-Policy", "no-referrer");
}

http::response begin(context& c, bureau& b) {
  auto begun = b.outside.begin(c.request.capture("provider"), ours(c.request.param("next")), {});
  if (!begun) return c.refuse(begun.why());
  return with_state(c, c.with_privacy(http::see_other(begun->address)), begun->state);
}

// By a form with its token: a link from elsewhere must not tie a stranger's account to her. The
// page goes on by itself, because a form of ours may not end at another site.
http::response begin_link(context& c, bureau& b) {
  if (level_of(c, b) < 1) return c.refuse(refuse(kind::forbidden, "outside.not_enough"));
  auto begun = b.outside.begin(c.field("provider"), "/my/sign-in", c.actor.person);
  if (!begun) return c.refuse(begun.why());
  const auto* p = b.outside.find(c.field("provider"));
  const std::string title = c.fill("outside.going", {{"name", p->name(c.language)}});
  auto r =
      c.page(title, {}, all(h1(title), html::p(a(href(begun->address), c.say("signon.go_on")))),
             {.noindex = true});
  return with_state(c, r.with("Refresh", "0; url=" + begun->address), begun->state);
}

// Whose word it is stays beside the name, wherever officials read it.
identity::account new_account(const context& c, const bureau& b,
                              const signon::outside::arrival& who) {
  identity::account a;
  a.person = new_id();
  a.login = "outside-" + a.person.str();
  std::string from = who.issuer;
  for (const auto& p : b.outside.providers())
    if (p.issuer == who.issuer) from = p.name(c.home.pack().language());
  a.name =
      (who.name.empty() ? std::string(c.say("outside.somebody")) : who.name) + " (" + from + ")";
  a.latin = a.name;
  return a;
}

http::response arrived(context& c, bureau& b) {
  auto param = [&](const char* name) { return std::string(c.request.param(name)); };
  auto who = b.outside.finish({param("state"), param("code"), param("error"), param("iss")},
                              c.request.cookie("outside"));
  if (!who) return c.refuse(who.why());
  if (who->linking) {
    if (!c.session || c.session->person != who->linking)
      return c.refuse(refuse(kind::invalid, "outside.answer"));
    b.outside.remember(own(c), *who, who->linking);
    return c.go("/my/sign-in");
  }
  auto person = b.outside.person_of(who->issuer, who->subject);
  auto account = person ? c.home.people().find_account(*person) : std::nullopt;
  if (!account) {
    account = new_account(c, b, *who);
    c.home.people().put_account(*account);
    audit::access why = own(c);
    why.who.person = account->person;
    why.who.name = account->name;
    b.outside.remember(why, *who, account->person);
  }
  if (c.session) c.home.people().sign_out(c.session->token);
  const identity::method how{"fed", std::string(identity::acr_outside)};
  const auto s = b.sessions.open(c.home.people(), *account, how, c.request.header("user-agent"),
                                 c.language, own(c));
  // She is herself and no official here: a post is for who has shown more.
  (void)c.home.people().act_as(s.token, "");
  auto r = platform::arrive(c, s, how, c.go(who->next));
  return r.with("Set-Cookie", http::cookie("outside", "", c.secure(), 0));
}

http::response unlink(context& c, bureau& b) {
  auto done = b.outside.forget(own(c), c.actor.person, c.field("issuer"));
  if (!done) return c.refuse(done.why());
  return c.go("/my/sign-in");
}

}  // namespace

node outside_part(const context& c, bureau& b) {
  if (b.outside.providers().empty()) return {};
  const auto linked = b.outside.of_person(c.actor.person);
  node out = all(h2(c.say("outside.title")), p(c.say("outside.what")));
  for (const auto& one : b.outside.providers()) {
    const std::string name = one.name(c.language);
    const bool has =
        std::ranges::any_of(linked, [&](const auto& l) { return l.issuer == one.issuer; });
    out = all(out, has ? post_button(c.shell(), "/my/outside/unlink",
                                     c.fill("outside.unlink", {{"name", name}}), look::danger,
                                     {{"issuer", one.issuer}})
                       : post_button(c.shell(), "/my/outside/link",
                                     c.fill("outside.link", {{"name", name}}), look::secondary,
                                     {{"provider", one.id}}));
  }
  return out;
}

std::optional<http::response> outside_gate(context& c, const signon::presence& who,
                                           const std::string& route) {
  if (identity::level_of(who.acr) > 0) return {};
  static constexpr std::string_view open[] = {"/epeople",     "/petitions",   "/talk",
                                              "/my/notices",  "/my/sessions", "/my/refusals",
                                              "/sign-in"};
  const auto path = std::string_view(route).substr(route.find('/'));
  if (std::ranges::any_of(open, [&](std::string_view one) { return path.starts_with(one); }))
    return {};
  return c.refuse(refuse(kind::forbidden, "outside.not_enough"));
}

void outside_pages(house& h, shared_bureau b) {
  h.page("GET", "/sign-in/outside/{provider}", needs::nobody,
         [b](context& c) { return begin(c, *b); });
  h.page("GET", "/sign-in/outside-back", needs::nobody, [b](context& c) { return arrived(c, *b); });
  h.page("POST", "/my/outside/link", needs::sign_in, [b](context& c) { return begin_link(c, *b); });
  h.page("POST", "/my/outside/unlink", needs::sign_in, [b](context& c) { return unlink(c, *b); });
  h.hub().offer_query(
      "signon.providers", [b](const audit::access&, const json::value&) -> result<json::value> {
        json::array out;
        for (const auto& p : b->outside.providers())
          out.push_back(json::object{{"id", p.id}, {"name", json::from_words(p.name)}});
        return json::value(std::move(out));
      });
}

}  // namespace madang::access
