#include "madang/xroad/container.hpp"

#include <algorithm>

#include "identifier_node.hpp"
#include "madang/base/text.hpp"
#include "madang/signatures/archive.hpp"
#include "madang/signatures/parts.hpp"
#include "madang/trust/certificate.hpp"
#include "madang/xroad/hash_chain.hpp"

namespace madang::xroad {
namespace {

using trust::bytes;

constexpr std::string_view mime_type = "application/vnd.etsi.asic-e+zip";
constexpr const char *message_uri = "/message.xml", *signature_uri = "/META-INF/signatures.xml",
                     *result_uri = "/sig-hashchainresult.xml", *chain_uri = "/sig-hashchain.xml",
                     *stamp_result = "ts-hashchainresult.xml", *stamp_chain = "ts-hashchain.xml",
                     *stamp_file = "META-INF/timestamp.tst";

std::string attachment_name(std::size_t i) { return "attachment" + std::to_string(i + 1); }

std::string manifest_text(const std::vector<signatures::zip_entry>& files) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest:manifest "
      "xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" "
      "manifest:version=\"1.2\"><manifest:file-entry "
      "manifest:media-type=\"application/vnd.etsi.asic-e+zip\" manifest:full-path=\"/\"/>";
  for (const auto& f : files) {
    if (f.name == "mimetype" || f.name.starts_with("META-INF/")) continue;
    const char* type = f.name.starts_with("attachment") ? "application/octet-stream" : "text/xml";
    out += "<manifest:file-entry manifest:media-type=\"" + std::string(type) +
           "\" manifest:full-path=\"" + f.name + "\"/>";
  }
  return out + "</manifest:manifest>";
}

// What the time stamp covers (EN 319 162-1 section 4.4.3.3).
std::string stamp_manifest(const std::string& result) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest "
         "xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" "
         "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><asic:SigReference "
         "URI=\"META-INF/timestamp.tst\" MimeType=\"application/vnd.etsi.timestamp-token\"/>"
         "<asic:DataObjectReference URI=\"ts-hashchainresult.xml\" MimeType=\"text/xml\">"
         "<ds:DigestMethod Algorithm=\"" +
         std::string(sha512_uri) + "\"/><ds:DigestValue>" +
         text::base64(signatures::digest_by("SHA512", trust::view_of(result))) +
         "</ds:DigestValue></asic:DataObjectReference></asic:ASiCManifest>";
}

std::optional<std::string> named(const container& c, std::string_view name) {
  if (name.starts_with('/')) name.remove_prefix(1);
  const auto found = c.files.find(std::string(name));
  if (found == c.files.end()) return {};
  return found->second;
}

std::string subject_of(const bytes& certificate) {
  const auto x = trust::certificate::from_der(certificate);
  return x ? x->subject() : std::string();
}

}  // namespace

std::string sign_message(const std::string& message, const std::vector<std::string>& attachments,
                         const message_signer& by, instant at) {
  const auto digest = [](const std::string& s) {
    return signatures::digest_by("SHA512", trust::view_of(s));
  };
  std::vector<signatures::named_part> parts{{message_uri, digest(message)}};
  for (std::size_t i = 0; i < attachments.size(); ++i)
    parts.push_back({"/" + attachment_name(i), digest(attachments[i])});
  return signatures::sign_parts(parts, by.who, {at, by.answers});
}

