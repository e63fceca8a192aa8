#pragma once
#include <string>
#include <vector>

#include "madang/xroad/configuration.hpp"

// Certificates of members and servers, judged by the global configuration alone: the path leads to
// an approved authority, and answers of OCSP that travel along say that it was not taken back.
namespace madang::xroad {

// May it sign messages (keyUsage nonRepudiation)? May it authenticate a server?
bool is_signing_certificate(trust::view certificate);

// The member that a signing certificate names, as the approved authority's profile says it: by the
// subject's C, O and CN ("Basic..."), or by serialNumber "INSTANCE/SERVER/CLASS" and CN
// ("FiVRK..."). Refusal IncorrectCertificate.
result<client_id> member_of(const shared_parameters& p, trust::view certificate);

// OCSPRequest (RFC 6960) about one certificate, with SHA-1 in its CertID as light responders ask
// for (RFC 5019). Empty: one of them is no certificate.
trust::bytes ocsp_request(trust::view certificate, trust::view issuer);

struct certificate_question {
  trust::bytes certificate;
  std::vector<trust::bytes> helpers, answers;  // certificates in between; OCSPResponse
  instant at;
  bool authenticates = false;  // else it signs: not by authentication-only CAs
};
// Refusals CannotCreateCertPath, CertValidityTime, InvalidCertPath.CertValidation,
// MissingValidationInfo (no answer), IncorrectValidationInfo (an answer that does not hold, is too
// old by ocspFreshnessSeconds, or says that it was taken back).
outcome verify_certificate(const shared_parameters& p, const certificate_question& q);

}  // namespace madang::xroad
