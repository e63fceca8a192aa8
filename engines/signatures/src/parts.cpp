#include "madang/signatures/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/trust/known_x509.hpp"
#include "stamps.hpp"
#include "xades.hpp"

namespace madang::signatures {
namespace {

constexpr std::size_t most_references = 64, most_parts_octets = 4u << 20;
constexpr const char* asic_space = "http://uri.etsi.org/02918/v1.2.1#";

std::string base64(view v) { return text::base64(v); }

// A digest that is still trusted; empty for others.
std::string living_digest(std::string_view uri) {
  const std::string name = digest_of_uri(uri);
  return name == "MD5" || name == "SHA1" ? std::string() : name;
}

xmlNode* first_signature(xmlDoc* d) {
  const auto all = tree::all(xmlDocGetRootElement(d), tree::ds, "Signature");
  return all.empty() ? nullptr : all.front();
}

std::string info_text(const std::vector<named_part>& parts, bool ec) {
  const std::string sha512 = uri_of_digest("SHA512");
  std::string out = fmt::format(
      "<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{}\"/>"
      "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#{}\"/>",
      tree::exclusive, ec ? "ecdsa-sha256" : "rsa-sha256");
  for (std::size_t i = 0; i < parts.size(); ++i)
    out += fmt::format(
        "<ds:Reference Id=\"signature-reference-{}\" URI=\"{}\"><ds:DigestMethod "
        "Algorithm=\"{}\"/><ds:DigestValue>{}</ds:DigestValue></ds:Reference>",
        i, parts[i].uri, sha512, base64(parts[i].digest));
  return out +
         fmt::format(
             "<ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" "
             "URI=\"#signed-properties\"><ds:Transforms><ds:Transform Algorithm=\"{}\"/>"
             "</ds:Transforms><ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue/></ds:Reference>"
             "</ds:SignedInfo>",
             tree::exclusive, sha512);
}

std::string properties_text(const std::vector<named_part>& parts, const signer& who,
                            const parts_options& o) {
  std::string formats, answers;
  for (std::size_t i = 0; i < parts.size(); ++i)
    formats += fmt::format(
        "<xades:DataObjectFormat ObjectReference=\"#signature-reference-{}\">"
        "<xades:MimeType>{}</xades:MimeType></xades:DataObjectFormat>",
        i, parts[i].media_type);
  for (const bytes& a : o.answers)
    answers +=
        fmt::format("<xades:EncapsulatedOCSPValue>{}</xades:EncapsulatedOCSPValue>", base64(a));
  return fmt::format(
      "<ds:Object><xades:QualifyingProperties Target=\"#signature\">"
      "<xades:SignedProperties Id=\"signed-properties\"><xades:SignedSignatureProperties>"
      "<xades:SigningTime>{}Z</xades:SigningTime><xades:SigningCertificateV2><xades:Cert>"
      "<xades:CertDigest><ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue>{}</ds:DigestValue>"
      "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
      "</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>{}"
      "</xades:SignedDataObjectProperties></xades:SignedProperties><xades:UnsignedProperties>"
      "<xades:UnsignedSignatureProperties><xades:RevocationValues><xades:OCSPValues>{}"
      "</xades:OCSPValues></xades:RevocationValues></xades:UnsignedSignatureProperties>"
      "</xades:UnsignedProperties></xades:QualifyingProperties></ds:Object>",
      o.at.str().substr(0, 19), uri_of_digest("SHA512"),
      base64(digest_over("SHA512", who.certificate)), formats, answers);
}

void set_text(xmlNode* n, const std::string& s) {
  xmlNodeSetContent(n, reinterpret_cast<const xmlChar*>(s.c_str()));
}

}  // namespace

bytes digest_by(std::string_view name_or_uri, view data) {
  const std::string named = digest_of_uri(name_or_uri);
  return digest_over(named.empty() ? std::string(name_or_uri) : named, data);
}

std::string digest_uri(std::string_view name) { return uri_of_digest(std::string(name)); }

std::string sign_parts(const std::vector<named_part>& parts, const signer& who,
                       const parts_options& o) {
  auto x = trust::known_x509(who.certificate);
  must(x != nullptr, "the signer's certificate");
  const bool ec = EVP_PKEY_is_a(X509_get0_pubkey(x.get()), "EC") == 1;
  const auto d = tree::read(fmt::format(
      "<asic:XAdESSignatures xmlns:asic=\"{}\" xmlns:ds=\"{}\" xmlns:xades=\"{}\">"
      "<ds:Signature Id=\"signature\">{}<ds:SignatureValue Id=\"signature-value\"/><ds:KeyInfo>"
      "<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>{}"
      "</ds:Signature></asic:XAdESSignatures>",
      asic_space, tree::ds, tree::xades, info_text(parts, ec), base64(who.certificate),
      properties_text(parts, who, o)));
  must(d != nullptr, "names of parts are plain");
  xmlNode* signature = first_signature(d.get());
  xmlNode* info = tree::only(signature, tree::ds, "SignedInfo");
  xmlNode* properties = tree::all(signature, tree::xades, "SignedProperties").front();
  const tree::form form{tree::exclusive, {}};
  const auto covered = tree::canonical(d.get(), properties, nullptr, form);
  set_text(tree::only(tree::children(info, tree::ds, "Reference").back(), tree::ds, "DigestValue"),
           base64(digest_over("SHA512", trust::view_of(*covered))));
  const auto octets = tree::canonical(d.get(), info, nullptr, form);
  set_text(tree::only(signature, tree::ds, "SignatureValue"),
           base64(xml_value(who.sign(trust::view_of(*octets)), ec)));
  return tree::write(d.get());
}

bool parts_signature::refers_to(std::string_view uri) const {
  return std::find(references.begin(), references.end(), uri) != references.end();
}

std::optional<parts_signature> read_parts_signature(std::string_view xml) {
  if (xml.size() > most_parts_octets) return {};
  const auto d = tree::read(xml);
  xmlNode* s = d ? first_signature(d.get()) : nullptr;
  if (!s) return {};
  parts_signature out;
  const auto* info = tree::only(s, tree::ds, "SignedInfo");
  for (const auto* r : tree::children(info, tree::ds, "Reference"))
    out.references.push_back(tree::get(r, "URI"));
  const auto collect = [&](const char* space, const char* name, std::vector<bytes>& into) {
    for (const auto* n : tree::all(s, space, name))
      if (auto b = octets_of(tree::text(n)); b && into.size() < 64) into.push_back(std::move(*b));
  };
  collect(tree::ds, "X509Certificate", out.certificates);
  if (!out.certificates.empty()) out.certificate = out.certificates.front();
  collect(tree::xades, "EncapsulatedX509Certificate", out.certificates);
  collect(tree::xades, "EncapsulatedOCSPValue", out.answers);
  std::vector<bytes> stamps;
  collect(tree::xades, "EncapsulatedTimeStamp", stamps);
  if (!stamps.empty()) out.stamp = stamps.front();
  if (const auto* v = tree::only(s, tree::ds, "SignatureValue"))
    out.value = octets_of(tree::text(v)).value_or(bytes{});
  for (const auto* t : tree::all(s, tree::xades, "SigningTime"))
    out.claimed = instant::parse(tree::text(t));
  return out;
}

namespace {

struct holding {
  xmlDoc* d;
  xmlNode* signature;
  const part_digest& parts;

