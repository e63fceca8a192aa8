#pragma once
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// libxml2's tree for what XML Signature needs of it: canonical forms of parts (Canonical XML 1.0
// and 1.1, Exclusive XML Canonicalization). Only this room sees this header.
namespace madang::signatures::tree {

inline constexpr const char *ds = "http://www.w3.org/2000/09/xmldsig#",
                            *xades = "http://uri.etsi.org/01903/v1.3.2#",
                            *xades141 = "http://uri.etsi.org/01903/v1.4.1#",
                            *exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#",
                            *inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
                            *inclusive_11 = "http://www.w3.org/2006/12/xml-c14n11",
                            *enveloped =
                                "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

struct free_doc {
  void operator()(xmlDoc* d) const { xmlFreeDoc(d); }
};
using owned_doc = std::unique_ptr<xmlDoc, free_doc>;

// Nothing is fetched and no entity is expanded; with a document type it is refused. Null: it is no
// XML, too deep (256) or too large.
owned_doc read(std::string_view octets);
std::string write(xmlDoc* d);

bool is(const xmlNode* n, const char* space, std::string_view name);
std::vector<xmlNode*> children(const xmlNode* of, const char* space, std::string_view name);
// The only child of that name; null when there is none or more than one.
xmlNode* only(const xmlNode* of, const char* space, std::string_view name);
std::string get(const xmlNode* n, const char* attribute);
std::string text(const xmlNode* n);
bool within(const xmlNode* n, const xmlNode* top);
// All descendants of that name, the node itself too, in document order.
std::vector<xmlNode*> all(xmlNode* from, const char* space, std::string_view name);

// By the attributes Id, ID, id and xml:id: each with every element that bears it.
std::map<std::string, std::vector<xmlNode*>> ids(xmlDoc* d);

struct form {
  std::string method = inclusive;         // without comments, whatever was asked
  std::vector<std::string> prefixes;      // InclusiveNamespaces
};
// Nothing for a method that is none of the three.
std::optional<std::string> canonical(xmlDoc* d, const xmlNode* top, const xmlNode* without,
                                     const form& f);

}  // namespace madang::signatures::tree
