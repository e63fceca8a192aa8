#pragma once
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

#include "madang/base/base.hpp"
#include "madang/trust/bytes.hpp"

// OpenSSL's objects owned as C++ owns things, as the other two rooms that know it have them for
// themselves. Only this room sees this header.
namespace madang::signatures {

template <auto release>
struct releaser {
  template <class T>
  void operator()(T* p) const {
    release(p);
  }
};
template <class T, auto release>
using owned = std::unique_ptr<T, releaser<release>>;
using owned_x509 = owned<X509, X509_free>;
using owned_list = owned<X509_CRL, X509_CRL_free>;
using owned_pkey = owned<EVP_PKEY, EVP_PKEY_free>;
using owned_hash = owned<EVP_MD_CTX, EVP_MD_CTX_free>;

inline void must(bool done, const char* what) {
  if (done) return;
  char text[160] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  throw std::runtime_error(std::string(what) + ": " + text);
}

template <class T>
trust::bytes der_of(const T* object, int (*write)(const T*, unsigned char**)) {
  unsigned char* out = nullptr;
  const int size = write(object, &out);
  must(size >= 0, "i2d");
  trust::bytes b(out, out + size);
  OPENSSL_free(out);
  return b;
}

// The whole of `der` as one object, or null.
template <class Owned, class T>
Owned whole(trust::view der, T* (*read)(T**, const unsigned char**, long)) {
  const unsigned char* at = der.data();
  Owned out(der.empty() ? nullptr : read(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (out && at != der.data() + der.size()) out.reset();
  return out;
}

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
