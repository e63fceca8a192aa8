#pragma once
#include <functional>
#include <optional>

#include "madang/trust/cbor.hpp"
#include "madang/trust/key.hpp"

// COSE_Sign1 (RFC 9052 section 4.2) with ES256 (RFC 9053 section 2.1): tag 18, protected header
// {1: -7, 4: key id}, empty unprotected header, payload inside, signature r || s.
namespace madang::trust::cose {

struct signed_one {
  bytes key_id;
  bytes payload;
  bytes signature;
  bytes protected_header;   // as signed
};

bytes sign(const key& k, view key_id, view payload);

// Form only, nothing is verified. Refusals: cbor.*, cose.malformed, cose.algorithm.
result<signed_one> read(view cose);
bool verify(const signed_one& s, const public_key& k);

}  // namespace madang::trust::cose
