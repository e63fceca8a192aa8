#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "madang/base/result.hpp"
#include "madang/pki/signing_key.hpp"

// Where the keys of authorities are kept.
namespace madang::pki {

class key_store {
 public:
  virtual ~key_store() = default;
  // Nothing when there is none of this name. Refusals: trust.passphrase_wrong, trust.key_malformed.
  virtual result<std::optional<signing_key>> load(const std::string& id) const = 0;
  // A new one, kept for good when this returns; one of the same name is replaced.
  virtual signing_key make(const std::string& id, algorithm a) const = 0;
};

// Files `<id>.key.pem` in a folder, sealed by a passphrase (signing_key::seal).
std::unique_ptr<key_store> keys_in_folder(const std::filesystem::path& folder,
                                          std::string passphrase);

// A token behind PKCS#11 2.40: keys are made in it, never leave it, and each signature is its own.
// P-256 and P-384. Its objects are labelled with the name of the key.
struct token_plan {
  std::filesystem::path module;  // "/usr/lib/softhsm/libsofthsm2.so"
  std::string token;             // label
  std::string pin;
};
// Refusals: pki.token {why}: the module cannot be loaded, there is no such token, the PIN is wrong.
result<std::unique_ptr<key_store>> keys_in_token(const token_plan& plan);

}  // namespace madang::pki
