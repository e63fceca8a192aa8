#include "madang/xroad/transport.hpp"

#include <fmt/format.h>

#include "identifier_node.hpp"
#include "madang/base/text.hpp"
#include "mime.hpp"

namespace madang::xroad {
namespace {

constexpr const char *ocsp_type = "application/ocsp-response",
                     *request_type = "application/x-road-rest-request",
                     *response_type = "application/x-road-rest-response",
                     *body_type = "application/x-road-rest-body",
                     *result_type = "application/hash-chain-result",
                     *chain_type = "application/hash-chain",
                     *signature_type = "signature/bdoc-1.0/ts", *fault_type = "text/xml";
constexpr const char* soap_space = "http://schemas.xmlsoap.org/soap/envelope/";

}  // namespace

signed_message transport_message::as_signed() const {
  signed_message m{head, {}, signature, chain_result, chain};
  if (body) m.attachments.push_back(*body);
  return m;
}

encoded encode(const transport_message& m) {
  const std::string boundary = "xr" + random_token(21);
  std::string out;
  const auto add = [&](const char* type, std::string_view octets) {
    out += fmt::format("--{}\r\ncontent-type: {}\r\n\r\n", boundary, type);
    out += octets;
    out += "\r\n";
  };
  for (const auto& a : m.answers) add(ocsp_type, text::chars_of(a));
  add(m.response ? response_type : request_type, m.head);
  if (m.body) add(body_type, *m.body);
  if (!m.chain_result.empty()) {
    add(result_type, m.chain_result);
    add(chain_type, m.chain);
  }
  add(signature_type, m.signature);
  out += "--" + boundary + "--\r\n";
  return {"multipart/mixed; boundary=" + boundary, std::move(out)};
}

result<transport_message> decode(std::string_view content_type, std::string_view octets) {
  if (mime::bare(content_type) != "multipart/mixed")
    return fault("InvalidContentType", "Message is not multipart/mixed");
  const auto parts = mime::split(octets, mime::boundary_of(content_type));
  if (!parts) return fault("MimeParsingFailed", "Message cannot be taken apart");
  transport_message m;
  std::size_t i = 0;
  const auto type = [&] {
    return i < parts->size() ? mime::bare((*parts)[i].get("content-type")) : std::string();
  };
  const auto take = [&] { return std::string((*parts)[i++].body); };
  while (type() == ocsp_type) {
    const auto b = text::bytes_of((*parts)[i++].body);
    m.answers.emplace_back(b.begin(), b.end());
  }
  m.response = type() == response_type;
  if (!m.response && type() != request_type) return fault("MissingRest", "REST message is missing");
  m.head = take();
  if (type() == body_type) m.body = take();
  if (type() == result_type) {
    m.chain_result = take();
    if (type() != chain_type) return fault("MimeParsingFailed", "Hash chain is missing");
    m.chain = take();
  }
  if (type() == fault_type) return read_fault(take());
  if (type() != signature_type) return fault("MissingSignature", "Signature is missing");
  m.signature = take();
  if (i != parts->size()) return fault("MimeParsingFailed", "Parts follow the signature");
  return m;
}

std::string write_fault(const refusal& why, const std::string& detail) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{}\" "
      "xmlns:xroad=\"{}\"><SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>{}</faultcode><faultstring>{}"
      "</faultstring><faultactor></faultactor><detail><xroad:faultDetail>{}</xroad:faultDetail>"
      "</detail></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>",
      soap_space, xroad_space, escaped(why.code), escaped(detail_of(why)), escaped(detail));
}

refusal read_fault(std::string_view octets) {
  const auto unreadable = fault("InvalidResponse", "The other node's fault cannot be read");
  const auto d = xml::parse(octets, {.octets = 64u << 10, .depth = 16, .nodes = 500});
  const xml::node* body = d ? d->root.child(soap_space, "Body") : nullptr;
  const xml::node* f = body ? body->child(soap_space, "Fault") : nullptr;
  const xml::node* code = f ? f->child("", "faultcode") : nullptr;
  if (!code) return unreadable;
  const xml::node* text = f->child("", "faultstring");
  const std::string said(text::trim(code->all_text()));
  // What comes out as a header and a type is made of words and dots alone.
  for (const char c : said)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '_') return unreadable;
  return fault(said.substr(0, 200), text ? text->all_text().substr(0, 1000) : std::string());
}

}  // namespace madang::xroad
