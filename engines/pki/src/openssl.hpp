#pragma once
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

#include "madang/base/base.hpp"
#include "madang/trust/bytes.hpp"

// OpenSSL's objects owned as C++ owns things, as the trust room has them for itself. Only this room
// sees this header.
namespace madang::pki {

using trust::bytes;
using trust::view;

template <auto release>
struct releaser {
  template <class T>
  void operator()(T* p) const {
    release(p);
  }
};
template <class T, auto release>
using owned = std::unique_ptr<T, releaser<release>>;

// Frees a stack with what is on it.
template <class Stack, class Item, auto release>
struct stack_releaser {
  void operator()(Stack* s) const {
    OPENSSL_sk_pop_free(reinterpret_cast<OPENSSL_STACK*>(s),
                        [](void* one) { release(static_cast<Item*>(one)); });
  }
};
using owned_certificates =
    std::unique_ptr<STACK_OF(X509), stack_releaser<STACK_OF(X509), X509, X509_free>>;
using owned_lists = std::unique_ptr<STACK_OF(X509_CRL),
                                    stack_releaser<STACK_OF(X509_CRL), X509_CRL, X509_CRL_free>>;

using owned_pkey = owned<EVP_PKEY, EVP_PKEY_free>;
using owned_x509 = owned<X509, X509_free>;
using owned_bio = owned<BIO, BIO_free_all>;
using owned_name = owned<X509_NAME, X509_NAME_free>;
using owned_object = owned<ASN1_OBJECT, ASN1_OBJECT_free>;
using owned_extension = owned<X509_EXTENSION, X509_EXTENSION_free>;

// OpenSSL failing where it cannot (memory, provider missing) is a failure of the machine.
inline void must(bool done, const char* what) {
  if (done) return;
  char text[160] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  throw std::runtime_error(fmt::format("{}: {}", what, text));
}

template <class T>
bytes der_of(const T* object, int (*write)(const T*, unsigned char**)) {
  unsigned char* out = nullptr;
  const int size = write(object, &out);
  must(size >= 0, "i2d");
  bytes b(out, out + size);
  OPENSSL_free(out);
  return b;
}

// The whole of `der` as one object, or null.
template <class Owned, class T>
Owned whole(view der, T* (*read)(T**, const unsigned char**, long)) {
  const unsigned char* at = der.data();
  Owned out(read(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (out && at != der.data() + der.size()) out.reset();
  return out;
}

inline owned_x509 read_certificate(view der) { return whole<owned_x509>(der, d2i_X509); }

inline owned_bio reading(view data) {
  owned_bio b(BIO_new_mem_buf(data.data(), static_cast<int>(data.size())));
  must(b != nullptr, "BIO_new_mem_buf");
  return b;
}

inline std::string text_of(BIO* memory) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(memory, &start);
  return {start, static_cast<std::size_t>(size)};
}

inline std::time_t seconds_of(instant t) { return static_cast<std::time_t>(t.micros / 1'000'000); }

}  // namespace madang::pki
