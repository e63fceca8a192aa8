#include <algorithm>

#include "madang/trust/der.hpp"
#include "madang/trust/cms.hpp"
#include "openssl.hpp"

namespace madang::trust {
namespace {

// Object identifiers, content octets: RFC 5652 sections 4, 5.1, 11; RFC 5035; RFC 5754.
const bytes id_data = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
const bytes id_signed_data = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
const bytes id_content_type = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03};
const bytes id_message_digest = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04};
const bytes id_signing_certificate_v2 = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                         0x01, 0x09, 0x10, 0x02, 0x2f};
const bytes id_sha256 = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
const bytes id_ecdsa_sha256 = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

bytes oid(const bytes& content) { return der::node(der::object_id, content); }
bytes algorithm(const bytes& id) { return der::node(der::sequence, oid(id)); }
bytes version(std::uint8_t n) { return der::node(der::integer, bytes{n}); }

bytes attribute(const bytes& id, view value) {
  return der::node(der::sequence, {oid(id), der::node(der::set, value)});
}

bytes issuer_name(const certificate& c) {
  return der_of<X509_NAME>(X509_get_issuer_name(c.raw().x509.get()), i2d_X509_NAME);
}
bytes serial_number(const certificate& c) {
  return der_of<ASN1_INTEGER>(X509_get0_serialNumber(c.raw().x509.get()), i2d_ASN1_INTEGER);
}

// ESSCertIDv2 with SHA-256, which is its default and so is left out in DER (RFC 5035 section 4).
bytes signing_certificate(const certificate& c) {
  const bytes general_names =
      der::node(der::sequence, der::node(der::context_4, issuer_name(c)));
  const bytes issuer_serial = der::node(der::sequence, {general_names, serial_number(c)});
  const bytes id = der::node(
      der::sequence, {der::node(der::octet_string, c.fingerprint()), issuer_serial});
  return der::node(der::sequence, der::node(der::sequence, id));
}

// Content of the SET OF signed attributes, in DER's order (X.690 section 11.6).
bytes signed_attributes(const signer& who, const digest& of_content) {
  std::vector<bytes> all = {
      attribute(id_content_type, oid(id_data)),
      attribute(id_message_digest, der::node(der::octet_string, of_content)),
      attribute(id_signing_certificate_v2, signing_certificate(who.certificate))};
  std::sort(all.begin(), all.end());
  bytes out;
  for (const bytes& a : all) der::append(out, a);
  return out;
}

}  // namespace

bytes sign_cms(const signer& who, std::span<const view> spans) {
  const bytes attributes = signed_attributes(who, sha256(spans));
  // Signed as a SET, stored under [0] (RFC 5652 section 5.4).
  const bytes signature = who.key.sign_der(der::node(der::set, attributes));
  const bytes signer_info = der::node(
      der::sequence,
      {version(1),
       der::node(der::sequence, {issuer_name(who.certificate), serial_number(who.certificate)}),
       algorithm(id_sha256), der::node(der::context_0, attributes), algorithm(id_ecdsa_sha256),
       der::node(der::octet_string, signature)});
  std::vector<bytes> certificates = {who.certificate.der()};
  for (const certificate& c : who.chain) certificates.push_back(c.der());
  std::sort(certificates.begin(), certificates.end());
  bytes held;
  for (const bytes& c : certificates) der::append(held, c);
  const bytes signed_data = der::node(
      der::sequence,
      {version(1), der::node(der::set, algorithm(id_sha256)),
       der::node(der::sequence, oid(id_data)), der::node(der::context_0, held),
       der::node(der::set, signer_info)});
  return der::node(der::sequence, {oid(id_signed_data), der::node(der::context_0, signed_data)});
}

}  // namespace madang::trust
