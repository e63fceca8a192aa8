#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/base/time.hpp"
#include "madang/base/words.hpp"
#include "madang/trust/key.hpp"

// X.509 certificates (RFC 5280): reading anybody's, issuing ours.
namespace madang::trust {

class certificate {
 public:
  struct inside;
  explicit certificate(std::shared_ptr<const inside> in) : in_(std::move(in)) {}

  // Refusal trust.certificate_malformed; 64 KiB at most.
  static result<certificate> from_der(view der);
  static result<certificate> from_pem(std::string_view pem);

  const bytes& der() const;
  std::string pem() const;
  std::string subject() const;       // RFC 2253 order, UTF-8: "CN=..,O=..,C=KR"
  std::string common_name() const;   // empty when there is none
  std::string issuer() const;
  std::string serial() const;        // lower-case hex without leading zeros
  std::string subject_number() const;   // attribute serialNumber of the subject (the agency's id)
  instant valid_from() const;
  instant valid_until() const;
  const digest& fingerprint() const;    // SHA-256 of the DER
  const bytes& key_id() const;          // as public_key::short_id(), without decoding the key
  bool is_authority() const;            // basicConstraints cA
  bool is_p256() const;
  result<public_key> verifier() const;  // refused when it is not P-256
  bool signed_by(const certificate& issuer) const;

  const inside& raw() const { return *in_; }

 private:
  std::shared_ptr<const inside> in_;
};

// What a certificate is for; it decides extensions (RFC 5280 section 4.2) and life.
enum class profile {
  root,        // 20 years, signs certificates and revocation lists
  government,  // 10 years, the same, but only for end entities (pathLen 0)
  seal,        // 3 years: the seal of an agency, digitalSignature and nonRepudiation
  official,    // 2 years: a person acting in a post; the post stands in the title attribute
};

struct certificate_request {
  trust::profile profile = trust::profile::seal;
  words name;             // CN in Korean; the English one goes into subjectAltName (directoryName)
  words organisation;     // O
  std::string number;     // subject serialNumber: the agency's or the post's id in the pack
  std::string title;      // official only: the post
  std::string country = "KR";
  instant from;
  std::string revocation_list;   // URL for cRLDistributionPoints, or empty
};

// Issues for `holder`. A root signs itself: pass its own key as `issuer_key` and no issuer.
certificate issue(const certificate_request& request, const public_key& holder,
                  const key& issuer_key, const certificate* issuer);

// Whoever can sign: the key, its certificate and those between it and the root (not the root).
struct signer {
  trust::key key;
  trust::certificate certificate;
  std::vector<trust::certificate> chain;
};

// A list of revoked certificates of one authority (RFC 5280 section 5).
struct revocation {
  std::string serial;      // as certificate::serial()
  std::string reason;      // "keyCompromise", "cessationOfOperation", "superseded", ...
  instant when;
};
bytes issue_revocation_list(const std::vector<revocation>& revoked, const key& issuer_key,
                            const certificate& issuer, std::int64_t number, instant from,
                            instant next);

}  // namespace madang::trust
