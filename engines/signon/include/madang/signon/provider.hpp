#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/signon/client.hpp"
#include "madang/signon/details.hpp"
#include "madang/signon/keyring.hpp"
#include "madang/store/store.hpp"

// The OpenID provider: what is said between an outside system and the house, without pages.
//
//   OpenID Connect Core 1.0 (code flow), Discovery, RP-Initiated Logout, Back-Channel Logout;
//   OAuth: RFC 6749 as RFC 9700 wants it, PKCE with S256 always (7636), PAR (9126), DPoP (9449),
//   access tokens as JWT (9068), revocation (7009), introspection (7662), issuer in the answer
//   (9207), private_key_jwt (7523), device grant (8628), mutual TLS and tokens bound to a
//   certificate (8705), signed requests (9101), rich authorization requests (9396);
//   OpenID Connect CIBA Core 1.0, poll, ping and push, signed requests; Front-Channel Logout 1.0.
//
// Refusals have codes "oauth.<error>", where <error> is the word of the standard, and name the
// parameter. Where the standard sends the person back to the client with the error, the fact
// "location" is the address to go to; where it does not (who asks is not known, or where to send
// the answer), there is none and the person is told.
namespace madang::signon {

using parameters = std::vector<std::pair<std::string, std::string>>;

struct options {
  std::string issuer;              // public address of the house, without a slash at its end
  std::string passphrase;          // seals keys
  int request_minutes = 10;        // to sign in and agree
  int code_seconds = 60;
  int access_minutes = 5;
  int refresh_days = 30;           // with offline_access; else they end with the session
  // Whom a login_hint means (CIBA); nobody where there is none.
  std::function<std::optional<id>(std::string_view hint)> person_called = {};
  // Whom a certificate (DER) names, when its authority is believed and has not taken it back;
  // nobody where there is none (RFC 8705 section 2.1).
  struct certificate_holder {
    std::string subject;           // RFC 4514
    std::vector<std::string> dns;
  };
  std::function<std::optional<certificate_holder>(trust::view certificate)> holder_of = {};
  std::string tls_base = {};       // where client certificates are asked for; empty: nowhere
  // RFC 9396. May this client ask for it? And what of a grant holds at this moment: less than
  // `details`, or nothing, when the person stopped something, its last day is over or the client's
  // own right has ended. `name` is the grant's, as `complete` was given it.
  std::vector<detail_type> detail_types = {};
  std::function<outcome(const client& by, const json::array& details)> may_ask_details = {};
  std::function<json::array(const client& by, std::string_view name, const json::array& details)>
      details_now = {};
};

// Who sits at the browser: how and when she signed in.
struct presence {
  id person;
  std::string sid;                 // names the session to clients; not its token
  instant since;
  std::string acr;
  std::vector<std::string> amr;    // RFC 8176: "pwd", "hwk", "user"
};

// What a client asked for, checked.
struct request {
  std::string client, redirect_uri, state, scope, nonce, challenge, jkt, prompt;
  std::string claims;              // verified claims asked for one by one (claims.hpp); else empty
  std::string details;             // authorization_details (RFC 9396), checked; empty: none
  std::int64_t max_age = -1;       // seconds; -1: not asked
  int level = 0;                   // least assurance of acr_values; 0: any
  bool pushed = false;
  instant asked;
  bool prompts(std::string_view word) const;
};

// A call of a client's server, as it came.
struct call {
  std::string method, path;        // "POST", "/oauth/token"
  std::string authorization;       // the field, whole
  std::vector<std::string> proofs; // fields DPoP
  parameters form;
  std::string certificate = {};    // DER, as TLS proved that the caller has its key; empty: none
};

struct connection {
  id key;
  std::string client;
  id person;
  std::string scope, sid;
  instant authenticated;
  std::string acr, amr, jkt, nonce;
  instant begun, ended;            // ended: 0 while it lives
  std::string claims = {};         // of its request
  std::string x5t = {};            // certificate that its tokens are bound to (x5t#S256)
  std::string details = {};        // authorization_details granted; of a token: as they are now
  std::string details_name = {};   // by which their owner knows them
  bool may(std::string_view scope) const;
};

// What a client asked of somebody who does not sit at it.
struct decoupled_request {
  id key;
  std::string client, scope;
  std::string binding;             // what both screens show (CIBA)
  bool device = false;             // by a code that is typed (RFC 8628); else CIBA
  id person;                       // who is asked; 0: whoever types the code
  int level = 0;                   // least assurance
  instant asked, expires;
};

// A service that a person is connected with.
struct connected {
  std::string client, scope;
  instant given, last;             // last: when it last asked; 0: never since
  std::vector<std::string> details_names = {};  // what owners of details know grants to it by
};

class provider {
 public:
  provider(store::database& db, std::vector<client> clients, options o);

  const options& chosen() const { return options_; }
  const client* find_client(std::string_view id) const;
  keyring& keys() { return keys_; }
  json::object discovery() const;

  // ---- the person's side ----
  // Gives a ticket: a name for the checked request, good for `request_minutes`.
  result<std::string> begin(const parameters& asked);
  std::optional<request> find(std::string_view ticket);
  // step_up: she is signed in, and with less assurance than was asked for.
  enum class next { sign_in, step_up, consent, done };
  next what_next(const request& r, const std::optional<presence>& who);
  // The address that takes the person back with an error ("access_denied").
  std::string refused(std::string_view ticket, std::string_view error);
  // She agrees; what is given to whom is kept and can be withdrawn.
  void agree(const audit::access& why, const request& r, id person);
  // Ends the ticket and gives the address with the code. Nothing: the ticket has been used.
  // `details`: what she granted of those that were asked for, not empty where any were; `name`:
  // by which their owner knows them.
  std::optional<std::string> complete(const audit::access& why, std::string_view ticket,
                                      const presence& who, const json::array& details = {},
                                      const std::string& name = {});

