#include "foreign.hpp"

#include "madang/signon/outside.hpp"
#include "outgoing.hpp"
#include "said.hpp"

namespace madang::signon {
namespace {

constexpr std::chrono::hours discovery_for{1};
constexpr std::size_t longest_subject = 255;  // OpenID Connect Core section 2

refusal unreachable() { return refuse(kind::unavailable, "outside.unreachable"); }
refusal bad_token(std::string claim) {
  return refuse(kind::forbidden, "outside.token", std::move(claim));
}

result<json::value> fetched(const std::string& address) {
  const auto answer = post_to({address, {}, {}, {}});
  if (answer.status != 200) return unreachable();
  auto parsed = json::parse(answer.body);
  if (!parsed || !parsed->is_object()) return unreachable();
  return *parsed;
}

}  // namespace

bool is_foreign_address(std::string_view s) {
  const bool local = s.starts_with("http://127.0.0.1:") || s.starts_with("http://localhost:");
  return (s.starts_with("https://") || local) && s.size() < 1000 &&
         s.find_first_of("#\\ \t\r\n\"<>") == std::string_view::npos;
}

// OpenID Connect Discovery section 4.3: it must say the issuer that we asked.
result<discovered> discoveries::look(const outside_provider& p, bool anew) {
  {
    std::lock_guard hold(mutex_);
    auto known = known_.find(p.id);
    if (!anew && known != known_.end() && now() < known->second.looked.plus(discovery_for))
      return known->second;
  }
  auto said = fetched(p.issuer + "/.well-known/openid-configuration");
  if (!said) return said.why();
  discovered out;
  out.authorize = json::str(*said, "authorization_endpoint");
  out.token = json::str(*said, "token_endpoint");
  out.backchannel = json::str(*said, "backchannel_authentication_endpoint");
  out.userinfo = json::str(*said, "userinfo_endpoint");
  out.says_issuer = json::flag(*said, "authorization_response_iss_parameter_supported");
  const std::string keys_at(json::str(*said, "jwks_uri"));
  if (json::str(*said, "issuer") != p.issuer || !is_foreign_address(out.authorize) ||
      !is_foreign_address(out.token) || !is_foreign_address(keys_at))
    return unreachable();
  auto set = fetched(keys_at);
  if (!set) return set.why();
  // Keys of kinds that we do not know are none of ours to refuse.
  if (const auto& list = json::at(*set, "keys"); list.is_array())
    for (const auto& one : list.get_array())
      if (auto k = trust::jose::jwk::read(one)) out.keys.push_back(std::move(*k));
  if (out.keys.empty()) return unreachable();
  out.looked = now();
  std::lock_guard hold(mutex_);
  known_[p.id] = out;
  return out;
}

result<json::object> judged_token(const outside_provider& p, const discovered& at,
                                  std::string_view id_token, std::string_view nonce) {
  auto m = trust::jose::read(id_token);
  if (!m) return bad_token("id_token");
  const auto* k = trust::jose::choose(at.keys, *m);
  if (!k) return bad_token("kid");
  if (!trust::jose::verify(*m, *k)) return bad_token("signature");
  auto said = trust::jose::claims(*m, {.issuer = p.issuer, .audience = p.client_id, .at = now()});
  if (!said) return bad_token(said.why().code);
  const json::value all(*said);
  if (json::str(all, "nonce") != nonce) return bad_token("nonce");
  const auto& audience = json::at(all, "aud");
  const auto party = json::str(all, "azp");
  if ((!party.empty() && party != p.client_id) ||
      (audience.is_array() && audience.get_array().size() > 1 && party.empty()))
    return bad_token("azp");
  const auto subject = json::str(all, "sub");
  if (subject.empty() || subject.size() > longest_subject) return bad_token("sub");
  return std::move(*said);
}

}  // namespace madang::signon
