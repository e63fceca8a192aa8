#pragma once
#include <string>
#include <string_view>

#include "madang/signon/provider.hpp"

// Shared signals: outside systems hear that a session ended although nobody asks them to sign out,
// as when a personnel order takes effect. OpenID Shared Signals Framework 1.0 with events of
// CAEP 1.0 as security event tokens (RFC 8417), taken by polling (RFC 8936) or pushed (RFC 8935).
// Streams are configured with the client (docs/joining.md), so there is no interface that makes
// them.
namespace madang::signon {

inline constexpr std::string_view session_revoked =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

class signals {
 public:
  signals(store::database& db, provider& p) : db_(db), provider_(p) {}

  // /.well-known/ssf-configuration (SSF section 7.1).
  json::object configuration() const;
  // One turn of polling (RFC 8936 section 2.4): `asked` acknowledges what was taken, and up to
  // `maxEvents` more are answered; never waits. Refusal ssf.malformed: field names the member.
  result<json::object> poll(const client& by, const json::value& asked);
  // Pushes what is due; how many were taken. What is not taken is tried again for three days.
  int push_due(instant at = now());
  // A signed security event token with these claims.
  std::string signed_event(std::string_view claims);

 private:
  store::database& db_;
  provider& provider_;
};

}  // namespace madang::signon
