#pragma once
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

#include "madang/trust/certificate.hpp"
#include "madang/trust/key.hpp"

// OpenSSL's objects owned as C++ owns things. Only this room sees this header.
namespace madang::trust {

template <auto release>
struct releaser {
  template <class T>
  void operator()(T* p) const {
    release(p);
  }
};
template <class T, auto release>
using owned = std::unique_ptr<T, releaser<release>>;

using owned_pkey = owned<EVP_PKEY, EVP_PKEY_free>;
using owned_x509 = owned<X509, X509_free>;
using owned_bio = owned<BIO, BIO_free_all>;
using owned_digest_context = owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using owned_bignum = owned<BIGNUM, BN_free>;

// OpenSSL failing where it cannot (memory, provider missing) is a failure of the machine.
inline void must(bool done, const char* what) {
  if (done) return;
  char text[160] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  throw std::runtime_error(std::string(what) + ": " + text);
}

// Takes an i2d function's output.
template <class T>
bytes der_of(const T* object, int (*write)(const T*, unsigned char**)) {
  unsigned char* out = nullptr;
  int size = write(object, &out);
  must(size >= 0, "i2d");
  bytes b(out, out + size);
  OPENSSL_free(out);
  return b;
}

inline owned_bio reading(view data) {
  owned_bio b(BIO_new_mem_buf(data.data(), static_cast<int>(data.size())));
  must(b != nullptr, "BIO_new_mem_buf");
  return b;
}

inline std::string text_of(BIO* memory) {
  char* start = nullptr;
  long size = BIO_get_mem_data(memory, &start);
  return {start, static_cast<std::size_t>(size)};
}

inline std::time_t seconds_of(instant t) {
  return static_cast<std::time_t>(t.micros / 1'000'000);
}

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
