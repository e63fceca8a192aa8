#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/trust/bytes.hpp"

// Keys of the house are all ECDSA over P-256 with SHA-256 (FIPS 186-5): 12 times faster to sign
// than RSA-3072 at the same strength, known to every browser's WebCrypto, 64 octets on paper.
namespace madang::trust {

// A public key: freely copied, immutable, used by any number of threads.
class public_key {
 public:
  struct inside;
  explicit public_key(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  // Uncompressed point of SEC 1 section 2.3.3: 0x04, x, y (65 octets). Refuses a point that is not
  // on the curve: code trust.key_malformed.
  static result<public_key> from_point(view point);
  // SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) in DER; only P-256.
  static result<public_key> from_der(view der);

  bytes point() const;
  bytes der() const;
  // First 8 octets of the SHA-256 of der(): how codes on paper name the key.
  bytes short_id() const;

  // `signature` is r || s, 32 octets each (RFC 9053 section 2.1, RFC 7518 section 3.4).
  bool verify(view message, view signature) const;

  const inside& raw() const { return *in_; }

 private:
  std::shared_ptr<const inside> in_;
};

// A key pair. Copies share one key; the private half is wiped when the last copy goes.
class key {
 public:
  struct inside;
  explicit key(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  static key generate();

  // PEM "CMS" as trust::seal_private_key makes it: PKCS#8 in AES-256-GCM, its key under one that
  // scrypt makes of the passphrase.
  std::string seal(std::string_view passphrase) const;
  // Refusals: trust.key_malformed, trust.passphrase_wrong, trust.key_changed.
  static result<key> open(std::string_view pem, std::string_view passphrase);

  public_key verifier() const;
  // 64 octets, r || s.
  bytes sign(view message) const;
  // The same in DER (ECDSA-Sig-Value of RFC 3279), as X.509 and CMS want it.
  bytes sign_der(view message) const;

  const inside& raw() const { return *in_; }

 private:
  std::shared_ptr<const inside> in_;
};

}  // namespace madang::trust
