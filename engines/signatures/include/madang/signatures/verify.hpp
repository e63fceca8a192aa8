#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "madang/signatures/report.hpp"

// Is this signed file what its signer signed? Anybody may bring any file; what comes back follows
// EN 319 102-1: the newest time stamp is judged at the present, what it covers at the time that it
// proves, and so on inwards to the signature (section 5.6, past signature validation).
//
// Where it is simpler than the standard: material about revocation is judged by the clock of the
// time stamp around it without a list of proofs of existence of its own; validation policies of
// signers (signature-policy-identifier) are read by nobody; attribute certificates and
// counter-signatures are passed over.
namespace madang::signatures {

// Whom and what the one who asks believes.
struct policy {
  std::vector<trust::bytes> anchors;        // certificates in DER: roots, or any that is believed
  std::vector<trust::bytes> certificates;   // that may stand in between
  std::vector<trust::bytes> lists;          // CRLs in DER that the asker has himself
  std::vector<trust::bytes> answers;        // of OCSP, likewise
  instant at;                               // the present
  // A signer about whose revocation nothing is known is INDETERMINATE / TRY_LATER. Of those who
  // stamp time what is known is used, and nothing need be known: their lists are often kept by the
  // archive that renews, not in the file.
  bool revocation_needed = true;
  // The instant from which a name is no longer trusted to be made by those only who may: digests
  // "SHA1" "SHA256" ..., keys "RSA1024" (and below) "RSA2048" "EC256" .... A stamp from before
  // keeps what it covers. What is not named here lives; weak_today() is the beginning.
  std::map<std::string, instant> dead;
};
// MD5 and SHA-1, RSA below 2048, curves below 224 bits: by NIST SP 800-131A and SOG-IS.
std::map<std::string, instant> weak_today();

inline constexpr std::size_t largest_file = 32u << 20;

// Any of the forms below, told by its first octets. `original`: what a detached signature or
// an evidence record is about. Never throws for what is in the file.
report verify(std::string_view file, const policy& p, std::string_view original = {});

// CMS SignedData (RFC 5652) in DER, BER or PEM: CAdES (EN 319 122-1) and what is less; detached
// when it has no content.
report verify_cms(std::string_view cms, const policy& p, std::string_view original = {});
// All signatures and document time stamps of a PDF (EN 319 142-1), and what came after each.
report verify_pdf(std::string_view pdf, const policy& p);
// XAdES (EN 319 132-1) in an XML document, and XML signatures with less; `original` for a reference
// that leads outside. What no signature covers makes it INDETERMINATE: a reader could not tell.
report verify_xml(std::string_view xml, const policy& p, std::string_view original = {});
// ASiC-E and ASiC-S (EN 319 162-1) with CAdES, XAdES or a time stamp.
report verify_container(std::string_view zip, const policy& p);
}  // namespace madang::signatures