  const xmlNode* properties() const {
    for (const auto* o : tree::children(signature, tree::ds, "Object"))
      if (const auto* q = tree::only(o, tree::xades, "QualifyingProperties"))
        return tree::only(q, tree::xades, "SignedProperties");
    return nullptr;
  }

  bool one(const xmlNode* reference, const std::map<std::string, std::vector<xmlNode*>>& ids,
           const xmlNode*& covered) const {
    const std::string uri = tree::get(reference, "URI");
    const std::string digest =
        living_digest(tree::get(tree::only(reference, tree::ds, "DigestMethod"), "Algorithm"));
    const auto* value = tree::only(reference, tree::ds, "DigestValue");
    const auto said = value ? octets_of(tree::text(value)) : std::nullopt;
    if (!said || digest.empty()) return false;
    if (!uri.starts_with('#')) {
      if (uri.empty() || tree::only(reference, tree::ds, "Transforms")) return false;
      const auto there = parts(uri, digest);
      return there && *there == *said;
    }
    const auto r = dereference(d, signature, reference, ids, {});
    if (!r.code.empty() || digest_over(digest, trust::view_of(r.octets)) != *said) return false;
    if (tree::is(r.top, tree::xades, "SignedProperties")) covered = r.top;
    return true;
  }

  bool references(const xmlNode* info) const {
    const auto all = tree::children(info, tree::ds, "Reference");
    if (all.empty() || all.size() > most_references) return false;
    const auto ids = tree::ids(d);
    const xmlNode* covered = nullptr;
    for (const auto* r : all)
      if (!one(r, ids, covered)) return false;
    const auto* own = properties();
    return own && covered == own;
  }

