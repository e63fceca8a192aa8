#pragma once
#include <openssl/cms.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "madang/base/base.hpp"
#include "madang/trust/openssl.hpp"

// Only this room sees this header.
namespace madang::signatures {

using trust::der_of;
using trust::must;
using trust::owned;
using trust::owned_pkey;
using trust::owned_x509;
using trust::whole;
using owned_list = owned<X509_CRL, X509_CRL_free>;
using owned_hash = trust::owned_digest_context;

inline owned_x509 read_certificate(trust::view der) { return whole<owned_x509>(der, d2i_X509); }

inline std::string one_of(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(
      &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) {
    ERR_clear_error();
    return {};
  }
  std::string out(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return out;
}

inline instant instant_of(const ASN1_TIME* t) {
  std::tm tm{};
  if (!t || ASN1_TIME_to_tm(t, &tm) != 1) return {};
  return {static_cast<std::int64_t>(timegm(&tm)) * 1'000'000};
}

}  // namespace madang::signatures