outcome verify_message(const signed_message& m, const client_id& sender, const shared_parameters& p,
                       instant at, const std::map<std::string, std::string>& files) {
  const auto signature = signatures::read_parts_signature(m.signature);
  if (!signature) return fault("MalformedSignature", "Signature cannot be read");
  const bool batch = signature->refers_to(result_uri);
  if (!batch && !signature->refers_to(message_uri))
    return fault("MalformedSignature",
                 "Signature does not reference '/message.xml' or '/sig-hashchainresult.xml'");
  const auto file = [&](const std::string& uri) -> std::optional<std::string> {
    if (uri == message_uri) return m.message;
    if (uri == result_uri && !m.chain_result.empty()) return m.chain_result;
    if (uri == chain_uri && !m.chain.empty()) return m.chain;
    for (std::size_t i = 0; i < m.attachments.size(); ++i)
      if (uri == "/" + attachment_name(i)) return m.attachments[i];
    if (const auto found = files.find(uri.substr(1)); found != files.end()) return found->second;
    return {};
  };
  if (batch) {
    if (m.chain_result.empty()) return fault("MalformedSignature", "Hash chain result is missing");
    chain_question q{m.chain_result,
                     file,
                     [](const std::string& uri) { return uri.starts_with("/attachment"); },
                     {{message_uri, std::nullopt}}};
    for (std::size_t i = 0; i < m.attachments.size(); ++i)
      q.inputs.emplace("/" + attachment_name(i), std::nullopt);
    if (auto good = verify_chain(q); !good) return within("MalformedSignature", good.why());
  }
  if (signature->certificate.empty())
    return fault("MalformedSignature", "Signature does not contain signing certificate");
  if (!is_signing_certificate(signature->certificate))
    return fault("MalformedSignature", "Certificate is not a signing certificate");
  const auto named_member = member_of(p, signature->certificate);
  if (!named_member) return named_member.why();
  if (*named_member != sender.member())
    return fault("IncorrectCertificate", "Name in certificate (" + named_member->str() +
                                             ") does not match name in message (" + sender.str() +
                                             ")");
  // Every attachment that is there must be signed, else somebody put it there.
  for (std::size_t i = 0; !batch && i < m.attachments.size(); ++i)
    if (!signature->refers_to("/" + attachment_name(i)))
      return fault("InvalidSignatureValue", "An attachment is not signed");
  const auto digest = [&](const std::string& uri, const std::string& by) -> std::optional<bytes> {
    const auto octets = file(uri);
    if (!octets) return {};
    return signatures::digest_by(by, trust::view_of(*octets));
  };
  if (!signatures::parts_hold(m.signature, signature->certificate, digest))
    return fault("InvalidSignatureValue", "Signature is not valid");
  certificate_question q;
  q.certificate = signature->certificate;
  q.helpers = signature->certificates;
  q.answers = signature->answers;
  q.at = at;
  return verify_certificate(p, q);
}

std::string write_container(const signed_message& m, const time_stamp& stamp) {
  std::vector<signatures::zip_entry> files{{"mimetype", std::string(mime_type)},
                                           {"message.xml", m.message}};
  if (!m.chain_result.empty()) {
    files.push_back({chain_uri + 1, m.chain});
    files.push_back({result_uri + 1, m.chain_result});
  }
  files.push_back({signature_uri + 1, m.signature});
  if (!stamp.chain_result.empty()) {
    files.push_back({stamp_result, stamp.chain_result});
    files.push_back({stamp_chain, stamp.chain});
    files.push_back({"META-INF/ASiCManifest.xml", stamp_manifest(stamp.chain_result)});
  }
  files.push_back({stamp_file, std::string(text::chars_of(stamp.token))});
  for (std::size_t i = 0; i < m.attachments.size(); ++i)
    files.push_back({attachment_name(i), m.attachments[i]});
  files.push_back({"META-INF/manifest.xml", manifest_text(files)});
  return signatures::write_zip(files);
}

