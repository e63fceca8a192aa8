#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/pki/key_store.hpp"
#include "madang/pki/profile.hpp"
#include "madang/pki/signing_key.hpp"

// Certification authorities: roots that are opened for a ceremony and closed again, authorities
// under them, and what each signs.
namespace madang::pki {

// One certificate that was taken back or is held, as a list of revocation says it.
struct revoked {
  std::string serial;  // lower-case hex without leading zeros
  std::string reason;  // "keyCompromise", "certificateHold" ... (RFC 5280 section 5.3.1)
  instant when;
};
// "unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
// "cessationOfOperation", "certificateHold", "privilegeWithdrawn".
bool is_reason(std::string_view reason);

// What an OCSP responder says of a certificate (RFC 6960 section 2.2).
struct status {
  enum class is { good, revoked, unknown } state = is::unknown;
  std::string reason;
  instant when;
};

class authority {
 public:
  struct inside;
  explicit authority(std::unique_ptr<inside> in);
  ~authority();

  const std::string& id() const;  // "kica"
  const words& name() const;
  const std::string& hierarchy() const;  // "national", "government"
  const std::string& policy() const;     // arc of its policies
  const trust::bytes& certificate() const;
  std::vector<trust::bytes> chain() const;  // above a holder's: authority, root

  // Number of lists its revocations are spread over. Which one holds a certificate follows from its
  // serial for its whole life.
  static constexpr int shards = 4;
  static int shard_of(std::string_view serial);

  // Signs. First the same octets, under a signature that is worth nothing, are judged by lint():
  // what breaks its profile is never signed with the authority's key. The serial has 126 random
  // bits. Addresses and the policy are the authority's own and need not be given. Refusals:
  // pki.lint {rules}, pki.key_malformed.
  result<trust::bytes> issue(certificate_plan plan) const;

  // The list of one shard (RFC 5280 section 5) with a critical issuingDistributionPoint, in DER.
  // `number` must grow.
  trust::bytes revocation_list(int shard, const std::vector<revoked>& all, std::int64_t number,
                               instant from, instant next) const;

  // Answers a request of OCSP (RFC 6960) for certificates of this authority. `look` is asked for
  // each serial. Never throws for what was asked: malformedRequest, unauthorized (not ours, RFC
  // 5019 section 2.2.3), internalError are answers too. An answer about one certificate without a
  // nonce is kept and given again until half its life has passed or `forget` is called.
  struct ocsp_answer {
    trust::bytes der;
    bool kept = false;  // may be cached by whoever stands between
    instant made, next;
  };
  using lookup = std::function<status(const std::string& serial)>;
  ocsp_answer ocsp(trust::view request, const lookup& look, instant at) const;
  void forget(const std::string& serial) const;
  // CertID (RFC 6960 section 4.1.1) with SHA-1, as light clients ask (RFC 5019 section 2.1.1).
  trust::bytes certificate_id(const trust::bytes& serial) const;

  static constexpr std::chrono::hours ocsp_life{12};
  const inside& raw() const { return *in_; }

 private:
  std::unique_ptr<inside> in_;
};

// Time stamps (RFC 3161 with RFC 5816: ESSCertIDv2 of SHA-256). One a hierarchy.
class stamper {
 public:
  struct inside;
  explicit stamper(std::unique_ptr<inside> in);
  ~stamper();
  const trust::bytes& certificate() const;
  // TimeStampResp in DER; what cannot be stamped (unknown hash, malformed) is a rejection.
  trust::bytes answer(trust::view request, instant at) const;

 private:
  std::unique_ptr<inside> in_;
};

// Signs the list of a hierarchy's trusted services.
class list_signer {
 public:
  struct inside;
  explicit list_signer(std::unique_ptr<inside> in);
  ~list_signer();
  const trust::bytes& certificate() const;
  trust::bytes sign(trust::view octets) const;  // ECDSA-Sig-Value in DER, with SHA-256

 private:
  std::unique_ptr<inside> in_;
};

struct authority_plan {
  std::string id, policy;
  words name, organisation;
};
struct hierarchy_plan {
  std::string id;  // "national"
  words root, organisation;
  std::vector<authority_plan> authorities;
};

// All of a country's authorities, with their certificates in a folder (mode 0700) and their keys
// there or in a token: for each root and authority a key `<id>` and `<id>.cert.pem`; `<id>-ocsp`,
// `<id>-cmp`, `<id>-time` and `<id>-list` for the responder, the registrar, the stamper and the
// signer of lists; `<id>.arl.der`, what a root says of its authorities, signed at the ceremony for
// a year. A root's key is in memory
// only during the ceremony that makes it.
class authorities {
 public:
  // What happened when something was made, for the record of ceremonies.
  using ceremony = std::function<void(const std::string& what, const trust::bytes& certificate)>;
  // `base`: how the outside names us, "https://madang.example". Refusals:
  // trust.passphrase_wrong, trust.key_malformed, pki.pair (a key or certificate of a pair is gone
  // or does not fit).
  static result<std::shared_ptr<authorities>> open_or_create(
      const std::filesystem::path& folder, const key_store& keys,
      const std::vector<hierarchy_plan>& plans, const std::string& base,
      const ceremony& record = {});
  // With the keys in the same folder.
  static result<std::shared_ptr<authorities>> open_or_create(
      const std::filesystem::path& folder, const std::string& passphrase,
      const std::vector<hierarchy_plan>& plans, const std::string& base,
      const ceremony& record = {});
  ~authorities();

  const std::vector<hierarchy_plan>& plans() const;
  const std::vector<std::unique_ptr<authority>>& all() const;
  const authority* find(std::string_view id) const;
  const trust::bytes* root(std::string_view hierarchy) const;
  std::vector<trust::bytes> roots() const;
  trust::bytes root_list(std::string_view hierarchy) const;  // ARL in DER
  const stamper* stamper_of(std::string_view hierarchy) const;
  const list_signer* lister_of(std::string_view hierarchy) const;
  // Is there a certificate under one of our roots?
  std::string fingerprint_of_root(std::string_view hierarchy) const;  // SHA-256, hex

 private:
  struct inside;
  explicit authorities(std::unique_ptr<inside> in);
  std::unique_ptr<inside> in_;
};

// Facts of a certificate, ours or not, for a page.
struct facts {
  std::string serial, subject, common_name, issuer, number, title;
  std::vector<std::string> dns;
  instant from, until;
  std::string key;               // "EC P-256", "RSA 2048"
  std::string fingerprint;       // SHA-256, hex
  trust::bytes der, public_key;  // SubjectPublicKeyInfo
  trust::bytes own_key;          // subjectKeyIdentifier; may be empty
  trust::bytes authority_key;    // keyIdentifier of authorityKeyIdentifier; may be empty
};
// DER or PEM. Refusal pki.certificate_malformed.
result<facts> read_facts(trust::view der_or_pem);
std::string pem_of(const trust::bytes& certificate);
// A SignedData without signatures that carries certificates (RFC 5652 section 5.1, "certs-only").
trust::bytes certificates_only(const std::vector<trust::bytes>& certificates);

}  // namespace madang::pki
