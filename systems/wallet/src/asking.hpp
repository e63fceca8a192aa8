#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/credentials/dcql.hpp"
#include "madang/credentials/sd_jwt.hpp"
#include "madang/credentials/status_list.hpp"
#include "madang/http/message.hpp"
#include "madang/platform/house.hpp"
#include "plan.hpp"
#include "seals.hpp"

namespace madang::wallet {

// The verifier of OpenID4VP 1.0, without pages: signed requests (x509_hash), DCQL, direct_post.
// What is kept of an answer is what was asked for and nothing else; it is thrown away after a day.
class asking {
 public:
  // Gives the newest status token of a list of the house; nothing: there is none.
  using status_source = std::function<std::optional<std::string>(std::int64_t list)>;
  asking(platform::house& h, const plan& p, keyholder& keys, status_source statuses);

  static constexpr int minutes = 10;

  struct asked {
    id key;
    std::string secret_hash;       // of whoever asked, besides her session
    id official;                   // who asked; 0: a system of the house
    std::string question, nonce, state;
    words seal;                    // signs the request
    words asker;                   // in whose name
    instant made, expires;
    std::string outcome;           // "", "shown", "refused", "bad"
    std::string because;           // code of the refusal when it is "bad"
    json::value shown;             // claims, as asked for
    instant answered;
  };
  // `same_device`: the wallet goes back to the page of whoever asks.
  struct begun {
    asked row;
    std::string secret;            // knows the outcome, with the key
    std::string link;              // openid4vp://?client_id=...&request_uri=...
    std::string here;              // the same for the wallet of the house
  };
  begun begin(const question_plan& q, const words& seal, const words& asker, id official);
  std::optional<asked> find(id key);
  bool knows(const asked& a, std::string_view secret) const;

  // ---- what wallets call ----
  // The signed request object (typ oauth-authz-req+jwt). Nothing: not there, over, or answered.
  std::optional<std::string> request_object(id key);
  // The form that a wallet posts. Refusals vp.<error>; on success where the wallet may go.
  result<json::object> answer(id key, const http::pairs& form);

  std::string client_id(const words& seal) const;
  std::string response_uri(id key) const;

  // One presentation by itself: signature, status, binding. Refusals of verify_sd_jwt,
  // wallet.issuer, wallet.revoked, wallet.no_status.
  result<credentials::verified_sd_jwt> judge_one(
      std::string_view presentation, const std::optional<credentials::wanted_binding>& wanted);

 private:
  result<json::object> judged(const asked& a, std::string_view vp_token);

  platform::house& house_;
  const plan& plan_;
  keyholder& keys_;
  status_source statuses_;
  store::database& db_;
  std::string at_;
};

}  // namespace madang::wallet
