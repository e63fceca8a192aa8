#pragma once
#include <string>
#include <string_view>

#include "madang/base/json.hpp"
#include "madang/trust/bytes.hpp"

// The little of JOSE that ACME needs (RFC 8555 section 6.2): flattened JSON serialisation of a JWS
// (RFC 7515 section 7.2.2), signed with ES256 or RS256, or with HS256 for a binding to an account
// elsewhere.
namespace madang::pki {

struct jws {
  json::value header;       // protected; there may be no other
  std::string payload;      // decoded; empty for POST-as-GET
  std::string signed_text;  // what the signature is over
  trust::bytes signature;
};
// 256 KiB at most. Refusals: pki.jws (not that form, an unprotected header, twice "alg" ...).
result<jws> read_jws(std::string_view text);
result<jws> jws_in(const json::value& v);

struct web_key {
  trust::bytes public_der;  // SubjectPublicKeyInfo
  std::string thumbprint;   // RFC 7638 with SHA-256, base64url
  std::string algorithm;    // the only one it is used with: "ES256" or "RS256"
};
// EC on P-256, or RSA of 2048 to 4096 bits. Refusal pki.jwk.
result<web_key> read_jwk(const json::value& jwk);

// The header must name the key's own algorithm.
bool verify(const jws& j, const web_key& key);
bool verify_hs256(const jws& j, trust::view secret);

}  // namespace madang::pki
