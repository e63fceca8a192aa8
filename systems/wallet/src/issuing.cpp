#include "issuing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace madang::wallet {

std::span<const store::migration> migrations();

namespace {

constexpr const char* pre_authorised = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

std::string hashed(std::string_view secret) { return trust::sha256_hex(secret); }

refusal no(const char* error, std::string field = {}) {
  return refuse(kind::invalid, std::string("vci.") + error, std::move(field));
}

struct offer_row {
  id document, person;
  std::string pin_hash;
  int tries = 0;
  instant expires;
  bool used = false;
};
BOOST_DESCRIBE_STRUCT(offer_row, (), (document, person, pin_hash, tries, expires, used))

std::string_view value_of(const http::pairs& form, std::string_view name) {
  for (const auto& [key, value] : form)
    if (key == name) return value;
  return {};
}

std::string new_pin() {
  const auto octets = trust::random_bytes(8);
  std::uint64_t n = 0;
  for (const auto o : octets) n = n << 8 | o;
  return fmt::format("{:06}", n % 1'000'000);
}

json::array displays(const words& w, const char* member = "name") {
  json::array out;
  for (const auto& [language, text] : w.all())
    out.push_back(json::object{{member, text}, {"locale", language}});
  return out;
}

json::object configuration(const credential_plan& c) {
  json::array claims;
  for (const auto& claim : c.claims)
    claims.push_back(json::object{{"path", json::array{claim.id}},
                                  {"display", displays(claim.label)}});
  return {{"format", "dc+sd-jwt"},
          {"vct", c.type},
          {"scope", "documents"},
          {"cryptographic_binding_methods_supported", json::array{"jwk"}},
          {"credential_signing_alg_values_supported", json::array{"ES256"}},
          {"proof_types_supported",
           json::object{{"jwt", json::object{{"proof_signing_alg_values_supported",
                                              json::array{"ES256", "EdDSA"}}}}}},
          {"credential_metadata",
           json::object{{"display", displays(c.name)}, {"claims", std::move(claims)}}}};
}

}  // namespace

issuing::issuing(platform::house& h, const plan& p, keyholder& keys)
    : house_(h),
      plan_(p),
      keys_(keys),
      db_(h.database("wallet")),
      issuer_(h.chosen().public_url),
      secret_(keys.secret("wallet nonce")) {
  while (issuer_.ends_with('/')) issuer_.pop_back();
  audit::prepare(db_);
  db_.migrate("wallet", migrations());
}

result<issuing::offer> issuing::make_offer(id document, id person) {
  const auto d = house_.documents().find(document, person);
  if (!d) return refuse(kind::not_found, "document.unknown");
  const auto* c = plan_.for_layout(d->layout);
  if (!c) return refuse(kind::conflict, "wallet.not_offered");
  if (d->revoked) return refuse(kind::conflict, "wallet.revoked");
  offer out{random_token(32), new_pin(), {}, {}};
  const instant at = now();
  db_.writing([&](store::write& tx) {
    tx.run("delete from offer where expires < ?1", at);
    tx.run("insert into offer (code_hash, document, person, pin_hash, tries, expires, used) "
           "values (?1, ?2, ?3, ?4, 0, ?5, 0)",
           hashed(out.code), document, person, hashed(out.code + out.pin),
           at.plus(std::chrono::minutes(offer_minutes)));
  });
  const json::object offered{
      {"credential_issuer", issuer_},
      {"credential_configuration_ids", json::array{c->id}},
      {"grants",
       json::object{
           {pre_authorised,
            json::object{{"pre-authorized_code", out.code},
                         {"tx_code", json::object{{"input_mode", "numeric"}, {"length", 6}}},
                         {"authorization_server", issuer_ + "/wallet"}}},
           {"authorization_code", json::object{{"authorization_server", issuer_}}}}}};
  out.offered = json::print(offered);
  out.uri = "openid-credential-offer://?credential_offer=" + http::percent_encode(out.offered);
  return out;
}

json::object issuing::metadata() const {
  json::object all;
  for (const auto& c : plan_.credentials) all[c.id] = configuration(c);
  return {{"credential_issuer", issuer_},
          {"authorization_servers", json::array{issuer_ + "/wallet", issuer_}},
          {"credential_endpoint", issuer_ + "/wallet/credential"},
          {"nonce_endpoint", issuer_ + "/wallet/nonce"},
          {"notification_endpoint", issuer_ + "/wallet/notification"},
          {"batch_credential_issuance", json::object{{"batch_size", plan_.copies}}},
          {"display", displays(house_.said("shell.site"))},
          {"credential_configurations_supported", std::move(all)}};
}

json::object issuing::server_metadata() const {
  const std::string us = issuer_ + "/wallet";
  return {{"issuer", us},
          {"token_endpoint", us + "/token"},
          {"grant_types_supported", json::array{pre_authorised}},
          {"response_types_supported", json::array{}},
          {"token_endpoint_auth_methods_supported", json::array{"none"}},
          {"pre-authorized_grant_anonymous_access_supported", true}};
}

