#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/store/store.hpp"
#include "madang/trust/bytes.hpp"
#include "madang/trust/jose.hpp"

// Passkeys: Web Authentication Level 2, the relying party's side (sections 7.1 and 7.2).
//
// Credentials are discoverable and always verify their user, so that a passkey alone is two
// factors. Attestation is not asked for: what make an authenticator is decides nothing here, and
// asking would name the person's device. ES256, EdDSA and RS256.
namespace madang::signon {

struct passkey {
  std::string credential;          // base64url of the credential id
  id person;
  std::string label;               // as its holder calls it
  instant created, used;           // used: 0: never
  bool synced = false;             // kept by more than one device (flag BS)
};

// What authenticators wrote. Refusal passkey.malformed.
struct authenticator_data {
  trust::bytes relying_party_hash;
  bool present = false, verified = false, synced = false;
  std::int64_t count = 0;
  trust::bytes credential;         // of a registration
  std::optional<trust::jose::jwk> key;
};
result<authenticator_data> read_authenticator_data(trust::view data);

// All values base64url, as the browser gave them.
struct registration {
  std::string client_data, attestation;
};
struct assertion {
  std::string credential, client_data, authenticator_data, signature, user_handle;
};

class passkeys {
 public:
  // `origin`: "https://gov.example"; the relying party is its host. The provider has made the
  // tables.
  passkeys(store::database& db, std::string origin);

  // PublicKeyCredentialCreationOptions and ...RequestOptions as JSON (WebAuthn Level 3, section
  // 5.1.8: octets are base64url). Their challenge is good once, for five minutes.
  json::object creation_options(id person, std::string_view name, std::string_view display);
  json::object request_options();

  // Refusals: passkey.malformed, passkey.challenge (used, too old, another's), passkey.origin,
  // passkey.not_verified, passkey.key, passkey.known, passkey.label, passkey.too_many.
  outcome add(const audit::access& why, id person, const registration& r, std::string_view label);
  // Whose it is. Refusals as above, passkey.unknown, passkey.signature, passkey.copied (its counter
  // went back: there are two of it).
  result<passkey> use(const assertion& a);

  std::vector<passkey> of_person(id person);
  outcome rename(const audit::access& why, id person, std::string_view credential,
                 std::string_view label);
  // `other_ways`: she can come in without any passkey. Refusals passkey.unknown, passkey.last.
  outcome remove(const audit::access& why, id person, std::string_view credential,
                 bool other_ways);

 private:
  std::string new_challenge(std::string_view use, id person);
  outcome spend(std::string_view challenge, std::string_view use, id person);
  result<std::string> client_data(std::string_view encoded, std::string_view type,
                                  std::string_view use, id person);
  std::string handle_of(id person);

  store::database& db_;
  std::string origin_, host_;
};

}  // namespace madang::signon
