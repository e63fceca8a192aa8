#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/trust/jose.hpp"

// Who may ask the house who somebody is: outside systems that joined by configuration. Where the
// file lies is the caller's matter; docs/joining.md says how an entry is written.
namespace madang::signon {

// How a client proves that it is itself (OpenID Connect Core section 9, RFC 8705 section 2): `tls`
// by a certificate of an authority that the house knows, `self_signed` by one that is registered.
enum class proof { none, basic, post, key, tls, self_signed };
std::string_view name_of(proof p);               // "client_secret_basic", as discovery says it

// "https://host:port" of an address.
std::string origin_of(std::string_view address);

struct client {
  std::string id;
  words name, purpose, law;                      // what people read before they agree
  std::vector<std::string> redirects;            // compared octet for octet
  std::vector<std::string> after_sign_out;       // post_logout_redirect_uri
  std::string back_channel;                      // OpenID Connect Back-Channel Logout; empty: none
  std::string front_channel;                     // OpenID Connect Front-Channel Logout; empty: none
  signon::proof by = proof::none;
  std::string secret_sha256;                     // hexadecimal
  std::vector<trust::jose::jwk> keys;            // private_key_jwt
  std::vector<std::string> scopes;
  std::string sector;                            // whose name for a person it shares
  bool pushes = false;                           // only by PAR (RFC 9126)
  bool binds = false;                            // only tokens bound to a key (RFC 9449)
  bool lasts = false;                            // is given refresh tokens
  bool inspects = false;                         // may introspect tokens of others (RFC 7662)
  std::string signals;                           // shared signals: "poll", or where they are pushed
  bool devices = false;                          // device grant (RFC 8628)
  std::string asks;                              // CIBA: "poll", or where it is pinged; empty: none
  bool asks_push = false;                        // CIBA push: `asks` is where tokens are sent
  std::vector<trust::jose::jwk> request_keys;    // verify signed requests (CIBA section 7.1.1)
  bool signs = false;                            // only signed requests
  std::string post;                              // scope scim: the post that answers for it
  std::string tls_subject, tls_dns;              // proof tls: subject (RFC 4514) or DNS name
  std::vector<std::string> certificates;         // proof self_signed: SHA-256, base64url (x5t#S256)
  std::vector<std::string> detail_types;         // authorization_details_types (RFC 9396, 10)
  bool binds_certificate = false;                // only tokens bound to a certificate (RFC 8705)

  // A registered one, or a loopback address whose port was chosen by the device's system, where
  // the client is one without a secret (RFC 8252 section 7.3).
  bool may_redirect_to(std::string_view address) const;
  // Of a person. What it may do by itself (client credentials) is another matter.
  bool may_ask(std::string_view scope) const;
  std::vector<std::string> own_scopes() const;
};

// {clients: [...]}. Refusal signon.client: field names the entry and member that is wrong.
result<std::vector<client>> read_clients(const json::value& v);

}  // namespace madang::signon
