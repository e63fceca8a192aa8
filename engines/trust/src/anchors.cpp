#include "madang/trust/anchors.hpp"

#include <shared_mutex>

#include "madang/base/text.hpp"
#include "openssl.hpp"

namespace madang::trust {
namespace {

constexpr std::size_t longest_chain = 6;
constexpr std::size_t most_remembered = 4096;
constexpr std::size_t longest_list = 16u << 20;

// Extensions this room understands; a certificate with any other critical one is refused, as
// RFC 5280 section 4.2 demands.
bool has_unknown_critical(X509* x) {
  for (int i = 0; i < X509_get_ext_count(x); ++i) {
    X509_EXTENSION* e = X509_get_ext(x, i);
    if (!X509_EXTENSION_get_critical(e)) continue;
    switch (OBJ_obj2nid(X509_EXTENSION_get_object(e))) {
      case NID_basic_constraints:
      case NID_key_usage:
      case NID_ext_key_usage:
      case NID_subject_alt_name: break;
      default: return true;
    }
  }
  return false;
}

bool may_sign_certificates(X509* x, std::size_t authorities_below) {
  if (X509_check_ca(x) != 1 || (X509_get_key_usage(x) & KU_KEY_CERT_SIGN) == 0) return false;
  const long allowed = X509_get_pathlen(x);
  return allowed < 0 || static_cast<std::size_t>(allowed) >= authorities_below;
}

// A signature over documents needs digitalSignature or nonRepudiation, when usage is stated.
bool may_sign_documents(X509* x) {
  const std::uint32_t usage = X509_get_key_usage(x);
  return usage == UINT32_MAX || (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

bool issued(const certificate& above, const certificate& below) {
  return X509_NAME_cmp(X509_get_subject_name(above.raw().x509.get()),
                       X509_get_issuer_name(below.raw().x509.get())) == 0;
}

bool self_issued(const certificate& c) { return issued(c, c); }

std::string serial_key(const certificate& issuer, const std::string& serial) {
  return std::string(text::chars_of(issuer.fingerprint())) + serial;
}

std::string_view reason_name(X509_REVOKED* r) {
  static constexpr std::string_view names[] = {
      "unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
      "cessationOfOperation", "certificateHold", "unspecified", "removeFromCRL",
      "privilegeWithdrawn", "aACompromise"};
  int critical = 0;
  owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> e(static_cast<ASN1_ENUMERATED*>(
      X509_REVOKED_get_ext_d2i(r, NID_crl_reason, &critical, nullptr)));
  const long code = e ? ASN1_ENUMERATED_get(e.get()) : 0;
  return code >= 0 && code <= 10 ? names[code] : names[0];
}

std::string hex_of(const ASN1_INTEGER* n) {
  std::string all = text::hex({ASN1_STRING_get0_data(n),
                               static_cast<std::size_t>(ASN1_STRING_length(n))});
  std::size_t first = all.find_first_not_of('0');
  return first == std::string::npos ? "0" : all.substr(first);
}

}  // namespace

// What is remembered is only that one certificate's signature verified under another's key: both
// are named by fingerprint, so the memory can be neither stale nor poisoned.
struct anchors::inside {
  std::vector<certificate> roots;
  std::map<std::string, std::map<std::string, revocation>> by_list;   // issuer -> serial -> which
  std::map<std::string, revocation> by_hand;                          // issuer and serial -> which

  mutable std::shared_mutex gate;
  mutable std::map<std::pair<digest, digest>, bool> verified;   // (below, above)
  mutable std::map<digest, certificate> known;

  bool signature_holds(const certificate& below, const certificate& above) const {
    const std::pair key{below.fingerprint(), above.fingerprint()};
    {
      std::shared_lock lock(gate);
      if (auto found = verified.find(key); found != verified.end()) return found->second;
    }
    const bool good = below.signed_by(above);
    if (!good) return false;   // only what helps the next reader is worth room
    std::unique_lock lock(gate);
    if (verified.size() >= most_remembered) {
      verified.clear();
      known.clear();
    }
    verified.emplace(key, true);
    known.emplace(below.fingerprint(), below);
    known.emplace(above.fingerprint(), above);
    return true;
  }

  const revocation* revoked(const certificate& c, const certificate& issuer) const {
    const std::string serial = c.serial();
    if (auto hand = by_hand.find(serial_key(issuer, serial)); hand != by_hand.end())
      return &hand->second;
    auto list = by_list.find(std::string(text::chars_of(issuer.fingerprint())));
    if (list == by_list.end()) return nullptr;
    auto found = list->second.find(serial);
    return found == list->second.end() ? nullptr : &found->second;
  }
};

anchors::anchors() : in_(std::make_unique<inside>()) {}
anchors::~anchors() = default;
anchors::anchors(anchors&&) noexcept = default;
anchors& anchors::operator=(anchors&&) noexcept = default;

void anchors::add_root(const certificate& root) { in_->roots.push_back(root); }

void anchors::add_revocation(const certificate& issuer, const revocation& r) {
  in_->by_hand.insert_or_assign(serial_key(issuer, r.serial), r);
}

outcome anchors::add_revocation_list(view der) {
  if (der.size() > longest_list) return refuse(kind::too_large, "trust.crl_malformed");
  const unsigned char* at = der.data();
  owned<X509_CRL, X509_CRL_free> list(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!list || at != der.data() + der.size()) return refuse(kind::invalid, "trust.crl_malformed");
  std::vector<certificate> candidates = in_->roots;
  for (const auto& [print, c] : in_->known) candidates.push_back(c);
  const certificate* issuer = nullptr;
  bool named = false;
  for (const certificate& c : candidates) {
    X509* x = c.raw().x509.get();
    if (X509_NAME_cmp(X509_get_subject_name(x), X509_CRL_get_issuer(list.get())) != 0) continue;
    named = true;
    EVP_PKEY* k = X509_get0_pubkey(x);
    if (k && X509_CRL_verify(list.get(), k) == 1) issuer = &c;
    ERR_clear_error();
  }
  if (!issuer)
    return refuse(kind::invalid, named ? "trust.crl_signature" : "trust.crl_unknown_issuer");
  std::map<std::string, revocation> all;
  auto* entries = X509_CRL_get_REVOKED(list.get());
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    X509_REVOKED* r = sk_X509_REVOKED_value(entries, i);
    std::tm when{};
    (void)ASN1_TIME_to_tm(X509_REVOKED_get0_revocationDate(r), &when);
    std::string serial = hex_of(X509_REVOKED_get0_serialNumber(r));
    all.insert_or_assign(
        serial, revocation{serial, std::string(reason_name(r)),
                           {static_cast<std::int64_t>(timegm(&when)) * 1'000'000}});
  }
  in_->by_list.insert_or_assign(std::string(text::chars_of(issuer->fingerprint())),
                                std::move(all));
  return nothing{};
}

std::optional<certificate> anchors::remembered(const digest& fingerprint) const {
  std::shared_lock lock(in_->gate);
  auto found = in_->known.find(fingerprint);
  if (found == in_->known.end()) return {};
  return found->second;
}

anchors::path anchors::find(const certificate& end, const std::vector<certificate>& helpers,
                            instant at) const {
  path p;
  p.chain.push_back(end);
  auto fail = [&](const char* code) { p.reasons.emplace_back(code); };
  if (!may_sign_documents(end.raw().x509.get())) fail("chain.constraint");
  while (true) {
    const certificate below = p.chain.back();
    if (has_unknown_critical(below.raw().x509.get())) fail("chain.constraint");
    if (at < below.valid_from()) fail("chain.not_yet_valid");
    if (below.valid_until() < at) fail("chain.expired");
    bool is_root = false;
    for (const certificate& root : in_->roots)
      is_root = is_root || root.fingerprint() == below.fingerprint();
    if (is_root) break;
    if (p.chain.size() == longest_chain) {
      fail("chain.too_long");
      break;
    }
    const certificate* above = nullptr;
    bool named = false;
    auto look = [&](const std::vector<certificate>& among) {
      for (const certificate& c : among) {
        if (above || !issued(c, below) || c.fingerprint() == below.fingerprint()) continue;
        named = true;
        if (in_->signature_holds(below, c)) above = &c;
      }
    };
    look(in_->roots);
    look(helpers);
    if (!above) {
      fail(named ? "chain.signature" : "chain.no_issuer");
      break;
    }
    // Authorities below this one that are not self-issued (RFC 5280 section 4.2.1.9).
    std::size_t authorities = 0;
    for (std::size_t i = 1; i < p.chain.size(); ++i) authorities += !self_issued(p.chain[i]);
    if (!may_sign_certificates(above->raw().x509.get(), authorities)) fail("chain.not_authority");
    if (const revocation* r = in_->revoked(below, *above); r && r->when <= at && !p.revoked)
      p.revoked = *r;
    p.chain.push_back(*above);
  }
  p.trusted = p.reasons.empty();
  return p;
}

}  // namespace madang::trust
