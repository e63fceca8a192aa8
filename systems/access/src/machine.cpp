// What clients' servers call: answers are those of the standards, not problem documents.
#include "details.hpp"
#include "madang/platform/client_tls.hpp"

namespace madang::access {

signon::call call_of(const context& c) {
  signon::call out{c.request.method, c.request.path,
                   std::string(c.request.header("authorization")), {}, c.form(),
                   platform::client_certificate_of(c.request)};
  for (const auto& [name, value] : c.request.headers)
    if (text::lower_case(name) == "dpop") out.proofs.push_back(value);
  return out;
}

signon::call call_in(const json::value& in) {
  signon::call out{std::string(json::str(in, "method")), std::string(json::str(in, "path")),
                   std::string(json::str(in, "authorization")), {}, {}};
  if (const auto& proofs = json::at(in, "proofs"); proofs.is_array())
    for (const auto& one : proofs.get_array())
      if (one.is_string()) out.proofs.emplace_back(one.get_string());
  if (auto der = text::from_base64(json::str(in, "certificate")))
    out.certificate = text::chars_of(*der);
  return out;
}

namespace {

// RFC 6749 section 5.2, RFC 6750 section 3.1, RFC 9449 section 7.1.
http::response error_of(const context& c, const refusal& why) {
  const std::string error = why.code.starts_with("oauth.") ? why.code.substr(6) : "invalid_request";
  json::object body{{"error", error}, {"error_description", c.explain(why)}};
  if (!why.field.empty()) body["error_parameter"] = why.field;
  const bool unknown = why.kind == kind::unauthenticated;
  // CIBA Core section 13: who may not ask is told so.
  const int status = unknown ? 401 : why.kind == kind::forbidden ? 403 : 400;
  auto r = http::json_response(json::print(body), status);
  std::vector<std::string> ways;
  if (error == "invalid_client") {
    ways = {"Basic realm=\"oauth\""};
  } else if (unknown) {
    ways = {"DPoP error=\"" + error + "\", algs=\"ES256 EdDSA RS256 PS256\"",
            "Bearer error=\"" + error + "\""};
  }
  for (auto& way : ways) r.headers.emplace_back("WWW-Authenticate", std::move(way));
  r.with("Cache-Control", "no-store");
  return r;
}

http::response answer_of(const context& c, const result<json::object>& done, int status = 200) {
  if (!done) return error_of(c, done.why());
  auto r = http::json_response(json::print(*done), status);
  return r.with("Cache-Control", "no-store");
}

// Public, and the same for everybody for some minutes.
http::response document(const json::object& what) {
  auto r = http::json_response(json::print(what));
  r.headers.emplace_back("Cache-Control", "public, max-age=300");
  r.headers.emplace_back("Access-Control-Allow-Origin", "*");
  return r;
}

// The client looks, for the purpose it registered; the person finds the entry in My data.
audit::access by_client(const signon::client& by) {
  auto who = audit::system_actor(by.name("en").empty() ? by.name("ko") : by.name("en"));
  return {std::move(who), by.purpose, by.law, by.id};
}

std::optional<registers::record> person_of(bureau& b, const audit::access& why, id person,
                                           std::vector<std::string> items) {
  auto* reg = b.home.hub().registry_of("persons");
  if (!reg) return {};
  auto found = reg->get(why, "persons", person.str(), registers::present(), items);
  if (!found) return {};
  return std::move(*found);
}

void add_address(bureau& b, const audit::access& why, std::string_view household,
                 json::object& out) {
  auto* reg = b.home.hub().registry_of("households");
  if (!reg || household.empty()) return;
  const std::vector<std::string> items{"address"};
  auto found = reg->get(why, "households", household, registers::present(), items);
  if (found) out["address"] = json::object{{"formatted", found->text("address")}};
}

// The posts she holds: what an agency's own system needs of an official.
json::array posts_of(bureau& b, id person) {
  json::array out;
  for (const auto& p : b.home.people().posts_of(person))
    out.push_back(json::object{{"code", p.code},
                               {"title", p.title(b.home.pack().language())},
                               {"agency", p.agency},
                               {"office", p.office},
                               {"roles", p.roles}});
  return out;
}

json::object claims_for(bureau& b, const signon::connection& k) {
  const auto& by = *b.provider.find_client(k.client);
  json::object out{{"sub", b.provider.subject_of(by, k.person)}};
  std::vector<std::string> items;
  if (k.may("profile")) items.emplace_back("name");
  if (k.may("birthdate")) items.emplace_back("born");
  if (k.may("address")) items.emplace_back("household");
  const audit::access why = by_client(by);
  if (!items.empty())
    if (auto r = person_of(b, why, k.person, items)) {
      if (k.may("profile")) out["name"] = r->text("name");
      if (k.may("birthdate")) out["birthdate"] = r->text("born");
      if (k.may("address")) add_address(b, why, r->text("household"), out);
    }
  if (k.may("post")) out["post"] = posts_of(b, k.person);
  if (auto verified = verified_claims(b, why, k); !verified.is_null())
    out["verified_claims"] = std::move(verified);
  return out;
}

http::response userinfo(context& c, bureau& b) {
  auto k = b.provider.bearer(call_of(c));
  // A token of a program is about nobody.
  if (!k || !k->person || !b.provider.find_client(k->client))
    return error_of(c, k ? refuse(kind::unauthenticated, "oauth.invalid_token") : k.why());
  // OpenID Connect Core section 5.3: only where she was asked who she is.
  if (!k->may("openid")) return error_of(c, refuse(kind::forbidden, "oauth.insufficient_scope"));
  return answer_of(c, claims_for(b, *k));
}

// RFC 8936: a program shows an access token of its own with the scope "signals". What it sends is
// no form, and errors are those of its section 2.4.4.
http::response poll(http::request& r, bureau& b) {
  auto answer = [](int status, const json::object& body) {
    return http::json_response(json::print(body), status).with("Cache-Control", "no-store");
  };
  signon::call call{r.method, r.path, std::string(r.header("authorization")), {}, {},
                    platform::client_certificate_of(r)};
  for (const auto& [name, value] : r.headers)
    if (text::lower_case(name) == "dpop") call.proofs.push_back(value);
  auto k = b.provider.bearer(call);
  const auto* by = k ? b.provider.find_client(k->client) : nullptr;
  if (!by || k->person || !k->may("signals"))
    return answer(401, {{"err", "authentication_failed"}})
        .with("WWW-Authenticate", "Bearer scope=\"signals\"");
  if (!r.header("content-type").starts_with("application/json") || r.body.size() > 256u << 10)
    return answer(400, {{"err", "invalid_request"}});
  auto asked = json::parse(r.body);
  auto done = asked ? b.signals.poll(*by, *asked) : result<json::object>(asked.why());
  return done ? answer(200, *done) : answer(400, {{"err", "invalid_request"}});
}

// Whoever is asked finds it in her message box.
http::response backchannel(context& c, bureau& b) {
  auto begun = b.provider.backchannel(call_of(c));
  if (!begun) return error_of(c, begun.why());
  const auto& by = *b.provider.find_client(begun->waits.client);
  notices::notice n;
  n.person = begun->waits.person;
  for (const auto& language : c.home.pack().languages()) {
    const html::texts::facts facts{{"name", by.name(language)}};
    n.title.set(language, c.home.texts().fill("decoupled.notice", language, facts));
    n.body.set(language, c.home.texts().fill("decoupled.notice_body", language, facts));
  }
  n.link = "/my/requests/" + begun->waits.key.str();
  n.at = now();
  c.home.box().put(std::move(n), "decoupled " + begun->waits.key.str());
  return answer_of(c, begun->answer);
}

http::response revoke(context& c, bureau& b) {
  auto done = b.provider.revoke(call_of(c));
  b.sender.wake();
  if (!done) return error_of(c, done.why());
  return http::text_response(200, "");
}

// access.bearer {method, path, authorization, proofs, certificate, scope}: whose token came with a
// call to another system, and at which client. Refused: the token is none, or not for that scope.
result<json::value> bearer(bureau& b, const json::value& in) {
  auto k = b.provider.bearer(call_in(in));
  if (!k) return k.why();
  const auto* by = b.provider.find_client(k->client);
  if (!by || !k->may(json::str(in, "scope")))
    return refuse(kind::unauthenticated, "oauth.invalid_token");
  return json::value(
      json::object{{"person", k->person.str()},
                   {"client", json::from_words(by->name)},
                   {"id", k->client}});
}

// access.sign {aud, ..}: what another system tells somebody outside, signed by the house. Its type
// is none of those that tokens have, so that it cannot be taken for one (RFC 8725 section 3.11).
result<json::value> sign(bureau& b, const json::value& in) {
  if (!in.is_object() || json::str(in, "aud").empty())
    return refuse(kind::invalid, "json.missing", "/aud");
  json::object claims = in.get_object();
  const auto at = now();
  claims["iss"] = b.provider.chosen().issuer;
  claims["iat"] = at.micros / 1'000'000;
  claims["jti"] = random_token(12);
  const auto signer = b.provider.keys().current(at);
  return json::value(json::object{
      {"jws",
       trust::jose::sign(signer.key, signer.kid, "exchange-answer+jwt", json::print(claims))}});
}

}  // namespace

void machine_pages(house& h, shared_bureau b) {
  h.hub().offer_query("access.bearer", [b](const audit::access&, const json::value& in) {
    return bearer(*b, in);
  });
  h.hub().offer_query("access.sign", [b](const audit::access&, const json::value& in) {
    return sign(*b, in);
  });
  for (const char* path : {"/.well-known/openid-configuration",
                           "/.well-known/oauth-authorization-server"})
    h.page("GET", path, needs::nobody, [b](context& c) {
      auto about = b->provider.discovery();
      describe_verified(c.home, about);
      return document(about);
    });
  h.page("GET", "/.well-known/ssf-configuration", needs::nobody,
         [b](context&) { return document(b->signals.configuration()); });
  h.machine("POST", "/ssf/poll", [b](http::request& r) { return poll(r, *b); });
  h.page("GET", "/oauth/keys", needs::nobody,
         [b](context&) { return document(b->provider.keys().published()); });
  h.page("POST", "/oauth/par", needs::nobody,
         [b](context& c) { return answer_of(c, b->provider.push(call_of(c)), 201); });
  h.page("POST", "/oauth/token", needs::nobody,
         [b](context& c) { return answer_of(c, b->provider.token(call_of(c))); });
  h.page("POST", "/oauth/device_authorization", needs::nobody,
         [b](context& c) { return answer_of(c, b->provider.device_authorization(call_of(c))); });
  h.page("POST", "/oauth/backchannel", needs::nobody,
         [b](context& c) { return backchannel(c, *b); });
  h.page("POST", "/oauth/introspect", needs::nobody,
         [b](context& c) { return answer_of(c, b->provider.introspect(call_of(c))); });
  h.page("POST", "/oauth/revoke", needs::nobody, [b](context& c) { return revoke(c, *b); });
  for (const char* method : {"GET", "POST"})
    h.page(method, "/oauth/userinfo", needs::nobody,
           [b](context& c) { return userinfo(c, *b); });
}

}  // namespace madang::access
