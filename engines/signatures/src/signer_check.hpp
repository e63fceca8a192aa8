#pragma once
#include "chain.hpp"
#include "signed_data.hpp"

// The cryptographic half of a SignerInfo: who, over what, and whether it holds (EN 319 102-1
// sections 5.2.3 and 5.2.7).
namespace madang::signatures {

enum class binding { missing, good, wrong };

struct signer_check {
  bytes certificate;              // empty: the signer's certificate is nowhere
  std::string digest, key;        // "SHA256", "EC256"; empty: unknown algorithm
  bool known_algorithm = false, digest_good = false, crypto_good = false;
  signatures::binding bound = binding::missing;
  std::optional<instant> claimed;
};

// `content`: what is signed, in pieces. Certificates are looked for in the file and in `held`.
signer_check check_signer(const signed_data& d, const signer_info& i,
                          std::span<const view> content, const pool& held);
// Everything in it that may help: certificates, lists, answers, also from older attributes.
void gather(const signed_data& d, pool& into);

}  // namespace madang::signatures
