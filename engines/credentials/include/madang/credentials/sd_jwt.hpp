#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/trust/jose.hpp"

// SD-JWT (RFC 9901): a signed statement of which the holder shows parts. SHA-256 is the only hash
// that is used and read. Nothing here keeps state; all of it is safe from many threads.
//
// A place within claims is a JSON pointer (RFC 6901) by the issuer's own array indices, so that it
// means the same whatever else is shown: "/address/locality", "/nationalities/0".
namespace madang::credentials {

inline constexpr std::size_t longest_sd_jwt = 64 * 1024;
inline constexpr std::size_t most_disclosures = 500;
inline constexpr int deepest_disclosure = 16;

// Its three parts as they came; nothing is verified yet.
struct sd_jwt {
  std::string jwt;                         // signed by the issuer, compact
  std::vector<std::string> disclosures;    // base64url
  std::string key_binding;                 // compact JWT; empty: an SD-JWT without one

  std::string str() const;
  // Up to and with the last tilde: what the key binding's sd_hash is of (section 4.3.1).
  std::string bound_text() const;
  std::string hash() const;                // sd_hash of it
};

// Refusals sdjwt.malformed, sdjwt.too_large.
result<sd_jwt> read_sd_jwt(std::string_view compact);
// The JWS JSON serialisations (section 8), flattened or general; of several signatures the first,
// beside which the disclosures stand.
result<sd_jwt> read_sd_jwt(const json::value& v);
json::object write_json(const sd_jwt& s);  // flattened

// ---- the issuer ----
struct concealed {
  std::vector<std::string> places;         // each is disclosable by itself, also within another
  int decoys = 0;                          // digests of nothing, for each object with a concealed
                                           // member (section 4.2.5)
};
struct made_claims {
  json::object payload;
  std::vector<std::string> disclosures;    // each before what is disclosed within it
};
// Salts are 128 bits. Refusals: sdjwt.reserved (a claim is called "_sd" or "..."), sdjwt.place (a
// place that is not there), sdjwt.too_large.
result<made_claims> conceal(const json::object& claims, const concealed& what);
// conceal() and the signature. `type` is typ: "dc+sd-jwt" for an SD-JWT VC.
result<sd_jwt> issue_sd_jwt(const trust::key& k, std::string_view key_id, std::string_view type,
                            const json::object& claims, const concealed& what,
                            json::object header = {});

// ---- whoever reads ----
struct disclosed_place {
  std::string place;
  std::string disclosure;
  json::value value;                       // with what is concealed in it left out
};
struct opened {
  json::object claims;                     // with all that is disclosed, nothing of the machinery
  std::vector<disclosed_place> places;     // in the order of the disclosures
};
// Section 7.1 step 3 and 4: the payload of a signed statement with its disclosures. Refusals:
// sdjwt.malformed, sdjwt.hash (another _sd_alg), sdjwt.digest_twice, sdjwt.disclosure_unused,
// sdjwt.name_taken, sdjwt.reserved, sdjwt.too_deep, sdjwt.too_large.
result<opened> open_claims(const json::object& payload,
                           const std::vector<std::string>& disclosures);

// What the holder shows: `places` and whatever they lie in. Refusal sdjwt.place for one that is
// neither disclosable nor always visible.
result<sd_jwt> shown(const sd_jwt& whole, const std::vector<std::string>& places);

// ---- key binding ----
struct binding {
  std::string audience, nonce;
  instant at;
};
sd_jwt bind(sd_jwt s, const trust::key& holder, const binding& b);

struct wanted_binding {
  std::string audience, nonce;
  int seconds = 300;                       // how old the binding may be
};
struct verified_sd_jwt {
  json::object header, claims;
  std::vector<disclosed_place> places;
  std::optional<trust::jose::jwk> holder;  // cnf.jwk
  bool bound = false;                      // a key binding was there and is good
};
// The issuer's signature by one of the keys, then the disclosures, the times (exp, nbf), and the
// key binding when it is wanted (section 7.3). Refusals, besides those above: jose.*, jwt.*,
// sdjwt.signature, sdjwt.no_binding, sdjwt.holder (its key cannot be read), sdjwt.binding (its
// signature, type or sd_hash), sdjwt.binding_audience, sdjwt.binding_nonce, sdjwt.binding_time.
result<verified_sd_jwt> verify_sd_jwt(const sd_jwt& s, const std::vector<trust::jose::jwk>& issuer,
                                      instant at,
                                      const std::optional<wanted_binding>& wanted = {});

// Pointers of RFC 6901.
std::string escape_pointer(std::string_view member);
std::optional<std::vector<std::string>> pointer_steps(std::string_view pointer);

}  // namespace madang::credentials
