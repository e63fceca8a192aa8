#include "xml.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>

namespace madang::rules::xml {
namespace {

constexpr std::size_t largest = 16u << 20;
constexpr int deepest = 200;
constexpr std::size_t most_elements = 500'000;

std::string said(const xmlChar* s) {
  return s ? std::string(reinterpret_cast<const char*>(s)) : std::string();
}

struct reading {
  std::size_t elements = 0;
  bool too_much = false;

  element read(const xmlNode* n, int depth) {
    element out;
    if (depth > deepest || ++elements > most_elements) {
      too_much = true;
      return out;
    }
    out.name = said(n->name);
    out.space = n->ns ? said(n->ns->href) : std::string();
    out.line = static_cast<int>(n->line);
    for (const xmlNs* ns = n->nsDef; ns; ns = ns->next)
      out.prefixes[said(ns->prefix)] = said(ns->href);
    for (const xmlAttr* a = n->properties; a; a = a->next) {
      xmlChar* v = xmlNodeListGetString(n->doc, a->children, 1);
      out.attributes[said(a->name)] = said(v);
      xmlFree(v);
    }
    for (const xmlNode* c = n->children; c && !too_much; c = c->next) {
      if (c->type == XML_ELEMENT_NODE) out.children.push_back(read(c, depth + 1));
      else if (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE)
        out.text += said(c->content);
    }
    return out;
  }
};

}  // namespace

std::string_view element::attribute(std::string_view wanted) const {
  auto found = attributes.find(wanted);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

const element* element::child(std::string_view wanted) const {
  for (const auto& c : children)
    if (c.name == wanted) return &c;
  return nullptr;
}

std::vector<const element*> element::all(std::string_view wanted) const {
  std::vector<const element*> out;
  for (const auto& c : children)
    if (c.name == wanted) out.push_back(&c);
  return out;
}

// What libxml2 would print, nobody reads; what is wrong is said by the refusal.
void say_nothing(void*, const char*, ...) {}

result<element> parse(std::string_view bytes) {
  static const bool ready = [] {
    xmlInitParser();
    xmlSetGenericErrorFunc(nullptr, say_nothing);
    return true;
  }();
  check(ready, "libxml2");
  if (bytes.size() > largest) return refuse(kind::invalid, "xml.too_large");
  const auto context = std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)>(
      xmlNewParserCtxt(), xmlFreeParserCtxt);
  xmlDoc* doc = xmlCtxtReadMemory(context.get(), bytes.data(), static_cast<int>(bytes.size()),
                                  nullptr, nullptr,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  const auto keep = std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)>(doc, xmlFreeDoc);
  if (!doc) {
    const xmlError* e = xmlCtxtGetLastError(context.get());
    return refuse(kind::invalid, "xml.malformed", "",
                  {{"line", std::to_string(e ? e->line : 0)}});
  }
  if (doc->intSubset || doc->extSubset) return refuse(kind::invalid, "xml.doctype");
  const xmlNode* root = xmlDocGetRootElement(doc);
  if (!root) return refuse(kind::invalid, "xml.malformed", "", {{"line", "0"}});
  reading r;
  element out = r.read(root, 0);
  if (r.too_much) return refuse(kind::invalid, "xml.too_deep");
  return out;
}

}  // namespace madang::rules::xml
