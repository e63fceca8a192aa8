#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/time.hpp"
#include "madang/trust/bytes.hpp"

// What is said of a signature after it was looked at: the words of ETSI EN 319 102-1 (section 5.1.3
// and table 5), and under them reasons that a person can be told.
namespace madang::signatures {

enum class indication { total_passed, indeterminate, total_failed };
// "TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED".
std::string_view name_of(indication i);

// How far a signature has been made to last (EN 319 122-1, 132-1, 142-1, 162-1: the baselines).
enum class level {
  none,  // holds, but lacks what even B-B asks for (the certificate bound by a signed attribute)
  b,     // who signed
  t,     // that it was there at a time, by a time stamp that holds
  lt,    // all that is needed to check it later is in the file
  lta    // and a later time stamp covers that too
};
// "", "B-B", "B-T", "B-LT", "B-LTA".
std::string_view name_of(level l);

// Why. The sentence for each code is the pack's text "signature.reason.<code>"; facts fill it.
// Codes:
//   format.*      unknown malformed too_large encrypted limit no_signature algorithm_unknown
//   original.*    missing (detached, and nothing was given beside it)
//   digest        what was signed is not what is there
//   crypto        the signature does not hold under the key
//   binding.*     missing wrong (the signed attribute that names the certificate)
//   certificate.missing
//   path.*        as pki::validate says it; path.expired and path.revoked with the day
//   revocation.*  missing (nobody says whether it was taken back) held after (taken back, but after
//                 the time proven)
//   algorithm     too weak at the time that counts {name}
//   stamp.*       wrong (covers something else) crypto order authority (whoever made it)
//   later.*       evidence filled annotated forbidden hidden not_permitted
//   range.*       byte_range gap contents uncovered
//   xml.*         transform (one that lets sign what nobody sees) reference wrapped uncovered
//   record.broken (a step does not cover what came before it)
//   container.*   mimetype manifest unsigned_file names bomb
struct reason {
  std::string code;
  std::map<std::string, std::string> facts;
};

// A time stamp (RFC 3161) that was found.
struct stamp_seen {
  enum class what { content, signature, archive, document } kind = what::signature;
  instant at;
  std::string authority;  // common name
  bool good = false;      // covers what it should, and its authority is believed
};

// What was learnt about whether a certificate had been taken back.
struct revocation_seen {
  enum class source { list, responder } from = source::list;
  std::string about;      // common name
  instant said;           // thisUpdate
  bool embedded = false;  // it travels with the signature
};

struct signature {
  indication is = indication::indeterminate;
  // "" when passed, else a sub-indication of EN 319 102-1: FORMAT_FAILURE HASH_FAILURE
  // SIG_CRYPTO_FAILURE REVOKED EXPIRED NOT_YET_VALID SIG_CONSTRAINTS_FAILURE
  // CHAIN_CONSTRAINTS_FAILURE CERTIFICATE_CHAIN_GENERAL_FAILURE CRYPTO_CONSTRAINTS_FAILURE
  // CRYPTO_CONSTRAINTS_FAILURE_NO_POE REVOKED_NO_POE REVOKED_CA_NO_POE OUT_OF_BOUNDS_NO_POE
  // TIMESTAMP_ORDER_FAILURE NO_SIGNING_CERTIFICATE_FOUND NO_CERTIFICATE_CHAIN_FOUND
  // SIGNED_DATA_NOT_FOUND TRY_LATER NO_POE
  std::string sub;
  std::string format;   // "PAdES", "CAdES", "XAdES", "PKCS#7", "XML signature", "time stamp",
                        // "evidence record"
  signatures::level level = signatures::level::none;
  std::string place;    // field of a PDF, file in a container, Id
  std::string signer, organisation, title, issuer;   // of the certificate; title: the post
  std::optional<instant> claimed;   // what the signature says of its own time: not proven
  std::optional<instant> proven;    // it existed then at the latest
  std::vector<std::string> covers;  // names of files, where there are names
  std::vector<stamp_seen> stamps;
  std::vector<revocation_seen> revocations;
  std::vector<reason> reasons;

  bool has(std::string_view code) const;
};

struct report {
  // The worst of all signatures; indeterminate when there is none.
  indication is = indication::indeterminate;
  std::string format;               // "PDF", "CMS", "ASiC-E", "ASiC-S", "XML", "evidence record"
  std::vector<signature> signatures;   // in the order in which they were made, if that is known
  std::vector<reason> reasons;      // about the file as a whole

  bool has(std::string_view code) const;   // in any place
};

}  // namespace madang::signatures
