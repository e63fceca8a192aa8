#include <fmt/format.h>

#include "madang/base/text.hpp"
#include "xades.hpp"

namespace madang::signatures {
namespace {

refusal bad_xml() { return refuse(kind::invalid, "signatures.xml"); }

std::string time_text(instant at) { return at.str().substr(0, 19) + "Z"; }

std::string base64(view v) { return text::base64(v); }

std::string signature_text(const signer& who, const xades_options& o, bool ec) {
  std::string chain = fmt::format("<ds:X509Certificate>{}</ds:X509Certificate>",
                                  base64(who.certificate));
  for (const bytes& c : who.chain)
    chain += fmt::format("<ds:X509Certificate>{}</ds:X509Certificate>", base64(c));
  const std::string sha256 = uri_of_digest("SHA256");
  return fmt::format(
      "<ds:Signature xmlns:ds=\"{ds}\" Id=\"{id}\"><ds:SignedInfo>"
      "<ds:CanonicalizationMethod Algorithm=\"{c14n}\"/>"
      "<ds:SignatureMethod Algorithm=\"{method}\"/>"
      "<ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"{enveloped}\"/>"
      "<ds:Transform Algorithm=\"{c14n}\"/></ds:Transforms><ds:DigestMethod Algorithm=\"{sha}\"/>"
      "<ds:DigestValue/></ds:Reference>"
      "<ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#{id}-properties\">"
      "<ds:Transforms><ds:Transform Algorithm=\"{c14n}\"/></ds:Transforms>"
      "<ds:DigestMethod Algorithm=\"{sha}\"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>"
      "<ds:SignatureValue Id=\"{id}-value\"/><ds:KeyInfo><ds:X509Data>{chain}</ds:X509Data>"
      "</ds:KeyInfo><ds:Object><xades:QualifyingProperties xmlns:xades=\"{xades}\" "
      "Target=\"#{id}\"><xades:SignedProperties Id=\"{id}-properties\">"
      "<xades:SignedSignatureProperties><xades:SigningTime>{time}</xades:SigningTime>"
      "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
      "<ds:DigestMethod Algorithm=\"{sha}\"/><ds:DigestValue>{cert}</ds:DigestValue>"
      "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
      "</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties>"
      "</ds:Object></ds:Signature>",
      fmt::arg("ds", tree::ds), fmt::arg("id", o.id), fmt::arg("c14n", tree::exclusive),
      fmt::arg("method", ec ? "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
                            : "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
      fmt::arg("enveloped", tree::enveloped), fmt::arg("sha", sha256), fmt::arg("chain", chain),
      fmt::arg("xades", tree::xades), fmt::arg("time", time_text(o.at)),
      fmt::arg("cert", base64(digest_over("SHA256", who.certificate))));
}

void set_text(xmlNode* n, const std::string& s) {
  xmlNodeSetContent(n, reinterpret_cast<const xmlChar*>(s.c_str()));
}

// The document and its only signature.
struct signed_xml {
  tree::owned_doc doc;
  xmlNode* signature = nullptr;

  static std::optional<signed_xml> of(std::string_view xml) {
    signed_xml out{tree::read(xml), nullptr};
    if (!out.doc) return {};
    const auto all = tree::all(xmlDocGetRootElement(out.doc.get()), tree::ds, "Signature");
    if (all.size() != 1) return {};
    out.signature = all.front();
    return out;
  }

  // Adds elements, as text with the prefixes ds, xades and xades141, to the unsigned properties.
  bool add(const std::string& elements) {
    xmlNode* object = nullptr;
    xmlNode* q = nullptr;
    for (xmlNode* o : tree::children(signature, tree::ds, "Object"))
      if ((q = tree::only(o, tree::xades, "QualifyingProperties"))) {
        object = o;
        break;
      }
    if (!object) return false;
    const auto piece = tree::read(fmt::format(
        "<xades:UnsignedProperties xmlns:xades=\"{}\" xmlns:ds=\"{}\" xmlns:xades141=\"{}\">"
        "<xades:UnsignedSignatureProperties>{}</xades:UnsignedSignatureProperties>"
        "</xades:UnsignedProperties>", tree::xades, tree::ds, tree::xades141, elements));
    if (!piece) return false;
    xmlNode* made = xmlDocGetRootElement(piece.get());
    auto* there = const_cast<xmlNode*>(unsigned_properties(signature));
    if (!there) {
      xmlAddChild(q, xmlDocCopyNode(made, doc.get(), 1));
      return true;
    }
    const auto* list = tree::only(made, tree::xades, "UnsignedSignatureProperties");
    for (xmlNode* n = list->children; n; n = n->next)
      xmlAddChild(there, xmlDocCopyNode(n, doc.get(), 1));
    return true;
  }
};

std::string stamp_text(const char* name, view token) {
  return fmt::format("<{}><ds:CanonicalizationMethod Algorithm=\"{}\"/>"
                     "<xades:EncapsulatedTimeStamp>{}</xades:EncapsulatedTimeStamp></{}>",
                     name, tree::exclusive, base64(token), name);
}

std::string values_text(const std::vector<bytes>& all, const char* list, const char* item) {
  if (all.empty()) return {};
  std::string out = fmt::format("<xades:{}>", list);
  for (const bytes& b : all) out += fmt::format("<xades:{}>{}</xades:{}>", item, base64(b), item);
  return out + fmt::format("</xades:{}>", list);
}

}  // namespace

bytes xml_value(const bytes& signature, bool ec) {
  if (!ec) return signature;
  auto s = whole<owned<ECDSA_SIG, ECDSA_SIG_free>>(signature, d2i_ECDSA_SIG);
  must(s != nullptr, "the signer's signature");
  bytes out(64);
  must(BN_bn2binpad(ECDSA_SIG_get0_r(s.get()), out.data(), 32) == 32 &&
           BN_bn2binpad(ECDSA_SIG_get0_s(s.get()), out.data() + 32, 32) == 32,
       "a key of P-256");
  return out;
}

result<std::string> sign_xades(std::string_view xml, const signer& who, const xades_options& o) {
  auto d = tree::read(xml);
  if (!d) return bad_xml();
  xmlNode* root = xmlDocGetRootElement(d.get());
  const auto known = tree::ids(d.get());
  for (const char* more : {"", "-properties", "-value"})
    if (known.count(o.id + more)) return bad_xml();
  auto x = read_certificate(who.certificate);
  must(x != nullptr, "the signer's certificate");
  const bool ec = EVP_PKEY_is_a(X509_get0_pubkey(x.get()), "EC") == 1;
  const auto piece = tree::read(signature_text(who, o, ec));
  if (!piece) return bad_xml();
  xmlNode* signature =
      xmlAddChild(root, xmlDocCopyNode(xmlDocGetRootElement(piece.get()), d.get(), 1));
  const auto ids = tree::ids(d.get());
  auto* info = tree::only(signature, tree::ds, "SignedInfo");
  for (auto* reference : tree::children(info, tree::ds, "Reference")) {
    const auto r = dereference(d.get(), signature, reference, ids, {});
    if (!r.code.empty()) return bad_xml();
    set_text(tree::only(reference, tree::ds, "DigestValue"),
             base64(digest_over("SHA256", trust::view_of(r.octets))));
  }
  const auto octets = tree::canonical(d.get(), info, nullptr, {tree::exclusive, {}});
  if (!octets) return bad_xml();
  set_text(tree::only(signature, tree::ds, "SignatureValue"),
           base64(xml_value(who.sign(trust::view_of(*octets)), ec)));
  return tree::write(d.get());
}

result<std::string> xades_with_stamp(std::string_view xml, const stamping& authority) {
  auto s = signed_xml::of(xml);
  const auto data = s ? stamped_value(s->doc.get(), s->signature, tree::exclusive) : std::nullopt;
  if (!data) return bad_xml();
  auto token = stamp(authority, trust::view_of(*data));
  if (!token) return token.why();
  if (!s->add(stamp_text("xades:SignatureTimeStamp", *token))) return bad_xml();
  return tree::write(s->doc.get());
}

result<std::string> xades_with_evidence(std::string_view xml, const evidence& proof) {
  auto s = signed_xml::of(xml);
  if (!s) return bad_xml();
  const std::string revocation =
      values_text(proof.lists, "CRLValues", "EncapsulatedCRLValue") +
      values_text(proof.answers, "OCSPValues", "EncapsulatedOCSPValue");
  std::string all = values_text(proof.certificates, "CertificateValues",
                                "EncapsulatedX509Certificate");
  if (!revocation.empty())
    all += "<xades:RevocationValues>" + revocation + "</xades:RevocationValues>";
  if (!s->add(all)) return bad_xml();
  return tree::write(s->doc.get());
}

result<std::string> xades_with_archive_stamp(std::string_view xml, const stamping& authority,
                                             const std::string& digest) {
  auto s = signed_xml::of(xml);
  if (!s) return bad_xml();
  const auto ids = tree::ids(s->doc.get());
  std::vector<referenced> references;
  const auto* info = tree::only(s->signature, tree::ds, "SignedInfo");
  for (const auto* one : tree::children(info, tree::ds, "Reference"))
    references.push_back(dereference(s->doc.get(), s->signature, one, ids, {}));
  const auto data =
      archived(s->doc.get(), s->signature, nullptr, references, tree::exclusive);
  if (!data) return bad_xml();
  auto token = stamp(authority, trust::view_of(*data), digest);
  if (!token) return token.why();
  if (!s->add(stamp_text("xades141:ArchiveTimeStamp", *token))) return bad_xml();
  return tree::write(s->doc.get());
}

}  // namespace madang::signatures