result<json::object> issuing::token(const http::pairs& form) {
  if (value_of(form, "grant_type") != pre_authorised)
    return no("unsupported_grant_type", "grant_type");
  const auto code = value_of(form, "pre-authorized_code");
  if (code.empty() || code.size() > 200) return no("invalid_request", "pre-authorized_code");
  const auto pin = value_of(form, "tx_code");
  if (pin.empty()) return no("invalid_request", "tx_code");
  const std::string token = random_token(32);
  const instant at = now();
  // A wrong guess is kept, so the outcome is told apart from the transaction's.
  auto given = db_.writing([&](store::write& tx) -> std::optional<refusal> {
    const auto o = tx.one<offer_row>("select " + store::columns<offer_row>() +
                                         " from offer where code_hash = ?1",
                                     hashed(code));
    if (!o || o->used || o->expires < at || o->tries >= most_tries)
      return no("invalid_grant", "pre-authorized_code");
    const std::string wrong = hashed(std::string(code) + std::string(pin));
    if (!trust::equal_in_constant_time(trust::view_of(wrong), trust::view_of(o->pin_hash))) {
      tx.run("update offer set tries = tries + 1 where code_hash = ?1", hashed(code));
      return no("invalid_grant", "tx_code");
    }
    tx.run("update offer set used = 1 where code_hash = ?1", hashed(code));
    tx.run("delete from grant_token where expires < ?1", at);
    tx.run("insert into grant_token (token_hash, document, person, copies_left, expires) "
           "values (?1, ?2, ?3, ?4, ?5)",
           hashed(token), o->document, o->person, plan_.copies,
           at.plus(std::chrono::minutes(token_minutes)));
    return {};
  });
  if (given) return *given;
  return json::object{{"access_token", token},
                      {"token_type", "Bearer"},
                      {"expires_in", token_minutes * 60}};
}

// ---- nonces: good for some minutes, wherever they are shown; used ones are remembered ----
std::string issuing::mac_of(std::string_view text) const {
  const auto d = trust::hmac_sha256(secret_, trust::view_of(text));
  return text::base64url(trust::view(d).first(16));
}

json::object issuing::nonce() {
  const auto until = now().plus(std::chrono::minutes(nonce_minutes)).micros / 1'000'000;
  const std::string text = std::to_string(until) + "-" + random_token(16);
  return {{"c_nonce", text + "." + mac_of(text)}};
}

bool issuing::is_nonce(std::string_view nonce) const {
  const auto dot = nonce.rfind('.');
  if (dot == std::string_view::npos || nonce.size() > 200) return false;
  const auto text = nonce.substr(0, dot);
  const std::string mac = mac_of(text);
  if (!trust::equal_in_constant_time(trust::view_of(mac), trust::view_of(nonce.substr(dot + 1))))
    return false;
  return std::stoll(std::string(text.substr(0, text.find('-')))) * 1'000'000 >= now().micros;
}

outcome issuing::spend_nonces(const std::vector<std::string>& nonces) {
  return db_.writing([&](store::write& tx) -> outcome {
    tx.run("delete from spent_nonce where expires < ?1", now());
    for (const auto& n : nonces)
      if (tx.run("insert into spent_nonce (nonce_hash, expires) values (?1, ?2) "
                 "on conflict (nonce_hash) do nothing",
                 hashed(n), now().plus(std::chrono::minutes(nonce_minutes + 1))) == 0)
        return no("invalid_nonce", "nonce");
    return nothing{};
  });
}

// ---- who calls ----
result<issuing::grant> issuing::grant_of(const http::request& r) const {
  const auto bad = refuse(kind::unauthenticated, "vci.invalid_token");
  const auto field = r.header("authorization");
  if (field.starts_with("Bearer ")) {
    const std::string hash = hashed(field.substr(7));
    std::optional<grant> found;
    db_.reading([&](store::read& q) {
      const store::parameter given[] = {hash};
      q.each_row("select document, person, expires from grant_token where token_hash = ?1",
                 given, [&](const store::row& one) {
                   if (one.integer(2) >= now().micros)
                     found = grant{{one.integer(0)}, {one.integer(1)}, "", hash};
                 });
    });
    if (found) return *found;
  }
  // Else it is one of the house's OpenID provider, which knows what it gave.
  json::array proofs;
  for (const auto& [name, value] : r.headers)
    if (text::lower_case(name) == "dpop") proofs.emplace_back(value);
  const audit::access why{audit::system_actor("wallet"), house_.said("purpose.wallet"),
                          house_.said("law.e_government"), ""};
  auto said = house_.hub().ask("access.bearer", why,
                               json::object{{"method", r.method},
                                            {"path", r.path},
                                            {"authorization", field},
                                            {"proofs", std::move(proofs)},
                                            {"scope", "documents"}});
  if (!said) return bad;
  const auto person = id::parse(json::str(*said, "person"));
  if (!person) return bad;
  return grant{{}, *person, json::words_of(json::at(*said, "client"))("en"), ""};
}

}  // namespace madang::wallet
