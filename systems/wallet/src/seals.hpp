#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "madang/platform/house.hpp"
#include "madang/trust/hierarchy.hpp"
#include "madang/trust/jose.hpp"

namespace madang::wallet {

// The seals of agencies, the same that their papers bear: what signs a credential is what would
// seal its paper.
class keyholder {
 public:
  explicit keyholder(const platform::house& h);

  // Throws std::runtime_error when the key cannot be opened.
  std::shared_ptr<const trust::signer> of(const words& seal) const;
  // All seals there are or were and that nobody took back, as keys of JOSE, named as their
  // credentials name them. Credentials carry no certificates, so that one fits into a code that a
  // camera reads; their issuer's keys are published (SD-JWT VC section 5).
  std::vector<trust::jose::jwk> published() const;
  // The key of a credential's issuer by its name. Refusal wallet.issuer.
  result<trust::jose::jwk> believed(std::string_view key_id) const;

  static std::string key_id(const trust::public_key& k);
  static json::object header_of(const trust::signer& s);        // x5c
  trust::bytes secret(std::string_view use) const;              // of this house, for one use

 private:
  std::string passphrase_;
  std::shared_ptr<trust::hierarchy> hierarchy_;
  mutable std::mutex mutex_;
  mutable std::vector<trust::jose::jwk> known_;
  mutable instant looked_;
};

}  // namespace madang::wallet
