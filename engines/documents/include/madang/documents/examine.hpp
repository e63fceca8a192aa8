#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/base/time.hpp"
#include "madang/trust/anchors.hpp"

// Is this paper genuine? Anybody may bring any file; what comes back is what a citizen can be told.
//
// The rule is: genuine only when every octet is accounted for. A signature must cover the whole
// file as it was when it was made, apart from its own /Contents; what was appended later must be
// what the standard allows to be appended (EN 319 142-1 section 5.4: validation material, document
// time stamps; further invisible signatures) and nothing else. Form values filled in after sealing
// are "changed" here: an official certificate has no form.
namespace madang::documents {

enum class verdict {
  genuine,   // sealed by somebody we believe, unchanged since
  changed,   // sealed once, but not as it is now
  unknown,   // no seal, or by somebody we do not know
  revoked,   // the seal was taken back, or the document was withdrawn
};

// Codes: pdf.malformed pdf.encrypted pdf.too_large pdf.no_signature pdf.limit
//   signature.byte_range signature.gap signature.contents signature.filter signature.uncovered
//   signature.not_last_revision  cms.* chain.*  seal.revoked
//   revision.allowed revision.forbidden revision.hidden  issue.number issue.unknown issue.withdrawn
//   issue.unsigned_copy issue.other_bytes issue.same_bytes
// The sentence for each is the pack's text "document.finding.<code>".
struct finding {
  std::string code;
  std::map<std::string, std::string> facts;
};

enum class later_revisions { none, allowed, forbidden, hidden };

struct found_signature {
  std::string field;          // name of the form field
  std::string signer;         // common name
  std::string issuer;
  std::optional<instant> signed_at;   // what the file says, not proven
  later_revisions later = later_revisions::none;
  bool covers_its_revision = false;
  bool intact = false;        // digest, signature and binding hold
  bool believed = false;      // leads to an anchor
  bool revoked = false;
};

struct line_change {
  std::string was, is;        // one of them is empty for a line removed or added
};

struct report {
  documents::verdict verdict = verdict::unknown;
  std::vector<finding> findings;
  std::vector<found_signature> signatures;   // in the order in which they were made
  std::string issue_number;                  // what the file claims
  std::vector<line_change> changes;          // against the original, when the look-up gave it

  bool has(std::string_view code) const;
};

// What our own register knows of an issue number.
struct known_issue {
  bool withdrawn = false;
  std::string original;   // the PDF rebuilt by the press, or empty when it cannot be
};
using issue_lookup = std::function<std::optional<known_issue>(const std::string& number)>;

inline constexpr std::size_t largest_examined = 10u << 20;

// Never throws for what is in the file.
report examine(std::string_view pdf, const trust::anchors& believed,
               const issue_lookup& lookup = {}, std::optional<instant> at = {});

// The text of a PDF as lines, top to bottom, one for each run that stands apart (so each cell of a
// table is one). Good for what the press made, however it was rewritten later; text without
// ToUnicode is left out. At most 20,000 lines. Refusals: pdf.malformed, pdf.encrypted,
// pdf.too_large.
result<std::vector<std::string>> text_lines(std::string_view pdf);

// What differs, in the order of the paper: at most 200 changes.
std::vector<line_change> compare(const std::vector<std::string>& was,
                                 const std::vector<std::string>& is);

}  // namespace madang::documents
