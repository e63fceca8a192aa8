// The token endpoint, introspection and revocation.
#include <algorithm>

#include "said.hpp"

namespace madang::signon {
namespace {

struct code_row {
  id connection;
  std::string redirect_uri, challenge;
  instant expires, used;
};
BOOST_DESCRIBE_STRUCT(code_row, (), (connection, redirect_uri, challenge, expires, used))
struct refresh_row {
  id connection;
  instant expires, used;
};
BOOST_DESCRIBE_STRUCT(refresh_row, (), (connection, expires, used))

// RFC 7636 section 4.1 and 4.6.
bool verifier_fits(std::string_view verifier, std::string_view challenge) {
  if (verifier.size() < 43 || verifier.size() > 128) return false;
  const auto is = text::base64url(trust::sha256(trust::view_of(verifier)));
  return trust::equal_in_constant_time(text::bytes_of(is), text::bytes_of(challenge));
}

refusal bad_grant(std::string parameter) {
  return invalid("oauth.invalid_grant", std::move(parameter));
}

// A decision that also changed something: it is kept, so it is no refusal within the transaction.
struct turn {
  std::optional<connection> good;
  std::string wrong, refresh;
};

// Whose a code or refresh token is, before it is judged.
std::optional<connection> of_secret(store::database& db, const std::string& table,
                                    const std::string& hash) {
  return db.reading([&](store::read& r) -> std::optional<connection> {
    auto key = r.one<id>("select connection from " + table + " where hash = ?1", hash);
    return key ? living(r, *key) : std::nullopt;
  });
}

}  // namespace

std::string x5t_of(const call& c, const client& by) {
  return by.binds_certificate ? thumbprint_of(c.certificate) : std::string();
}

void bind_tokens(store::write& tx, connection& k, const std::string& jkt, const std::string& x5t) {
  k.jkt = jkt;
  k.x5t = x5t;
  tx.run("update connection set jkt = ?1, x5t = ?2 where key = ?3", jkt, x5t, k.key);
}

std::optional<connection> living(store::read& r, id key) {
  auto k = r.one<connection>("select " + store::columns<connection>() +
                             " from connection where key = ?1",
                             key);
  return k && !k->ended.micros ? k : std::nullopt;
}

result<json::object> provider::token(const call& c) {
  if (auto name = twice(c.form)) return invalid("oauth.invalid_request", *name);
  auto by = authenticate(c);
  if (!by) return by.why();
  auto jkt = proof_key(c, {});
  if (!jkt) return jkt.why();
  if ((*by)->binds && jkt->empty()) return invalid("oauth.invalid_dpop_proof", "DPoP");
  if ((*by)->binds_certificate && c.certificate.empty())
    return invalid("oauth.invalid_request", "client_certificate");
  const auto type = value_of(c.form, "grant_type");
  if (type == "authorization_code") return by_code(c, **by, *jkt);
  if (type == "refresh_token") return by_refresh(c, **by, *jkt);
  // Nothing was granted on the other ways, so anything is more.
  if (!value_of(c.form, "authorization_details").empty())
    return invalid("oauth.invalid_authorization_details", "authorization_details");
  if (type == "client_credentials") return by_credentials(c, **by, *jkt);
  if (type == device_grant) return by_decoupled(c, **by, *jkt, true);
  if (type == ciba_grant) return by_decoupled(c, **by, *jkt, false);
  return invalid(type.empty() ? "oauth.invalid_request" : "oauth.unsupported_grant_type",
                 "grant_type");
}

result<json::object> provider::by_code(const call& c, const client& by, const std::string& jkt) {
  const std::string hash = hashed(value_of(c.form, "code"));
  const auto details = details_for(c, by, of_secret(db_, "authorization_code", hash));
  const turn t = db_.writing([&](store::write& tx) -> turn {
    auto code = tx.one<code_row>("select " + store::columns<code_row>() +
                                 " from authorization_code where hash = ?1",
                                 hash);
    auto k = code ? living(tx, code->connection) : std::nullopt;
    if (!k || k->client != by.id) return {{}, "code", {}};
    if (code->used.micros) {
      // Somebody has it a second time: what the first got is taken back (RFC 6749 section 4.1.2).
      end(tx, *k, "policy");
      return {{}, "code", {}};
    }
    if (now() >= code->expires) return {{}, "code", {}};
    if (code->redirect_uri != value_of(c.form, "redirect_uri")) return {{}, "redirect_uri", {}};
    if (!verifier_fits(value_of(c.form, "code_verifier"), code->challenge))
      return {{}, "code_verifier", {}};
    if (!k->jkt.empty() && k->jkt != jkt) return {{}, "DPoP", {}};
    if (details.over) {
      end(tx, *k, "user");
      return {{}, "code", {}};
    }
    if (details.wrong) return {{}, "authorization_details", {}};
    k->details = details.details;
    bind_tokens(tx, *k, jkt, x5t_of(c, by));
    tx.run("update authorization_code set used = ?1 where hash = ?2", now(), hash);
    return {k, {}, by.lasts ? new_refresh(tx, *k) : std::string()};
  });
  if (t.wrong == "authorization_details") return *details.wrong;
  if (!t.good) return bad_grant(t.wrong);
  return tokens_for(by, *t.good, t.good->scope, t.refresh);
}

result<json::object> provider::by_refresh(const call& c, const client& by,
                                          const std::string& jkt) {
  const std::string hash = hashed(value_of(c.form, "refresh_token"));
  std::string scope;
  const auto details = details_for(c, by, of_secret(db_, "refresh_token", hash));
  const turn t = db_.writing([&](store::write& tx) -> turn {
    auto row = tx.one<refresh_row>("select " + store::columns<refresh_row>() +
                                   " from refresh_token where hash = ?1",
                                   hash);
    auto k = row ? living(tx, row->connection) : std::nullopt;
    if (!k || k->client != by.id) return {{}, "refresh_token", {}};
    if (row->used.micros) {
      // A stolen one or its owner: which of the two comes second cannot be known (RFC 9700, 4.14).
      end(tx, *k, "policy");
      return {{}, "refresh_token", {}};
    }
    if (now() >= row->expires) return {{}, "refresh_token", {}};
    if (k->jkt != jkt) return {{}, "DPoP", {}};
    // A client that proves itself otherwise may have a new certificate by now; another may not
    // (RFC 8705 section 4).
    const auto x5t = x5t_of(c, by);
    if (by.by == proof::none && k->x5t != x5t) return {{}, "client_certificate", {}};
    bind_tokens(tx, *k, jkt, x5t);
    scope = k->scope;
    if (auto less = words_in(value_of(c.form, "scope")); !less.empty()) {
      for (const auto& one : less)
        if (!k->may(one)) return {{}, "scope", {}};
      scope = text::join(less, " ");
    }
    if (details.over) {
      end(tx, *k, "user");
      return {{}, "refresh_token", {}};
    }
    if (details.wrong) return {{}, "authorization_details", {}};
    k->details = details.details;
    tx.run("update refresh_token set used = ?1 where hash = ?2", now(), hash);
    return {k, {}, new_refresh(tx, *k)};
  });
  if (t.wrong == "authorization_details") return *details.wrong;
  if (t.wrong == "scope") return invalid("oauth.invalid_scope", "scope");
  if (!t.good) return bad_grant(t.wrong);
  return tokens_for(by, *t.good, scope, t.refresh);
}

// RFC 6749 section 4.4: for programs that act for themselves.
result<json::object> provider::by_credentials(const call& c, const client& by,
                                              const std::string& jkt) {
  std::vector<std::string> scopes = by.own_scopes();
  if (scopes.empty()) return invalid("oauth.unauthorized_client", "grant_type");
  if (auto asked = words_in(value_of(c.form, "scope")); !asked.empty()) {
    for (const auto& one : asked)
      if (std::ranges::find(scopes, one) == scopes.end())
        return invalid("oauth.invalid_scope", "scope");
    scopes = std::move(asked);
  }
  connection k;
  k.key = new_id();
  k.client = by.id;
  k.scope = text::join(scopes, " ");
  k.jkt = jkt;
  k.x5t = x5t_of(c, by);
  k.begun = k.authenticated = now();
  db_.writing([&](store::write& tx) {
    // Their tokens live five minutes, so what is older is nobody's.
    tx.run("delete from connection where client = ?1 and person = 0 and begun < ?2", by.id,
           now().plus(-std::chrono::hours(1)));
    tx.insert("connection", k);
  });
  return tokens_for(by, k, k.scope, {});
}

// Turning one does not lengthen it: the sign-on ends some day, however often it is used.
std::string provider::new_refresh(store::write& tx, const connection& k) {
  std::string made = random_token(32);
  tx.run("insert into refresh_token (hash, connection, expires, used) values (?1, ?2, ?3, 0)",
         hashed(made), k.key, k.begun.plus(std::chrono::hours(24 * options_.refresh_days)));
  return made;
}

namespace {

// The left half of a hash, as an ID token binds what comes with it (OpenID Connect Core 3.1.3.6).
std::string half_hash(std::string_view token) {
  const auto all = trust::sha256(text::bytes_of(token));
  return text::base64url(trust::view(all).first(all.size() / 2));
}

}  // namespace

json::object provider::tokens_for(const client& by, const connection& k, std::string_view scope,
                                  const std::string& refresh, std::string_view auth_req_id) {
  const auto at = now();
  // A program speaks for itself (RFC 9068 section 2.2).
  const auto subject = k.person ? subject_of(by, k.person) : by.id;
  const auto signer = keys_.current(at);
  const int life = options_.access_minutes * 60;
  json::object access{{"iss", options_.issuer},
                      {"sub", subject},
                      {"aud", options_.issuer},
                      {"client_id", by.id},
                      {"iat", seconds_of(at)},
                      {"exp", seconds_of(at) + life},
                      {"jti", random_token(12)},
                      {"connection", k.key.str()}};
  json::object bound;
  if (!k.jkt.empty()) bound["jkt"] = k.jkt;
  if (!k.x5t.empty()) bound["x5t#S256"] = k.x5t;
  if (!bound.empty()) access["cnf"] = std::move(bound);
  if (!scope.empty()) access["scope"] = scope;
  // RFC 9396 sections 7 and 9.1.
  const auto details = k.details.empty() ? json::value() : json::parse(k.details).value();
  if (!k.details.empty()) access["authorization_details"] = details;
  json::object out{
      {"access_token", trust::jose::sign(signer.key, signer.kid, "at+jwt", json::print(access))},
      {"token_type", k.jkt.empty() ? "Bearer" : "DPoP"},
      {"expires_in", life}};
  if (!scope.empty()) out["scope"] = scope;
  if (!k.details.empty()) out["authorization_details"] = details;
  if (!refresh.empty()) out["refresh_token"] = refresh;
  if (!k.person || !k.may("openid")) return out;
  json::array methods;
  for (const auto& one : words_in(k.amr)) methods.emplace_back(one);
  json::object claims{{"iss", options_.issuer},
                      {"sub", subject},
                      {"aud", by.id},
                      {"iat", seconds_of(at)},
                      {"exp", seconds_of(at) + life},
                      {"auth_time", seconds_of(k.authenticated)},
                      {"acr", k.acr},
                      {"amr", std::move(methods)},
                      {"sid", k.sid}};
  if (!k.nonce.empty()) claims["nonce"] = k.nonce;
  if (!auth_req_id.empty()) {
    // CIBA section 10.3.1: nobody fetches them, so one of them says that they belong together.
    claims["urn:openid:params:jwt:claim:auth_req_id"] = auth_req_id;
    claims["at_hash"] = half_hash(std::string_view(out["access_token"].get_string()));
    if (!refresh.empty()) claims["urn:openid:params:jwt:claim:rt_hash"] = half_hash(refresh);
  }
  out["id_token"] = trust::jose::sign(signer.key, signer.kid, "JWT", json::print(claims));
  return out;
}

std::string provider::subject_of(store::write& tx, const client& c, id person) {
  auto known = tx.one<std::string>(
      "select subject from subject_name where sector = ?1 and person = ?2", c.sector, person);
  if (known) return *known;
  const std::string drawn = random_token(18);
  tx.run("insert into subject_name (sector, person, subject) values (?1, ?2, ?3) "
         "on conflict (sector, person) do nothing",
         c.sector, person, drawn);
  return tx.one<std::string>("select subject from subject_name where sector = ?1 and person = ?2",
                             c.sector, person)
      .value();
}

std::string provider::subject_of(const client& c, id person) {
  auto known = db_.reading([&](store::read& r) {
    return r.one<std::string>("select subject from subject_name where sector = ?1 and person = ?2",
                              c.sector, person);
  });
  if (known) return *known;
  return db_.writing([&](store::write& tx) { return subject_of(tx, c, person); });
}

std::optional<id> provider::person_of(const client& c, std::string_view subject) {
  return db_.reading([&](store::read& r) {
    return r.one<id>("select person from subject_name where sector = ?1 and subject = ?2",
                     c.sector, subject);
  });
}

result<json::object> provider::introspect(const call& c) {
  auto by = authenticate(c);
  if (!by) return by.why();
  if ((*by)->by == proof::none) return refuse(kind::unauthenticated, "oauth.invalid_client");
  json::object claims;
  auto k = connection_of_token(value_of(c.form, "token"), &claims);
  // Another's token is none to who may not look at those of others (RFC 7662 section 2.2).
  if (!k || (k->client != (*by)->id && !(*by)->inspects)) return json::object{{"active", false}};
  claims.erase("connection");
  claims["active"] = true;
  claims["token_type"] = k->jkt.empty() ? "Bearer" : "DPoP";
  return claims;
}

outcome provider::revoke(const call& c) {
  auto by = authenticate(c);
  if (!by) return by.why();
  const auto token = value_of(c.form, "token");
  if (token.empty()) return invalid("oauth.invalid_request", "token");
  auto k = connection_of_token(token, nullptr);
  db_.writing([&](store::write& tx) {
    if (!k) {
      auto row = tx.one<refresh_row>("select " + store::columns<refresh_row>() +
                                     " from refresh_token where hash = ?1",
                                     hashed(token));
      if (row) k = living(tx, row->connection);
    }
    if (k && k->client == (*by)->id) end(tx, *k, "user");
  });
  return nothing{};
}

}  // namespace madang::signon