  // The signed properties bind this very certificate.
  bool binds(view certificate) const {
    const auto* about = tree::only(properties(), tree::xades, "SignedSignatureProperties");
    const auto* list = tree::only(about, tree::xades, "SigningCertificateV2");
    if (!list) list = tree::only(about, tree::xades, "SigningCertificate");
    const auto certs = tree::children(list, tree::xades, "Cert");
    const auto* digest =
        certs.empty() ? nullptr : tree::only(certs.front(), tree::xades, "CertDigest");
    const std::string name =
        living_digest(tree::get(tree::only(digest, tree::ds, "DigestMethod"), "Algorithm"));
    const auto* value = tree::only(digest, tree::ds, "DigestValue");
    const auto said = value ? octets_of(tree::text(value)) : std::nullopt;
    return said && !name.empty() && digest_over(name, certificate) == *said;
  }
};

}  // namespace

bool parts_hold(std::string_view xml, view certificate, const part_digest& parts) {
  if (xml.size() > most_parts_octets) return false;
  const auto d = tree::read(xml);
  xmlNode* s = d ? first_signature(d.get()) : nullptr;
  const auto* info = s ? tree::only(s, tree::ds, "SignedInfo") : nullptr;
  const auto* value = s ? tree::only(s, tree::ds, "SignatureValue") : nullptr;
  if (!info || !value) return false;
  const auto raw = octets_of(tree::text(value));
  const std::string form =
      tree::get(tree::only(info, tree::ds, "CanonicalizationMethod"), "Algorithm");
  const auto octets = tree::canonical(d.get(), info, nullptr, {form, {}});
  const std::string method = tree::get(tree::only(info, tree::ds, "SignatureMethod"), "Algorithm");
  if (!raw || !octets) return false;
  const auto m = method_of_uri(method);
  const bool ec = m && std::string_view(m->key) == "EC";
  if (ec && (raw->empty() || raw->size() % 2 != 0 || raw->size() > 132)) return false;
  if (!octets_hold(method, certificate, trust::view_of(*octets), ec ? ecdsa_der(*raw) : *raw))
    return false;
  const holding h{d.get(), s, parts};
  return h.binds(certificate) && h.references(info);
}

bool octets_hold(std::string_view method_uri, view certificate, view octets, view signature) {
  const auto m = method_of_uri(std::string(method_uri));
  if (!m || m->digest == "SHA1") return false;
  auto x = trust::known_x509(certificate);
  EVP_PKEY* k = x ? X509_get0_pubkey(x.get()) : nullptr;
  if (!k) ERR_clear_error();
  return k && holds(k, *m, octets, signature);
}

std::optional<std::string> canonical_form(std::string_view xml, const std::string& method) {
  const auto d = tree::read(xml);
  return d ? tree::canonical(d.get(), nullptr, nullptr, {method, {}}) : std::nullopt;
}

std::optional<stamp_facts> read_stamp(view der, view data, const std::vector<bytes>& known) {
  const auto t = token::read(der);
  if (!t) return {};
  pool held;
  for (const bytes& c : known) held.add_certificate(c);
  gather(*t->cms, held);
  const view spans[] = {*t->cms->content};
  const signer_check c = check_signer(*t->cms, t->cms->signers.front(), spans, held);
  stamp_facts out;
  out.at = t->at;
  out.covers = t->covers(data) && t->digest != "MD5" && t->digest != "SHA1";
  out.certificate = c.certificate;
  out.holds = !c.certificate.empty() && c.known_algorithm && c.digest_good && c.crypto_good &&
              c.bound == binding::good;
  return out;
}

}  // namespace madang::signatures
