#pragma once
#include "madang/pki/signing_key.hpp"
#include "openssl.hpp"

namespace madang::pki {

struct signing_key::inside {
  owned_pkey pkey;
};

inline EVP_PKEY* pkey_of(const signing_key& k) { return k.raw().pkey.get(); }

}  // namespace madang::pki
