#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/base/time.hpp"
#include "madang/signatures/report.hpp"
#include "madang/trust/certificate.hpp"

// Making signatures, and making them last. A level is reached by steps, each of which keeps all
// octets that were signed: B-B by signing, B-T by a time stamp, B-LT by what proves the
// certificates, B-LTA by a time stamp over all of it, and that one again before it weakens.
namespace madang::signatures {

// Whoever signs: `sign` gives the signature of octets by the key of `certificate`, with SHA-256, in
// the form that X.509 gives it (ECDSA-Sig-Value in DER, or PKCS#1 v1.5).
struct signer {
  trust::bytes certificate;
  std::vector<trust::bytes> chain;   // above it, the root need not be there
  std::function<trust::bytes(trust::view)> sign;
};
signer signer_of(const trust::signer& who);

// Asks an authority for time stamps: TimeStampReq in, TimeStampResp out (RFC 3161), both in DER.
using stamping = std::function<trust::bytes(const trust::bytes& request)>;
// One time stamp token over `data` with "SHA256", "SHA384" or "SHA512". Refusals signatures.stamp
// (the authority refused, or answered something else).
result<trust::bytes> stamp(const stamping& authority, trust::view data,
                           const std::string& digest = "SHA256");

// What proves the certificates of a signature and of its time stamps.
struct evidence {
  std::vector<trust::bytes> certificates, lists, answers;   // DER; answers: OCSPResponse
  bool empty() const { return certificates.empty() && lists.empty() && answers.empty(); }
};

// ---- CAdES (EN 319 122-1) ----

struct cades_options {
  bool enveloping = false;    // the content travels inside
  instant at;                 // signing-time attribute
  std::string content_type;   // media type, for the attribute mime-type; empty: none
};
trust::bytes sign_cades(const signer& who, std::string_view content, const cades_options& o);
// Each gives the same signature with more unsigned attributes. Refusals signatures.malformed and
// signatures.stamp. `content` is needed by the last one when the signature is detached.
result<trust::bytes> cades_with_stamp(trust::view cms, const stamping& authority);
result<trust::bytes> cades_with_evidence(trust::view cms, const evidence& proof);
// archive-time-stamp-v3 with ats-hash-index-v3 (section 5.5); again for renewal, with another
// digest if need be.
result<trust::bytes> cades_with_archive_stamp(trust::view cms, const stamping& authority,
                                              std::string_view content = {},
                                              const std::string& digest = "SHA256");

// ---- PAdES (EN 319 142-1) ----

struct pades_options {
  instant at;
  std::string field = "Signature1";
  std::string reason;              // ASCII; empty: none
  int certifies = 0;               // DocMDP: 1 nothing may follow, 2 forms, 3 notes; 0: none
};
// Appends an invisible signature; B-T at once when an authority is given. Refusals
// signatures.pdf (malformed, encrypted or over a limit), signatures.field (the name is taken),
// signatures.stamp.
result<std::string> sign_pades(std::string_view pdf, const signer& who, const pades_options& o,
                               const stamping& authority = {});
// What makes a sealed file last, as a revision to be appended: the document security store with
// `proof` for each signature in the file (B-LT), and a document time stamp over everything
// (B-LTA), which is a proof of time as well. Either may be left out. The same file, proof and
// answer of the authority give the same octets.
result<std::string> pades_extension(std::string_view pdf, const evidence& proof,
                                    const stamping& authority,
                                    const std::string& digest = "SHA256");

// ---- XAdES (EN 319 132-1) ----

struct xades_options {
  instant at;
  std::string id = "Signature1";   // of the element ds:Signature
};
// Puts an enveloped signature at the end of the root element. Refusals signatures.xml (no XML, one
// with a document type, or the id is taken), signatures.stamp. The others take a document with one
// signature and add to its unsigned properties.
result<std::string> sign_xades(std::string_view xml, const signer& who, const xades_options& o);
result<std::string> xades_with_stamp(std::string_view xml, const stamping& authority);
result<std::string> xades_with_evidence(std::string_view xml, const evidence& proof);
result<std::string> xades_with_archive_stamp(std::string_view xml, const stamping& authority,
                                             const std::string& digest = "SHA256");

// ---- ASiC (EN 319 162-1) ----

struct container_file {
  std::string name, media_type, content;
};
// ASiC-E with a manifest and a CAdES signature over it. Refusals signatures.names (a name twice,
// empty, beginning with META-INF/ or leading out), signatures.stamp.
struct container_options {
  instant at;
  stamping authority;         // none: B-B
  evidence proof;             // with an authority: B-LT, and B-LTA by a second stamp
};
result<std::string> make_container(const std::vector<container_file>& files, const signer& who,
                                   const container_options& o);

}  // namespace madang::signatures
