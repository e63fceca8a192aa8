#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cades.hpp"
#include "madang/base/text.hpp"
#include "madang/xml/xml.hpp"
#include "xades.hpp"
#include "zip.hpp"

namespace madang::signatures {
namespace {

constexpr std::string_view asic_e = "application/vnd.etsi.asic-e+zip",
                           asic_s = "application/vnd.etsi.asic-s+zip", inside = "META-INF/",
                           manifest_space = "http://uri.etsi.org/02918/v1.2.1#",
                           digest_space = "http://www.w3.org/2000/09/xmldsig#";

std::string unescaped_uri(std::string_view uri) {
  std::string out;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'   ? c - '0'
                                           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                                  : -1; };
    if (uri[i] == '%' && i + 2 < uri.size() && digit(uri[i + 1]) >= 0 && digit(uri[i + 2]) >= 0) {
      out += static_cast<char>(digit(uri[i + 1]) * 16 + digit(uri[i + 2]));
      i += 2;
    } else {
      out += uri[i];
    }
  }
  return out;
}

std::string escaped_uri(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// What a signature in META-INF is about.
struct manifest {
  std::string name, signature;   // file of the manifest; of the signature
  std::vector<std::string> files;
  std::vector<reason> wrong;     // digest, original.missing, container.manifest
};

class container {
 public:
  container(std::string_view octets, const policy& p) : octets_(octets), policy_(p) {}

  report run() {
    report_.format = "ASiC-E";
    if (octets_.size() > largest_file) return refused("format.too_large");
    std::string why;
    auto read = read_zip(octets_, why);
    if (!read) return refused(why);
    entries_ = std::move(*read);
    const zip_entry* type = find("mimetype");
    // First, stored, without extra fields: so that a file's first octets say what it is (EN 319
    // 162-1 section A.1).
    const bool first = octets_.size() >= 38 &&
                       octets_.substr(26, 4) == std::string_view("\x08\0\0\0", 4) &&
                       octets_.substr(30, 8) == "mimetype";
    if (!type || !first || (type->content != asic_e && type->content != asic_s))
      return refused("container.mimetype");
    simple_ = type->content == asic_s;
    if (simple_) report_.format = "ASiC-S";
    for (const zip_entry& e : entries_)
      if (e.name.starts_with(inside) && e.name.find("ASiCManifest") != std::string::npos)
        read_manifest(e);
    report_.is = indication::total_passed;
    for (const zip_entry& e : entries_) look_at(e);
    if (report_.signatures.empty()) {
      report_.is = indication::indeterminate;
      return refused("format.no_signature");
    }
    for (const zip_entry& e : entries_)
      if (!e.name.starts_with(inside) && e.name != "mimetype" && !covered_.count(e.name)) {
        report_.reasons.push_back({"container.unsigned_file", {{"name", e.name}}});
        report_.is = std::max(report_.is, indication::indeterminate);
      }
    return std::move(report_);
  }

 private:
  std::string_view octets_;
  const policy& policy_;
  report report_;
  std::vector<zip_entry> entries_;
  std::vector<manifest> manifests_;
  std::set<std::string> covered_;
  bool simple_ = false;

  report refused(std::string_view code) {
    report_.reasons.push_back({std::string(code), {}});
    return report_;
  }

  const zip_entry* find(std::string_view name) const {
    for (const zip_entry& e : entries_)
      if (e.name == name) return &e;
    return nullptr;
  }

  void read_manifest(const zip_entry& e) {
    manifest m;
    m.name = e.name;
    xml::limits_of_reading limits;
    limits.octets = 1u << 20;
    const auto d = xml::parse(e.content, limits);
    if (!d || !d->root.is(manifest_space, "ASiCManifest")) {
      m.wrong.push_back({"container.manifest", {{"name", e.name}}});
      manifests_.push_back(std::move(m));
      return;
    }
    for (const xml::node& n : d->root.children) {
      if (n.is(manifest_space, "SigReference")) m.signature = unescaped_uri(n.get("URI"));
      if (!n.is(manifest_space, "DataObjectReference")) continue;
      const std::string name = unescaped_uri(n.get("URI"));
      const xml::node* method = n.child(digest_space, "DigestMethod");
      const xml::node* value = n.child(digest_space, "DigestValue");
      const zip_entry* file = find(name);
      m.files.push_back(name);
      if (!file) {
        m.wrong.push_back({"original.missing", {{"name", name}}});
        continue;
      }
      std::string digits;
      for (const char c : value ? value->all_text() : "")
        if (!std::isspace(static_cast<unsigned char>(c))) digits += c;
      const auto said = text::from_base64(digits);
      const std::string digest = method ? digest_of_uri(method->get("Algorithm")) : "";
      if (!said || digest.empty() || *said != digest_over(digest, trust::view_of(file->content)))
        m.wrong.push_back({"digest", {{"name", name}}});
      else if (chains(policy_, {}).dead(digest, policy_.at))
        weak_.insert(m.name);
    }
    manifests_.push_back(std::move(m));
  }
  std::set<std::string> weak_;   // manifests with a digest that nobody trusts today

  void look_at(const zip_entry& e) {
    if (!e.name.starts_with(inside)) return;
    const std::string_view name = std::string_view(e.name).substr(inside.size());
    const bool cms = name.ends_with(".p7s"), stamp = name.ends_with(".tst");
    if (name.ends_with(".xml") && name.find("signatures") != std::string_view::npos) look_at_xml(e);
    if (!cms && !stamp) return;
    const manifest* m = nullptr;
    for (const manifest& one : manifests_)
      if (one.signature == e.name) m = &one;
    const zip_entry* subject = m ? find(m->name) : simple_ ? only_file() : nullptr;
    signature s;
    s.place = e.name;
    if (!subject) {
      settle(s, indication::indeterminate, "SIGNED_DATA_NOT_FOUND",
             {"container.manifest", {{"name", ""}}});
    } else if (stamp) {
      check_stamp(e, *subject, s);
    } else {
      auto inner = verify_cms(e.content, policy_, subject->content);
      if (inner.signatures.empty()) {
        settle(s, indication::total_failed, "FORMAT_FAILURE", {"format.malformed", {}});
      } else {
        s = std::move(inner.signatures.front());
        s.place = e.name;
      }
    }
    if (m) judge_manifest(*m, s);
    else if (subject) s.covers.push_back(subject->name);
    for (const std::string& f : s.covers) covered_.insert(f);
    report_.is = std::max(report_.is, s.is);
    report_.signatures.push_back(std::move(s));
  }

  // XAdES signatures refer to the files themselves (EN 319 162-1 section 4.4.3.2).
  void look_at_xml(const zip_entry& e) {
    auto inner = verify_tree(
        e.content, policy_,
        [&](const std::string& uri) -> std::optional<std::string_view> {
          const zip_entry* file = find(unescaped_uri(uri));
          if (!file || file->name.starts_with(inside)) return {};
          return file->content;
        },
        true);
    if (inner.signatures.empty()) {
      signature s;
      settle(s, indication::total_failed, "FORMAT_FAILURE", {"format.malformed", {}});
      inner.signatures.push_back(std::move(s));
    }
    for (signature& s : inner.signatures) {
      s.place = e.name;
      for (std::string& f : s.covers) {
        f = unescaped_uri(f);
        covered_.insert(f);
      }
      report_.is = std::max(report_.is, s.is);
      report_.signatures.push_back(std::move(s));
    }
  }

  const zip_entry* only_file() const {
    const zip_entry* found = nullptr;
    for (const zip_entry& e : entries_) {
      if (e.name.starts_with(inside) || e.name == "mimetype") continue;
      if (found) return nullptr;
      found = &e;
    }
    return found;
  }

  void judge_manifest(const manifest& m, signature& s) const {
    s.covers = m.files;
    for (const reason& r : m.wrong) {
      const bool missing = r.code == "original.missing";
      if (s.is == indication::total_failed) {
        s.reasons.push_back(r);
        continue;
      }
      settle(s, missing ? indication::indeterminate : indication::total_failed,
             missing ? "SIGNED_DATA_NOT_FOUND" : "HASH_FAILURE", r);
    }
    if (m.wrong.empty() && weak_.count(m.name) && s.is == indication::total_passed &&
        s.level < level::lta)
      settle(s, indication::indeterminate, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
             {"algorithm", {{"name", "manifest"}}});
  }

  void check_stamp(const zip_entry& e, const zip_entry& subject, signature& s) const {
    s.format = "time stamp";
    found_stamp f{stamp_seen::what::content, token::read(trust::view_of(e.content)), false, false};
    f.covers = f.said && f.said->covers(trust::view_of(subject.content));
    pool embedded;
    if (f.said) gather(*f.said->cms, embedded);
    const auto j = judge_stamp(f, policy_, embedded, policy_.at);
    s.signer = j.seen.authority;
    s.stamps.push_back(j.seen);
    s.reasons = j.reasons;
    s.revocations = j.revocations;
    if (j.good) {
      s.is = indication::total_passed;
      s.proven = j.seen.at;
    } else if (!f.covers) {
      s.is = indication::total_failed;
      s.sub = "HASH_FAILURE";
    } else {
      s.sub = "NO_POE";
    }
  }
};

std::string escaped(std::string_view s) {
  std::string out;
  for (const char c : s)
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
  return out;
}

std::string manifest_of(const std::vector<container_file>& files, std::string_view signature) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest xmlns:asic=\"{}\" "
      "xmlns:ds=\"{}\">\n  <asic:SigReference URI=\"{}\" MimeType=\"application/pkcs7-signature\"/>"
      "\n", manifest_space, digest_space, signature);
  for (const container_file& f : files)
    out += fmt::format(
        "  <asic:DataObjectReference URI=\"{}\" MimeType=\"{}\"><ds:DigestMethod Algorithm=\"{}\"/>"
        "<ds:DigestValue>{}</ds:DigestValue></asic:DataObjectReference>\n",
        escaped_uri(f.name), escaped(f.media_type), uri_of_digest("SHA256"),
        text::base64(digest_over("SHA256", trust::view_of(f.content))));
  return out + "</asic:ASiCManifest>\n";
}

}  // namespace

