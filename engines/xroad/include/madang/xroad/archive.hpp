#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/xroad/fault.hpp"

// Archives of the message log: zips of containers, each chained to the one before. The file
// "linkinginfo" begins with "PREVIOUS-DIGEST PREVIOUS-FILE ALGORITHM" ("-" for none) and goes on
// with a line "DIGEST FILE" for each container, where
//   digest = hex(H(previous digest in hex + hex(H(octets of the container)))).
namespace madang::xroad {

struct archived {
  std::string name, octets;
};
struct archive_link {
  std::string digest, file;  // both empty: there was none before
};
struct made_archive {
  std::string zip;
  archive_link link;  // for the next; `file` is the caller's to fill
};
made_archive write_archive(const std::vector<archived>& containers, const archive_link& previous);

// Gives the last digest, which the next archive begins with. `previous`: what this one must begin
// with; "" for the first, nothing to take the file's word. Refusals archive_unreadable,
// archive_no_linking_info, archive_no_containers, archive_missing_file {detail},
// archive_unlinked_file, archive_digest {detail}, archive_previous.
result<std::string> verify_archive(std::string_view zip,
                                   const std::optional<std::string>& previous);

}  // namespace madang::xroad
