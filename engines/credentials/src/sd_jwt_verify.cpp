// Signatures of issuer and holder (RFC 9901 section 7.3).
#include "madang/credentials/sd_jwt.hpp"

namespace madang::credentials {
namespace {

constexpr const char* binding_type = "kb+jwt";

outcome check_binding(const sd_jwt& s, const trust::jose::jwk& holder, const wanted_binding& wanted,
                      instant at) {
  const auto bad = [](const char* code) { return refuse(kind::unauthenticated, code); };
  auto m = trust::jose::read(s.key_binding);
  if (!m) return m.why();
  if (m->type != binding_type || !trust::jose::verify(*m, holder)) return bad("sdjwt.binding");
  auto parsed = json::parse(text::chars_of(m->payload));
  if (!parsed || !parsed->is_object()) return bad("sdjwt.binding");
  if (json::str(*parsed, "sd_hash") != s.hash()) return bad("sdjwt.binding");
  if (json::str(*parsed, "aud") != wanted.audience) return bad("sdjwt.binding_audience");
  if (json::str(*parsed, "nonce") != wanted.nonce) return bad("sdjwt.binding_nonce");
  const auto& iat = json::at(*parsed, "iat");
  if (!iat.is_number()) return bad("sdjwt.binding_time");
  const double made = iat.to_number<double>(), is = static_cast<double>(at.micros) / 1e6;
  constexpr double leeway = 60;
  if (!(made <= is + leeway) || !(made >= is - wanted.seconds - leeway))
    return bad("sdjwt.binding_time");
  return nothing{};
}

}  // namespace

sd_jwt bind(sd_jwt s, const trust::key& holder, const binding& b) {
  const json::object claims{{"iat", b.at.micros / 1'000'000},
                            {"aud", b.audience},
                            {"nonce", b.nonce},
                            {"sd_hash", s.hash()}};
  s.key_binding = trust::jose::sign(holder, {}, binding_type, json::print(claims));
  return s;
}

result<verified_sd_jwt> verify_sd_jwt(const sd_jwt& s, const std::vector<trust::jose::jwk>& issuer,
                                      instant at, const std::optional<wanted_binding>& wanted) {
  auto m = trust::jose::read(s.jwt);
  if (!m) return m.why();
  bool is_signed = false;
  for (const auto& k : issuer)
    is_signed = is_signed || (k.can(m->algorithm) && trust::jose::verify(*m, k));
  if (!is_signed) return refuse(kind::unauthenticated, "sdjwt.signature");
  auto payload = trust::jose::claims(*m, {.at = at, .must_expire = false});
  if (!payload) return payload.why();
  auto open = open_claims(*payload, s.disclosures);
  if (!open) return open.why();
  // A time may itself have been concealed: it counts once it is shown.
  for (const auto& d : open->places)
    if (d.place == "/exp" || d.place == "/nbf" || d.place == "/cnf" || d.place == "/iss")
      return refuse(kind::invalid, "sdjwt.reserved", d.place);
  verified_sd_jwt out{m->header, std::move(open->claims), std::move(open->places), {}, false};
  // A key that we cannot read binds nobody; that matters only where a binding is wanted.
  bool unreadable = false;
  if (const auto* cnf = out.claims.if_contains("cnf")) {
    auto read = trust::jose::jwk::read(json::at(*cnf, "jwk"));
    if (read) out.holder = std::move(*read);
    else unreadable = true;
  }
  if (!wanted) return out;
  if (unreadable) return refuse(kind::invalid, "sdjwt.holder");
  if (s.key_binding.empty() || !out.holder)
    return refuse(kind::unauthenticated, "sdjwt.no_binding");
  if (auto good = check_binding(s, *out.holder, *wanted, at); !good) return good.why();
  out.bound = true;
  return out;
}

}  // namespace madang::credentials
