#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/credentials/sd_jwt.hpp"
#include "madang/http/message.hpp"
#include "madang/platform/house.hpp"
#include "plan.hpp"
#include "seals.hpp"

namespace madang::wallet {

// The issuer of OpenID4VCI 1.0, without pages. Refusals have codes "vci.<error>", where <error> is
// the word of the standard (or of RFC 6749 and 6750), and name what it is about.
class issuing {
 public:
  issuing(platform::house& h, const plan& p, keyholder& keys);

  static constexpr int offer_minutes = 10, token_minutes = 10, nonce_minutes = 5, most_tries = 5;
  const std::string& issuer() const { return issuer_; }

  // ---- the holder asks on the page of her document ----
  struct offer {
    std::string code, pin;         // pre-authorised code; transaction code of 6 digits
    std::string uri;               // openid-credential-offer://?credential_offer=...
    std::string offered;           // credential_offer as JSON
  };
  // Refusals: document.unknown, wallet.not_offered (no credential is made of it), wallet.revoked.
  result<offer> make_offer(id document, id person);

  // ---- what wallets call ----
  json::object metadata() const;                    // /.well-known/openid-credential-issuer
  json::object server_metadata() const;             // of the authorization server for offers
  result<json::object> token(const http::pairs& form);
  json::object nonce();

  struct grant {
    id document;                   // 0: any of hers, as the token of the OpenID provider says
    id person;
    std::string wallet;            // who: "" for one that brought an offer, else the client's name
    std::string token_hash;        // of an offer's token; empty: the provider's
  };
  // Of the Authorization field and DPoP proofs. Refusal vci.invalid_token.
  result<grant> grant_of(const http::request& r) const;
  result<json::object> credential(const grant& g, const json::value& asked);
  outcome notified(const grant& g, const json::value& said);

  // ---- the holder and the house ----
  struct batch {
    id key, document, person;
    std::string wallet;
    int copies = 0;
    instant made, expires;
    std::string notification, told;
    instant told_at;
  };
  std::vector<batch> batches_of(id person, int limit = 100);
  // All copies of a document are invalid from now on: tells the agency that serves statuses.
  void revoked(id document, std::string_view event);

 private:
  result<documents::issued> wanted(const grant& g, const json::value& asked,
                                   const credential_plan*& c) const;
  result<std::vector<trust::jose::jwk>> proven(const json::value& asked);
  outcome spend_nonces(const std::vector<std::string>& nonces);
  bool is_nonce(std::string_view nonce) const;
  std::string mac_of(std::string_view text) const;
  struct contents {
    json::object claims;
    credentials::concealed hidden;
  };
  result<contents> contents_of(const documents::issued& d, const credential_plan& c,
                               const grant& g);
  result<json::array> copies_of(const documents::issued& d, const credential_plan& c,
                                const grant& g, const std::vector<trust::jose::jwk>& keys,
                                batch& b);

  platform::house& house_;
  const plan& plan_;
  keyholder& keys_;
  store::database& db_;
  std::string issuer_;
  trust::bytes secret_;            // of nonces
};

}  // namespace madang::wallet
