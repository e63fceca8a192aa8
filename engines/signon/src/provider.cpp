#include "madang/signon/provider.hpp"

#include <algorithm>

#include "said.hpp"

namespace madang::signon {

std::span<const store::migration> migrations();

namespace {

store::database& prepared(store::database& db) {
  audit::prepare(db);
  db.migrate("signon", migrations());
  return db;
}

json::array list(std::initializer_list<std::string_view> all) {
  json::array out;
  for (const auto one : all) out.emplace_back(one);
  return out;
}

json::array names_of(const std::vector<detail_type>& types) {
  json::array out;
  for (const auto& one : types) out.emplace_back(one.name);
  return out;
}

}  // namespace

provider::provider(store::database& db, std::vector<client> clients, options o)
    : db_(prepared(db)),
      clients_(std::move(clients)),
      options_(std::move(o)),
      keys_(db_, options_.passphrase) {
  std::ranges::fill(options_.passphrase, '\0');
  std::ranges::sort(clients_, {}, &client::id);
}

const client* provider::find_client(std::string_view id) const {
  // Thousands of agencies may have joined: each request looks one up.
  auto found = std::ranges::lower_bound(clients_, id, std::less<>(),
                                        [](const client& c) { return std::string_view(c.id); });
  return found == clients_.end() || found->id != id ? nullptr : &*found;
}

// OpenID Connect Discovery 1.0 section 3, RFC 8414 and what the others add.
json::object provider::discovery() const {
  const auto& us = options_.issuer;
  auto proofs = list({"none", "client_secret_basic", "client_secret_post", "private_key_jwt"});
  const bool certified = !options_.tls_base.empty();
  if (certified)
    for (const auto one : {proof::tls, proof::self_signed}) proofs.emplace_back(name_of(one));
  const auto algorithms = list({"ES256", "EdDSA", "RS256", "PS256"});
  json::object out{
          {"issuer", us},
          {"authorization_endpoint", us + "/oauth/authorize"},
          {"token_endpoint", us + "/oauth/token"},
          {"userinfo_endpoint", us + "/oauth/userinfo"},
          {"jwks_uri", us + "/oauth/keys"},
          {"end_session_endpoint", us + "/oauth/logout"},
          {"pushed_authorization_request_endpoint", us + "/oauth/par"},
          {"introspection_endpoint", us + "/oauth/introspect"},
          {"revocation_endpoint", us + "/oauth/revoke"},
          {"scopes_supported",
           list({"openid", "profile", "birthdate", "address", "post", "documents", "verified",
                 "offline_access"})},
          {"claims_supported",
           list({"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid",
                 "name", "birthdate", "address", "post"})},
          {"response_types_supported", list({"code"})},
          {"response_modes_supported", list({"query"})},
          {"grant_types_supported",
           list({"authorization_code", "refresh_token", "client_credentials", device_grant,
                 ciba_grant})},
          {"device_authorization_endpoint", us + "/oauth/device_authorization"},
          {"backchannel_authentication_endpoint", us + "/oauth/backchannel"},
          {"backchannel_token_delivery_modes_supported", list({"poll", "ping", "push"})},
          {"backchannel_authentication_request_signing_alg_values_supported", algorithms},
          {"backchannel_user_code_parameter_supported", false},
          {"subject_types_supported", list({"pairwise"})},
          {"acr_values_supported",
           list({"urn:madang:acr:0", "urn:madang:acr:1", "urn:madang:acr:2"})},
          {"prompt_values_supported", list({"none", "login", "consent"})},
          {"id_token_signing_alg_values_supported", list({"ES256"})},
          {"token_endpoint_auth_methods_supported", proofs},
          {"token_endpoint_auth_signing_alg_values_supported", algorithms},
          {"introspection_endpoint_auth_methods_supported", proofs},
          {"introspection_endpoint_auth_signing_alg_values_supported", algorithms},
          {"revocation_endpoint_auth_methods_supported", proofs},
          {"revocation_endpoint_auth_signing_alg_values_supported", algorithms},
          {"dpop_signing_alg_values_supported", algorithms},
          {"code_challenge_methods_supported", list({"S256"})},
          {"authorization_response_iss_parameter_supported", true},
          {"claims_parameter_supported", true},
          {"request_parameter_supported", true},
          {"request_object_signing_alg_values_supported", algorithms},
          {"request_uri_parameter_supported", false},
          {"backchannel_logout_supported", true},
          {"backchannel_logout_session_supported", true},
          {"frontchannel_logout_supported", true},
          {"frontchannel_logout_session_supported", true}};
  if (auto types = names_of(options_.detail_types); !types.empty())  // RFC 9396 section 10
    out["authorization_details_types_supported"] = std::move(types);
  if (!certified) return out;
  // RFC 8705 section 5: browsers go elsewhere, so that nobody is asked for a certificate in vain.
  json::object aliases;
  for (const char* one :
       {"token_endpoint", "userinfo_endpoint", "pushed_authorization_request_endpoint",
        "introspection_endpoint", "revocation_endpoint", "device_authorization_endpoint",
        "backchannel_authentication_endpoint"})
    aliases[one] =
        options_.tls_base + std::string(out[one].get_string()).substr(options_.issuer.size());
  out["mtls_endpoint_aliases"] = std::move(aliases);
  out["tls_client_certificate_bound_access_tokens"] = true;
  return out;
}

}  // namespace madang::signon
