// What an issuer does (RFC 9901 section 4.2): a claim gives way to the digest of its disclosure.
#include <algorithm>
#include <map>
#include <set>

#include "madang/credentials/sd_jwt.hpp"

namespace madang::credentials {
namespace {

constexpr std::size_t salt_octets = 16;

struct maker {
  std::set<std::string> places;
  int decoys = 0;
  std::set<std::string> met;
  std::vector<std::string> disclosures;
  std::optional<refusal> bad;

  std::string digest_of(json::array contents) {
    std::string text = text::base64url(trust::view_of(json::print(contents)));
    std::string digest = text::base64url(trust::sha256(text));
    disclosures.push_back(std::move(text));
    return digest;
  }
  static std::string salt() { return text::base64url(trust::random_bytes(salt_octets)); }

  bool is_concealed(const std::string& place) {
    if (!places.contains(place)) return false;
    met.insert(place);
    return true;
  }

  json::value made(const json::value& v, const std::string& place, int depth) {
    if (bad) return {};
    if (depth > deepest_disclosure) {
      bad = refuse(kind::invalid, "sdjwt.too_deep");
      return {};
    }
    if (v.is_object()) return made(v.get_object(), place, depth);
    if (!v.is_array()) return v;
    json::array out;
    for (std::size_t i = 0; i < v.get_array().size(); ++i) {
      const std::string at = place + "/" + std::to_string(i);
      const auto slot = disclosures.size();
      json::value inner = made(v.get_array()[i], at, depth + 1);
      if (is_concealed(at)) {
        std::string digest = digest_of({salt(), std::move(inner)});
        put_first(slot);
        out.push_back(json::object{{"...", std::move(digest)}});
      } else {
        out.push_back(std::move(inner));
      }
    }
    return out;
  }

  json::object made(const json::object& o, const std::string& place, int depth) {
    json::object out;
    std::vector<std::string> digests;
    for (const auto& member : o) {
      if (member.key() == "_sd" || member.key() == "...") {
        bad = refuse(kind::invalid, "sdjwt.reserved", place);
        return {};
      }
      const std::string at = place + "/" + escape_pointer(member.key());
      const auto slot = disclosures.size();
      json::value inner = made(member.value(), at, depth + 1);
      if (is_concealed(at)) {
        digests.push_back(digest_of({salt(), member.key(), std::move(inner)}));
        put_first(slot);
      } else {
        out[member.key()] = std::move(inner);
      }
    }
    if (digests.empty()) return out;
    for (int i = 0; i < decoys; ++i)
      digests.push_back(text::base64url(trust::sha256(trust::random_bytes(32))));
    // Their order must say nothing of what they hide: digests are random, so sorting them is.
    std::ranges::sort(digests);
    out["_sd"] = json::array(digests.begin(), digests.end());
    return out;
  }

  // The disclosure made last stands before those of what lies within it.
  void put_first(std::size_t slot) {
    std::rotate(disclosures.begin() + static_cast<std::ptrdiff_t>(slot), disclosures.end() - 1,
                disclosures.end());
  }
};

}  // namespace

result<made_claims> conceal(const json::object& claims, const concealed& what) {
  maker m{{what.places.begin(), what.places.end()}, what.decoys, {}, {}, {}};
  made_claims out;
  out.payload = m.made(claims, "", 0);
  if (m.bad) return *m.bad;
  for (const auto& place : m.places)
    if (!m.met.contains(place)) return refuse(kind::invalid, "sdjwt.place", place);
  if (m.disclosures.size() > most_disclosures) return refuse(kind::too_large, "sdjwt.too_large");
  if (!m.disclosures.empty()) out.payload["_sd_alg"] = "sha-256";
  out.disclosures = std::move(m.disclosures);
  return out;
}

result<sd_jwt> issue_sd_jwt(const trust::key& k, std::string_view key_id, std::string_view type,
                            const json::object& claims, const concealed& what,
                            json::object header) {
  auto made = conceal(claims, what);
  if (!made) return made.why();
  sd_jwt out;
  out.jwt = trust::jose::sign(k, key_id, type, json::print(made->payload), std::move(header));
  out.disclosures = std::move(made->disclosures);
  return out;
}

}  // namespace madang::credentials
