// What everybody else does with it (RFC 9901 section 7): digests give way to what is disclosed.
#include <algorithm>
#include <map>
#include <set>

#include "madang/credentials/sd_jwt.hpp"

namespace madang::credentials {
namespace {

struct disclosure {
  std::string text;
  std::string name;                // of a member; of an element: none
  bool element = false;
  json::value value;
  std::string place;               // where its digest stood; empty: nowhere yet
  json::value shown;
};

// Thrown within this file only: the walk is deep, and any fault ends it.
struct fault {
  refusal why;
};
[[noreturn]] void fail(const char* code) { throw fault{refuse(kind::invalid, code)}; }

disclosure decoded(const std::string& text) {
  auto octets = trust::jose::from_base64url(text);
  if (!octets) fail("sdjwt.malformed");
  auto parsed = json::parse(text::chars_of(*octets));
  if (!parsed || !parsed->is_array()) fail("sdjwt.malformed");
  auto& list = parsed->get_array();
  if ((list.size() != 2 && list.size() != 3) || !list[0].is_string()) fail("sdjwt.malformed");
  disclosure out{text, {}, list.size() == 2, {}, {}, {}};
  if (!out.element) {
    if (!list[1].is_string()) fail("sdjwt.malformed");
    out.name = list[1].get_string();
    if (out.name == "_sd" || out.name == "...") fail("sdjwt.reserved");
  }
  out.value = std::move(list.back());
  return out;
}

struct reader {
  std::map<std::string, disclosure, std::less<>> by_digest;
  std::set<std::string, std::less<>> seen;

  disclosure* take(const json::value& digest, bool element, const std::string& place) {
    if (!digest.is_string()) fail("sdjwt.malformed");
    const std::string text(digest.get_string());
    if (!seen.insert(text).second) fail("sdjwt.digest_twice");
    auto found = by_digest.find(text);
    if (found == by_digest.end()) return nullptr;    // a decoy, or not shown
    if (found->second.element != element) fail("sdjwt.malformed");
    found->second.place =
        element ? place : place + "/" + escape_pointer(found->second.name);
    return &found->second;
  }

  json::value walk(const json::value& v, const std::string& place, int depth) {
    if (depth > deepest_disclosure * 2) fail("sdjwt.too_deep");
    if (v.is_object()) return walk(v.get_object(), place, depth);
    if (!v.is_array()) return v;
    json::array out;
    for (std::size_t i = 0; i < v.get_array().size(); ++i) {
      const auto& item = v.get_array()[i];
      const std::string at = place + "/" + std::to_string(i);
      const auto* digest = item.is_object() ? item.get_object().if_contains("...") : nullptr;
      if (!digest) {
        out.push_back(walk(item, at, depth + 1));
        continue;
      }
      if (item.get_object().size() != 1) fail("sdjwt.malformed");
      if (auto* d = take(*digest, true, at)) {
        d->shown = walk(d->value, at, depth + 1);
        out.push_back(d->shown);
      }
    }
    return out;
  }

  json::object walk(const json::object& o, const std::string& place, int depth) {
    json::object out;
    for (const auto& member : o) {
      if (member.key() == "...") fail("sdjwt.reserved");
      if (member.key() == "_sd" || (place.empty() && member.key() == "_sd_alg")) continue;
      out[member.key()] =
          walk(member.value(), place + "/" + escape_pointer(member.key()), depth + 1);
    }
    const auto* digests = o.if_contains("_sd");
    if (!digests) return out;
    if (!digests->is_array()) fail("sdjwt.malformed");
    for (const auto& digest : digests->get_array()) {
      auto* d = take(digest, false, place);
      if (!d) continue;
      if (out.contains(d->name) || o.contains(d->name)) fail("sdjwt.name_taken");
      d->shown = walk(d->value, d->place, depth + 1);
      out[d->name] = d->shown;
    }
    return out;
  }
};

}  // namespace

result<opened> open_claims(const json::object& payload,
                           const std::vector<std::string>& disclosures) {
  if (disclosures.size() > most_disclosures) return refuse(kind::too_large, "sdjwt.too_large");
  if (const auto* alg = payload.if_contains("_sd_alg"))
    if (!alg->is_string() || alg->get_string() != "sha-256")
      return refuse(kind::invalid, "sdjwt.hash");
  try {
    reader r;
    for (const auto& text : disclosures)
      if (!r.by_digest.emplace(text::base64url(trust::sha256(text)), decoded(text)).second)
        return refuse(kind::invalid, "sdjwt.digest_twice");
    opened out;
    out.claims = r.walk(payload, "", 0);
    for (const auto& text : disclosures) {
      auto& d = r.by_digest.find(text::base64url(trust::sha256(text)))->second;
      if (d.place.empty()) return refuse(kind::invalid, "sdjwt.disclosure_unused");
      out.places.push_back({d.place, text, std::move(d.shown)});
    }
    return out;
  } catch (const fault& f) {
    return f.why;
  }
}

result<sd_jwt> shown(const sd_jwt& whole, const std::vector<std::string>& places) {
  auto m = trust::jose::read(whole.jwt);
  if (!m) return m.why();
  auto payload = json::parse(text::chars_of(m->payload));
  if (!payload || !payload->is_object()) return refuse(kind::invalid, "sdjwt.malformed");
  auto all = open_claims(payload->get_object(), whole.disclosures);
  if (!all) return all.why();
  const auto lies_in = [](std::string_view inner, std::string_view outer) {
    return inner == outer || (inner.starts_with(outer) && inner[outer.size()] == '/');
  };
  sd_jwt out{whole.jwt, {}, {}};
  for (const auto& d : all->places)
    if (std::ranges::any_of(places, [&](const auto& p) { return lies_in(p, d.place); }))
      out.disclosures.push_back(d.disclosure);
  for (const auto& place : places) {
    // A concealed place names a disclosure; an open one is there in any case.
    if (std::ranges::any_of(all->places, [&](const auto& d) { return d.place == place; })) continue;
    boost::system::error_code missing;
    if (!json::value(all->claims).find_pointer(place, missing))
      return refuse(kind::invalid, "sdjwt.place", place);
  }
  return out;
}

}  // namespace madang::credentials
