#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/trust/certificate.hpp"

// Whom we believe. Roots, and which certificates their authorities have taken back. Path building
// is simple on purpose: at most 6 certificates, every issuer must be an authority with a name that
// chains, a signature that verifies and a validity that holds at the instant asked about (RFC 5280
// section 6.1, without policies and name constraints: a critical name constraint is refused).
namespace madang::trust {

class anchors {
 public:
  anchors();
  ~anchors();
  anchors(anchors&&) noexcept;
  anchors& operator=(anchors&&) noexcept;

  void add_root(const certificate& root);
  // The list replaces what was known of that issuer. Refusals: trust.crl_malformed,
  // trust.crl_unknown_issuer, trust.crl_signature.
  outcome add_revocation_list(view der);
  // One more revocation learnt elsewhere (our own register, at once, without a list).
  void add_revocation(const certificate& issuer, const revocation& r);

  struct path {
    bool trusted = false;                 // a chain to a root, all valid at the instant
    std::optional<revocation> revoked;    // of any certificate on the way, at or before the instant
    std::vector<std::string> reasons;     // chain.no_issuer, chain.expired, chain.not_yet_valid,
                                          // chain.signature, chain.not_authority, chain.too_long,
                                          // chain.constraint
    std::vector<certificate> chain;       // from the signer upwards
  };
  // Thread-safe. Signatures between certificates are checked once and remembered (bounded).
  path find(const certificate& end, const std::vector<certificate>& helpers, instant at) const;

  // The same certificate as remembered, with its key already decoded, if there is one.
  std::optional<certificate> remembered(const digest& fingerprint) const;

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

}  // namespace madang::trust