  // What a device shows, as somebody typed it; what waits for her; one of those.
  std::optional<decoupled_request> with_user_code(std::string_view typed);
  std::vector<decoupled_request> waiting_for(id person);
  std::optional<decoupled_request> waiting(id key, id person);
  // She says yes, which is consent too, or no; a client that is pinged is to be told. What begins
  // is its own: it does not end with her session, as she sits elsewhere. Refusal
  // oauth.unknown_request: it is over, or another's.
  outcome decide(const audit::access& why, id key, const presence& who, bool agrees);

  std::vector<connected> connected_of(id person);
  // Consent and all tokens end; clients are told. Refusal oauth.not_connected.
  outcome withdraw(const audit::access& why, id person, std::string_view client);

  // ---- the client's side ----
  result<json::object> push(const call& c);        // 201: request_uri, expires_in
  result<json::object> token(const call& c);
  // RFC 8628 section 3.2; people type the code at issuer + "/device".
  result<json::object> device_authorization(const call& c);
  struct backchannel_begun {
    json::object answer;           // CIBA Core section 7.3
    decoupled_request waits;       // who is asked has to be told
  };
  result<backchannel_begun> backchannel(const call& c);
  // CIBA push (section 10.3): what is sent to the client once it is decided or over; nothing while
  // it waits, or when it was sent. Tokens are new each time: those of a sending that was not taken
  // are forgotten by `take_back`.
  std::optional<json::object> pushed(id key, std::string_view auth_req_id);
  void pushed_done(id key);
  void take_back(const json::object& pushed);
  result<json::object> introspect(const call& c);
  outcome revoke(const call& c);
  // The connection whose access token came with this call. Refusals: oauth.invalid_token,
  // oauth.invalid_dpop_proof.
  result<connection> bearer(const call& c);
  std::string subject_of(const client& c, id person);
  // Whom the client knows by that name; nobody where it was never told one.
  std::optional<id> person_of(const client& c, std::string_view subject);

  // ---- ending ----
  struct sign_out {
    std::string client, sid, location;             // location: where to go after; may be empty
  };
  // RP-Initiated Logout 1.0. Refusal oauth.invalid_request.
  result<sign_out> end_session(const parameters& asked);
  // Front-Channel Logout: before a session ends in its browser. A ticket of the page that shows the
  // frames; nothing: no client of this session has one. `location`: where the page leads on to.
  std::optional<std::string> begin_leaving(std::string_view sid, const std::string& location);
  struct leave_page {
    std::vector<std::string> frames;
    std::string location;
  };
  std::optional<leave_page> leaving(std::string_view ticket);
  // A session of the house ended: connections without offline_access end, and clients that want to
  // know are put on the list of logout_sender.
  void session_ended(std::string_view sid);
  // What she may do as an official has changed: connections that tell posts end, with their tokens.
  void powers_changed(id person);
  // A logout token for a notice (Back-Channel Logout section 2.4).
  std::string logout_token(const client& c, std::string_view subject, std::string_view sid);

 private:
  result<request> checked(const parameters& asked, bool pushed, const client* known);
  std::string keep(const request& r, int seconds);
  std::string back(const request& r, parameters with) const;
  result<const client*> authenticate(const call& c);
  result<const client*> by_assertion(const call& c, std::string_view assertion);
  bool by_certificate(const call& c, const client& by) const;
  result<std::string> proof_key(const call& c, std::string_view token);
  bool first_time(std::string_view what, instant until);
  result<json::object> by_code(const call& c, const client& by, const std::string& jkt);
  result<json::object> by_refresh(const call& c, const client& by, const std::string& jkt);
  // `auth_req_id`: of a request whose tokens are pushed; else empty.
  json::object tokens_for(const client& by, const connection& k, std::string_view scope,
                          const std::string& refresh, std::string_view auth_req_id = {});
  std::string new_refresh(store::write& tx, const connection& k);
  std::optional<connection> connection_of_token(std::string_view token, json::object* claims);
  result<json::object> by_decoupled(const call& c, const client& by, const std::string& jkt,
                                    bool device);
  result<decoupled_request> asked_elsewhere(const call& c, const client& by);
  result<parameters> signed_request(const client& by, const parameters& form);
  result<parameters> request_object(const client& by, const parameters& asked);
  result<std::string> details_asked(const client& by, std::string_view said);
  // What a token may of a connection's details now: those asked for at the token endpoint, or all.
  struct details_turn {
    std::string details;                           // JSON; empty: the connection has none
    std::optional<refusal> wrong;                  // more was asked for than was granted
    bool over = false;                             // nothing of the grant holds any more
  };
  details_turn details_for(const call& c, const client& by, const std::optional<connection>& k);
  std::optional<connection> with_details_now(connection k, json::object& claims);
  result<id> person_hinted(const call& c, const client& by);
  void keep_consent(store::write& tx, const audit::access& why, const std::string& client,
                    const std::string& scope, id person);
  result<json::object> by_credentials(const call& c, const client& by, const std::string& jkt);
  // `by`: who set it in motion, as CAEP calls it: "user", "admin", "policy", "system".
  void end(store::write& tx, const connection& k, std::string_view by);
  std::string subject_of(store::write& tx, const client& c, id person);

  store::database& db_;
  std::vector<client> clients_;
  options options_;
  keyring keys_;
};

}  // namespace madang::signon
