#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/trust/bytes.hpp"

// RSA blind signatures: RSABSSA-SHA384-PSS-Randomized of RFC 9474. Who signs does not see what she
// signs, and cannot tell later which of her signatures a finished one came of; the finished one is
// an ordinary RSASSA-PSS signature (RFC 8017: SHA-384, MGF1 with SHA-384, salt of 48 octets).
//
//   client: prepare (section 4.1), blind (4.2)        -> blinded message
//   signer: blind_sign (4.3)                          -> blind signature
//   client: finalize (4.4)                            -> signature
//   anyone: verify                                       of the prepared message
//
// A key is for this alone and for one purpose: whoever can have one message signed blindly can have
// any. Integers are big-endian octets as long as the modulus.
namespace madang::trust::blind_rsa {

inline constexpr std::size_t randomizer_size = 32, salt_size = 48;
inline constexpr std::size_t longest_modulus = 512;        // octets: 4096 bits

// A public key: freely copied, immutable, used by any number of threads.
class verifier {
 public:
  struct inside;
  explicit verifier(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  // SubjectPublicKeyInfo in DER with rsaEncryption: 2048 to 4096 bits, exponent 65537. Refusal
  // trust.key_malformed.
  static result<verifier> from_der(view spki);
  bytes der() const;
  std::size_t size() const;        // octets of the modulus, and of everything that is exchanged
  // RSASSA-PSS-VERIFY of a prepared message (RFC 8017 section 8.1.2).
  bool verify(view prepared, view signature) const;

  const inside& raw() const { return *in_; }

 private:
  std::shared_ptr<const inside> in_;
};

// A key pair. Copies share one key; the private half is wiped when the last copy goes.
class signer {
 public:
  explicit signer(std::shared_ptr<const verifier::inside> in) : in_(std::move(in)) {}

  static signer generate(int bits = 3072);
  // PEM as trust::seal_private_key makes it. Refusals of open_private_key; trust.key_malformed.
  std::string seal(std::string_view passphrase) const;
  static result<signer> open(std::string_view pem, std::string_view passphrase);

  verifier public_half() const { return verifier(in_); }
  // BlindSign: the same blinded message always gives the same. The private operation is OpenSSL's,
  // blinded against timing, and its result is raised again and compared, so that a fault of the
  // machine gives nothing away. Refusal trust.blinded_malformed: another length, or not below the
  // modulus.
  result<bytes> blind_sign(view blinded) const;

 private:
  std::shared_ptr<const verifier::inside> in_;
};

// ---- the client's half ----
// 32 random octets before the message: PrepareRandomize.
bytes prepare(view message);

struct blinding {
  bytes blinded;                   // goes to the signer
  bytes inverse;                   // stays secret until the signature is finished
};
// Drawn from the operating system's generator.
blinding blind(const verifier& by, view prepared);
// With a salt of 48 octets and the inverse of `factor` given: for vectors of others. Throws
// std::invalid_argument when `factor` has no inverse.
blinding blind_with(const verifier& by, view prepared, view salt, view factor);
// Refusal trust.signature_wrong: what came is no blind signature of it.
result<bytes> finalize(const verifier& by, view prepared, view blind_signature, view inverse);

}  // namespace madang::trust::blind_rsa
