#pragma once
#include <string>
#include <string_view>

#include "madang/base/result.hpp"

// What an attachment is, by its octets: what its name or its sender says is not believed.
namespace madang::cases {

struct kind_of_file {
  std::string type;                // media type: "application/pdf"
  std::string ending;              // "pdf"
};

// Allowed are PDF (ISO 32000), PNG, JPEG, text in UTF-8, and the packages HWPX (OWPML, KS X 6101),
// ODT (ISO/IEC 26300) and DOCX (ISO/IEC 29500). Packages are told by their directory of a ZIP file
// (APPNOTE 6.3); nothing is unpacked. Refusals: attachment.empty, attachment.type,
// attachment.encrypted (a package that cannot be read), attachment.macros (a program in it).
result<kind_of_file> judge_file(std::string_view octets);

// The name for keeping and downloading: without path and control characters, at most 120
// characters, with the ending that its content has.
std::string tidy_name(std::string_view sent, std::string_view ending);

}  // namespace madang::cases
