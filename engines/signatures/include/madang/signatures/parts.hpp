#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/signatures/make.hpp"

// XAdES (EN 319 132-1, B-LT without the time stamp) over parts that have names and stand beside
// the signature: the messages of an exchange, each signed as it passes. What a verdict is made of
// comes back in pieces, because protocols judge certificates and time stamps by rules of their own.
namespace madang::signatures {

// By a name ("SHA512") or the URI of XML Signature; empty for a digest that is not there.
trust::bytes digest_by(std::string_view name_or_uri, trust::view data);
// The digest's URI; empty for an unknown name.
std::string digest_uri(std::string_view name);

struct named_part {
  std::string uri;      // "/message.xml"
  trust::bytes digest;  // SHA-512
  std::string media_type = "application/octet-stream";
};
struct parts_options {
  instant at;
  std::vector<trust::bytes> answers;  // of OCSP (OCSPResponse), about the signer's certificate
};
// asic:XAdESSignatures with one signature.
std::string sign_parts(const std::vector<named_part>& parts, const signer& who,
                       const parts_options& o);

// What stands in such a document; of the first signature in it.
struct parts_signature {
  std::vector<std::string> references;  // URIs, in order; those within the document too
  trust::bytes certificate;             // the first of KeyInfo; empty: none
  std::vector<trust::bytes> certificates, answers;
  trust::bytes value;              // SignatureValue
  trust::bytes stamp;              // EncapsulatedTimeStamp; empty: none
  std::optional<instant> claimed;  // SigningTime
  bool refers_to(std::string_view uri) const;
};
// Nothing: no XML, or no signature in it.
std::optional<parts_signature> read_parts_signature(std::string_view xml);

// Digest of the part of that name by the digest of that name; nothing: there is no such part.
using part_digest =
    std::function<std::optional<trust::bytes>(const std::string& uri, const std::string& digest)>;
// Does the signature hold under the key of `certificate`, with every reference? Each reference is
// either within the document or a part by its name without transforms; properties that are not
// signed, or elements that bear an id twice, do not hold. MD5 and SHA-1 never hold.
bool parts_hold(std::string_view xml, trust::view certificate, const part_digest& parts);

// Octets signed with the method of a URI of XML Signature; ECDSA values in DER.
bool octets_hold(std::string_view method_uri, trust::view certificate, trust::view octets,
                 trust::view signature);

// A document in the canonical form of that URI, without comments; nothing: it is no XML, or the
// form is unknown.
std::optional<std::string> canonical_form(std::string_view xml, const std::string& method);

// A time stamp token (RFC 3161), judged as cryptography alone.
struct stamp_facts {
  instant at;
  bool covers = false;       // the imprint is of `data`
  bool holds = false;        // signed by `certificate`, which the token binds
  trust::bytes certificate;  // of the stamper, from the token or `known`; empty: nowhere
};
std::optional<stamp_facts> read_stamp(trust::view token, trust::view data,
                                      const std::vector<trust::bytes>& known);

}  // namespace madang::signatures
