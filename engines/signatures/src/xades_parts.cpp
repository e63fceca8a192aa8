#include <cctype>

#include "madang/base/text.hpp"
#include "xades.hpp"

namespace madang::signatures {
namespace {

std::vector<std::string> prefixes_of(const xmlNode* transform) {
  const auto* list = tree::only(transform, tree::exclusive, "InclusiveNamespaces");
  std::vector<std::string> out;
  for (const auto& p : text::split(tree::get(list, "PrefixList"), ' '))
    if (!p.empty()) out.push_back(p == "#default" ? "" : p);
  return out;
}

struct transforms {
  bool good = true, enveloped = false, canonical = false;
  tree::form form;
};

transforms read_transforms(const xmlNode* reference) {
  transforms out;
  const auto* list = tree::only(reference, tree::ds, "Transforms");
  for (const auto* t : tree::children(list, tree::ds, "Transform")) {
    const std::string name = tree::get(t, "Algorithm");
    if (out.canonical) out.good = false;   // octets: nothing that we know comes after
    if (name == tree::enveloped) {
      out.enveloped = true;
    } else if (name.starts_with(tree::exclusive) || name.starts_with(tree::inclusive) ||
               name.starts_with(tree::inclusive_11)) {
      out.canonical = true;
      out.form = {name, prefixes_of(t)};
    } else {
      out.good = false;   // XPath and XSLT let a signer sign what nobody sees
    }
  }
  return out;
}

struct method_uri {
  const char *uri, *key, *digest;
  bool pss;
};
constexpr method_uri methods[] = {
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "EC", "SHA256", false},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "EC", "SHA384", false},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", "EC", "SHA512", false},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "RSA", "SHA256", false},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "RSA", "SHA384", false},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "RSA", "SHA512", false},
    {"http://www.w3.org/2000/09/xmldsig#rsa-sha1", "RSA", "SHA1", false},
    {"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", "RSA", "SHA256", true},
    {"http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", "RSA", "SHA512", true}};

}  // namespace

std::optional<signature_method> method_of_uri(const std::string& uri) {
  for (const method_uri& m : methods)
    if (uri == m.uri)
      return signature_method{m.digest, m.pss, m.digest,
                              std::string_view(m.digest) == "SHA512" ? 64 : 32, m.key};
  return {};
}

bytes ecdsa_der(view raw) {
  const std::size_t half = raw.size() / 2;
  owned<ECDSA_SIG, ECDSA_SIG_free> s(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(raw.data(), static_cast<int>(half), nullptr);
  BIGNUM* v = BN_bin2bn(raw.data() + half, static_cast<int>(half), nullptr);
  must(s && r && v && ECDSA_SIG_set0(s.get(), r, v) == 1, "ECDSA_SIG");
  return der_of<ECDSA_SIG>(s.get(), i2d_ECDSA_SIG);
}

std::optional<bytes> octets_of(std::string_view digits) {
  std::string plain;
  for (const char c : digits)
    if (!std::isspace(static_cast<unsigned char>(c))) plain += c;
  return text::from_base64(plain);
}

referenced dereference(xmlDoc* d, const xmlNode* signature, const xmlNode* reference,
                       const std::map<std::string, std::vector<xmlNode*>>& ids,
                       const resolver& outside) {
  referenced out;
  const std::string uri = tree::get(reference, "URI");
  const transforms how = read_transforms(reference);
  if (!how.good) {
    out.code = "xml.transform";
    return out;
  }
  const bool has = xmlHasProp(const_cast<xmlNode*>(reference),
                              reinterpret_cast<const xmlChar*>("URI")) != nullptr;
  if (!has) {
    out.code = "xml.reference";
  } else if (uri.empty()) {
    out.top = xmlDocGetRootElement(d);
  } else if (uri.front() == '#') {
    const auto found = ids.find(uri.substr(1));
    if (found == ids.end()) out.code = "xml.reference";
    else if (found->second.size() != 1) out.code = "xml.wrapped";
    else out.top = found->second.front();
  } else {
    const auto octets = outside ? outside(uri) : std::nullopt;
    if (!octets) {
      out.code = "original.missing";
      out.file = uri;
      return out;
    }
    out.file = uri;
    out.octets = *octets;
    if (!how.canonical && !how.enveloped) return out;
    const auto inner = tree::read(*octets);
    const auto made = inner ? tree::canonical(inner.get(), nullptr, nullptr, how.form)
                            : std::nullopt;
    if (made) out.octets = *made;
    else out.code = "xml.transform";
    return out;
  }
  if (!out.code.empty()) return out;
  // "" means the document, with what stands around its root.
  const auto made = tree::canonical(d, uri.empty() ? nullptr : out.top,
                                    how.enveloped ? signature : nullptr, how.form);
  if (made) out.octets = *made;
  else out.code = "xml.transform";
  return out;
}

const xmlNode* unsigned_properties(const xmlNode* signature) {
  for (const auto* object : tree::children(signature, tree::ds, "Object"))
    if (const auto* q = tree::only(object, tree::xades, "QualifyingProperties"))
      return tree::only(tree::only(q, tree::xades, "UnsignedProperties"), tree::xades,
                        "UnsignedSignatureProperties");
  return nullptr;
}

std::optional<std::string> stamped_value(xmlDoc* d, const xmlNode* signature,
                                         const std::string& method) {
  const auto* value = tree::only(signature, tree::ds, "SignatureValue");
  return value ? tree::canonical(d, value, nullptr, {method, {}}) : std::nullopt;
}

std::optional<std::string> archived(xmlDoc* d, const xmlNode* signature, const xmlNode* until,
                                    const std::vector<referenced>& references,
                                    const std::string& method) {
  std::string out;
  for (const auto& r : references) out += r.octets;
  bool good = true;
  const auto add = [&](const xmlNode* n) {
    const auto made = tree::canonical(d, n, nullptr, {method, {}});
    good = good && made.has_value();
    if (made) out += *made;
  };
  for (const char* name : {"SignedInfo", "SignatureValue", "KeyInfo"})
    if (const auto* n = tree::only(signature, tree::ds, name)) add(n);
  const auto* all = unsigned_properties(signature);
  for (const xmlNode* n = all ? all->children : nullptr; n && n != until; n = n->next)
    if (n->type == XML_ELEMENT_NODE) add(n);
  for (const auto* object : tree::children(signature, tree::ds, "Object"))
    if (!tree::only(object, tree::xades, "QualifyingProperties")) add(object);
  if (!good) return {};
  return out;
}

}  // namespace madang::signatures
