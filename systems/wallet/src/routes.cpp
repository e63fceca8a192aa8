// What wallets and verifiers of others call: answers are those of the standards.
#include <charconv>

#include "pages.hpp"

namespace madang::wallet {
namespace {

constexpr std::size_t longest_body = 256 * 1024;

http::response with_access(http::response r) {
  return std::move(r)
      .with("Access-Control-Allow-Origin", "*");
}

http::response token(bureau& b, const http::request& r) {
  auto form = http::parse_form(r.body);
  if (!form) return failed(b.home, refuse(kind::invalid, "vci.invalid_request"));
  auto made = b.issuing.token(*form);
  return made ? answered(*made) : failed(b.home, made.why());
}

result<json::value> body_of(const http::request& r, const char* error) {
  const auto bad = refuse(kind::invalid, error);
  if (r.body.size() > longest_body) return bad;
  auto parsed = json::parse(r.body);
  if (!parsed || !parsed->is_object()) return bad;
  return std::move(*parsed);
}

http::response credential(bureau& b, const http::request& r) {
  auto g = b.issuing.grant_of(r);
  if (!g) return failed(b.home, g.why());
  auto asked = body_of(r, "vci.invalid_credential_request");
  if (!asked) return failed(b.home, asked.why());
  auto made = b.issuing.credential(*g, *asked);
  return made ? answered(*made) : failed(b.home, made.why());
}

http::response notification(bureau& b, const http::request& r) {
  auto g = b.issuing.grant_of(r);
  if (!g) return failed(b.home, g.why());
  auto said = body_of(r, "vci.invalid_notification_request");
  if (!said) return failed(b.home, said.why());
  auto done = b.issuing.notified(*g, *said);
  if (!done) return failed(b.home, done.why());
  http::response out;
  out.status = 204;
  return with_access(std::move(out));
}

// SD-JWT VC: what a type of credential is (section 6), and whose keys sign (section 5).
http::response type(bureau& b, const http::request& r) {
  const auto* c = b.plan.find(r.capture("type"));
  if (!c) return b.home.explain(r, refuse(kind::not_found, "wallet.no_type"));
  const auto said = [](const words& w, const char* member) {
    json::array out;
    for (const auto& [language, text] : w.all())
      out.push_back(json::object{{"locale", language}, {member, text}});
    return out;
  };
  json::array claims;
  for (const auto& claim : c->claims)
    claims.push_back(json::object{{"path", json::array{claim.id}},
                                  {"display", said(claim.label, "label")},
                                  {"sd", "always"}});
  return shared_for({{"vct", c->type},
                     {"name", c->name("en")},
                     {"display", said(c->name, "name")},
                     {"claims", std::move(claims)}},
                    3600);
}

http::response issuer_keys(bureau& b) {
  json::array keys;
  for (const auto& k : b.keys.published()) keys.push_back(k.write());
  return shared_for({{"issuer", b.issuing.issuer()}, {"jwks", json::object{{"keys", keys}}}}, 300);
}

http::response status_of(bureau& b, const http::request& r) {
  std::int64_t list = 0;
  const auto name = r.capture("list");
  const auto read = std::from_chars(name.data(), name.data() + name.size(), list);
  const bool is_number = read.ec == std::errc() && read.ptr == name.data() + name.size();
  auto made = is_number ? b.statuses.token(list) : std::nullopt;
  if (!made) return b.home.explain(r, refuse(kind::not_found, "wallet.no_status"));
  const std::string tag = "\"" + trust::sha256_hex(*made).substr(0, 32) + "\"";
  http::response out;
  out.content_type = "application/statuslist+jwt";
  out.with("Cache-Control", "public, max-age=" +
                                std::to_string(credentials::status_office::ttl_seconds))
      .with("ETag", tag);
  if (r.header("if-none-match") == tag) out.status = 304;
  else out.body = std::move(*made);
  return with_access(std::move(out));
}

http::response all_lists(bureau& b) {
  json::array lists;
  for (const auto n : b.statuses.lists()) lists.emplace_back(b.statuses.uri_of(n));
  return shared_for({{"status_lists", std::move(lists)}}, 300);
}

// The agency that serves statuses does as issuers tell it, and knows no more than places.
result<json::value> set_status(bureau& b, const json::value& in) {
  std::vector<std::int64_t> places;
  if (const auto& all = json::at(in, "places"); all.is_array())
    for (const auto& one : all.get_array())
      places.push_back(one.is_int64() ? one.get_int64() : -1);
  const auto status = json::str(in, "status") == "invalid" ? credentials::status::invalid
                                                           : credentials::status::valid;
  auto done = b.statuses.set(json::num(in, "list"), places, status, now());
  if (!done) return done.why();
  return json::value(json::object{});
}

}  // namespace

std::string without_slash(std::string address) {
  while (address.ends_with('/')) address.pop_back();
  return address;
}

http::response answered(const json::object& what, int status) {
  return with_access(
      http::json_response(json::print(what), status).with("Cache-Control", "no-store"));
}

http::response shared_for(const json::object& what, int seconds) {
  return with_access(http::json_response(json::print(what))
                         .with("Cache-Control", "public, max-age=" + std::to_string(seconds)));
}

http::response failed(const house& h, const refusal& why) {
  const auto dot = why.code.find('.');
  const bool standard = why.code.starts_with("vci.") || why.code.starts_with("vp.");
  json::object body{{"error", standard ? why.code.substr(dot + 1) : "invalid_request"}};
  if (const std::string key = "refusal." + why.code; h.texts().has(key))
    body["error_description"] = std::string(h.texts()(key, "en"));
  if (!why.field.empty()) body["error_parameter"] = why.field;
  const bool unknown = why.code == "vci.invalid_token";
  auto r = answered(body, unknown ? 401 : 400);
  if (unknown) r.with("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  return r;
}

void issuing_routes(house& h, shared_bureau b) {
  h.machine("GET", "/.well-known/openid-credential-issuer",
            [b](http::request&) { return shared_for(b->issuing.metadata(), 300); });
  h.machine("GET", "/.well-known/oauth-authorization-server/wallet",
            [b](http::request&) { return shared_for(b->issuing.server_metadata(), 300); });
  h.machine("GET", "/.well-known/jwt-vc-issuer",
            [b](http::request&) { return issuer_keys(*b); });
  h.machine("GET", "/credentials/types/{type}", [b](http::request& r) { return type(*b, r); });
  h.machine("POST", "/wallet/token", [b](http::request& r) { return token(*b, r); });
  h.machine("POST", "/wallet/nonce",
            [b](http::request&) { return answered(b->issuing.nonce()); });
  h.machine("POST", "/wallet/credential", [b](http::request& r) { return credential(*b, r); });
  h.machine("POST", "/wallet/notification",
            [b](http::request& r) { return notification(*b, r); });
}

void status_routes(house& h, shared_bureau b) {
  h.machine("GET", "/status", [b](http::request&) { return all_lists(*b); });
  h.machine("GET", "/status/{list}", [b](http::request& r) { return status_of(*b, r); });
  h.hub().offer_command("status.open",
                        [b](const audit::access&, const json::value& in,
                            std::string_view) -> result<json::value> {
                          b->statuses.open(json::num(in, "list"));
                          return json::value(json::object{});
                        });
  h.hub().offer_command("status.set",
                        [b](const audit::access&, const json::value& in, std::string_view) {
                          return set_status(*b, in);
                        });
}

}  // namespace madang::wallet
