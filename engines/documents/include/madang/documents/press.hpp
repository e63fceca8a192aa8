#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "madang/base/json.hpp"
#include "madang/base/result.hpp"
#include "madang/base/time.hpp"
#include "madang/base/words.hpp"
#include "madang/documents/layout.hpp"
#include "madang/documents/scan.hpp"
#include "madang/trust/certificate.hpp"

// The press prints official paper: data and a layout become PDF/A-1b (ISO 19005-1) with a PAdES
// baseline B signature (EN 319 142-1) whose visible appearance is the agency's seal.
//
// It promises that the same layout, data, issue and signature give the same octets, whenever and on
// whichever node: nothing in the file comes from a clock, a counter or memory. So a document need
// not be stored (32 KB), only its data, layout version and signature (2 KB), and can be compared
// octet for octet with what somebody brings. It depends on the two fonts, the colour profile and
// the version of libdeflate, which is what version() names: keep it with the record.
namespace madang::documents {

// What makes one copy of a document this copy.
struct issue {
  std::string number;             // "2026-1123-000123"; ASCII, 64 at most
  instant issued;
  words agency;                   // whose seal it bears: "서울특별시 종로구청장"
  std::string language = "ko";
  std::string code;               // text of the code on paper (paper_code.hpp), or empty
};

struct press_options {
  std::string font = "/usr/share/fonts/truetype/nanum/NanumGothic.ttf";       // fonts-nanum
  std::string seal_font = "/usr/share/fonts/truetype/nanum/NanumSquareB.ttf";
  std::string colour_profile = "/usr/share/color/icc/sRGB.icc";               // icc-profiles-free
};

struct signed_document {
  std::string pdf;
  trust::bytes cms;   // what rebuild() needs beside data, layout and issue
};

class press {
 public:
  // Reads and prepares the fonts (about 0.2 s, 20 MB). Throws std::runtime_error when one of the
  // files is missing or not what it should be.
  explicit press(const press_options& options = {});
  ~press();

  // All are thread-safe and share nothing but the fonts. Refusals: document.missing (field: the
  // path), document.format, document.too_long (over 200 pages), document.number,
  // document.language,
  // document.signature_too_large, document.code_too_long.
  result<signed_document> render_and_sign(const layout& l, const json::value& data, const issue& i,
                                          const trust::signer& seal) const;
  result<std::string> rebuild(const layout& l, const json::value& data, const issue& i,
                              trust::view cms) const;
  // Without seal and signature: to be looked at, not to be believed.
  result<std::string> draft(const layout& l, const json::value& data, const issue& i) const;

  // Pages that are pictures, as PDF/A-1b without a seal. Nothing is in the file but what `s` says.
  result<std::string> print(const scan& s) const;

  // SHA-256 in hex over fonts, colour profile, compressor and the writer's own revision.
  const std::string& version() const;

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

// The one text of a JSON value that is hashed: RFC 8785 (members sorted, no spaces, shortest
// escapes; numbers as written by ECMAScript for integers up to 2^53 and short decimals).
std::string canonical(const json::value& v);

}  // namespace madang::documents
