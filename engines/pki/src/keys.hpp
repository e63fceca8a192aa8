#pragma once
#include "madang/pki/signing_key.hpp"
#include "openssl.hpp"

namespace madang::pki {

struct signing_key::inside {
  owned_pkey pkey;
};

// Of what a request says of itself; empty when it does not.
std::string common_name_of(const X509_NAME* name);
std::vector<std::string> dns_of(const X509_EXTENSIONS* extensions);

inline EVP_PKEY* pkey_of(const signing_key& k) { return k.raw().pkey.get(); }

}  // namespace madang::pki
