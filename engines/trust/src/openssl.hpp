#pragma once
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include "madang/trust/certificate.hpp"
#include "madang/trust/key.hpp"
#include "madang/trust/openssl.hpp"

// What stands behind this room's own types. Only this room sees this header.
namespace madang::trust {

using owned_bignum = owned<BIGNUM, BN_free>;

struct public_key::inside {
  owned_pkey pkey;
};

struct key::inside {
  owned_pkey pkey;
};

struct certificate::inside {
  owned_x509 x509;
  bytes der;
  digest fingerprint{};
  bytes key_id;
};

// A certificate that takes the object over.
result<certificate> adopt(owned_x509 x509);

}  // namespace madang::trust
