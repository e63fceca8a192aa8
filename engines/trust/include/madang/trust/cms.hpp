#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "madang/trust/anchors.hpp"
#include "madang/trust/certificate.hpp"

// Detached signatures over documents: CMS SignedData (RFC 5652) of CAdES baseline B (EN 319 122-1):
// content-type, message-digest and signing-certificate-v2 (RFC 5035) as signed attributes.
// There is no signing-time attribute: PAdES puts the time into the PDF's /M (EN 319 142-1 section
// 6.3) and OpenSSL's CMS_sign would add one from the machine's clock, so SignedData is written here
// in DER and verified by OpenSSL.
namespace madang::trust {

// Signs the octets of all spans, one after the other. About 2 KB with one authority in the chain.
bytes sign_cms(const signer& who, std::span<const view> spans);

struct cms_report {
  bool readable = false;        // a SignedData with exactly one signer, whose certificate is in it
  bool digest_ok = false;       // the octets are those that were signed
  bool signature_ok = false;    // the signer's key made this signature
  bool binding_ok = false;      // signing-certificate(-v2) names that certificate
  bool chain_ok = false;        // leads to an anchor and was valid at the instant
  bool revoked = false;
  std::optional<certificate> signer;
  std::optional<revocation> revocation_of;
  std::vector<std::string> reasons;   // cms.malformed, cms.not_detached, cms.signers,
                                      // cms.no_certificate, cms.algorithm, cms.digest,
                                      // cms.signature, cms.no_attributes, cms.no_binding,
                                      // cms.binding, chain.*

  bool genuine() const {
    return readable && digest_ok && signature_ok && binding_ok && chain_ok && !revoked;
  }
};

// `cms` may be followed by zero octets (PDF pads /Contents), nothing else. At most 256 KiB and 32
// certificates. Verifies P-256/P-384/P-521, Ed25519 and RSA of 2048 bits and more, with SHA-256 or
// better: documents come from elsewhere too.
cms_report verify_cms(view cms, std::span<const view> spans, const anchors& believed, instant at);

}  // namespace madang::trust
