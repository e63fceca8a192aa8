// What a client asks, in a JWT that it has signed: RFC 9101 at the authorization endpoint and in
// PAR, and CIBA Core 1.0 section 7.1.1. What stands beside it then does not count.
#include "said.hpp"

namespace madang::signon {
namespace {

constexpr std::int64_t longest_seconds = 3600;

// Parameters whose value is JSON keep it as JSON (RFC 9101 section 4, RFC 9396 section 4).
parameters parameters_in(const json::object& claims) {
  parameters out;
  for (const auto& one : claims) {
    const auto& v = one.value();
    if (v.is_string()) out.emplace_back(one.key(), v.get_string().c_str());
    else if (v.is_int64()) out.emplace_back(one.key(), std::to_string(v.get_int64()));
    else if (v.is_structured()) out.emplace_back(one.key(), json::print(v));
  }
  return out;
}

// Signed by the client, for us, and of this hour.
std::optional<json::object> signed_claims(const client& by, std::string_view jws,
                                          const std::string& issuer) {
  auto m = trust::jose::read(jws);
  const auto* k = m ? trust::jose::choose(by.request_keys, *m) : nullptr;
  if (!k || !trust::jose::verify(*m, *k)) return {};
  auto claims = trust::jose::claims(*m, {.issuer = by.id, .audience = issuer, .at = now()});
  if (!claims) return {};
  const json::value all(*claims);
  const auto until = json::num(all, "exp"), since = json::num(all, "nbf", -1);
  if (since < 0 || json::num(all, "iat", -1) < 0 || until - since > longest_seconds) return {};
  return std::move(*claims);
}

}  // namespace

result<parameters> provider::signed_request(const client& by, const parameters& form) {
  const auto claims = signed_claims(by, value_of(form, "request"), options_.issuer);
  const std::string jti(claims ? json::str(json::value(*claims), "jti") : "");
  if (jti.empty() ||
      !first_time("request " + by.id + " " + jti, now().plus(std::chrono::hours(2))))
    return invalid("oauth.invalid_request", "request");
  return parameters_in(*claims);
}

// RFC 9101 section 6.3. It may be shown again, as an address that a browser opens may.
result<parameters> provider::request_object(const client& by, const parameters& asked) {
  const auto no = invalid("oauth.invalid_request_object", "request");
  if (auto name = twice(asked)) return invalid("oauth.invalid_request", *name);
  const auto claims = signed_claims(by, value_of(asked, "request"), options_.issuer);
  if (!claims || claims->contains("request") || claims->contains("request_uri")) return no;
  if (json::str(json::value(*claims), "client_id") != by.id) return no;
  return parameters_in(*claims);
}

}  // namespace madang::signon
