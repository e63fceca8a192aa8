#pragma once
#include <mutex>
#include <string>
#include <vector>

#include "madang/store/store.hpp"
#include "madang/trust/jose.hpp"

namespace madang::signon {

// Keys that sign tokens: a new one every 30 days. It is published a day before it signs, so that
// whoever keeps our keys for a day has it by then, and stays published for 31 days after the next
// has begun. All nodes of a house see the same keys. Safe from many threads.
class keyring {
 public:
  // Makes the first key when there is none. Throws when a key cannot be opened: the passphrase is
  // not the house's.
  keyring(store::database& db, std::string passphrase);
  ~keyring();

  struct signer {
    std::string kid;
    trust::key key;
  };
  signer current(instant at = now());
  // JWK Set (RFC 7517 section 5).
  json::object published(instant at = now());
  std::vector<trust::jose::jwk> verifiers(instant at = now());

 private:
  struct entry {
    std::string kid;
    trust::key key;
    trust::jose::jwk verifier;
    instant created;
  };
  void refresh(instant at);
  void load();
  void add(instant at);
  std::vector<const entry*> shown(instant at) const;

  store::database& db_;
  std::string passphrase_;
  std::mutex mutex_;
  std::vector<entry> keys_;        // oldest first
  instant looked_;
};

}  // namespace madang::signon
