// The envelope of ACME: addresses, nonces, signatures, accounts.
#include "acme.hpp"

namespace madang::certification {
namespace {

constexpr const char* select_account =
    "select key, thumbprint, jwk, contact, state, admitted, made from acme_account ";

std::optional<acme_account> account_of(registrar& o, const char* where, const auto& value) {
  return o.db.reading([&](store::read& r) {
    return r.one<acme_account>(std::string(select_account) + where, value);
  });
}

int port_of(const packs::pack& pack) {
  const auto port = json::num(json::at(pack.yaml("pki.yaml"), "acme"), "challenge_port", 80);
  return port > 0 && port < 65536 ? static_cast<int>(port) : 80;
}

// A mail address, and nothing that would break a line of a log or a page.
bool is_contact(std::string_view s) {
  return s.starts_with("mailto:") && s.size() <= 254 && s.find('@') != std::string_view::npos &&
         s.find_first_of("\r\n<>\" ,?") == std::string_view::npos;
}

std::string joined_contacts(const json::value& payload, bool& good) {
  std::vector<std::string> all;
  const json::value& list = json::at(payload, "contact");
  if (list.is_array())
    for (const auto& one : list.get_array()) {
      good = good && one.is_string() && is_contact(one.get_string()) && all.size() < 10;
      if (good) all.emplace_back(one.get_string());
    }
  return text::join(all, " ");
}

}  // namespace

acme::acme(office o) : o_(std::move(o)), port_(port_of(o_->home.pack())) {}

// Clients speak to us under the name that they know; a signed address is compared with it.
std::string acme::base(const context& c) const {
  return std::string(c.secure() ? "https://" : "http://") + std::string(c.request.header("host"));
}

std::string acme::address(const context& c, std::string_view what, id key) const {
  return base(c) + "/acme/" + std::string(what) + "/" + key.str();
}

http::response acme::answer(context& c, const json::value& v, int status) {
  auto r = http::json_response(json::print(v), status);
  r.with("Replay-Nonce", nonces_.make());
  r.with("Cache-Control", "no-store");
  r.with("Link", "<" + base(c) + "/acme/directory>;rel=\"index\"");
  return r;
}

// RFC 8555 section 6.7.
http::response acme::problem(context& c, wrong w) {
  auto r = answer(c,
                  json::object{{"type", std::string("urn:ietf:params:acme:error:") + w.type},
                               {"detail", c.say("certification.acme_" + std::string(w.type))},
                               {"status", w.status}},
                  w.status);
  r.content_type = "application/problem+json";
  return r;
}

http::response acme::directory(context& c) {
  const std::string at = base(c) + "/acme/";
  auto r = http::json_response(
      json::print(json::object{{"newNonce", at + "new-nonce"},
                               {"newAccount", at + "new-account"},
                               {"newOrder", at + "new-order"},
                               {"revokeCert", at + "revoke-cert"},
                               {"keyChange", at + "key-change"},
                               {"renewalInfo", at + "renewal-info"},
                               {"meta", json::object{{"website", base(c) + "/certification"},
                                                     {"externalAccountRequired", true}}}}));
  return r.with("Cache-Control", "public, max-age=300");
}

http::response acme::nonce(context& c) {
  auto r = answer(c, json::object{});
  r.body.clear();
  r.content_type = "application/octet-stream";
  r.status = c.request.method == "HEAD" ? 200 : 204;
  return r;
}

std::optional<acme::asked> acme::accept(context& c, bool by_key, http::response& bad) {
  auto no = [&](int status, const char* type) {
    bad = problem(c, {status, type});
    return std::optional<asked>();
  };
  if (!c.request.header("content-type").starts_with("application/jose+json"))
    return no(415, "malformed");
  auto read = pki::read_jws(c.request.body);
  if (!read) return no(400, "malformed");
  asked q;
  q.jws = std::move(*read);
  const json::value& head = q.jws.header;
  const json::value& jwk = json::at(head, "jwk");
  const auto kid = json::str(head, "kid");
  const auto algorithm = json::str(head, "alg");
  if (algorithm != "ES256" && algorithm != "RS256") return no(400, "badSignatureAlgorithm");
  if (jwk.is_null() == kid.empty()) return no(400, "malformed");  // one of both
  if (kid.empty()) {
    if (!by_key) return no(400, "malformed");
    auto key = pki::read_jwk(jwk);
    if (!key) return no(400, "badPublicKey");
    q.key = std::move(*key);
  } else {
    const std::string before = base(c) + "/acme/account/";
    const auto key =
        kid.starts_with(before) ? id::parse(kid.substr(before.size())) : std::optional<id>();
    if (key) q.account = account_of(*o_, "where key = ?1", *key);
    if (!q.account) return no(400, "accountDoesNotExist");
    if (q.account->state != "valid") return no(401, "unauthorized");
    auto own = pki::read_jwk(q.account->jwk);
    if (!own) return no(500, "serverInternal");
    q.key = std::move(*own);
  }
  if (!pki::verify(q.jws, q.key)) return no(403, "unauthorized");
  if (json::str(head, "url") != base(c) + c.request.path) return no(403, "unauthorized");
  if (!nonces_.use(json::str(head, "nonce"))) return no(400, "badNonce");
  if (!q.jws.payload.empty()) {
    auto payload = json::parse(q.jws.payload);
    if (!payload || !payload->is_object()) return no(400, "malformed");
    q.payload = std::move(*payload);
  }
  return q;
}

// ---- accounts ----

json::value acme::shown(const context& c, const acme_account& a) const {
  json::array contact;
  if (!a.contact.empty())
    for (const auto& one : text::split(a.contact, ' ')) contact.emplace_back(one);
  return json::object{
      {"status", a.state}, {"contact", contact}, {"orders", address(c, "orders", a.key)}};
}

// RFC 8555 section 7.3.4: signed with the key that an official gave, over the account's key.
std::optional<program_key> acme::binding(const context& c, const asked& q) {
  auto inner = pki::jws_in(json::at(q.payload, "externalAccountBinding"));
  if (!inner) return {};
  const auto kid = json::str(inner->header, "kid");
  const auto found = program_with(*o_, kid);
  if (!found || found->kind != "server" || !pki::verify_hs256(*inner, found->secret)) return {};
  if (json::str(inner->header, "url") != base(c) + c.request.path) return {};
  auto jwk = json::parse(inner->payload);
  if (!jwk) return {};
  auto key = pki::read_jwk(*jwk);
  if (!key || key->thumbprint != q.key.thumbprint) return {};
  return found;
}

audit::access acme::why(const acme_account& a) const {
  const auto k = o_->db.reading([&](store::read& r) {
    return r.one<program_key>(
        "select " + store::columns<program_key>() + " from program_key where key = ?1", a.admitted);
  });
  auto out = why_of_program(*o_, "ACME", k.value_or(program_key{}));
  out.reference = a.key.str();
  return out;
}

http::response acme::new_account(context& c) {
  http::response bad;
  auto q = accept(c, true, bad);
  if (!q) return bad;
  if (q->account || q->payload.is_null()) return problem(c, {400, "malformed"});
  if (auto there = account_of(*o_, "where thumbprint = ?1", q->key.thumbprint)) {
    if (there->state != "valid") return problem(c, {401, "unauthorized"});
    return answer(c, shown(c, *there)).with("Location", address(c, "account", there->key));
  }
  if (json::flag(q->payload, "onlyReturnExisting")) return problem(c, {400, "accountDoesNotExist"});
  if (json::at(q->payload, "externalAccountBinding").is_null())
    return problem(c, {403, "externalAccountRequired"});
  const auto admitted = binding(c, *q);
  if (!admitted) return problem(c, {403, "unauthorized"});
  bool good = true;
  acme_account a{new_id(),
                 q->key.thumbprint,
                 json::at(q->jws.header, "jwk"),
                 joined_contacts(q->payload, good),
                 "valid",
                 admitted->key,
                 now()};
  if (!good) return problem(c, {400, "invalidContact"});
  const bool bound = o_->db.writing([&](store::write& tx) {
    // One key, one account.
    if (tx.run("update program_key set account = ?2 where key = ?1 and account = 0", admitted->key,
               a.key) == 0)
      return false;
    tx.insert("acme_account", a);
    audit::append(tx, why(a), audit::action::changed, {}, "acme_account", a.key.str(), "new");
    return true;
  });
  if (!bound) return problem(c, {403, "unauthorized"});
  return answer(c, shown(c, a), 201).with("Location", address(c, "account", a.key));
}

http::response acme::account(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  if (q->account->key.str() != c.request.capture("account"))
    return problem(c, {403, "unauthorized"});
  acme_account a = *q->account;
  if (!q->payload.is_null()) {
    bool good = true;
    if (!json::at(q->payload, "contact").is_null()) a.contact = joined_contacts(q->payload, good);
    if (!good) return problem(c, {400, "invalidContact"});
    if (json::str(q->payload, "status") == "deactivated") a.state = "deactivated";
    o_->db.writing([&](store::write& tx) {
      tx.run("update acme_account set contact = ?2, state = ?3 where key = ?1", a.key, a.contact,
             a.state);
      audit::append(tx, why(a), audit::action::changed, {}, "acme_account", a.key.str(), a.state);
    });
  }
  return answer(c, shown(c, a)).with("Location", address(c, "account", a.key));
}

// RFC 8555 section 7.3.5: the new key signs, inside, what the old one signs outside.
http::response acme::change_key(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  auto inner = pki::jws_in(q->payload);
  if (!inner) return problem(c, {400, "malformed"});
  auto key = pki::read_jwk(json::at(inner->header, "jwk"));
  if (!key) return problem(c, {400, "badPublicKey"});
  auto said = json::parse(inner->payload);
  if (!said || !pki::verify(*inner, *key) || !json::at(inner->header, "nonce").is_null() ||
      json::str(inner->header, "url") != json::str(q->jws.header, "url") ||
      json::str(*said, "account") != address(c, "account", q->account->key))
    return problem(c, {400, "malformed"});
  auto old = pki::read_jwk(json::at(*said, "oldKey"));
  if (!old || old->thumbprint != q->account->thumbprint) return problem(c, {400, "malformed"});
  if (auto other = account_of(*o_, "where thumbprint = ?1", key->thumbprint))
    return problem(c, {409, "malformed"}).with("Location", address(c, "account", other->key));
  acme_account a = *q->account;
  a.thumbprint = key->thumbprint;
  a.jwk = json::at(inner->header, "jwk");
  o_->db.writing([&](store::write& tx) {
    tx.run("update acme_account set thumbprint = ?2, jwk = ?3 where key = ?1", a.key, a.thumbprint,
           a.jwk);
    audit::append(tx, why(a), audit::action::changed, {}, "acme_account", a.key.str(), "key");
  });
  return answer(c, shown(c, a)).with("Location", address(c, "account", a.key));
}

void acme_routes(office o) {
  auto& h = o->home;
  const auto all = std::make_shared<acme>(o);
  auto route = [&](const char* method, const char* pattern,
                   http::response (acme::*handle)(context&)) {
    h.page(method, pattern, needs::nobody,
           [all, handle](context& c) { return (all.get()->*handle)(c); });
  };
  route("GET", "/acme/directory", &acme::directory);
  route("GET", "/acme/new-nonce", &acme::nonce);
  route("POST", "/acme/new-account", &acme::new_account);
  route("POST", "/acme/account/{account}", &acme::account);
  route("POST", "/acme/orders/{account}", &acme::orders);
  route("POST", "/acme/new-order", &acme::new_order);
  route("POST", "/acme/order/{order}", &acme::order);
  route("POST", "/acme/order/{order}/finalize", &acme::finalize);
  route("POST", "/acme/authorization/{authorization}", &acme::authorization);
  route("POST", "/acme/challenge/{authorization}", &acme::challenge);
  route("POST", "/acme/certificate/{serial}", &acme::certificate_file);
  route("POST", "/acme/revoke-cert", &acme::revoke);
  route("POST", "/acme/key-change", &acme::change_key);
  route("GET", "/acme/renewal-info/{certificate}", &acme::renewal);
}

}  // namespace madang::certification
