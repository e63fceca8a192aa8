// What programs of members ask, with a token of our OpenID provider (scope "exchange"). What they
// get is signed (JWS), so that they can show later what they were told.
#include <algorithm>

#include "madang/platform/client_tls.hpp"
#include "office.hpp"

namespace madang::agreements {
namespace {

http::response said(const json::value& v, int status = 200) {
  return http::json_response(json::print(v), status).with("Cache-Control", "private, no-store");
}

audit::access by_house(house& h) {
  return {audit::system_actor("agreements"),
          h.said("agreements.title"),
          h.said("law.e_government"),
          {}};
}

// What came with a call, for whoever knows tokens.
json::object shown_with(const http::request& r) {
  json::array proofs;
  for (const auto& [name, value] : r.headers)
    if (text::lower_case(name) == "dpop") proofs.emplace_back(value);
  return {{"method", r.method},
          {"path", r.path},
          {"authorization", r.header("authorization")},
          {"proofs", std::move(proofs)},
          {"certificate", text::base64(text::bytes_of(platform::client_certificate_of(r)))}};
}

http::response refused(house& h, http::request& r, const refusal& why) {
  const context c(h, r, context::unknown_person{});
  auto out = http::problem(why, c.explain(why), c.explain(why));
  if (out.status == 401) {
    // RFC 6750 section 3, RFC 9449 section 7.1.
    const std::string error = why.code.starts_with("oauth.") ? why.code.substr(6) : "invalid_token";
    for (const std::string scheme : {"DPoP", "Bearer"})
      out.headers.emplace_back("WWW-Authenticate", scheme + " error=\"" + error + "\"");
  }
  return out.with("Cache-Control", "private, no-store");
}

result<const member*> who(house& h, office& o, const http::request& r) {
  auto shown = shown_with(r);
  shown["scope"] = "exchange";
  auto token = h.hub().ask("access.bearer", by_house(h), json::value(std::move(shown)));
  if (!token) return token.why();
  const auto* m = o.with_client(json::str(*token, "id"));
  if (!m) return refuse(kind::forbidden, "agreement.member");
  return m;
}

result<json::value> body_of(const http::request& r) {
  if (!r.header("content-type").starts_with("application/json"))
    return refuse(kind::unsupported, "request.type");
  auto v = json::parse(r.body);
  if (v && !v->is_object()) return refuse(kind::invalid, "json.type", "/");
  return v;
}

// application/jose: who signed is the house, to whom is the member.
result<http::response> signed_for(house& h, const member& m, json::object what) {
  what["aud"] = m.client;
  auto done = h.hub().ask("access.sign", by_house(h), json::value(std::move(what)));
  if (!done) return done.why();
  return http::text_response(200, std::string(json::str(*done, "jws")), "application/jose")
      .with("Cache-Control", "private, no-store");
}

result<http::response> by_her_token(house& h, office& o, const http::request& r) {
  auto shown = shown_with(r);
  shown["type"] = "mydata";
  auto token = h.hub().ask("access.granted", by_house(h), json::value(std::move(shown)));
  if (!token) return token.why();
  const auto* m = o.with_client(json::str(*token, "id"));
  if (!m) return refuse(kind::forbidden, "agreement.member");
  const auto& details = json::at(*token, "details");
  auto got = o.bundle(*m, std::string(json::str(*token, "name")), &details.get_array());
  if (!got) return got.why();
  return signed_for(h, *m, std::move(*got));
}

json::object line_of(const office& o, const agreement& a) {
  return {{"number", a.number},     {"register", a.reg},
          {"provider", a.provider}, {"items", a.items},
          {"purpose", a.purpose},   {"law", a.law},
          {"state", o.state_of(a)}, {"begins", a.begins.str()},
          {"ends", a.ends.str()},   {"tariff", a.tariff},
          {"note", a.note}};
}

result<http::response> apply(house& h, office& o, const member& m, const http::request& r) {
  auto body = body_of(r);
  if (!body) return body.why();
  application a;
  a.applicant = m.id;
  a.reg = json::str(*body, "register");
  a.purpose = text::trim(json::str(*body, "purpose"));
  a.law = text::trim(json::str(*body, "law"));
  a.renews = json::str(*body, "renews");
  a.ends = date::parse(json::str(*body, "ends"));
  if (const auto& items = json::at(*body, "items"); items.is_array())
    for (const auto& one : items.get_array())
      if (one.is_string()) a.items.emplace_back(one.get_string());
  auto why = by_house(h);
  why.who = audit::system_actor(m.name(h.pack().language()));
  auto made = o.apply(why, a);
  if (!made) return made.why();
  return said(line_of(o, *made), 201);
}

result<http::response> look(house& h, office& o, const member& m, const http::request& r) {
  auto body = body_of(r);
  if (!body) return body.why();
  auto got =
      o.look(m, std::string(json::str(*body, "agreement")), std::string(json::str(*body, "number")),
             std::string(text::trim(json::str(*body, "reference"))));
  if (!got) return got.why();
  return signed_for(h, m, std::move(*got));
}

result<http::response> ask(office& o, const member& m, const http::request& r) {
  auto body = body_of(r);
  if (!body) return body.why();
  const auto until = date::parse(json::str(*body, "until"));
  if (!until) return refuse(kind::invalid, "agreement.until", "until");
  auto p =
      o.ask(m, std::string(json::str(*body, "agreement")), std::string(json::str(*body, "number")),
            std::string(text::trim(json::str(*body, "reference"))), *until);
  if (!p) return p.why();
  return said(json::object{{"bundle", p->bundle}, {"until", p->until.str()}}, 202);
}

}  // namespace

void member_doors(house& h, shared_office o) {
  using act = std::function<result<http::response>(const member&, http::request&)>;
  const auto door = [&](const char* method, const std::string& path, act handle) {
    h.machine(method, "/exchange" + path, [&h, o, handle](http::request& r) {
      auto m = who(h, *o, r);
      auto done = m ? handle(**m, r) : result<http::response>(m.why());
      return done ? std::move(*done) : refused(h, r, done.why());
    });
  };
  door("GET", "/agreements", [o](const member& m, http::request&) {
    json::array out;
    for (const auto& a : o->all())
      if (a.applicant == m.id) out.emplace_back(line_of(*o, a));
    return result<http::response>(said(json::object{{"agreements", std::move(out)}}));
  });
  door("POST", "/agreements",
       [&h, o](const member& m, http::request& r) { return apply(h, *o, m, r); });
  door("POST", "/look", [&h, o](const member& m, http::request& r) { return look(h, *o, m, r); });
  door("POST", "/requests", [o](const member& m, http::request& r) { return ask(*o, m, r); });
  door("GET", "/bundles", [o](const member& m, http::request&) {
    json::array out;
    for (const auto& one : o->bundles(m)) out.emplace_back(one);
    return result<http::response>(said(json::object{{"bundles", std::move(out)}}));
  });
  // A person's own token (RFC 9396, type mydata) names her grant: it is asked what it may now.
  h.machine("GET", "/exchange/mydata", [&h, o](http::request& r) {
    auto done = by_her_token(h, *o, r);
    return done ? std::move(*done) : refused(h, r, done.why());
  });
  door("GET", "/bundles/{bundle}",
       [&h, o](const member& m, http::request& r) -> result<http::response> {
         auto got = o->bundle(m, std::string(r.capture("bundle")));
         if (!got) return got.why();
         return signed_for(h, m, std::move(*got));
       });
}

}  // namespace madang::agreements
