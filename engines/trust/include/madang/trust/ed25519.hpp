#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/trust/bytes.hpp"

// Ed25519 (RFC 8032), which the notes of transparency logs and their witnesses are signed with.
// Certificates and documents of the house are P-256 (key.hpp); these keys sign nothing but logs.
namespace madang::trust {

// A public key: freely copied, immutable, used by any number of threads.
class ed25519_public_key {
 public:
  struct inside;
  explicit ed25519_public_key(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  // 32 octets of RFC 8032 section 5.1.2; refusal trust.key_malformed for another length. Whether
  // they are a point is seen when something is verified: nothing is, if they are not.
  static result<ed25519_public_key> from_raw(view raw);
  bytes raw() const;
  bool verify(view message, view signature) const;   // of 64 octets; any other length is false

 private:
  std::shared_ptr<const inside> in_;
};

// A key pair. Copies share one key.
class ed25519_key {
 public:
  struct inside;
  explicit ed25519_key(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  static ed25519_key generate();
  static result<ed25519_key> from_seed(view seed);   // 32 octets; trust.key_malformed

  // PEM "CMS", as trust::key::seal makes it, with the object identifier of RFC 8410.
  // Refusals of open: trust.key_malformed, trust.passphrase_wrong, trust.key_changed.
  std::string seal(std::string_view passphrase) const;
  static result<ed25519_key> open(std::string_view pem, std::string_view passphrase);

  // The key in that file (mode 0600), made and on disk before it is returned when there is none.
  // Throws std::filesystem::filesystem_error when the file cannot be read or written.
  static result<ed25519_key> load_or_make(const std::filesystem::path& file,
                                          std::string_view passphrase);

  ed25519_public_key verifier() const;
  bytes sign(view message) const;                    // 64 octets

 private:
  std::shared_ptr<const inside> in_;
};

}  // namespace madang::trust
