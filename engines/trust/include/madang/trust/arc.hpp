#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/trust/bytes.hpp"

// Anonymous rate-limited credentials, ARC(P-256) of draft-yun-cfrg-arc-01 (August 2025): a keyed-
// verification credential (Chase, Meiklejohn, Zaverucha, CCS 2014: MAC_GGM). Who issues it does not
// see what is in it; shown in a context it gives one tag, the same for the same credential and
// context, and nothing else that could be joined with another showing or with the issue.
//
//   client: request (section 4.2.1)                 -> request, secrets
//   server: issuer::respond (4.2.2)                 -> response
//   client: finalize (4.2.3)                        -> credential
//   client: present (4.3.2)                         -> presentation
//   server: issuer::verify (4.3.3)                     its tag
//
// The limit of presentations is one, so the nonce is 0. A message that is not empty is bound into
// the challenge of a presentation, behind the elements: I2OSP(length, 2) || message, which the
// draft does not have; with an empty one everything is as there.
//
// Elements are 33 octets (SEC 1 compressed), scalars 32, big-endian and below the order; whatever
// is written otherwise, off the curve or at infinity is refused. Multiplications by secrets are
// OpenSSL's windowed ones for P-256, in constant time; additions of points, arithmetic modulo the
// order and the time to draw a number are not promised to be.
namespace madang::trust::arc {

inline constexpr std::size_t element_size = 33, scalar_size = 32;
inline constexpr std::size_t public_key_size = 3 * element_size,
                             private_key_size = 4 * scalar_size,
                             request_size = 2 * element_size + 5 * scalar_size,
                             response_size = 6 * element_size + 8 * scalar_size,
                             presentation_size = 4 * element_size + 5 * scalar_size,
                             secrets_size = 4 * scalar_size,
                             credential_size = scalar_size + 3 * element_size,
                             longest_message = 65535;

// P256_XMD:SHA-256_SSWU_RO_ (RFC 9380 section 8.2), as a compressed point. `dst` is 1 to 255
// octets. Not in constant time: what is hashed is public.
bytes hash_to_curve(view message, view dst);
// hash_to_field (RFC 9380 section 5.2) modulo the order, L = 48, expand_message_xmd of SHA-256.
bytes hash_to_scalar(view message, view dst);

// The server's key: X0, X1, X2 for all, x0, x1, x2, x0Blinding for itself. Immutable; copies share.
class issuer {
 public:
  struct inside;
  explicit issuer(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  static issuer generate();
  // x0, x1, x2, x0Blinding. Refusal trust.key_malformed.
  static result<issuer> from_octets(view octets);
  bytes octets() const;
  bytes public_key() const;

  // Refusal trust.request_wrong: malformed, or its proof does not hold. The context is hidden in
  // the request; a credential for another one is refused by verify().
  result<bytes> respond(view request) const;
  // The tag. Refusal trust.presentation_wrong. `nonce` is below the limit that is agreed.
  result<bytes> verify(view request_context, view presentation_context, view presentation,
                       view message = {}, std::uint32_t nonce = 0) const;

 private:
  std::shared_ptr<const inside> in_;
};

// ---- the client's half ----
struct asking {
  bytes request;                   // goes to the server
  bytes secrets;                   // m1, m2, r1, r2: stay
};
asking request(view request_context);
// Refusals trust.key_malformed, trust.response_wrong: what came was not made by this key.
result<bytes> finalize(view public_key, view request, view secrets, view response);
// Refusal trust.credential_wrong.
result<bytes> present(view credential, view presentation_context, view message = {});

}  // namespace madang::trust::arc
