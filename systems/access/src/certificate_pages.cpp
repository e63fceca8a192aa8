// Coming in by a certificate, at the door where TLS asks browsers for one (client-tls.yaml). That
// she has its key is proven before this page is reached; whose it is, its authority says.
#include "madang/platform/arrival.hpp"
#include "madang/platform/client_tls.hpp"
#include "pages.hpp"

namespace madang::access {
namespace {

using namespace html;

struct certificate_view {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(certificate_view, (), (name))

std::string next_of(const context& c) {
  const std::string next(c.field("next").empty() ? c.request.param("next") : c.field("next"));
  const bool ours =
      next.starts_with('/') && !next.starts_with("//") && next.find('\\') == std::string::npos;
  return ours ? next : "/";
}

audit::access coming(const context& c) {
  return {{}, c.home.said("purpose.sign_in"), c.home.said("law.e_government"), {}};
}

// Refusals: certificate.none (none was shown), certificate.unknown.
result<identity::account> shown_by(context& c, bureau& b) {
  const auto der = platform::client_certificate_of(c.request);
  if (der.empty()) return refuse(kind::forbidden, "certificate.none");
  const auto unknown = refuse(kind::forbidden, "certificate.unknown");
  auto said = c.home.hub().ask("certification.holder", coming(c),
                               {{"certificate", text::base64(text::bytes_of(der))}});
  auto person = said ? id::parse(json::str(*said, "person")) : std::nullopt;
  auto account = person ? c.home.people().find_account(*person) : std::nullopt;
  if (!account || b.accounts.closed_since(*person)) return unknown;
  return *account;
}

// Elsewhere no certificate is asked for: she is led to the door, which is another origin.
bool is_at_door(const context& c, const platform::client_tls& door) {
  return !platform::client_certificate_of(c.request).empty() ||
         c.request.header("host") == std::string_view(door.public_url).substr(8);
}

http::response ask(context& c, bureau& b, const platform::client_tls& door) {
  if (!is_at_door(c, door))
    return c.with_privacy(http::see_other(
        door.public_url + "/sign-in/certificate?next=" + http::percent_encode(next_of(c))));
  auto account = shown_by(c, b);
  if (!account) return c.refuse(account.why());
  const certificate_view v{c.language == "ko" || account->latin.empty() ? account->name
                                                                        : account->latin};
  return c.show(v, [&] {
    return c.page(
        c.say("certificate.title"), {},
        all(h1(c.say("certificate.title")), lead(c.fill("certificate.lead", {{"name", v.name}})),
            form(method("post"), action("/sign-in/certificate"), cls("questions"),
                 c.session ? c.shell().csrf_field() : node(), hidden_field("next", next_of(c)),
                 submit_button(c.fill("certificate.button", {{"name", v.name}}))),
            p(a(href(b.provider.chosen().issuer + "/sign-in"), c.say("certificate.other_way")))),
        {.noindex = true});
  });
}

// Back to the address that everybody uses; a form may not lead to another origin, a page may.
http::response led_back(context& c, bureau& b, const std::string& path) {
  const std::string to = b.provider.chosen().issuer + path;
  if (c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(json::object{{"location", to}})));
  auto r = c.page(c.say("certificate.done"), {},
                  all(h1(c.say("certificate.done")), p(a(href(to), c.say("signon.go_on")))),
                  {.noindex = true});
  return r.with("Refresh", "0; url=" + to);
}

// An app that is there is asked for too, as after a password.
http::response come_in(context& c, bureau& b) {
  auto account = shown_by(c, b);
  if (!account) return c.refuse(account.why());
  if (c.session) c.home.people().sign_out(c.session->token);
  if (b.codes.has(account->person)) {
    auto r = led_back(c, b, "/sign-in/code?next=" + http::percent_encode(next_of(c)));
    return r.with("Set-Cookie",
                  http::cookie("half", b.codes.half_way(account->person), c.secure(), 600));
  }
  // RFC 8176: that the key is in hardware is not known.
  const identity::method how{"swk", std::string(identity::acr_basic)};
  const auto s = b.sessions.open(c.home.people(), *account, how, c.request.header("user-agent"),
                                 c.language, coming(c));
  const auto next = next_of(c);
  return platform::arrive(c, s, how,
                          led_back(c, b, next == "/" && !s.post.empty() ? "/desk" : next));
}

}  // namespace

void certificate_pages(house& h, shared_bureau b) {
  const auto door = platform::client_tls_of(h.chosen());
  h.hub().offer_query(
      "signon.by_certificate",
      [offered = door.asks()](const audit::access&, const json::value&) -> result<json::value> {
        return json::value(json::object{{"offered", offered}});
      });
  if (!door.asks()) return;
  h.page("GET", "/sign-in/certificate", needs::nobody,
         [b, door](context& c) { return ask(c, *b, door); });
  h.page("POST", "/sign-in/certificate", needs::nobody, [b](context& c) { return come_in(c, *b); });
}

}  // namespace madang::access
