#pragma once
#include <mutex>
#include <unordered_map>

#include "keys.hpp"
#include "madang/pki/authority.hpp"

// What authority, responder and stamper share.
namespace madang::pki {

// A key and its certificate.
struct seat {
  signing_key key;
  bytes der;
  owned_x509 x509;
  // Ready to sign with SHA-256: copied for each signature, which is a fifth faster than having
  // OpenSSL find the algorithms again.
  trust::owned_digest_context ready = ready_with(key);

  trust::owned_digest_context signing() const {
    trust::owned_digest_context copy(EVP_MD_CTX_new());
    must(copy && EVP_MD_CTX_copy_ex(copy.get(), ready.get()) == 1, "EVP_MD_CTX_copy_ex");
    return copy;
  }
  static trust::owned_digest_context ready_with(const signing_key& key) {
    trust::owned_digest_context made(EVP_MD_CTX_new());
    must(made && EVP_DigestSignInit(made.get(), nullptr, EVP_sha256(), nullptr, pkey_of(key)) == 1,
         "EVP_DigestSignInit");
    return made;
  }
};

struct addresses {
  std::string list, ocsp, issuer;  // list: without the number of the shard
};

// Builds, lints and signs. `issuer` null: signs itself. The serial has been chosen.
result<bytes> sign_certificate(const certificate_plan& plan, const bytes& serial,
                               EVP_PKEY* issuer_key, X509* issuer);
// As lint(), with certificates that have been read.
std::vector<std::string> lint_under(X509* certificate, X509* issuer, profile p);
bytes random_serial();
std::string hex_of(const ASN1_INTEGER* serial);

// Kept answers of a responder; bounded.
struct kept_answers {
  static constexpr std::size_t most = 200'000;
  std::mutex gate;
  std::uint64_t changes = 0;  // how often something was forgotten
  std::unordered_map<std::string, authority::ocsp_answer> by_certificate;  // key: CertID in DER
  std::unordered_map<std::string, std::vector<std::string>> by_serial;
};

struct authority::inside {
  std::string id, hierarchy, policy;
  words name;
  seat signer;
  bytes root;
  seat responder, registrar;
  addresses at;
  kept_answers kept;
};

struct stamper::inside {
  seat signer;
  owned_x509 issuer;
  std::string policy;
};

struct list_signer::inside {
  seat signer;
};

int reason_code(std::string_view reason);  // of CRLReason; -1: none of ours

}  // namespace madang::pki
