#pragma once
#include <string>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/trust/certificate.hpp"

// Octets that one receiver alone can read: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC
// 5084), whose one recipient agrees on the key by ephemeral ECDH over P-256 (RFC 5753, KDF of X9.63
// with SHA-256, AES-256 key wrap). Who sent them an envelope does not say: what is sealed is signed
// elsewhere. `openssl cms -decrypt` opens one, and `openssl cms -encrypt` makes one.
namespace madang::trust {

// What others encrypt to: a certificate for keyAgreement alone, signed by its own key, so whose it
// is has to be said by somebody who is believed.
struct letter_box {
  bytes certificate;         // DER
  std::string sealed_key;    // as seal_private_key makes it
};
// Valid for three years from `from`. `number`: the agency's, in the subject's serialNumber.
letter_box new_letter_box(const words& name, const std::string& number,
                          std::string_view passphrase, instant from);

// Refusals: trust.certificate_malformed, trust.key_malformed (not a key of P-256).
result<bytes> enclose(view content, view certificate);

inline constexpr std::size_t largest_envelope = 64u << 20;
// Refusals: envelope.malformed (no envelope in DER, or not for this box), envelope.changed (not
// one octet of the content is given then), and those of open_private_key. There is no octet of an
// envelope that could be another one. The time is not looked at: what was sealed while the
// certificate was valid is opened after.
result<bytes> disclose(view envelope, const letter_box& box, std::string_view passphrase);

}  // namespace madang::trust
