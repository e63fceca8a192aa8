#include <algorithm>
#include <set>

#include "madang/base/text.hpp"
#include "xades.hpp"

namespace madang::signatures {
namespace {

constexpr std::size_t most_signatures = 32, most_references = 64;

class xml_signature {
 public:
  xml_signature(xmlDoc* d, xmlNode* node, const policy& p,
                const std::map<std::string, std::vector<xmlNode*>>& ids, const resolver& outside)
      : doc_(d), node_(node), policy_(p), ids_(ids), outside_(outside) {}

  signature run() {
    out_.format = "XAdES";
    out_.place = text::head(tree::get(node_, "Id"), 100);
    info_ = tree::only(node_, tree::ds, "SignedInfo");
    const auto* value = tree::only(node_, tree::ds, "SignatureValue");
    const auto raw = value ? octets_of(tree::text(value)) : std::nullopt;
    const auto method =
        method_of_uri(tree::get(tree::only(info_, tree::ds, "SignatureMethod"), "Algorithm"));
    const auto info = info_ ? tree::canonical(doc_, info_, nullptr, form_of(info_)) : std::nullopt;
    if (!info_ || !raw || !info) return fail(indication::total_failed, "FORMAT_FAILURE",
                                             {"format.malformed", {}});
    if (!method) return fail(indication::indeterminate, "CRYPTO_CONSTRAINTS_FAILURE",
                             {"format.algorithm_unknown", {}});
    gather_certificates();
    find_properties();
    if (!find_signer(*method, *info, *raw)) return std::move(out_);
    if (!check_references()) return std::move(out_);
    if (!method->digest.empty()) presented_.digest = method->digest;
    presented_.embedded = embedded_;
    read_stamps();
    if (!presented_.bound) out_.format = "XML signature";
    judge(presented_, policy_, out_);
    // A digest that is dead today is only a trouble where no archive stamp has kept it.
    if (weak_ && out_.is == indication::total_passed && out_.level < level::lta)
      settle(out_, indication::indeterminate, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", *weak_);
    return std::move(out_);
  }

  const std::set<const xmlNode*>& covered() const { return covered_; }

 private:
  xmlDoc* doc_;
  xmlNode* node_;
  const policy& policy_;
  const std::map<std::string, std::vector<xmlNode*>>& ids_;
  const resolver& outside_;
  signature out_;
  const xmlNode* info_ = nullptr;
  const xmlNode* properties_ = nullptr;     // SignedProperties of this very signature
  std::vector<referenced> references_;
  std::set<const xmlNode*> covered_;
  pool embedded_;
  presented presented_;
  std::optional<reason> weak_;

  signature fail(indication is, std::string sub, reason why) {
    settle(out_, is, std::move(sub), std::move(why));
    return std::move(out_);
  }
  bool stop(indication is, std::string sub, reason why) {
    settle(out_, is, std::move(sub), std::move(why));
    return false;
  }

  static tree::form form_of(const xmlNode* with_method) {
    const auto* m = tree::only(with_method, tree::ds, "CanonicalizationMethod");
    tree::form f;
    f.method = m ? tree::get(m, "Algorithm") : "";
    const auto* list = tree::only(m, tree::exclusive, "InclusiveNamespaces");
    for (const auto& p : text::split(tree::get(list, "PrefixList"), ' '))
      if (!p.empty()) f.prefixes.push_back(p == "#default" ? "" : p);
    return f;
  }
  static std::string stamp_method(const xmlNode* stamp) {
    const auto* m = tree::only(stamp, tree::ds, "CanonicalizationMethod");
    return m ? tree::get(m, "Algorithm") : tree::inclusive;
  }

  void gather_certificates() {
    const auto add = [&](const char* space, const char* name, auto take) {
      for (const auto* n : tree::all(node_, space, name))
        if (const auto b = octets_of(tree::text(n))) take(*b);
    };
    const auto certificate = [&](const bytes& b) { embedded_.add_certificate(b); };
    add(tree::ds, "X509Certificate", certificate);
    add(tree::xades, "EncapsulatedX509Certificate", certificate);
    add(tree::xades, "EncapsulatedCRLValue", [&](const bytes& b) { embedded_.add_list(b); });
    add(tree::xades, "EncapsulatedOCSPValue", [&](const bytes& b) { embedded_.add_answer(b); });
  }

  // Those of this signature alone: a second set elsewhere would be somebody else's (wrapping).
  void find_properties() {
    for (const auto* object : tree::children(node_, tree::ds, "Object")) {
      const auto* q = tree::only(object, tree::xades, "QualifyingProperties");
      const std::string target = tree::get(q, "Target");
      if (q && target == "#" + tree::get(node_, "Id"))
        properties_ = tree::only(q, tree::xades, "SignedProperties");
    }
    const auto* about = tree::only(properties_, tree::xades, "SignedSignatureProperties");
    const auto* time = tree::only(about, tree::xades, "SigningTime");
    if (time) out_.claimed = instant::parse(tree::text(time));
  }

  // The certificate whose hash the signed properties give.
  std::optional<bytes> bound_certificate(bool& named) const {
    const auto* about = tree::only(properties_, tree::xades, "SignedSignatureProperties");
    const auto* list = tree::only(about, tree::xades, "SigningCertificateV2");
    if (!list) list = tree::only(about, tree::xades, "SigningCertificate");
    const auto all = tree::children(list, tree::xades, "Cert");
    named = !all.empty();
    if (!named) return {};
    const auto* digest = tree::only(all.front(), tree::xades, "CertDigest");
    const std::string name =
        digest_of_uri(tree::get(tree::only(digest, tree::ds, "DigestMethod"), "Algorithm"));
    const auto* value = tree::only(digest, tree::ds, "DigestValue");
    const auto said = value ? octets_of(tree::text(value)) : std::nullopt;
    for (const auto* from : {&embedded_.certificates, &policy_.certificates})
      for (const bytes& c : *from)
        if (said && !name.empty() && digest_over(name, c) == *said) return c;
    return {};
  }

  bool find_signer(const signature_method& m, const std::string& info, const bytes& raw) {
    bool named = false;
    auto bound = bound_certificate(named);
    std::vector<bytes> candidates;
    if (bound) candidates = {*bound};
    else if (!named) candidates = embedded_.certificates;
    if (candidates.empty())
      return stop(indication::indeterminate, "NO_SIGNING_CERTIFICATE_FOUND",
                  {"certificate.missing", {}});
    const bool ec = std::string_view(m.key) == "EC";
    const bytes signature = ec ? ecdsa_der(raw) : raw;
    for (const bytes& c : candidates) {
      auto x = read_certificate(c);
      EVP_PKEY* k = x ? X509_get0_pubkey(x.get()) : nullptr;
      if (!holds(k, m, trust::view_of(info), signature)) continue;
      presented_.certificate = c;
      presented_.key = key_name(k);
      presented_.bound = named;
      name_signer(c, out_);
      if (!named) out_.reasons.push_back({"binding.missing", {}});
      return true;
    }
    name_signer(candidates.front(), out_);
    return stop(indication::total_failed, "SIG_CRYPTO_FAILURE", {"crypto", {}});
  }

  bool check_references() {
    const auto all = tree::children(info_, tree::ds, "Reference");
    bool properties_signed = false;
    if (all.empty() || all.size() > most_references)
      return stop(indication::total_failed, "FORMAT_FAILURE", {"xml.reference", {}});
    for (const auto* one : all) {
      auto r = dereference(doc_, node_, one, ids_, outside_);
      if (!r.code.empty()) {
        const bool wrapped = r.code == "xml.wrapped";
        return stop(wrapped ? indication::total_failed : indication::indeterminate,
                    r.code == "original.missing" ? "SIGNED_DATA_NOT_FOUND"
                    : wrapped                    ? "FORMAT_FAILURE"
                                                 : "SIG_CONSTRAINTS_FAILURE",
                    {r.code, {{"name", r.file}}});
      }
      const std::string digest =
          digest_of_uri(tree::get(tree::only(one, tree::ds, "DigestMethod"), "Algorithm"));
      const auto* value = tree::only(one, tree::ds, "DigestValue");
      const auto said = value ? octets_of(tree::text(value)) : std::nullopt;
      if (!said || digest.empty() || digest_over(digest, trust::view_of(r.octets)) != *said)
        return stop(indication::total_failed, "HASH_FAILURE", {"digest", {{"name", r.file}}});
      if (auto why = chains(policy_, embedded_).dead(digest, policy_.at))
        weak_ = why;
      if (r.top && r.top == properties_) properties_signed = true;
      else if (r.top) covered_.insert(r.top);
      if (!r.file.empty()) out_.covers.push_back(r.file);
      references_.push_back(std::move(r));
    }
    if (properties_ && !properties_signed)
      return stop(indication::total_failed, "FORMAT_FAILURE", {"xml.wrapped", {}});
    return true;
  }

  void read_stamps() {
    const auto* list = unsigned_properties(node_);
    for (const xmlNode* n = list ? list->children : nullptr; n; n = n->next) {
      const bool on_value = tree::is(n, tree::xades, "SignatureTimeStamp");
      const bool archive = tree::is(n, tree::xades141, "ArchiveTimeStamp");
      if (!on_value && !archive) continue;
      const auto data = on_value ? stamped_value(doc_, node_, stamp_method(n))
                                 : archived(doc_, node_, n, references_, stamp_method(n));
      const auto* inside = tree::only(n, tree::xades, "EncapsulatedTimeStamp");
      const auto octets = inside ? octets_of(tree::text(inside)) : std::nullopt;
      found_stamp s{on_value ? stamp_seen::what::signature : stamp_seen::what::archive,
                    octets ? token::read(*octets) : std::nullopt, false, archive};
      s.covers = s.said && data && s.said->covers(trust::view_of(*data));
      if (s.said) gather(*s.said->cms, presented_.embedded);
      (on_value ? presented_.on_signature : presented_.over_all).push_back(std::move(s));
    }
  }
};

// Parts of the document that no signature covers, and that show something: an element with text or
// attributes that is neither within what was signed, nor within a signature, nor merely around it.
bool all_covered(xmlNode* root, const std::set<const xmlNode*>& covered) {
  struct walker {
    const std::set<const xmlNode*>& covered;
    bool holds(const xmlNode* n) const {
      if (covered.count(n) || tree::is(n, tree::ds, "Signature")) return true;
      bool any = false;
      for (const xmlNode* c = n->children; c; c = c->next) {
        if (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) {
          if (!text::trim(tree::text(c)).empty()) return false;
        } else if (c->type == XML_ELEMENT_NODE) {
          any = true;
          if (!holds(c)) return false;
        }
      }
      return any;
    }
  };
  return walker{covered}.holds(root);
}

// An object within a signature that no reference leads to.
bool has_loose_object(const xmlNode* signature, const std::set<const xmlNode*>& covered) {
  for (const auto* o : tree::children(signature, tree::ds, "Object")) {
    if (tree::only(o, tree::xades, "QualifyingProperties") || covered.count(o)) continue;
    for (const xmlNode* c = o->children; c; c = c->next)
      if (!covered.count(c) &&
          (c->type == XML_ELEMENT_NODE || !text::trim(tree::text(c)).empty()))
        return true;
  }
  return false;
}

}  // namespace

report verify_tree(std::string_view xml, const policy& p, const resolver& outside,
                   bool detached_only) {
  report r;
  r.format = "XML";
  if (xml.size() > largest_file) {
    r.reasons.push_back({"format.too_large", {}});
    return r;
  }
  const auto d = tree::read(xml);
  if (!d) {
    r.reasons.push_back({"format.malformed", {}});
    return r;
  }
  xmlNode* root = xmlDocGetRootElement(d.get());
  std::vector<xmlNode*> found;
  for (xmlNode* n : tree::all(root, tree::ds, "Signature")) {
    bool inner = false;   // a counter-signature, or one within what another holds
    for (const xmlNode* up = n->parent; up; up = up->parent)
      inner = inner || tree::is(up, tree::ds, "Signature");
    if (!inner) found.push_back(n);
  }
  if (found.empty() || found.size() > most_signatures) {
    r.reasons.push_back({found.empty() ? "format.no_signature" : "format.limit", {}});
    return r;
  }
  const auto ids = tree::ids(d.get());
  r.is = indication::total_passed;
  for (xmlNode* n : found) {
    xml_signature one(d.get(), n, p, ids, outside);
    signature s = one.run();
    const bool loose = !(detached_only || all_covered(root, one.covered())) ||
                       has_loose_object(n, one.covered());
    if (s.is == indication::total_passed && loose)
      settle(s, indication::indeterminate, "SIG_CONSTRAINTS_FAILURE", {"xml.uncovered", {}});
    r.is = std::max(r.is, s.is);
    r.signatures.push_back(std::move(s));
  }
  return r;
}

report verify_xml(std::string_view xml, const policy& p, std::string_view original) {
  return verify_tree(
      xml, p,
      [&](const std::string&) -> std::optional<std::string_view> {
        if (original.data() == nullptr) return {};
        return original;
      },
      false);
}

}  // namespace madang::signatures
