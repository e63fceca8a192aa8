#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/trust/ed25519.hpp"

// C2SP signed-note: text under signature lines. The text of a note means nothing until a key that
// is known has signed it: read it through `verify`.
namespace madang::tlog {

inline constexpr std::size_t longest_note = 64 * 1024;
inline constexpr std::size_t most_signatures = 100;

enum class signature_type : std::uint8_t {
  ed25519 = 1,                     // over the text
  cosignature = 4,                 // over the text with a time (C2SP tlog-cosignature, v1)
};

struct note_signature {
  std::string name;                // of the key
  std::uint32_t id = 0;
  trust::bytes octets;             // behind the id
  std::string line() const;        // "— name base64\n"
};

struct note {
  std::string text;                // with its last newline
  std::vector<note_signature> signatures;
  std::string str() const;
};

// Refusals tlog.note: not a note, longer than longest_note, more signatures than most_signatures.
result<note> parse_note(std::string_view bytes);
// Signature lines alone, as a witness answers; the same refusals.
result<std::vector<note_signature>> parse_signatures(std::string_view lines);

// Whose signature is believed.
struct verifier {
  std::string name;
  std::uint32_t id = 0;
  signature_type type = signature_type::ed25519;
  trust::ed25519_public_key key;

  std::string str() const;         // "name+hash+base64", a vkey
};
// Refusals tlog.vkey: malformed, of a type not known here, or of an id that does not fit.
result<verifier> parse_verifier(std::string_view vkey);

// Signs as somebody.
class note_signer {
 public:
  note_signer(std::string name, signature_type type, trust::ed25519_key key);
  const verifier& who() const { return who_; }
  note_signature sign(std::string_view text) const;                   // type ed25519
  note_signature cosign(std::string_view text, instant when) const;   // type cosignature

 private:
  verifier who_;
  trust::ed25519_key key_;
};

// What a known key said.
struct verified {
  std::size_t who = 0;             // index into the verifiers
  std::int64_t seconds = 0;        // of a cosignature, since 1970 (POSIX); 0: carries no time
};
// Signatures of unknown keys are passed over; one of a known key that does not fit refuses the
// whole note: tlog.signature. Empty: nobody known has signed.
result<std::vector<verified>> verify(const note& n, std::span<const verifier> known);

bool is_key_name(std::string_view name);   // not empty, no Unicode spaces, no plus

}  // namespace madang::tlog
