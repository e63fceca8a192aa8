#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/time.hpp"
#include "madang/base/words.hpp"
#include "madang/trust/bytes.hpp"

// What a certificate is for. The profile decides its extensions (RFC 5280 section 4.2), its key
// usage, how long it lives and what its subject must say; a request cannot ask for more.
namespace madang::pki {

enum class profile {
  person,    // 1 year: signs and signs in
  company,   // 1 year: signs and signs in for a business
  official,  // 2 years: a person acting in a post, which stands in `title`
  server,    // 90 days: serverAuth, names of DNS
  device,    // 2 years: a camera or sensor that signs what it measured, clientAuth
  encryption,  // 1 year: others encrypt for a person (keyAgreement); its key is kept for recovery
  // Of the infrastructure itself:
  root,       // 20 years
  authority,  // 10 years, path length 0
  responder,  // 1 year: signs answers of OCSP (RFC 6960 section 4.2.2.2)
  stamper,    // 3 years: signs time stamps (RFC 3161 section 2.3)
  registrar,  // 1 year: signs answers of CMP (id-kp-cmcRA, RFC 9810 section 4.5)
  lister,     // 3 years: signs the list of who is trusted (id-tsl-kp-tslSigning, TS 119 612
              // section 5.7.1)
};

inline constexpr profile holders[] = {profile::person, profile::company, profile::official,
                                      profile::server, profile::device, profile::encryption};
std::string_view name_of(profile p);
std::optional<profile> profile_named(std::string_view name);
int days_of(profile p);

struct subject {
  words name;          // CN in Korean; the English one as a directoryName besides
  words organisation;  // O
  std::string number;  // serialNumber: of the business, the post, the device; for a
                       // person a number of the authority, never the resident number
  std::string title;   // official: the post
  std::string country = "KR";
  std::vector<std::string> dns;  // server: names, lower case
};

struct certificate_plan {
  pki::profile profile = pki::profile::person;
  pki::subject subject;
  trust::bytes key;  // SubjectPublicKeyInfo of the holder
  instant from;
  std::optional<int> days;           // shorter than the profile's, for tests of what expires
  std::string policy;                // object identifier of certificatePolicies; empty: none
  std::string list_url;              // cRLDistributionPoints: one address, fixed for its life
  std::string ocsp_url, issuer_url;  // authorityInfoAccess
};

// Checks a certificate as it was signed against its profile, reading nothing but its octets and its
// issuer's: version, serial, algorithms, validity, names, key, each extension with its criticality,
// nothing twice and nothing unknown. What is wrong, by rule: "validity", "key", "subject", "dns",
// "usage" ...; empty when it may be handed out.
std::vector<std::string> lint(trust::view certificate, trust::view issuer, pki::profile p);

// A name of DNS that may stand in a certificate: letters, digits and hyphens (RFC 1123 section
// 2.1), two labels at least, none numeric at the end; "localhost" alone is one besides, for tests
// and demonstrations. No wildcards.
bool is_dns_name(std::string_view s);

}  // namespace madang::pki
