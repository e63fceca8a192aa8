#pragma once
#include <string>
#include <vector>

#include "madang/base/time.hpp"
#include "madang/trust/bytes.hpp"

// Building and validating a path of certificates (RFC 5280 section 6), with policies, name
// constraints and complete, partitioned, indirect and delta lists of revocation. OpenSSL's verifier
// does it; this is its face. NIST's test suite PKITS judges it (conformance.pkits), which says what
// is left out: keys of DSA whose parameters stand in the issuer's certificate, and an indirect list
// whose issuer is named by the distribution point and certified by the same list's subject.
namespace madang::pki {

struct path_policies {
  std::vector<std::string> acceptable;  // object identifiers; empty: any policy
  bool explicit_needed = false;         // initial-explicit-policy of section 6.1.1
  bool mapping_inhibited = false;       // initial-policy-mapping-inhibit
  bool any_inhibited = false;           // initial-any-policy-inhibit
};

struct path_question {
  trust::bytes end;                   // DER
  std::vector<trust::bytes> helpers;  // certificates that may stand in between, in any order
  std::vector<trust::bytes> anchors;  // whom the asker believes; at least one
  std::vector<trust::bytes> lists;    // CRLs in DER
  bool check_revocation = true;       // false: lists are not looked at
  path_policies policies;
  instant at;
};

struct path_answer {
  bool valid = false;
  // Empty when it is valid. Else path.malformed (what was given is no certificate or list),
  // path.no_issuer, path.signature, path.not_yet_valid, path.expired, path.revoked, path.held,
  // path.no_list, path.list_stale, path.list_wrong, path.not_authority, path.too_long, path.usage,
  // path.policy, path.name, path.extension, path.weak.
  std::string reason;
  std::string said;                 // the verifier's own words, English, for a log
  int depth = 0;                    // 0: the end; 1: whoever issued it ...
  std::vector<trust::bytes> chain;  // from the end to an anchor, when one was found
};

// Thread-safe. At most 32 helpers, 64 lists, 64 KiB a certificate, 16 MiB a list.
path_answer validate(const path_question& question);

}  // namespace madang::pki
