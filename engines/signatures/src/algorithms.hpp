#pragma once
#include <optional>
#include <string>
#include <vector>

#include "der.hpp"
#include "openssl.hpp"

// Digests and signatures by the identifiers that stand in files.
namespace madang::signatures {

// "SHA256" ...; empty for an identifier of no digest. From an AlgorithmIdentifier's content, a
// dotted object identifier, or a URI of XML Signature.
std::string digest_named(const std::string& dotted);
std::string digest_of_uri(std::string_view uri);
std::string uri_of_digest(const std::string& digest);
// AlgorithmIdentifier (RFC 5280 section 4.1.1.2): its object identifier, dotted.
std::string algorithm_of(view identifier);
bytes identifier_of_digest(const std::string& digest);   // AlgorithmIdentifier in DER

// Empty for a digest that OpenSSL does not have.
bytes digest_over(const std::string& digest, std::span<const view> spans);
inline bytes digest_over(const std::string& digest, view all) {
  const view spans[] = {all};
  return digest_over(digest, spans);
}

// "RSA2048", "EC256", "ED25519": what policy::dead calls a key.
std::string key_name(EVP_PKEY* k);

struct signature_method {
  std::string digest;   // empty: the key's own (Ed25519)
  bool pss = false;
  std::string mask_digest;
  int salt = -1;
  const char* key = nullptr;   // "RSA", "EC", "ED25519", "ED448"
};
// What a signatureAlgorithm says; `digest` is used where it says none (rsaEncryption).
std::optional<signature_method> method_of(view identifier, const std::string& digest);
// Does `signature` hold over `data`?
bool holds(EVP_PKEY* k, const signature_method& m, view data, view signature);

}  // namespace madang::signatures
