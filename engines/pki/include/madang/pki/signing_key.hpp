#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/trust/bytes.hpp"

// Key pairs of authorities and of holders whose key the house makes. P-256 by default, P-384 for
// roots, RSA-2048 for peers that know nothing else.
namespace madang::pki {

enum class algorithm { p256, p384, rsa2048 };

// Copies share one key; the private half is wiped when the last copy goes.
class signing_key {
 public:
  struct inside;
  explicit signing_key(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  static signing_key generate(algorithm a = algorithm::p256);
  // PEM "CMS", as trust::key::seal writes it.
  std::string seal(std::string_view passphrase) const;
  // Refusals: trust.key_malformed, trust.passphrase_wrong, trust.key_changed.
  static result<signing_key> open(std::string_view pem, std::string_view passphrase);

  trust::bytes public_der() const;  // SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7)
  const inside& raw() const { return *in_; }

 private:
  std::shared_ptr<const inside> in_;
};

// PKCS#12 (RFC 7292) with the key, its certificate and those above it, under PBES2 with AES-256 and
// an HMAC of SHA-256: what a browser, a mail program and a phone read in.
trust::bytes pkcs12(const signing_key& key, const trust::bytes& certificate,
                    const std::vector<trust::bytes>& above, const std::string& name,
                    const std::string& passphrase);

// PEM "ENCRYPTED PRIVATE KEY", for other programs: PKCS#8 (RFC 5958) under PBES2 with scrypt (RFC
// 7914, N = 2^14, r = 8, p = 1) and AES-256-CBC, the strongest of it that they read. Such a file
// does not show whether it was changed.
std::string pkcs8(const signing_key& key, std::string_view passphrase);

struct held_key {
  signing_key key;
  trust::bytes certificate;  // empty: none in the file
};
// Reads such a file, 64 KiB at most. Refusals: trust.key_malformed, trust.passphrase_wrong.
result<held_key> open_pkcs12(trust::view file, const std::string& passphrase);

// What a certification request (PKCS#10, RFC 2986) asks for, in DER or PEM, 64 KiB at most. That
// its holder has the key has been checked by its signature. Names in it are wishes: what a
// certificate says follows from its profile and from who asks, never from here, except that names
// of servers are compared with what was allowed.
struct certification_request {
  trust::bytes key;  // SubjectPublicKeyInfo
  std::string common_name;
  std::vector<std::string> dns;  // subjectAltName, lower case
};
// Refusals: pki.request_malformed, pki.request_signature.
result<certification_request> read_request(trust::view der_or_pem);

}  // namespace madang::pki
