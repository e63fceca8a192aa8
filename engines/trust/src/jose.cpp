#include "madang/trust/jose.hpp"

#include <algorithm>

#include "madang/base/text.hpp"

namespace madang::trust::jose {
namespace {

constexpr std::pair<algorithm, std::string_view> names[] = {{algorithm::es256, "ES256"},
                                                            {algorithm::eddsa, "EdDSA"},
                                                            {algorithm::rs256, "RS256"},
                                                            {algorithm::ps256, "PS256"}};
constexpr std::size_t most_keys = 64;

refusal malformed() { return refuse(kind::invalid, "jose.malformed"); }

// A member that may be missing, but is a text when it is there.
bool take_text(const json::value& v, std::string_view member, std::string& out) {
  const auto& found = json::at(v, member);
  if (found.is_null()) return true;
  if (!found.is_string() || found.get_string().size() > 512) return false;
  out = found.get_string();
  return true;
}

std::string plain_type(std::string_view type) {
  std::string out = text::lower_case(type);
  constexpr std::string_view prefix = "application/";
  return out.starts_with(prefix) ? out.substr(prefix.size()) : out;
}

// Seconds; RFC 7519 section 2 lets them have a fraction.
std::optional<instant> time_of(const json::value& v) {
  constexpr double latest = 253'402'300'799;   // the year 9999
  if (!v.is_number()) return {};
  const double seconds = v.to_number<double>();
  if (!(seconds >= 0 && seconds <= latest)) return {};
  return instant{static_cast<std::int64_t>(seconds * 1e6)};
}

bool is_for(const json::value& audience, std::string_view wanted) {
  if (audience.is_string()) return audience.get_string() == wanted;
  if (!audience.is_array()) return false;
  return std::ranges::any_of(audience.get_array(), [&](const json::value& one) {
    return one.is_string() && one.get_string() == wanted;
  });
}

// Nothing: as it should be.
std::optional<std::string> wrong_time(const json::object& claims, const expectation& wanted) {
  const auto leeway = std::chrono::seconds(wanted.leeway_seconds);
  for (const char* name : {"exp", "nbf", "iat"}) {
    const json::value* found = claims.if_contains(name);
    if (!found) {
      if (std::string_view(name) == "exp" && wanted.must_expire) return "jwt.malformed";
      continue;
    }
    auto time = time_of(*found);
    if (!time) return "jwt.malformed";
    if (std::string_view(name) == "exp") {
      if (wanted.at >= time->plus(leeway)) return "jwt.expired";
    } else if (*time > wanted.at.plus(leeway)) {
      return "jwt.early";
    }
  }
  return {};
}

}  // namespace

std::string_view name_of(algorithm a) {
  for (const auto& [one, name] : names)
    if (one == a) return name;
  return {};
}

std::optional<algorithm> algorithm_of(std::string_view name) {
  for (const auto& [one, known] : names)
    if (known == name) return one;
  return {};
}

std::optional<bytes> from_base64url(std::string_view s) {
  if (s.find_first_of("+/=") != std::string_view::npos) return {};
  auto out = text::from_base64(s);
  // Bits left over are no part of the octets: two texts would mean the same.
  if (!out || text::base64url(*out) != s) return {};
  return out;
}

result<std::vector<jwk>> read_set(const json::value& v) {
  const auto bad = refuse(kind::invalid, "jose.key_set");
  const auto& keys = json::at(v, "keys");
  if (!keys.is_array() || keys.get_array().size() > most_keys) return bad;
  std::vector<jwk> out;
  std::vector<std::string> ids;
  for (const auto& one : keys.get_array()) {
    if (!one.is_object() || json::str(one, "kty") == "oct") return bad;
    if (auto id = json::str(one, "kid"); !id.empty()) ids.emplace_back(id);
    if (auto k = jwk::read(one)) out.push_back(std::move(*k));
  }
  std::ranges::sort(ids);
  if (std::ranges::adjacent_find(ids) != ids.end()) return bad;
  return out;
}

result<message> read(std::string_view compact) {
  if (compact.size() > longest)
    return refuse(kind::too_large, "jose.too_large", "", {{"limit", std::to_string(longest)}});
  const auto first = compact.find('.'), last = compact.rfind('.');
  if (first == std::string_view::npos || first == last ||
      compact.find('.', first + 1) != last)
    return malformed();
  auto header = from_base64url(compact.substr(0, first));
  auto payload = from_base64url(compact.substr(first + 1, last - first - 1));
  auto signature = from_base64url(compact.substr(last + 1));
  if (!header || !payload || !signature || signature->empty()) return malformed();
  auto parsed = json::parse(text::chars_of(*header));
  if (!parsed || !parsed->is_object()) return malformed();
  message m;
  std::string name;
  if (!take_text(*parsed, "alg", name) || !take_text(*parsed, "kid", m.key_id) ||
      !take_text(*parsed, "typ", m.type))
    return malformed();
  // RFC 7515 section 4.1.11: what must be understood and is not; RFC 7797 is not for us.
  if (parsed->get_object().contains("crit") || parsed->get_object().contains("b64"))
    return refuse(kind::invalid, "jose.critical");
  auto known = algorithm_of(name);
  if (!known) return refuse(kind::invalid, "jose.algorithm");
  m.algorithm = *known;
  m.header = std::move(parsed->get_object());
  m.payload = std::move(*payload);
  m.signature = std::move(*signature);
  m.signed_text = compact.substr(0, last);
  return m;
}

bool verify(const message& m, const jwk& k) {
  return k.verify(m.algorithm, view_of(m.signed_text), m.signature);
}

const jwk* choose(const std::vector<jwk>& keys, const message& m) {
  const jwk* found = nullptr;
  for (const auto& k : keys) {
    if (!k.can(m.algorithm) || (!m.key_id.empty() && k.key_id() != m.key_id)) continue;
    if (found) return nullptr;
    found = &k;
  }
  return found;
}

std::string sign(const key& k, std::string_view key_id, std::string_view type,
                 std::string_view payload, json::object more) {
  json::object header{{"alg", "ES256"}};
  if (!type.empty()) header["typ"] = type;
  if (!key_id.empty()) header["kid"] = key_id;
  for (auto& member : more) header[member.key()] = std::move(member.value());
  std::string out = text::base64url(view_of(json::print(header)));
  out += '.';
  out += text::base64url(view_of(payload));
  const bytes signature = k.sign(view_of(out));
  out += '.';
  out += text::base64url(signature);
  return out;
}

result<json::object> claims(const message& m, const expectation& wanted) {
  auto no = [](std::string code) { return refuse(kind::unauthenticated, std::move(code)); };
  auto parsed = json::parse(text::chars_of(m.payload));
  if (!parsed || !parsed->is_object()) return no("jwt.malformed");
  json::object& out = parsed->get_object();
  if (!wanted.type.empty() && plain_type(m.type) != plain_type(wanted.type))
    return no("jwt.type");
  if (!wanted.issuer.empty() && json::str(*parsed, "iss") != wanted.issuer)
    return no("jwt.issuer");
  if (!wanted.audience.empty() && !is_for(json::at(*parsed, "aud"), wanted.audience))
    return no("jwt.audience");
  if (auto wrong = wrong_time(out, wanted)) return no(std::move(*wrong));
  return std::move(out);
}

}  // namespace madang::trust::jose
