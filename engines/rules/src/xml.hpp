#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"

// Internal: an XML document as plain values. Nothing is fetched and no entity is expanded; a
// document type declaration is refused.
namespace madang::rules::xml {

struct element {
  std::string name, space;                   // local name, namespace
  std::map<std::string, std::string, std::less<>> attributes;      // "xsi:nil" is "nil"
  std::map<std::string, std::string, std::less<>> prefixes;        // declared here
  std::vector<element> children;
  std::string text;                          // of this element alone
  int line = 0;

  std::string_view attribute(std::string_view wanted) const;       // empty: it is not there
  bool has(std::string_view wanted) const { return attributes.find(wanted) != attributes.end(); }
  const element* child(std::string_view wanted) const;
  std::vector<const element*> all(std::string_view wanted) const;
};

// Refusals xml.too_large, xml.malformed {line}, xml.doctype, xml.too_deep.
result<element> parse(std::string_view bytes);

}  // namespace madang::rules::xml
