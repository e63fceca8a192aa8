#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

#include "madang/base/result.hpp"
#include "madang/trust/bytes.hpp"

// OpenSSL's objects owned as C++ owns things, for the rooms that work with them (trust, pki,
// signatures). It is included by their sources alone, never by a header that others see.
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

// Frees a stack with what is on it.
template <class Stack, class Item, auto release>
struct stack_releaser {
  void operator()(Stack* s) const {
    OPENSSL_sk_pop_free(reinterpret_cast<OPENSSL_STACK*>(s),
                        [](void* one) { release(static_cast<Item*>(one)); });
  }
};
template <class Stack, class Item, auto release>
using owned_stack = std::unique_ptr<Stack, stack_releaser<Stack, Item, release>>;

using owned_pkey = owned<EVP_PKEY, EVP_PKEY_free>;
using owned_x509 = owned<X509, X509_free>;
using owned_bio = owned<BIO, BIO_free_all>;
using owned_digest_context = owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using owned_certificates = owned_stack<STACK_OF(X509), X509, X509_free>;

// OpenSSL failing where it cannot (memory, provider missing) is a failure of the machine.
inline void must(bool done, const char* what) {
  if (done) return;
  char text[160] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  std::string message = what;
  throw std::runtime_error(message.append(": ").append(text));
}

// Takes an i2d function's output.
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
  Owned out(der.empty() ? nullptr : read(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (out && at != der.data() + der.size()) out.reset();
  return out;
}

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

// A private key under a passphrase of 1 to 1,024 octets, as PEM "CMS": PKCS#8 (RFC 5958) as the
// content of AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084), whose one recipient is a
// key-encryption key (KEKRecipientInfo, RFC 5652 section 6.2.3, AES-256 key wrap). That one is made
// of the passphrase by scrypt (RFC 7914, r = 8, p = 1: about 0.1 s for whoever tries one), once a
// process and passphrase; its identifier says how: "scrypt:" log2 N ":8:1:" salt in hex.
std::string seal_private_key(const EVP_PKEY* key, std::string_view passphrase);
// PEM "ENCRYPTED PRIVATE KEY" too. Refusals: trust.key_malformed, trust.passphrase_wrong, or
// trust.key_changed: the passphrase fits and the sealed octets are not those that were written.
result<owned_pkey> open_private_key(std::string_view pem, std::string_view passphrase);

}  // namespace madang::trust
