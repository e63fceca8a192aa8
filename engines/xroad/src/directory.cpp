// The signed directory of a configuration (PR-GCONF sections 2.3 and 2.4), and the files of one
// that was downloaded.
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "madang/base/json.hpp"
#include "madang/base/text.hpp"
#include "madang/signatures/parts.hpp"
#include "madang/xroad/configuration.hpp"
#include "mime.hpp"

namespace madang::xroad {
namespace {

using trust::bytes;

constexpr std::size_t longest_directory = 1u << 20;

std::optional<bytes> base64_of(std::string_view s) {
  std::string plain;
  for (const char c : s)
    if (!std::isspace(static_cast<unsigned char>(c))) plain += c;
  return text::from_base64(plain);
}

refusal missing(std::string_view header) {
  return fault("global_conf_header_field_missing", "Missing header " + std::string(header));
}

result<directory_entry> read_entry(const mime::part& p) {
  directory_entry e;
  e.identifier = text::trim(p.get("content-identifier")
                                .substr(0, std::min(p.get("content-identifier").find(';'),
                                                    p.get("content-identifier").size())));
  e.instance = mime::parameter(p.get("content-identifier"), "instance");
  e.location = p.get("content-location");
  e.digest_method = p.get("hash-algorithm-id");
  e.file_name = p.get("content-file-name");
  for (const char* name : {"content-transfer-encoding", "content-location", "hash-algorithm-id"})
    if (p.get(name).empty()) return missing(name);
  const auto digest = base64_of(p.body);
  if (!digest || digest->empty() || signatures::digest_by(e.digest_method, {}).empty())
    return fault("global_conf_parsing_downloaded_conf_directory_failure",
                 "Digest of " + e.location + " cannot be read");
  e.digest = *digest;
  return e;
}

}  // namespace

bool directory_entry::matches(std::string_view octets) const {
  const bytes made = signatures::digest_by(digest_method, trust::view_of(octets));
  return !made.empty() && made == digest;
}

certificate_finder among(const std::vector<bytes>& certificates) {
  return [certificates](const bytes& hash, const std::string& method) -> std::optional<bytes> {
    for (const bytes& c : certificates)
      if (const bytes own = signatures::digest_by(method, c); !own.empty() && own == hash) return c;
    return {};
  };
}

result<signed_directory> read_directory_part(std::string_view content_type, std::string_view body,
                                             instant at) {
  signed_directory out;
  const auto parts = mime::split(body, mime::boundary_of(content_type), true);
  if (!parts || parts->empty())
    return fault("global_conf_missing_signed_data_expiration_date",
                 "Configuration is missing signed data expiration date");
  const std::string expires(parts->front().get("expire-date"));
  if (expires.empty()) return missing("Expire-date");
  const auto when = instant::parse(expires);
  if (!when)
    return fault("global_conf_missing_signed_data_expiration_date", "Expire-date is no date");
  out.expires = *when;
  if (*when < at) return fault("global_conf_outdated", "Configuration expired on " + expires);
  out.version = parts->front().get("version");
  for (std::size_t i = 1; i < parts->size(); ++i) {
    auto e = read_entry((*parts)[i]);
    if (!e) return e.why();
    out.entries.push_back(std::move(*e));
  }
  return out;
}

result<signed_directory> read_directory(std::string_view octets, const certificate_finder& find,
                                        instant at) {
  const auto unreadable = fault("global_conf_parsing_downloaded_conf_directory_failure",
                                "Configuration is no multipart message");
  if (octets.size() > longest_directory) return unreadable;
  std::string_view rest = octets;
  const auto head = mime::take_headers(rest);
  const auto type =
      head ? head->find("content-type") : std::map<std::string, std::string>::const_iterator();
  if (!head || type == head->end() || mime::bare(type->second) != "multipart/related")
    return unreadable;
  const auto parts = mime::split(rest, mime::boundary_of(type->second), true);
  if (!parts)
    return fault("global_conf_missing_signed_data", "Configuration is missing signed data");
  // Without a second part nothing was verified, so nothing was read: that is how the origin says
  // it.
  if (parts->size() < 2)
    return fault("global_conf_missing_signed_data_expiration_date",
                 "Configuration is missing signed data expiration date");
  const mime::part &data = (*parts)[0], &signature = (*parts)[1];
  const auto value = base64_of(signature.body);
  if (!value || value->empty())
    return fault("global_conf_signature_decode_failure", "Failed to decode signature");
  const std::string method(signature.get("signature-algorithm-id"));
  if (method.empty()) return missing("Signature-algorithm-id");
  const std::string_view hash = signature.get("verification-certificate-hash");
  const auto digest = base64_of(hash.substr(0, std::min(hash.find(';'), hash.size())));
  const std::string hash_method = mime::parameter(hash, "hash-algorithm-id");
  if (!digest || hash_method.empty()) return missing("Verification-certificate-hash");
  const auto certificate = find(*digest, hash_method);
  if (!certificate)
    return fault("global_conf_missing_verification_cert",
                 "Could not find verification certificate for certificate hash");
  if (!signatures::octets_hold(method, *certificate, trust::view_of(data.body), *value))
    return fault("global_conf_signature_verification_failure", "Failed to verify signature");
  return read_directory_part(data.get("content-type"), data.body, at);
}

std::string write_directory(const signed_directory& d, const bytes& certificate,
                            const octet_signer& sign) {
  const std::string inner = "inner" + random_token(18), outer = "envelope" + random_token(18);
  std::string data = fmt::format("--{}\r\nExpire-date: {}\r\nVersion: {}\r\n\r\n\r\n", inner,
                                 d.expires.str(), d.version);
  for (const auto& e : d.entries) {
    data += fmt::format(
        "--{}\r\nContent-type: application/octet-stream\r\nContent-transfer-encoding: base64\r\n"
        "Content-identifier: {}; instance=\"{}\"\r\nContent-location: {}\r\n",
        inner, e.identifier, e.instance, e.location);
    if (!e.file_name.empty()) data += fmt::format("Content-file-name: {}\r\n", e.file_name);
    data +=
        fmt::format("Hash-algorithm-id: {}\r\n\r\n{}\r\n", e.digest_method, text::base64(e.digest));
  }
  data += fmt::format("--{}--", inner);
  const std::string sha512 = signatures::digest_uri("SHA512");
  return fmt::format(
      "Content-Type: multipart/related; charset=UTF-8; boundary={outer}\r\n\r\n--{outer}\r\n"
      "Content-Type: multipart/mixed; charset=UTF-8; boundary={inner}\r\n\r\n{data}\r\n--{outer}"
      "\r\nContent-type: application/octet-stream\r\nContent-transfer-encoding: base64\r\n"
      "Signature-algorithm-id: http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\r\n"
      "Verification-certificate-hash: {hash}; hash-algorithm-id=\"{sha512}\"\r\n\r\n{signature}"
      "\r\n--{outer}--\r\n",
      fmt::arg("outer", outer), fmt::arg("inner", inner), fmt::arg("data", data),
      fmt::arg("hash", text::base64(signatures::digest_by("SHA512", certificate))),
      fmt::arg("sha512", sha512), fmt::arg("signature", text::base64(sign(trust::view_of(data)))));
}

const shared_parameters* configuration::of(const std::string& instance_id) const {
  const auto found = shared.find(instance_id);
  return found == shared.end() ? nullptr : &found->second;
}

namespace {

std::optional<std::string> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Takes what one folder holds.
outcome take_folder(const std::filesystem::path& folder, configuration& out) {
  const std::string name = folder.filename();
  for (const char* kind : {"shared-params.xml", "private-params.xml"}) {
    const auto octets = read_file(folder / kind);
    if (!octets) continue;
    const auto about = read_file(folder / (std::string(kind) + ".metadata"));
    if (!about) return fault("MalformedGlobalConf", name + "/" + kind + " has no metadata");
    const auto metadata = json::parse(*about);
    const auto until =
        metadata ? instant::parse(json::str(*metadata, "expirationDate")) : std::nullopt;
    if (!metadata) return fault("MalformedGlobalConf", name + "/" + kind + ".metadata");
    if (until) out.expires[name] = *until;
    if (std::string_view(kind) == "shared-params.xml") {
      auto p = read_shared(*octets);
      if (!p) return p.why();
      const std::string instance = p->instance;
      out.shared.emplace(instance, std::move(*p));
    } else {
      auto p = read_private(*octets);
      if (!p) return p.why();
      const std::string instance = p->instance;
      out.own.emplace(instance, std::move(*p));
    }
  }
  return nothing{};
}

}  // namespace

result<configuration> read_folder(const std::filesystem::path& folder) {
  const auto name = read_file(folder / "instance-identifier");
  if (!name) return fault("MalformedGlobalConf", "instance-identifier is missing");
  configuration out;
  out.instance = text::trim(*name);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    if (entry.is_directory())
      if (auto taken = take_folder(entry.path(), out); !taken) return taken.why();
  return out;
}

}  // namespace madang::xroad
