#include "xml_tree.hpp"

namespace madang::signatures::tree {
namespace {

const xmlChar* x(const char* s) { return reinterpret_cast<const xmlChar*>(s); }
std::string_view s(const xmlChar* c) {
  return c ? std::string_view(reinterpret_cast<const char*>(c)) : std::string_view();
}

void silent(void*, xmlErrorPtr) {}

xmlNode* next_in(xmlNode* n, const xmlNode* top) {
  if (n->type == XML_ELEMENT_NODE && n->children) return n->children;
  while (n != top && !n->next) n = n->parent;
  return n == top ? nullptr : n->next;
}

struct part {
  const xmlNode *top, *without;
};

int is_visible(void* data, xmlNodePtr n, xmlNodePtr parent) {
  const auto* p = static_cast<const part*>(data);
  if (n->type == XML_COMMENT_NODE) return 0;
  const xmlNode* at = n->type == XML_NAMESPACE_DECL ? parent : n;
  bool in = p->top == nullptr;
  for (; at; at = at->parent) {
    if (at == p->without) return 0;
    in = in || at == p->top;
  }
  return in ? 1 : 0;
}

}  // namespace

owned_doc read(std::string_view octets) {
  if (octets.size() > (32u << 20)) return nullptr;
  xmlSetStructuredErrorFunc(nullptr, silent);   // of this thread
  owned_doc d(xmlReadMemory(octets.data(), static_cast<int>(octets.size()), nullptr, nullptr,
                            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  if (d && (d->intSubset || d->extSubset || !xmlDocGetRootElement(d.get()))) d.reset();
  return d;
}

std::string write(xmlDoc* d) {
  xmlChar* out = nullptr;
  int size = 0;
  xmlDocDumpMemoryEnc(d, &out, &size, "UTF-8");
  std::string made(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  xmlFree(out);
  return made;
}

bool is(const xmlNode* n, const char* space, std::string_view name) {
  return n && n->type == XML_ELEMENT_NODE && s(n->name) == name && n->ns && s(n->ns->href) == space;
}

std::vector<xmlNode*> children(const xmlNode* of, const char* space, std::string_view name) {
  std::vector<xmlNode*> out;
  for (xmlNode* n = of ? of->children : nullptr; n; n = n->next)
    if (is(n, space, name)) out.push_back(n);
  return out;
}

xmlNode* only(const xmlNode* of, const char* space, std::string_view name) {
  const auto found = children(of, space, name);
  return found.size() == 1 ? found.front() : nullptr;
}

std::string get(const xmlNode* n, const char* attribute) {
  xmlChar* v = n ? xmlGetNoNsProp(const_cast<xmlNode*>(n), x(attribute)) : nullptr;
  std::string out(s(v));
  xmlFree(v);
  return out;
}

std::string text(const xmlNode* n) {
  xmlChar* v = n ? xmlNodeGetContent(const_cast<xmlNode*>(n)) : nullptr;
  std::string out(s(v));
  xmlFree(v);
  return out;
}

bool within(const xmlNode* n, const xmlNode* top) {
  for (; n; n = n->parent)
    if (n == top) return true;
  return false;
}

std::vector<xmlNode*> all(xmlNode* from, const char* space, std::string_view name) {
  std::vector<xmlNode*> out;
  for (xmlNode* n = from; n; n = next_in(n, from))
    if (is(n, space, name)) out.push_back(n);
  return out;
}

std::map<std::string, std::vector<xmlNode*>> ids(xmlDoc* d) {
  std::map<std::string, std::vector<xmlNode*>> out;
  xmlNode* root = xmlDocGetRootElement(d);
  for (xmlNode* n = root; n; n = next_in(n, root)) {
    if (n->type != XML_ELEMENT_NODE) continue;
    for (xmlAttr* a = n->properties; a; a = a->next) {
      const std::string_view name = s(a->name);
      if (name != "Id" && name != "ID" && name != "id") continue;
      auto& here = out[text(reinterpret_cast<xmlNode*>(a))];
      if (here.empty() || here.back() != n) here.push_back(n);
    }
  }
  return out;
}

std::optional<std::string> canonical(xmlDoc* d, const xmlNode* top, const xmlNode* without,
                                     const form& f) {
  std::string_view name = f.method;
  constexpr std::string_view comments = "#WithComments", also = "WithComments";
  if (name.ends_with(comments) && name != std::string(exclusive) + "WithComments")
    name.remove_suffix(comments.size());
  else if (name == std::string(exclusive) + "WithComments")
    name.remove_suffix(also.size());
  const int mode = name == exclusive      ? XML_C14N_EXCLUSIVE_1_0
                   : name == inclusive    ? XML_C14N_1_0
                   : name == inclusive_11 ? XML_C14N_1_1
                                          : -1;
  if (mode < 0) return {};
  part p{top, without};
  std::vector<xmlChar*> prefixes;
  for (const auto& one : f.prefixes)
    prefixes.push_back(const_cast<xmlChar*>(x(one.c_str())));
  prefixes.push_back(nullptr);
  xmlOutputBuffer* out = xmlAllocOutputBuffer(nullptr);
  const int size = xmlC14NExecute(d, is_visible, &p, mode,
                                  f.prefixes.empty() ? nullptr : prefixes.data(), 0, out);
  std::optional<std::string> made;
  if (size >= 0)
    made.emplace(reinterpret_cast<const char*>(xmlOutputBufferGetContent(out)),
                 xmlOutputBufferGetSize(out));
  xmlOutputBufferClose(out);
  return made;
}

}  // namespace madang::signatures::tree
