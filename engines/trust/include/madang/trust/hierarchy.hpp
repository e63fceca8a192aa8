#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "madang/trust/anchors.hpp"
#include "madang/trust/certificate.hpp"

// The government's own certificates: a root, the government's authority under it, and under that
// the seal of each agency, made when it is first asked for. It is the demonstration PKI of one
// node: real certificates, real revocation, one passphrase instead of a key ceremony.
//
// Folder (mode 0700):
//   root.key.pem root.cert.pem                     sealed private key, certificate
//   government.key.pem government.cert.pem
//   seals/<number>.key.pem seals/<number>.cert.pem
//   old/<fingerprint>.cert.pem                     certificates that were renewed or replaced
//   revoked.txt                                    a line each: serial, reason, instant
//   lock                                           flock(2) while something is being written
// Each file is written beside its place, fsynced and renamed over it, then the folder is fsynced:
// after a crash a file is the old one or the new one. A key is written before its certificate; a
// key without certificate is a crash between the two and is replaced.
namespace madang::trust {

struct hierarchy_names {
  words root;          // "Madang Root Certification Authority"
  words authority;     // "Government Certification Authority"
  words government;    // organisation of both
  std::string country = "KR";
  std::string revocation_list;   // where the list will be served, or empty
};

class hierarchy {
 public:
  // Refusals: trust.passphrase_empty, trust.passphrase_wrong, trust.key_malformed,
  // trust.certificate_malformed, trust.pair (key and certificate do not belong together).
  // Throws std::filesystem::filesystem_error when the folder cannot be used.
  static result<std::shared_ptr<hierarchy>> open_or_create(const std::filesystem::path& folder,
                                                           std::string_view passphrase,
                                                           const hierarchy_names& names);
  ~hierarchy();

  const certificate& root() const;
  const certificate& authority() const;

  // The seal of the agency with that number (letters, digits, '-', '.', '_'; 64 at most). Made on
  // first use (about 60 ms), then kept in memory; renewed with a new key when it has expired or was
  // revoked. Thread-safe. Refusal trust.number for a number that cannot be a file name.
  result<std::shared_ptr<const signer>> seal(const std::string& number, const words& agency);

  // Every seal certificate ever issued here, also renewed ones: what checks old documents. Reads
  // the folder: keep the answer.
  std::vector<certificate> seals() const;

  // Certifies an official's own key, bound to the post.
  certificate certify_official(const public_key& holder, const words& name, const words& agency,
                               const std::string& post_number, const std::string& post);

  // Takes a certificate of the government authority back. Refusals: trust.serial,
  // trust.reason (not a CRLReason of RFC 5280 section 5.3.1), trust.already_revoked.
  outcome revoke(const std::string& serial, const std::string& reason, instant when);
  std::vector<revocation> revoked() const;
  // The list in DER, signed now, next update in 7 days.
  bytes revocation_list() const;

  // The root and all revocations known at this moment; made anew after each revocation.
  std::shared_ptr<const anchors> believed() const;

 private:
  struct inside;
  explicit hierarchy(std::unique_ptr<inside> in);
  std::unique_ptr<inside> in_;
};

}  // namespace madang::trust
