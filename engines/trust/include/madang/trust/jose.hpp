#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/json.hpp"
#include "madang/base/result.hpp"
#include "madang/base/time.hpp"
#include "madang/trust/bytes.hpp"
#include "madang/trust/cbor.hpp"
#include "madang/trust/key.hpp"

// JOSE: JWK (RFC 7517), thumbprints (RFC 7638), JWS in compact form (RFC 7515), JWT (RFC 7519) as
// RFC 8725 wants it read. We sign ES256 only; others may bring ES256, EdDSA, RS256 or PS256.
//
// Which algorithm is used is the key's to say, never the message's alone: a key of one kind does
// not verify another's, "none" and shared secrets (HS256) do not exist here, and a header with
// "crit" or "b64" is refused. Base64url has one form only: no padding, no other characters, no bits
// left over.
namespace madang::trust::jose {

enum class algorithm { es256, eddsa, rs256, ps256 };
std::string_view name_of(algorithm a);                       // "ES256"
std::optional<algorithm> algorithm_of(std::string_view name);

// Exactly what base64url() writes, read back (RFC 4648 section 5, RFC 7515 section 2).
std::optional<bytes> from_base64url(std::string_view s);

// A public key of anybody. Freely copied, immutable.
class jwk {
 public:
  struct inside;
  explicit jwk(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  // Private members are ignored. Refused with jose.key: an unknown kind (EC P-256, OKP Ed25519, RSA
  // of 2048 to 8192 bits), a point off the curve, an even or small exponent, a modulus with the
  // fingerprint of ROCA (CVE-2017-15361), a "use" other than "sig", "key_ops" without "verify", an
  // "alg" that the kind of key cannot do.
  static result<jwk> read(const json::value& v);
  static jwk of(const public_key& k, std::string key_id = {});
  // COSE_Key (RFC 9053) of an authenticator: ES256, EdDSA or RS256. Refusal jose.key.
  static result<jwk> from_cose(const cbor::value& v);

  // Only what is public, with "kid", "alg" and "use".
  json::object write() const;
  // SHA-256 of RFC 7638 section 3, base64url.
  std::string thumbprint() const;
  const std::string& key_id() const;                         // empty: has none
  bool can(algorithm a) const;
  // `signature` as JWS has it: r || s for ES256.
  bool verify(algorithm a, view message, view signature) const;

 private:
  std::shared_ptr<const inside> in_;
};

// ECDSA-Sig-Value (RFC 3279), as authenticators write it, to r || s. Nothing when it is none.
std::optional<bytes> raw_signature(view der);

// A JWK Set. Unknown kinds of keys are left out (RFC 7517 section 5); one key id twice or a shared
// secret among them refuses the whole: jose.key_set. 64 keys at most.
result<std::vector<jwk>> read_set(const json::value& v);

// A message whose form is right; nothing is verified yet.
struct message {
  json::object header;
  trust::jose::algorithm algorithm = algorithm::es256;
  std::string key_id, type;        // kid, typ
  bytes payload, signature;
  std::string signed_text;         // header.payload, as it came
};

inline constexpr std::size_t longest = 16 * 1024;            // octets of a compact JWS

// Refusals: jose.malformed, jose.algorithm, jose.critical, jose.too_large.
result<message> read(std::string_view compact);
bool verify(const message& m, const jwk& k);
// The key of a set that the header means: by its id, or the only one that can. Null: none, or it is
// ambiguous.
const jwk* choose(const std::vector<jwk>& keys, const message& m);

// {"alg": "ES256", "typ": type, "kid": key_id} and what else the header shall say.
std::string sign(const key& k, std::string_view key_id, std::string_view type,
                 std::string_view payload, json::object more = {});

// ---- JWT ----
struct expectation {
  std::string issuer = {};         // empty: not looked at
  std::string audience = {};       // empty: not looked at
  std::string type = {};           // typ, without case and without "application/"; empty: any
  instant at = {};
  int leeway_seconds = 30;
  bool must_expire = true;
};
// The claims of a message whose signature was verified. Refusals: jwt.malformed (not an object, a
// time that is no number), jwt.type, jwt.issuer, jwt.audience, jwt.expired, jwt.early.
result<json::object> claims(const message& m, const expectation& wanted);

}  // namespace madang::trust::jose