result<container> read_container(std::string_view zip) {
  std::string why;
  const auto files = signatures::read_zip(zip, why);
  if (!files && why != "format.malformed")
    return fault("AsicInvalidContainer", "Container cannot be read: " + why);
  container out;
  if (files)
    for (const auto& f : *files) out.files.emplace(f.name, f.content);
  const auto type = named(out, "mimetype");
  if (!type) return fault("AsicMimeTypeNotFound", "Missing mimetype");
  if (*type != mime_type) return fault("AsicInvalidMimeType", "Invalid mime type");
  const auto message = named(out, message_uri), signature = named(out, signature_uri);
  if (!message) return fault("AsicMessageNotFound", "Missing message.xml");
  if (!signature) return fault("AsicSignatureNotFound", "Missing META-INF/signatures.xml");
  auto& m = out.signed_part;
  m.message = *message;
  m.signature = *signature;
  m.chain_result = named(out, result_uri).value_or("");
  m.chain = named(out, chain_uri).value_or("");
  if (!m.chain_result.empty() && m.chain.empty())
    return fault("AsicHashChainNotFound", "Missing sig-hashchain.xml");
  if (m.chain_result.empty() && !m.chain.empty())
    return fault("AsicHashChainResultNotFound", "Missing sig-hashchainresult.xml");
  for (std::size_t i = 0; const auto a = named(out, attachment_name(i)); ++i)
    m.attachments.push_back(*a);
  out.stamp.chain_result = named(out, stamp_result).value_or("");
  out.stamp.chain = named(out, stamp_chain).value_or("");
  if (const auto token = named(out, stamp_file)) {
    const auto b = text::bytes_of(*token);
    out.stamp.token.assign(b.begin(), b.end());
  }
  return out;
}

namespace {

// The instant that the stamp proves, and who gave it.
struct stamped {
  instant at;
  bytes by;
};

result<stamped> verify_stamp(const container& c, const signatures::parts_signature& s,
                             const shared_parameters& p) {
  const bytes& token = c.stamp.token.empty() ? s.stamp : c.stamp.token;
  if (token.empty()) return fault("AsicTimestampNotFound", "Missing time-stamp");
  bytes data = s.value;
  if (!c.stamp.chain_result.empty()) {
    const chain_question q{c.stamp.chain_result,
                           [&](const std::string& uri) { return named(c, uri); },
                           [](const std::string&) { return true; },
                           {{signature_uri, std::nullopt}}};
    if (auto good = verify_chain(q); !good)
      return fault("MalformedSignature",
                   "Failed to verify time-stamp hash chain: " + good.why().code);
    const auto b = text::bytes_of(c.stamp.chain_result);
    data.assign(b.begin(), b.end());
  }
  std::vector<bytes> known;
  for (const auto& t : p.stampers) known.push_back(t.certificate);
  const auto read = signatures::read_stamp(token, data, known);
  if (!read) return fault("TimestampValidation", "Time-stamp token cannot be read");
  if (std::find(known.begin(), known.end(), read->certificate) == known.end())
    return fault("TimestampValidation", "Time-stamp is not given by an approved authority");
  if (!read->holds) return fault("TimestampValidation", "Time-stamp signature is not valid");
  if (!read->covers) return fault("TimestampValidation", "Time-stamp hashes do not match");
  return stamped{read->at, read->certificate};
}

}  // namespace

result<container_report> verify_container(std::string_view zip, const configuration& conf) {
  const auto c = read_container(zip);
  if (!c) return c.why();
  const auto signature = signatures::read_parts_signature(c->signed_part.signature);
  if (!signature) return fault("MalformedSignature", "Signature cannot be read");
  const auto head = read_head(c->signed_part.message);
  if (!head) return head.why();
  if (!signature->refers_to(message_uri) && !signature->refers_to(result_uri))
    return fault("MalformedSignature",
                 "Signature does not reference '/message.xml' or '/sig-hashchainresult.xml'");
  const shared_parameters* p = conf.of(head->sender.instance);
  if (!p) return fault("MalformedGlobalConf", "No configuration of " + head->sender.instance);
  const auto stamp = verify_stamp(*c, *signature, *p);
  if (!stamp) return stamp.why();
  if (auto good = verify_message(c->signed_part, head->sender, *p, stamp->at, c->files); !good)
    return good.why();
  return container_report{*head, subject_of(signature->certificate), subject_of(stamp->by),
                          signature->claimed, stamp->at};
}

}  // namespace madang::xroad
