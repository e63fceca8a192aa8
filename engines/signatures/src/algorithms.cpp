#include "algorithms.hpp"

#include <map>

namespace madang::signatures {
namespace {

struct row {
  const char *name, *dotted, *uri;
};
constexpr row digests[] = {
    {"MD5", "1.2.840.113549.2.5", "http://www.w3.org/2001/04/xmldsig-more#md5"},
    {"SHA1", "1.3.14.3.2.26", "http://www.w3.org/2000/09/xmldsig#sha1"},
    {"SHA224", "2.16.840.1.101.3.4.2.4", "http://www.w3.org/2001/04/xmldsig-more#sha224"},
    {"SHA256", ids::sha256, "http://www.w3.org/2001/04/xmlenc#sha256"},
    {"SHA384", "2.16.840.1.101.3.4.2.2", "http://www.w3.org/2001/04/xmldsig-more#sha384"},
    {"SHA512", "2.16.840.1.101.3.4.2.3", "http://www.w3.org/2001/04/xmlenc#sha512"},
    {"SHA3-256", "2.16.840.1.101.3.4.2.8", "http://www.w3.org/2007/05/xmldsig-more#sha3-256"},
    {"SHA3-384", "2.16.840.1.101.3.4.2.9", "http://www.w3.org/2007/05/xmldsig-more#sha3-384"},
    {"SHA3-512", "2.16.840.1.101.3.4.2.10", "http://www.w3.org/2007/05/xmldsig-more#sha3-512"}};

std::string name_of_md(const EVP_MD* md) {
  if (!md) return {};
  for (const row& r : digests)
    if (EVP_MD_is_a(md, r.name)) return r.name;
  return {};
}

const EVP_MD* md_of(const std::string& digest) {
  return digest.empty() ? nullptr : EVP_get_digestbyname(digest.c_str());
}

// RSASSA-PSS-params (RFC 4055 section 3.1).
std::optional<signature_method> pss_of(view parameters) {
  const unsigned char* at = parameters.data();
  owned<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free> p(
      d2i_RSA_PSS_PARAMS(nullptr, &at, static_cast<long>(parameters.size())));
  ERR_clear_error();
  if (!p) return {};
  signature_method m{"SHA1", true, "SHA1", 20, "RSA"};
  auto named = [](const X509_ALGOR* a) {
    const ASN1_OBJECT* id = nullptr;
    X509_ALGOR_get0(&id, nullptr, nullptr, a);
    return name_of_md(EVP_get_digestbyobj(id));
  };
  if (p->hashAlgorithm) m.digest = named(p->hashAlgorithm);
  if (p->maskGenAlgorithm) {
    const ASN1_OBJECT* id = nullptr;
    int type = 0;
    const void* value = nullptr;
    X509_ALGOR_get0(&id, &type, &value, p->maskGenAlgorithm);
    if (OBJ_obj2nid(id) != NID_mgf1 || type != V_ASN1_SEQUENCE) return {};
    const auto* s = static_cast<const ASN1_STRING*>(value);
    const unsigned char* from = ASN1_STRING_get0_data(s);
    owned<X509_ALGOR, X509_ALGOR_free> inner(
        d2i_X509_ALGOR(nullptr, &from, ASN1_STRING_length(s)));
    ERR_clear_error();
    if (!inner) return {};
    m.mask_digest = named(inner.get());
  }
  if (p->saltLength) m.salt = static_cast<int>(ASN1_INTEGER_get(p->saltLength));
  if (m.digest.empty() || m.mask_digest.empty() || m.salt < 0 || m.salt > 512) return {};
  return m;
}

}  // namespace

std::string digest_named(const std::string& dotted) {
  for (const row& r : digests)
    if (dotted == r.dotted) return r.name;
  return {};
}

std::string digest_of_uri(std::string_view uri) {
  for (const row& r : digests)
    if (uri == r.uri) return r.name;
  return {};
}

std::string uri_of_digest(const std::string& digest) {
  for (const row& r : digests)
    if (digest == r.name) return r.uri;
  return {};
}

std::string algorithm_of(view identifier) {
  auto s = der::only(identifier, der::sequence);
  if (!s) return {};
  view rest = s->content;
  auto id = der::take(rest, der::object_id);
  return id ? der::dotted(id->content) : std::string();
}

bytes identifier_of_digest(const std::string& digest) {
  for (const row& r : digests)
    if (digest == r.name) return der::node(der::sequence, der::oid(r.dotted));
  return {};
}

bytes digest_over(const std::string& digest, std::span<const view> spans) {
  const EVP_MD* md = md_of(digest);
  if (!md) return {};
  owned_hash h(EVP_MD_CTX_new());
  must(h && EVP_DigestInit_ex(h.get(), md, nullptr) == 1, "EVP_DigestInit");
  for (view s : spans) must(EVP_DigestUpdate(h.get(), s.data(), s.size()) == 1, "EVP_DigestUpdate");
  bytes out(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  must(EVP_DigestFinal_ex(h.get(), out.data(), &size) == 1, "EVP_DigestFinal");
  out.resize(size);
  return out;
}

std::string key_name(EVP_PKEY* k) {
  if (!k) return {};
  const std::string bits = std::to_string(EVP_PKEY_get_bits(k));
  if (EVP_PKEY_is_a(k, "RSA") || EVP_PKEY_is_a(k, "RSA-PSS")) return "RSA" + bits;
  if (EVP_PKEY_is_a(k, "EC")) return "EC" + bits;
  if (EVP_PKEY_is_a(k, "ED25519")) return "ED25519";
  if (EVP_PKEY_is_a(k, "ED448")) return "ED448";
  return EVP_PKEY_is_a(k, "DSA") ? "DSA" + bits : "";
}

std::optional<signature_method> method_of(view identifier, const std::string& digest) {
  auto s = der::only(identifier, der::sequence);
  if (!s) return {};
  view rest = s->content;
  auto id = der::take(rest, der::object_id);
  if (!id) return {};
  const std::string name = der::dotted(id->content);
  if (name == "1.2.840.113549.1.1.10") return pss_of(rest);
  if (name == "1.2.840.113549.1.1.1") return signature_method{digest, false, {}, -1, "RSA"};
  if (name == "1.2.840.10045.2.1") return signature_method{digest, false, {}, -1, "EC"};
  if (name == "1.3.101.112") return signature_method{{}, false, {}, -1, "ED25519"};
  if (name == "1.3.101.113") return signature_method{{}, false, {}, -1, "ED448"};
  int md = NID_undef, key = NID_undef;
  const int nid = OBJ_txt2nid(name.c_str());
  if (nid == NID_undef || OBJ_find_sigid_algs(nid, &md, &key) != 1) return {};
  const std::string with = name_of_md(EVP_get_digestbynid(md));
  if (with.empty()) return {};
  if (key == NID_rsaEncryption) return signature_method{with, false, {}, -1, "RSA"};
  if (key == NID_X9_62_id_ecPublicKey) return signature_method{with, false, {}, -1, "EC"};
  return {};
}

bool holds(EVP_PKEY* k, const signature_method& m, view data, view signature) {
  if (!k || !m.key) return false;
  const bool fits = EVP_PKEY_is_a(k, m.key) ||
                    (std::string_view(m.key) == "RSA" && m.pss && EVP_PKEY_is_a(k, "RSA-PSS"));
  const EVP_MD* md = md_of(m.digest);
  if (!fits || (!m.digest.empty() && !md)) return false;
  owned_hash h(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  bool good = h && EVP_DigestVerifyInit(h.get(), &settings, md, nullptr, k) == 1;
  if (good && m.pss)
    good = EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, m.salt) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(settings, md_of(m.mask_digest)) == 1;
  good = good && EVP_DigestVerify(h.get(), signature.data(), signature.size(), data.data(),
                                  data.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace madang::signatures
