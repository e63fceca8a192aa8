#pragma once
#include <string_view>
#include <vector>

#include "madang/signatures/make.hpp"
#include "madang/signatures/verify.hpp"

// Evidence records (RFC 4998): that documents were there at a time, for as many years as somebody
// renews. One time stamp serves any number of documents; each keeps the few hashes that lead from
// it to the stamp. Signatures need not be touched, so this keeps what is in an archive whatever its
// form.
namespace madang::signatures {

// A record for each group of documents that belong together (a document and its signature, say),
// all under one stamp. Refusals signatures.record (no group, an empty one), signatures.stamp.
result<std::vector<trust::bytes>> make_records(
    const std::vector<std::vector<std::string_view>>& groups, const stamping& authority,
    const std::string& digest = "SHA256");

// Renewal of the time stamp (section 5.2): before the stamper's certificate or key weakens. The
// documents need not be read. Refusals signatures.record, signatures.stamp.
result<trust::bytes> renew_stamp(trust::view record, const stamping& authority);
// Renewal of the hash tree (section 5.2): before the digest weakens. Takes the same documents.
result<trust::bytes> renew_hashes(trust::view record, const std::vector<std::string_view>& group,
                                  const stamping& authority, const std::string& digest);

bool is_record(std::string_view file);
// One document has to be among those of the record; several have to be its whole group (section
// 4.3). Each stamp is judged at the time of the next, the last one at present. `group` empty or of
// nothing: original.missing.
report verify_record(std::string_view record, const policy& p,
                     const std::vector<std::string_view>& group);

}  // namespace madang::signatures
