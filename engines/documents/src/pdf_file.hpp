#pragma once
#include <string>
#include <vector>

#include "canvas.hpp"
#include "flow.hpp"
#include "madang/trust/bytes.hpp"

// A PDF 1.4 file for PDF/A-1b (ISO 19005-1), its objects always in the same order:
//   1 catalog  2 pages  3 font  4 its descendant  5 descriptor  6 ToUnicode  7 XMP  8 colour
// profile
//   9 font file  10 CIDSet  11 information  12.. a page and its content for each page
//   then, when it is sealed: widget, signature dictionary, appearance (the seal)
//   then the picture of each page that has one
// Everything is written in one pass; the signature's /Contents is reserved as zeros, the two ranges
// around it are hashed, and the zeros are overwritten.
namespace madang::documents {

struct file_parts {
  const font* type = nullptr;
  const laid_out* content = nullptr;
  std::string title, language, author, number, layout_version;
  instant issued;
  std::string_view colour_profile;   // deflated
  std::string_view appearance;       // deflated content stream of the seal; empty for a draft
  std::string_view file_id;          // 16 octets
};

struct pdf_file {
  std::string bytes;
  std::size_t contents_at = 0;       // of the '<' before the reserved digits
  std::size_t contents_end = 0;      // after the '>'

  std::vector<trust::view> signed_ranges() const;
  // False when the signature needs more room than is reserved.
  bool put_signature(trust::view cms);
};

// Octets a signature may have: two certificates with long Korean names fit.
inline constexpr std::size_t reserved_signature = 3072;

pdf_file write_file(const file_parts& parts);

}  // namespace madang::documents
