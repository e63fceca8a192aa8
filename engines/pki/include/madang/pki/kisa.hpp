#pragma once
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/pki/signing_key.hpp"

// The key files of Korean certificates (signPri.key beside signCert.der, in a folder NPKI or GPKI):
// EncryptedPrivateKeyInfo (RFC 5958) under schemes of KISA's own that OpenSSL does not know.
namespace madang::pki {

enum class kisa_scheme {
  seed_cbc,     // seedCBCWithSHA1, 1.2.410.200004.1.15: PBKDF1 with SHA-1, the IV from the key's
                // last four octets
  pbes2_seed,   // PBES2 (RFC 8018) with SEED-CBC (RFC 4269)
  pbes2_aria,   // PBES2 with ARIA-256-CBC (RFC 5794)
};

// What browsers' plug-ins and banks' programs read. `passphrase`: 1 to 1024 octets.
trust::bytes kisa_key(const signing_key& key, std::string_view passphrase, kisa_scheme scheme);

// DER or PEM, 16 KiB at most; the three schemes above, 1.2.410.200004.1.4 (the same with the fixed
// IV "0123456789012345") and every scheme of PBES2 that OpenSSL knows. Up to 1,000,000 iterations.
// RSA of 2048 to 4096 bits, P-256 and P-384. Refusals: trust.key_malformed, trust.passphrase_wrong.
result<signing_key> open_kisa_key(trust::view file, std::string_view passphrase);

}  // namespace madang::pki
