#pragma once
#include <string>
#include <string_view>

#include "madang/base/text.hpp"
#include "madang/signon/provider.hpp"
#include "madang/trust/bytes.hpp"

// What the sources of the provider share.
namespace madang::signon {

BOOST_DESCRIBE_STRUCT(request, (),
                      (client, redirect_uri, state, scope, nonce, challenge, jkt, prompt, claims,
                       details, max_age, level, pushed, asked))
BOOST_DESCRIBE_STRUCT(connection, (),
                      (key, client, person, scope, sid, authenticated, acr, amr, jkt, nonce, begun,
                       ended, claims, x5t, details, details_name))

inline constexpr std::string_view ticket_prefix = "urn:ietf:params:oauth:request_uri:";

inline constexpr std::string_view device_grant = "urn:ietf:params:oauth:grant-type:device_code";
inline constexpr std::string_view ciba_grant = "urn:openid:params:grant-type:ciba";

inline std::string hashed(std::string_view secret) {
  return text::hex(trust::sha256(text::bytes_of(secret)));
}

// x5t#S256 of a certificate in DER (RFC 8705 section 3.1).
inline std::string thumbprint_of(std::string_view der) {
  return text::base64url(trust::sha256(text::bytes_of(der)));
}

// The value of a parameter; nothing when it is absent.
inline std::string_view value_of(const parameters& p, std::string_view name) {
  for (const auto& [key, value] : p)
    if (key == name) return value;
  return {};
}

inline refusal invalid(std::string error, std::string parameter = {}) {
  return refuse(kind::invalid, std::move(error), std::move(parameter));
}

inline std::int64_t seconds_of(instant t) { return t.micros / 1'000'000; }

// Words of a list that is written with blanks (RFC 6749 section 3.3), each once, in their order.
std::vector<std::string> words_in(std::string_view list);

// The name of a parameter that came twice, which none may (RFC 6749 section 3.1).
std::optional<std::string> twice(const parameters& p);

// Any of the values will do (OpenID Connect Core section 3.1.2.1), so the least that we know.
int least_level(std::string_view acr_values);

// The certificate that this client's tokens are bound to (RFC 8705 section 3); empty: to none.
std::string x5t_of(const call& c, const client& by);
// What the tokens of a connection are bound to from now on.
void bind_tokens(store::write& tx, connection& k, const std::string& jkt, const std::string& x5t);

// Nothing: it has ended, or there was none.
std::optional<connection> living(store::read& r, id key);

}  // namespace madang::signon
