#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/store/store.hpp"
#include "madang/trust/jose.hpp"

// Signing in by the word of another provider (OpenID Connect Core 1.0, the relying party's side):
// the code flow with PKCE, state bound to the browser, nonce, and the issuer compared in each
// answer, so that no provider is taken for another (RFC 9207, RFC 9700 section 4.4). What others
// say is little assurance: who comes so is a person of her own here, until she links it to herself.
namespace madang::signon {

struct outside_provider {
  std::string id;
  words name;
  std::string issuer;  // without a slash at its end, as its discovery says it
  std::string client_id, client_secret;
  std::string scope = "openid profile";
};

// {providers: [{id, name, issuer, client_id, client_secret, scope}]}, or by another `list` name.
// Refusal signon.provider: field names the entry and member that is wrong.
result<std::vector<outside_provider>> read_providers(const json::value& v,
                                                     std::string_view list = "providers");

// What a provider's discovery says (OpenID Connect Discovery section 3), and its keys.
struct discovered {
  std::string authorize, token, backchannel, userinfo;  // backchannel: CIBA; may be empty
  bool says_issuer = false;  // authorization_response_iss_parameter_supported
  std::vector<trust::jose::jwk> keys;
  instant looked;
};
// Kept for an hour; `anew`: its keys may be newer. Safe from many threads. Refusal
// outside.unreachable.
class discoveries {
 public:
  result<discovered> look(const outside_provider& p, bool anew);

 private:
  std::mutex mutex_;
  std::map<std::string, discovered> known_;
};
// The claims of an ID token of that provider for us (OpenID Connect Core section 3.1.3.7); `nonce`
// empty: none was sent. Refusal outside.token: field says which claim.
result<json::object> judged_token(const outside_provider& p, const discovered& at,
                                  std::string_view id_token, std::string_view nonce);

class outside {
 public:
  // `back`: the address to which providers send people. The provider has made the tables.
  outside(store::database& db, std::vector<outside_provider> all, std::string back);

  const std::vector<outside_provider>& providers() const { return all_; }
  const outside_provider* find(std::string_view id) const;

  struct begun {
    std::string address;  // of the provider, to go to
    std::string state;    // kept by the browser
  };
  // `person`: who links an account to herself; 0: somebody signs in. Refusals outside.unknown,
  // outside.unreachable.
  result<begun> begin(std::string_view provider, std::string_view next, id person);

  struct arrival {
    std::string issuer, subject, name, next;
    id linking;
  };
  // What came back, and the state that the browser kept. Each attempt is good once. Refusals
  // outside.answer (not what was begun, or another issuer's), outside.refused (the provider says
  // no), outside.unreachable, outside.token (its ID token is not right: field says which claim).
  struct answered {
    std::string state, code, error, issuer;
  };
  result<arrival> finish(const answered& came, std::string_view kept_state);

  // Whose account it is; nothing: it was never seen.
  std::optional<id> person_of(std::string_view issuer, std::string_view subject);
  void remember(const audit::access& why, const arrival& who, id person);
  struct linked {
    std::string issuer;
    instant since;
  };
  std::vector<linked> of_person(id person);
  // Refusal outside.unknown.
  outcome forget(const audit::access& why, id person, std::string_view issuer);

 private:
  store::database& db_;
  std::vector<outside_provider> all_;
  std::string back_;
  discoveries known_;
};

}  // namespace madang::signon