report verify_container(std::string_view zip, const policy& p) { return container(zip, p).run(); }

result<std::string> make_container(const std::vector<container_file>& files, const signer& who,
                                   const container_options& o) {
  std::set<std::string> names{"mimetype"};
  for (const container_file& f : files)
    if (!is_plain_name(f.name) || f.name.starts_with(inside) || f.name.ends_with('/') ||
        !names.insert(f.name).second)
      return refuse(kind::invalid, "signatures.names", "name");
  if (files.empty()) return refuse(kind::invalid, "signatures.names", "name");
  constexpr std::string_view place = "META-INF/signature001.p7s";
  const std::string manifest = manifest_of(files, place);
  bytes cms = sign_cades(who, manifest, {false, o.at, {}});
  if (o.authority) {
    auto stamped = cades_with_stamp(cms, o.authority);
    if (!stamped) return stamped.why();
    cms = std::move(*stamped);
    if (!o.proof.empty()) {
      auto proven = cades_with_evidence(cms, o.proof);
      if (!proven) return proven.why();
      auto kept = cades_with_archive_stamp(*proven, o.authority, manifest);
      if (!kept) return kept.why();
      cms = std::move(*kept);
    }
  }
  std::vector<zip_entry> entries = {{"mimetype", std::string(asic_e)}};
  for (const container_file& f : files) entries.push_back({f.name, f.content});
  entries.push_back({"META-INF/ASiCManifest001.xml", manifest});
  entries.push_back({std::string(place), std::string(text::chars_of(cms))});
  return write_zip(entries);
}

}  // namespace madang::signatures
