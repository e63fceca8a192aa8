// Who calls: client authentication (RFC 6749 section 2.3, RFC 7523), DPoP (RFC 9449), and whose
// token it is.
#include <algorithm>

#include "madang/http/message.hpp"
#include "said.hpp"

namespace madang::signon {
namespace {

constexpr int proof_seconds = 60;      // either way from now
constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

refusal not_known() { return refuse(kind::unauthenticated, "oauth.invalid_client"); }
refusal bad_proof(std::string what) {
  return refuse(kind::invalid, "oauth.invalid_dpop_proof", std::move(what));
}

struct credentials {
  std::string id, secret;
};

// RFC 6749 section 2.3.1: both are form-encoded before they are joined.
std::optional<credentials> basic_of(std::string_view field) {
  auto octets = text::from_base64(field);
  if (!octets) return {};
  const std::string plain(text::chars_of(*octets));
  const auto colon = plain.find(':');
  if (colon == std::string::npos) return {};
  auto id = http::percent_decode(std::string_view(plain).substr(0, colon), true);
  auto secret = http::percent_decode(std::string_view(plain).substr(colon + 1), true);
  if (!id || !secret) return {};
  return credentials{*id, *secret};
}

bool secret_fits(const client& c, std::string_view secret) {
  const std::string is = hashed(secret);
  return trust::equal_in_constant_time(text::bytes_of(is), text::bytes_of(c.secret_sha256));
}

// "Bearer x" -> x when the scheme is that, without case.
std::optional<std::string_view> after_scheme(std::string_view field, std::string_view scheme) {
  if (field.size() <= scheme.size() || field[scheme.size()] != ' ') return {};
  if (text::lower_case(field.substr(0, scheme.size())) != text::lower_case(scheme)) return {};
  return text::trim(field.substr(scheme.size() + 1));
}

}  // namespace

bool provider::first_time(std::string_view what, instant until) {
  return db_.writing([&](store::write& tx) {
    tx.run("delete from shown_proof where until < ?1", now());
    return tx.run("insert into shown_proof (hash, until) values (?1, ?2) "
                  "on conflict (hash) do nothing",
                  hashed(what), until) == 1;
  });
}

// One way only: a client that shows two proofs of itself may be two.
result<const client*> provider::authenticate(const call& c) {
  const auto assertion = value_of(c.form, "client_assertion");
  const auto posted = value_of(c.form, "client_secret");
  const auto field = after_scheme(c.authorization, "Basic");
  if (int(!assertion.empty()) + int(!posted.empty()) + int(field.has_value()) > 1)
    return invalid("oauth.invalid_request", "client_secret");
  if (!assertion.empty()) return by_assertion(c, assertion);
  const auto named = value_of(c.form, "client_id");
  if (field) {
    auto said = basic_of(*field);
    const auto* by = said ? find_client(said->id) : nullptr;
    if (!by || by->by != proof::basic || !secret_fits(*by, said->secret) ||
        (!named.empty() && named != by->id))
      return not_known();
    return by;
  }
  const auto* by = find_client(named);
  if (!by) return not_known();
  if (by->by == proof::tls || by->by == proof::self_signed)
    return posted.empty() && by_certificate(c, *by) ? result<const client*>(by) : not_known();
  if (by->by == proof::none && posted.empty()) return by;
  if (by->by != proof::post || posted.empty() || !secret_fits(*by, posted)) return not_known();
  return by;
}

// RFC 8705 section 2: TLS has proven the key; whose it is follows from the registration.
bool provider::by_certificate(const call& c, const client& by) const {
  if (c.certificate.empty()) return false;
  if (by.by == proof::self_signed) {
    const auto is = thumbprint_of(c.certificate);
    return std::ranges::find(by.certificates, is) != by.certificates.end();
  }
  auto holder =
      options_.holder_of ? options_.holder_of(text::bytes_of(c.certificate)) : std::nullopt;
  if (!holder) return false;
  if (!by.tls_subject.empty()) return holder->subject == by.tls_subject;
  return std::ranges::find(holder->dns, by.tls_dns) != holder->dns.end();
}

result<const client*> provider::by_assertion(const call& c, std::string_view assertion) {
  if (value_of(c.form, "client_assertion_type") != assertion_type) return not_known();
  auto m = trust::jose::read(assertion);
  if (!m) return not_known();
  auto parsed = json::parse(text::chars_of(m->payload));
  const auto* by = parsed ? find_client(json::str(*parsed, "iss")) : nullptr;
  if (!by || by->by != proof::key || json::str(*parsed, "sub") != by->id) return not_known();
  if (auto named = value_of(c.form, "client_id"); !named.empty() && named != by->id)
    return not_known();
  const auto* k = trust::jose::choose(by->keys, *m);
  if (!k || !trust::jose::verify(*m, *k)) return not_known();
  trust::jose::expectation wanted{.issuer = by->id, .audience = options_.issuer, .at = now()};
  auto claims = trust::jose::claims(*m, wanted);
  if (!claims) {
    wanted.audience = options_.issuer + "/oauth/token";
    claims = trust::jose::claims(*m, wanted);
  }
  if (!claims) return not_known();
  const auto jti = json::str(*parsed, "jti");
  const auto until = now().plus(std::chrono::hours(1));
  // One that lives longer could be shown again after it was forgotten here.
  if (jti.empty() || json::num(*parsed, "exp") > seconds_of(until) ||
      !first_time(by->id + " " + std::string(jti), until.plus(std::chrono::minutes(5))))
    return not_known();
  return by;
}

// RFC 9449 section 4.3. Empty when there is no proof; the thumbprint of its key when it is good.
result<std::string> provider::proof_key(const call& c, std::string_view token) {
  if (c.proofs.empty()) return std::string();
  if (c.proofs.size() > 1) return bad_proof("DPoP");
  auto m = trust::jose::read(c.proofs.front());
  if (!m || m->type != "dpop+jwt") return bad_proof("typ");
  const json::value header(m->header);
  const auto& key = json::at(header, "jwk");
  if (!json::at(key, "d").is_null()) return bad_proof("jwk");
  auto k = trust::jose::jwk::read(key);
  if (!k || !trust::jose::verify(*m, *k)) return bad_proof("jwk");
  auto parsed = json::parse(text::chars_of(m->payload));
  if (!parsed) return bad_proof("payload");
  const auto jti = json::str(*parsed, "jti");
  auto where = json::str(*parsed, "htu");
  where = where.substr(0, where.find_first_of("?#"));
  if (jti.empty() || jti.size() > 200) return bad_proof("jti");
  if (json::str(*parsed, "htm") != c.method) return bad_proof("htm");
  if (where != options_.issuer + c.path &&
      (options_.tls_base.empty() || where != options_.tls_base + c.path))
    return bad_proof("htu");
  const auto made = json::num(*parsed, "iat"), at = seconds_of(now());
  if (made < at - proof_seconds || made > at + proof_seconds) return bad_proof("iat");
  if (!token.empty() &&
      json::str(*parsed, "ath") != text::base64url(trust::sha256(trust::view_of(token))))
    return bad_proof("ath");
  std::string jkt = k->thumbprint();
  if (!first_time(jkt + " " + std::string(jti), now().plus(std::chrono::minutes(5))))
    return bad_proof("jti");
  return jkt;
}

std::optional<connection> provider::connection_of_token(std::string_view token,
                                                        json::object* claims) {
  auto m = trust::jose::read(token);
  if (!m) return {};
  const auto keys = keys_.verifiers();
  const auto* k = trust::jose::choose(keys, *m);
  if (!k || !trust::jose::verify(*m, *k)) return {};
  auto said = trust::jose::claims(
      *m, {.issuer = options_.issuer, .type = "at+jwt", .at = now(), .leeway_seconds = 0});
  if (!said) return {};
  const json::value all(*said);
  auto key = id::parse(json::str(all, "connection"));
  if (!key) return {};
  auto found = db_.reading([&](store::read& r) {
    return r.one<connection>("select " + store::columns<connection>() +
                             " from connection where key = ?1",
                             *key);
  });
  if (!found || found->ended.micros) return {};
  // What this token may, which can be less than the connection.
  found->scope = json::str(all, "scope");
  if (!found->details.empty()) found = with_details_now(std::move(*found), *said);
  if (found && claims) *claims = std::move(*said);
  return found;
}

result<connection> provider::bearer(const call& c) {
  const auto no = refuse(kind::unauthenticated, "oauth.invalid_token");
  const auto bound = after_scheme(c.authorization, "DPoP");
  const auto plain = after_scheme(c.authorization, "Bearer");
  if (!bound && !plain) return no;
  auto k = connection_of_token(bound ? *bound : *plain, nullptr);
  // A bound token is worth nothing without its key (RFC 9449 section 7.1, RFC 8705 section 3).
  if (!k || k->jkt.empty() == bound.has_value()) return no;
  if (!k->x5t.empty() && (c.certificate.empty() || thumbprint_of(c.certificate) != k->x5t))
    return no;
  if (!bound) return *k;
  auto jkt = proof_key(c, *bound);
  if (!jkt || *jkt != k->jkt) return refuse(kind::unauthenticated, "oauth.invalid_dpop_proof");
  return *k;
}

bool connection::may(std::string_view wanted) const {
  const auto all = words_in(scope);
  return std::ranges::find(all, wanted) != all.end();
}

}  // namespace madang::signon
