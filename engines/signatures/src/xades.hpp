#pragma once
#include <functional>

#include "cades.hpp"
#include "xml_tree.hpp"

// XAdES within this room: what verifying and making share.
namespace madang::signatures {

// What a reference leads to outside of the document; nothing: it is not there.
using resolver = std::function<std::optional<std::string_view>(const std::string& uri)>;

// Octets of a ds:Reference after its transforms, and what it covers in the document.
struct referenced {
  std::string code;                // of what is wrong: xml.transform, xml.reference, xml.wrapped
  std::string octets;
  const xmlNode* top = nullptr;    // of the document: this part of it; null with a file
  std::string file;
};
referenced dereference(xmlDoc* d, const xmlNode* signature, const xmlNode* reference,
                       const std::map<std::string, std::vector<xmlNode*>>& ids,
                       const resolver& outside);

// What a SignatureTimeStamp and an ArchiveTimeStamp stamp (EN 319 132-1 sections 5.3 and 5.5.2).
// `until`: the archive stamp itself, whose earlier neighbours count; null: all.
std::optional<std::string> stamped_value(xmlDoc* d, const xmlNode* signature,
                                         const std::string& method);
std::optional<std::string> archived(xmlDoc* d, const xmlNode* signature, const xmlNode* until,
                                    const std::vector<referenced>& references,
                                    const std::string& method);
const xmlNode* unsigned_properties(const xmlNode* signature);

std::optional<bytes> octets_of(std::string_view base64_with_spaces);

// What a SignatureMethod says; and r || s (RFC 4051 section 2.3.6) as X.509 writes it.
std::optional<signature_method> method_of_uri(const std::string& uri);
bytes ecdsa_der(view raw);
// The other way, for keys of P-256; other signatures stay as they are.
bytes xml_value(const bytes& signature, bool ec);

// Every signature of one document; `outside` for references to files.
report verify_tree(std::string_view xml, const policy& p, const resolver& outside,
                   bool detached_only);

}  // namespace madang::signatures
