#pragma once
#include "madang/signatures/make.hpp"
#include "stamps.hpp"

// CAdES within this room: what PAdES and ASiC also need.
namespace madang::signatures {

// Octets that an archive-time-stamp-v3 stamps (EN 319 122-1 section 5.5.3): content type, digest of
// the content, the SignerInfo's signed half, and `index`, an ATSHashIndexV3 in DER.
bytes archive_octets(const signed_data& d, const signer_info& i, view content_digest, view index);
bytes hash_index(const signed_data& d, const signer_info& i, const std::string& digest);

// One signature of a CMS over `content`. `outer`: document time stamps around it (PAdES).
void verify_signer(const signed_data& d, const signer_info& i, std::span<const view> content,
                   const pool& embedded, std::vector<found_stamp> outer, bool may_lack_binding,
                   const policy& p, signature& out);

// As stamp(), over a hash that was made elsewhere.
result<bytes> stamp_hash(const stamping& authority, view hash, const std::string& digest);

// The SignedData of a signature without content; `spans` are what is signed.
bytes sign_spans(const signer& who, std::span<const view> spans, view content_inside,
                 const std::vector<bytes>& more_attributes);

}  // namespace madang::signatures
