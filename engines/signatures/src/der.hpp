#pragma once
#include <string>
#include <vector>

#include "madang/trust/der.hpp"

// More words of DER (X.690) for SignedData: identifiers and sets.
namespace madang::signatures {

using trust::bytes;
using trust::view;

namespace der {

using namespace trust::der;

inline constexpr std::uint8_t null = 0x05, context_1 = 0xa1, context_2 = 0xa2;

inline bytes number(std::uint8_t n) { return node(integer, bytes{n}); }

// "1.2.840.113549.1.7.2" as an element, and back; empty for what is no identifier.
bytes oid(std::string_view dotted);
std::string dotted(view content);

// SET OF in DER's order (X.690 section 11.6).
bytes set_of(std::vector<bytes> items, std::uint8_t tag = set);

inline bytes copy(view v) { return {v.begin(), v.end()}; }

}  // namespace der

// Object identifiers by their names in the standards.
namespace ids {
inline constexpr const char *data = "1.2.840.113549.1.7.1", *signed_data = "1.2.840.113549.1.7.2",
                            *content_type = "1.2.840.113549.1.9.3",
                            *message_digest = "1.2.840.113549.1.9.4",
                            *signing_time = "1.2.840.113549.1.9.5",
                            *signing_certificate = "1.2.840.113549.1.9.16.2.12",
                            *signing_certificate_v2 = "1.2.840.113549.1.9.16.2.47",
                            *signature_stamp = "1.2.840.113549.1.9.16.2.14",
                            *content_stamp = "1.2.840.113549.1.9.16.2.20",
                            *archive_stamp_v3 = "0.4.0.1733.2.4",
                            *hash_index_v3 = "0.4.0.19122.1.5", *mime_type = "0.4.0.1733.2.1",
                            *certificate_values = "1.2.840.113549.1.9.16.2.23",
                            *revocation_values = "1.2.840.113549.1.9.16.2.24",
                            *ocsp_response = "1.3.6.1.5.5.7.16.2",
                            *ocsp_basic = "1.3.6.1.5.5.7.48.1.1",
                            *adobe_revocation = "1.2.840.113583.1.1.8",
                            *stamp_info = "1.2.840.113549.1.9.16.1.4",
                            *sha256 = "2.16.840.1.101.3.4.2.1";
}  // namespace ids

}  // namespace madang::signatures
