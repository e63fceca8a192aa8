#include "madang/xml/xml.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <memory>

namespace madang::xml {
namespace {

std::string said(const xmlChar* s) {
  return s ? std::string(reinterpret_cast<const char*>(s)) : std::string();
}

// What libxml2 would print, nobody reads; what is wrong is said by the refusal.
void say_nothing(void*, const char*, ...) {}

class reading {
 public:
  explicit reading(const limits_of_reading& l) : limits_(l) {}
  bool too_much() const { return too_much_; }

  node read(const xmlNode* n, int depth) {
    node out;
    if (depth > limits_.depth || ++nodes_ > limits_.nodes) {
      too_much_ = true;
      return out;
    }
    out.line = static_cast<int>(n->line);
    switch (n->type) {
      case XML_ELEMENT_NODE:
        read_element(n, depth, out);
        break;
      case XML_CDATA_SECTION_NODE:
        out.kind = node::what::cdata;
        break;
      case XML_COMMENT_NODE:
        out.kind = node::what::comment;
        break;
      case XML_PI_NODE:
        out.kind = node::what::instruction;
        out.name = said(n->name);
        break;
      default:
        out.kind = node::what::text;
    }
    if (n->type != XML_ELEMENT_NODE) out.text = said(n->content);
    return out;
  }

 private:
  void read_element(const xmlNode* n, int depth, node& out) {
    out.name = said(n->name);
    if (n->ns) {
      out.prefix = said(n->ns->prefix);
      out.space = said(n->ns->href);
    }
    for (const xmlNs* ns = n->nsDef; ns; ns = ns->next)
      out.declares.emplace_back(said(ns->prefix), said(ns->href));
    for (const xmlAttr* a = n->properties; a; a = a->next) {
      attribute one;
      one.name = said(a->name);
      if (a->ns) {
        one.prefix = said(a->ns->prefix);
        one.space = said(a->ns->href);
      }
      xmlChar* v = xmlNodeListGetString(n->doc, a->children, 1);
      one.value = said(v);
      xmlFree(v);
      out.attributes.push_back(std::move(one));
    }
    for (const xmlNode* c = n->children; c && !too_much_; c = c->next)
      out.children.push_back(read(c, depth + 1));
  }

  const limits_of_reading limits_;
  std::size_t nodes_ = 0;
  bool too_much_ = false;
};

// A carriage return is written as a reference, or a reader would make a line feed of it; in an
// attribute so are tabs and line feeds (XML 1.0, 2.11 and 3.3.3).
void escape(std::string& out, std::string_view s, bool in_attribute) {
  for (const char c : s) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\r':
        out += "&#13;";
        break;
      case '"':
        out += in_attribute ? "&quot;" : "\"";
        break;
      case '\t':
        out += in_attribute ? "&#9;" : "\t";
        break;
      case '\n':
        out += in_attribute ? "&#10;" : "\n";
        break;
      default:
        out += c;
    }
  }
}

void write_name(std::string& out, std::string_view prefix, std::string_view name) {
  if (!prefix.empty()) {
    out += prefix;
    out += ':';
  }
  out += name;
}

void write_node(std::string& out, const node& n) {
  switch (n.kind) {
    case node::what::text:
      escape(out, n.text, false);
      return;
    case node::what::cdata:
      out += "<![CDATA[" + n.text + "]]>";
      return;
    case node::what::comment:
      out += "<!--" + n.text + "-->";
      return;
    case node::what::instruction:
      out += "<?" + n.name + (n.text.empty() ? "" : " ") + n.text + "?>";
      return;
    case node::what::element:
      break;
  }
  out += '<';
  write_name(out, n.prefix, n.name);
  for (const auto& [prefix, space] : n.declares) {
    out += prefix.empty() ? " xmlns" : " xmlns:" + prefix;
    out += "=\"";
    escape(out, space, true);
    out += '"';
  }
  for (const auto& a : n.attributes) {
    out += ' ';
    write_name(out, a.prefix, a.name);
    out += "=\"";
    escape(out, a.value, true);
    out += '"';
  }
  if (n.children.empty()) {
    out += "/>";
    return;
  }
  out += '>';
  for (const auto& c : n.children) write_node(out, c);
  out += "</";
  write_name(out, n.prefix, n.name);
  out += '>';
}

}  // namespace

std::string_view node::get(std::string_view wanted, std::string_view in_space) const {
  for (const auto& a : attributes)
    if (a.name == wanted && a.space == in_space) return a.value;
  return {};
}

bool node::has(std::string_view wanted, std::string_view in_space) const {
  for (const auto& a : attributes)
    if (a.name == wanted && a.space == in_space) return true;
  return false;
}

void node::set(std::string_view wanted, std::string value) {
  for (auto& a : attributes)
    if (a.name == wanted && a.space.empty()) {
      a.value = std::move(value);
      return;
    }
  attributes.push_back({"", std::string(wanted), "", std::move(value)});
}

const node* node::child(std::string_view in_space, std::string_view wanted) const {
  for (const auto& c : children)
    if (c.is(in_space, wanted)) return &c;
  return nullptr;
}

node* node::child(std::string_view in_space, std::string_view wanted) {
  for (auto& c : children)
    if (c.is(in_space, wanted)) return &c;
  return nullptr;
}

std::string node::all_text() const {
  if (kind == what::text || kind == what::cdata) return text;
  std::string out;
  for (const auto& c : children) out += c.all_text();
  return out;
}

result<document> parse(std::string_view octets, const limits_of_reading& l) {
  static const bool ready = [] {
    xmlInitParser();
    xmlSetGenericErrorFunc(nullptr, say_nothing);
    return true;
  }();
  check(ready, "libxml2");
  if (octets.size() > l.octets) return refuse(kind::invalid, "xml.too_large");
  const auto context = std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)>(
      xmlNewParserCtxt(), xmlFreeParserCtxt);
  xmlDoc* doc =
      xmlCtxtReadMemory(context.get(), octets.data(), static_cast<int>(octets.size()), nullptr,
                        nullptr, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  const auto keep = std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)>(doc, xmlFreeDoc);
  if (!doc) {
    const xmlError* e = xmlCtxtGetLastError(context.get());
    return refuse(kind::invalid, "xml.malformed", "", {{"line", std::to_string(e ? e->line : 0)}});
  }
  if (doc->intSubset || doc->extSubset) return refuse(kind::invalid, "xml.doctype");
  const xmlNode* root = xmlDocGetRootElement(doc);
  if (!root) return refuse(kind::invalid, "xml.malformed", "", {{"line", "0"}});
  reading r(l);
  document out;
  bool passed = false;
  for (const xmlNode* n = doc->children; n; n = n->next) {
    if (n == root) {
      out.root = r.read(n, 0);
      passed = true;
    } else {
      (passed ? out.after : out.before).push_back(r.read(n, 0));
    }
  }
  if (r.too_much()) return refuse(kind::invalid, "xml.too_deep");
  return out;
}

std::string write(const document& d) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  for (const auto& n : d.before) {
    write_node(out, n);
    out += '\n';
  }
  write_node(out, d.root);
  out += '\n';
  for (const auto& n : d.after) {
    write_node(out, n);
    out += '\n';
  }
  return out;
}

}  // namespace madang::xml
