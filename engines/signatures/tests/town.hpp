#pragma once
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/signatures/make.hpp"
#include "madang/signatures/verify.hpp"
#include "../src/openssl.hpp"

// A small town of authorities, signers and stampers made by OpenSSL at whatever date a test needs,
// so that nothing here is judged by the code that made it.
namespace madang::signatures::town {

inline instant day(std::string_view d) {
  return *instant::parse(d.size() == 10 ? std::string(d) + "T00:00:00Z" : std::string(d));
}

struct person {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;
  trust::bytes der() const { return der_of<X509>(certificate.get(), i2d_X509); }
};

enum class kind_of { root, authority, signer, stamper };

struct plan {
  std::string name;
  kind_of kind = kind_of::signer;
  std::string from = "2026-01-01", until = "2029-01-01";
  bool rsa = false;
};

inline std::time_t seconds(std::string_view d) {
  return static_cast<std::time_t>(day(d).micros / 1'000'000);
}

inline void extend(X509* x, X509* issuer, int nid, const char* value) {
  X509V3_CTX c;
  X509V3_set_ctx_nodb(&c);
  X509V3_set_ctx(&c, issuer, x, nullptr, nullptr, 0);
  owned<X509_EXTENSION, X509_EXTENSION_free> e(X509V3_EXT_conf_nid(nullptr, &c, nid, value));
  must(e && X509_add_ext(x, e.get(), -1) == 1, value);
}

inline person issue(const plan& p, const person* issuer) {
  static long serial = 1000;
  person out;
  out.key.reset(p.rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), EVP_PKEY_free);
  out.certificate.reset(X509_new(), X509_free);
  X509* x = out.certificate.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(x), seconds(p.from));
  ASN1_TIME_set(X509_getm_notAfter(x), seconds(p.until));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(p.name.c_str()), -1, -1, 0);
  X509* above = issuer ? issuer->certificate.get() : x;
  X509_set_issuer_name(x, X509_get_subject_name(above));
  X509_set_pubkey(x, out.key.get());
  const bool authority = p.kind == kind_of::root || p.kind == kind_of::authority;
  extend(x, above, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  extend(x, above, NID_key_usage,
         authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature,nonRepudiation");
  extend(x, above, NID_subject_key_identifier, "hash");
  if (p.kind == kind_of::stamper) extend(x, above, NID_ext_key_usage, "critical,timeStamping");
  must(X509_sign(x, issuer ? issuer->key.get() : out.key.get(), EVP_sha256()) > 0, "X509_sign");
  return out;
}

inline signer signer_from(const person& who, std::vector<trust::bytes> chain = {}) {
  signer s;
  s.certificate = who.der();
  s.chain = std::move(chain);
  s.sign = [key = who.key](trust::view data) {
    owned_hash h(EVP_MD_CTX_new());
    std::size_t size = 0;
    must(EVP_DigestSignInit(h.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
             EVP_DigestSign(h.get(), nullptr, &size, data.data(), data.size()) == 1,
         "EVP_DigestSign");
    trust::bytes out(size);
    must(EVP_DigestSign(h.get(), out.data(), &size, data.data(), data.size()) == 1, "sign");
    out.resize(size);
    return out;
  };
  return s;
}

inline ASN1_INTEGER* next_stamp(TS_RESP_CTX*, void*) {
  static long n = 0;
  ASN1_INTEGER* out = ASN1_INTEGER_new();
  ASN1_INTEGER_set(out, ++n);
  return out;
}
inline int told_time(TS_RESP_CTX*, void* at, long* s, long* us) {
  *s = static_cast<long>(static_cast<instant*>(at)->micros / 1'000'000);
  *us = 0;
  return 1;
}

// A stamper whose clock shows `at`.
inline stamping clock_at(const person& who, instant at) {
  return [who, at](const trust::bytes& request) mutable {
    owned<TS_RESP_CTX, TS_RESP_CTX_free> c(TS_RESP_CTX_new());
    owned<ASN1_OBJECT, ASN1_OBJECT_free> policy(OBJ_txt2obj("1.2.3.4.1", 1));
    TS_RESP_CTX_set_signer_cert(c.get(), who.certificate.get());
    TS_RESP_CTX_set_signer_key(c.get(), who.key.get());
    TS_RESP_CTX_set_signer_digest(c.get(), EVP_sha256());
    TS_RESP_CTX_set_ess_cert_id_digest(c.get(), EVP_sha256());
    TS_RESP_CTX_set_def_policy(c.get(), policy.get());
    for (const EVP_MD* md : {EVP_sha256(), EVP_sha384(), EVP_sha512()})
      TS_RESP_CTX_add_md(c.get(), md);
    TS_RESP_CTX_set_serial_cb(c.get(), next_stamp, nullptr);
    TS_RESP_CTX_set_time_cb(c.get(), told_time, &at);
    owned<BIO, BIO_free_all> in(
        BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
    owned<TS_RESP, TS_RESP_free> made(TS_RESP_create_response(c.get(), in.get()));
    must(made != nullptr, "TS_RESP_create_response");
    return der_of<TS_RESP>(made.get(), i2d_TS_RESP);
  };
}

inline trust::bytes list_of(const person& issuer, std::string_view from, std::string_view next,
                            const person* revoked = nullptr, std::string_view when = "") {
  owned<X509_CRL, X509_CRL_free> l(X509_CRL_new());
  X509_CRL_set_version(l.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(l.get(), X509_get_subject_name(issuer.certificate.get()));
  owned<ASN1_TIME, ASN1_TIME_free> a(ASN1_TIME_set(nullptr, seconds(from))),
      b(ASN1_TIME_set(nullptr, seconds(next)));
  X509_CRL_set1_lastUpdate(l.get(), a.get());
  X509_CRL_set1_nextUpdate(l.get(), b.get());
  if (revoked) {
    X509_REVOKED* r = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(revoked->certificate.get()));
    owned<ASN1_TIME, ASN1_TIME_free> t(ASN1_TIME_set(nullptr, seconds(when)));
    X509_REVOKED_set_revocationDate(r, t.get());
    X509_CRL_add0_revoked(l.get(), r);
  }
  must(X509_CRL_sign(l.get(), issuer.key.get(), EVP_sha256()) > 0, "X509_CRL_sign");
  return der_of<X509_CRL>(l.get(), i2d_X509_CRL);
}

// Root, authority, a signer and a stamper of 2026, with the lists of that summer.
struct town {
  person root = issue({"Town Root", kind_of::root, "2020-01-01", "2060-01-01"}, nullptr);
  person authority =
      issue({"Town Authority", kind_of::authority, "2020-01-01", "2050-01-01"}, &root);
  person kim = issue({"Kim Haneul", kind_of::signer}, &authority);
  person clock = issue({"Town Clock", kind_of::stamper}, &root);
  signer who = signer_from(kim, {authority.der()});
  instant signed_at = day("2026-06-01T09:00:00Z");
  stamping at_signing = clock_at(clock, day("2026-06-01T09:00:05Z"));
  stamping at_archiving = clock_at(clock, day("2026-06-02T00:00:00Z"));

  evidence proof() const {
    return {{authority.der()},
            {list_of(authority, "2026-06-01T10:00:00Z", "2026-06-08T00:00:00Z"),
             list_of(root, "2026-06-01T10:00:00Z", "2027-06-01T00:00:00Z")},
            {}};
  }
  policy asked(std::string_view at = "2026-06-03") const {
    policy p;
    p.anchors = {root.der()};
    p.at = day(at);
    p.dead = weak_today();
    return p;
  }
};

inline std::string said(const report& r) {
  std::string out = r.format + " " + std::string(name_of(r.is));
  for (const auto& x : r.reasons) out += " !" + x.code;
  for (const auto& s : r.signatures) {
    out += "\n " + s.place + " " + s.format + " " + std::string(name_of(s.is)) + " " + s.sub + " " +
           std::string(name_of(s.level));
    for (const auto& x : s.reasons) {
      out += " " + x.code;
      for (const auto& [k, v] : x.facts) out += " " + k + "=" + v;
    }
  }
  return out;
}

// A foreign program's word in a folder of its own.
class judges {
 public:
  judges() {
    char name[] = "/tmp/madang-signatures-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~judges() { std::filesystem::remove_all(folder_); }
  std::string put(const std::string& name, std::string_view octets) const {
    std::ofstream(folder_ / name, std::ios::binary) << octets;
    return folder_ / name;
  }
  std::string put(const std::string& name, const trust::bytes& b) const {
    return put(name, std::string_view(reinterpret_cast<const char*>(b.data()), b.size()));
  }
  std::string pem(const std::string& name, const std::vector<person>& all) const {
    owned<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
    for (const person& p : all) PEM_write_bio_X509(out.get(), p.certificate.get());
    char* at = nullptr;
    const long n = BIO_get_mem_data(out.get(), &at);
    return put(name, std::string_view(at, static_cast<std::size_t>(n)));
  }
  static bool have(const std::string& program) {
    return output_of("command -v " + program + " 2>/dev/null").first == 0;
  }
  // Exit status and everything it printed.
  std::pair<int, std::string> run(const std::string& command) const {
    return output_of("cd " + folder_.string() + " && (" + command + ") 2>&1");
  }
  static std::pair<int, std::string> output_of(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string out;
    char some[4096];
    while (const std::size_t n = pipe ? std::fread(some, 1, sizeof some, pipe) : 0)
      out.append(some, n);
    return {pipe ? WEXITSTATUS(::pclose(pipe)) : -1, out};
  }
  std::filesystem::path folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace madang::signatures::town
