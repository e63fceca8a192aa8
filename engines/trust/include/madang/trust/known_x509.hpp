#pragma once
#include "madang/trust/openssl.hpp"

namespace madang::trust {

// The certificate of these octets, or null. Those of partners come with every message, and reading
// one takes OpenSSL 3 as long as four signatures of P-256: the last thousand are kept. What is
// given back is shared between threads, so it is looked at and never changed.
owned_x509 known_x509(view der);

}  // namespace madang::trust
